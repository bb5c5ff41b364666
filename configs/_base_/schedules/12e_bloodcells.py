"""The digits' schedule in 12 epochs, evaluated every 4th: about 1400 steps of eight images."""

_base_ = './digits.py'

max_epochs = 12

train_cfg = dict(max_epochs=max_epochs, val_interval=4)

param_scheduler = _base_.param_scheduler
param_scheduler[1].update(end=max_epochs, T_max=max_epochs)
