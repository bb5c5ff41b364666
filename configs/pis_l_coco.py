"""PIS-NAS-L for COCO: a residual backbone within 6.5 G MACs at 224x224 and 32.4 M params."""

_base_ = ['./pis_coco.py']

constraints = dict(params=dict(max=32.4e6), macs=dict(max=6.5e9))
