"""ResNet-50 at a quarter of its width, for digits: 1.481 M params, 90.6 M MACs at 128 x 128.

16 channels instead of 64 from the stem on; see `resnet50.py`.
"""

_base_ = './resnet50.py'

backbone = dict(
    base_channels=16,
    # PyTorch's own initialisation, as in `pis_digits.py`.
    init_cfg=dict(
        _delete_=True,  # the base has None
        type='Kaiming',
        layer='Conv2d',
        a=5**0.5,
        mode='fan_in',
        nonlinearity='leaky_relu',
        distribution='uniform',
    ),
)
neck_channels = [128, 256, 512]
