"""A narrow, shallow GFL on three pyramid levels, for digits of 15 to 80 pixels on a CPU.

As in `gfl_fpn.py`, the backbone and `neck.in_channels` are left to whoever inherits.
"""

_base_ = './gfl_fpn.py'

norm_cfg = dict(_delete_=True, type='BN', requires_grad=True)  # a batch of 16 is large enough

model = dict(
    neck=dict(out_channels=64, num_outs=3, norm_cfg=norm_cfg),
    bbox_head=dict(
        num_classes=10,
        in_channels=64,
        feat_channels=64,
        stacked_convs=1,
        norm_cfg=norm_cfg,
        anchor_generator=dict(octave_base_scale=3, strides=[8, 16, 32]),
        reg_max=8,
    ),
    test_cfg=dict(nms_pre=200, max_per_img=50),
)
