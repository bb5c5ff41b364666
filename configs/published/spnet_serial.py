"""SPNet's serial form, the backbone that SP-NAS found on COCO (Jiang et al., 2020): see README.md.

53.441 M params and 183.370 G MACs at 1280 x 800.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(1, 2, 3, 4, 5),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=32, kernel_size=3, stride=2, act='relu'),
        dict(type='ConvBNAct', in_channels=32, out_channels=64, kernel_size=3, stride=2,
             act='relu'),
        dict(type='ResNeXtStage', in_channels=64, out_channels=256, mid_channels=128, num_blocks=4,
             kernel_size=3, stride=1, groups=32, act='relu'),
        dict(type='ResNeXtStage', in_channels=256, out_channels=512, mid_channels=256, num_blocks=5,
             kernel_size=3, stride=2, groups=32, act='relu'),
        dict(type='ResNeXtStage', in_channels=512, out_channels=1024, mid_channels=512,
             num_blocks=25, kernel_size=3, stride=2, groups=32, act='relu'),
        dict(type='ResNeXtStage', in_channels=1024, out_channels=2048, mid_channels=1024,
             num_blocks=3, kernel_size=3, stride=2, groups=32, act='relu'),
        dict(type='ResNeXtStage', in_channels=2048, out_channels=2048, mid_channels=1024,
             num_blocks=1, kernel_size=3, stride=2, groups=32, act='relu'),
    ],
)
neck_channels = [256, 512, 1024, 2048, 2048]
