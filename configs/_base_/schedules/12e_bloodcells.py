"""The digits' schedule in 12 epochs, evaluated every 4th: about 1400 steps of eight images."""

_base_ = './digits.py'

max_epochs = 12

train_cfg = dict(max_epochs=max_epochs, val_interval=4)

param_scheduler = [
    dict(type='LinearLR', start_factor=0.01, by_epoch=False, begin=0, end=100),
    dict(
        type='CosineAnnealingLR',
        by_epoch=True,
        convert_to_iter_based=True,
        begin=0,
        end=max_epochs,
        T_max=max_epochs,
        eta_min=1e-5,
    ),
]
