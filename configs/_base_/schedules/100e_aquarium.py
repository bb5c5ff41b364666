"""The digits' schedule in 100 epochs, evaluated every 25th: 3000 steps of sixteen images."""

_base_ = './digits.py'

max_epochs = 100

train_cfg = dict(max_epochs=max_epochs, val_interval=25)

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
