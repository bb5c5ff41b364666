"""SPNet in its parallel form, SP-NAS's backbone for COCO (Jiang et al., 2020): see README.md.

60.280 M params and 468.454 G MACs at 1280 x 800.
"""

_base_ = './spnet_serial.py'

backbone = dict(type='SPNet', parallel=(1, 0, 2, 1, 2))
