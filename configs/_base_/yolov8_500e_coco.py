"""YOLOv8's training on COCO, all but the detector: data, schedule, EMA, runtime."""

_base_ = [
    './datasets/coco_yolo.py',
    './schedules/yolov8_500e.py',
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
