"""The digits' schedule in 40 epochs, evaluated every 10th: about 2300 steps of sixteen images."""

_base_ = './digits.py'

max_epochs = 40

train_cfg = dict(max_epochs=max_epochs, val_interval=10)

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
