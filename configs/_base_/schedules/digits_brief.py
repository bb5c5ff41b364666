"""The digits' schedule in four epochs, evaluated once at the end: to rank many backbones."""

_base_ = './digits.py'

max_epochs = 4

train_cfg = dict(max_epochs=max_epochs, val_interval=max_epochs)

param_scheduler = _base_.param_scheduler
param_scheduler[1].update(end=max_epochs, T_max=max_epochs)
