"""DetNASNet-300M, the backbone that DetNAS found for FPN (Chen et al., 2019): see README.md.

1.850 M params and 0.288 G MACs at 224 x 224, without a classifier.
"""

# fmt: off
backbone = dict(
    type='PISBackbone',
    out_indices=(1, 2, 3, 4),
    arch=[
        dict(type='ConvBNAct', in_channels=3, out_channels=16, kernel_size=3, stride=2, act='relu'),
        dict(type='ShuffleNetStage', in_channels=16, out_channels=64, num_blocks=1, kernel_size=7,
             stride=2, act='relu'),
        dict(type='ShuffleNetStage', in_channels=64, out_channels=64, num_blocks=1, kernel_size=5,
             stride=1, act='relu'),
        dict(type='ShuffleNetStage', in_channels=64, out_channels=64, num_blocks=1, kernel_size=7,
             stride=1, act='relu'),
        dict(type='ShuffleNetStage', in_channels=64, out_channels=64, num_blocks=1, kernel_size=3,
             stride=1, act='relu'),
        dict(type='ShuffleNetStage', in_channels=64, out_channels=160, num_blocks=1, kernel_size=7,
             stride=2, act='relu'),
        dict(type='ShuffleNetStage', in_channels=160, out_channels=160, num_blocks=2, kernel_size=5,
             stride=1, act='relu'),
        dict(type='ShuffleNetStage', in_channels=160, out_channels=160, num_blocks=1, kernel_size=7,
             stride=1, act='relu'),
        dict(type='ShuffleXceptionStage', in_channels=160, out_channels=320, num_blocks=2,
             kernel_size=3, stride=2, act='relu'),
        dict(type='ShuffleNetStage', in_channels=320, out_channels=320, num_blocks=1, kernel_size=5,
             stride=1, act='relu'),
        dict(type='ShuffleXceptionStage', in_channels=320, out_channels=320, num_blocks=1,
             kernel_size=3, stride=1, act='relu'),
        dict(type='ShuffleNetStage', in_channels=320, out_channels=320, num_blocks=2, kernel_size=3,
             stride=1, act='relu'),
        dict(type='ShuffleXceptionStage', in_channels=320, out_channels=320, num_blocks=1,
             kernel_size=3, stride=1, act='relu'),
        dict(type='ShuffleNetStage', in_channels=320, out_channels=320, num_blocks=1, kernel_size=5,
             stride=1, act='relu'),
        dict(type='ShuffleXceptionStage', in_channels=320, out_channels=640, num_blocks=1,
             kernel_size=3, stride=2, act='relu'),
        dict(type='ShuffleNetStage', in_channels=640, out_channels=640, num_blocks=1, kernel_size=5,
             stride=1, act='relu'),
        dict(type='ShuffleXceptionStage', in_channels=640, out_channels=640, num_blocks=1,
             kernel_size=3, stride=1, act='relu'),
        dict(type='ShuffleNetStage', in_channels=640, out_channels=640, num_blocks=1, kernel_size=7,
             stride=1, act='relu'),
    ],
)
neck_channels = [64, 160, 320, 640]
