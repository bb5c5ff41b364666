"""YOLOv8's schedule: 500 epochs of SGD from scratch, meant for 8 GPUs with 16 images each.

`YOLOv8Head` sums its losses over the images of a step, so the learning rate needs no scaling with
them; the weight decay is 5e-4 for 64 images and grows with them. (The original warms up the biases
in a way of their own, which is not done here.)
"""

max_epochs = 500
warmup_epochs = 3
mosaic_epochs = max_epochs - 10  # the last ones see single images
images_a_step = 8 * 16

train_cfg = dict(
    type='EpochBasedTrainLoop',
    max_epochs=max_epochs,
    val_interval=10,
    dynamic_intervals=[(mosaic_epochs, 1)],
)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')

param_scheduler = [
    dict(
        type='LinearLR',
        start_factor=1e-3,
        by_epoch=True,
        convert_to_iter_based=True,
        begin=0,
        end=warmup_epochs,
    ),
    dict(
        type='LinearMomentum',
        start_factor=0.8 / 0.937,
        by_epoch=True,
        convert_to_iter_based=True,
        begin=0,
        end=warmup_epochs,
    ),
    dict(type='LinearLR', start_factor=1.0, end_factor=0.01, begin=0, end=max_epochs),
]

optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(
        type='SGD',
        lr=0.01,
        momentum=0.937,
        nesterov=True,
        weight_decay=5e-4 * images_a_step / 64,
    ),
    paramwise_cfg=dict(norm_decay_mult=0.0, bias_decay_mult=0.0),
    clip_grad=dict(max_norm=10.0),
)
