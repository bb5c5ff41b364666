"""Backbones."""

from pisnas_mm.models.backbones.pis_backbone import PISBackbone

__all__ = ['PISBackbone']
