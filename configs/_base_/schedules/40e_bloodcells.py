"""The digits' schedule in 40 epochs, evaluated every 10th: about 2300 steps of sixteen images."""

_base_ = './digits.py'

max_epochs = 40

train_cfg = dict(max_epochs=max_epochs, val_interval=10)

param_scheduler = _base_.param_scheduler
param_scheduler[1].update(end=max_epochs, T_max=max_epochs)
