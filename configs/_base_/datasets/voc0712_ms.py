"""Pascal VOC, trained at several scales: a shorter side of 360 to 600 pixels."""

_base_ = './voc0712.py'

train_pipeline = [
    dict(type='LoadImageFromFile', backend_args=_base_.backend_args),
    dict(type='LoadAnnotations', with_bbox=True),
    dict(type='RandomResize', scale=[(1000, 360), (1000, 600)], keep_ratio=True),  # COCO's ratio
    dict(type='RandomFlip', prob=0.5),
    dict(type='PackDetInputs'),
]
train_dataloader = dict(
    dataset=dict(
        dataset=dict(
            datasets=[
                dict(year, pipeline=train_pipeline)
                for year in _base_.train_dataloader.dataset.dataset.datasets
            ]
        )
    )
)
