"""Pascal VOC 07+12 with YOLOv8's augmentation at 640 x 640 pixels, 16 images a GPU."""

_base_ = ['./voc0712.py', './yolo_pipelines.py']

train_pipeline = _base_.mosaic_pipeline
*load, pack = _base_.letterbox_pipeline
# `instances`: the boxes as they are annotated, which CocoMetric evaluates with.
test_pipeline = [*load, dict(pack, meta_keys=(*pack.meta_keys, 'instances'))]

train_dataloader = dict(
    _delete_=True,
    batch_size=16,
    num_workers=8,
    persistent_workers=True,
    sampler=dict(type='DefaultSampler', shuffle=True),
    dataset=dict(
        type='MultiImageMixDataset',
        dataset=dict(
            type='ConcatDataset',
            ignore_keys=['dataset_type'],  # the years differ in nothing else
            datasets=[
                dict(
                    type=_base_.dataset_type,
                    data_root=_base_.data_root,
                    ann_file=f'VOC{year}/ImageSets/Main/trainval.txt',
                    data_prefix=dict(sub_data_root=f'VOC{year}/'),
                    filter_cfg=dict(filter_empty_gt=False, min_size=32),
                    pipeline=_base_.load_pipeline,
                )
                for year in (2007, 2012)
            ],
        ),
        pipeline=train_pipeline,
    ),
)
val_dataloader = dict(batch_size=16, num_workers=4, dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
