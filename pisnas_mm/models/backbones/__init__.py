"""Backbones."""

from pisnas_mm.models.backbones.pis_backbone import PISBackbone
from pisnas_mm.models.backbones.sp_net import SPNet
from pisnas_mm.models.backbones.spinenet import SpineNet

__all__ = ['PISBackbone', 'SPNet', 'SpineNet']
