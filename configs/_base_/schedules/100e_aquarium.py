"""The digits' schedule in 100 epochs, evaluated every 25th: 3000 steps of sixteen images."""

_base_ = './digits.py'

max_epochs = 100

train_cfg = dict(max_epochs=max_epochs, val_interval=25)

param_scheduler = _base_.param_scheduler
param_scheduler[1].update(end=max_epochs, T_max=max_epochs)
