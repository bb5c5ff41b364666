"""YOLOv6-n's, -t's and -s's training on COCO: data, schedule, EMA, runtime.

It is YOLOv8's recipe in 400 epochs. The released ones differ from it, and between sizes, in
augmentation (scales, mixing of images, mosaics of nine) and in the learning rate's curve.
"""

_base_ = [
    './datasets/coco_yolo.py',
    './schedules/yolo_400e.py',
    './default_runtime.py',
]

custom_hooks = [
    dict(
        type='EMAHook',
        ema_type='ExpMomentumEMA',
        momentum=1e-4,
        update_buffers=True,
        priority=49,
    ),
    dict(
        type='PipelineSwitchHook',
        switch_epoch=_base_.mosaic_epochs,
        switch_pipeline=_base_.single_pipeline,
    ),
]
