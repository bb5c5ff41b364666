"""`small_224.py` at 320 x 320, sixteen images a step: for a GPU."""

_base_ = './small_224.py'

image_size = 320

train_pipeline, test_pipeline = _base_.train_pipeline, _base_.test_pipeline
train_pipeline[2].update(scale=(image_size, image_size))
test_pipeline[1].update(scale=(image_size, image_size))

train_dataloader = dict(batch_size=16, num_workers=2, dataset=dict(pipeline=train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=test_pipeline))
test_dataloader = val_dataloader
