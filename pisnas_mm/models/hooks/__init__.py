"""Hooks of trainings and tests."""

from pisnas_mm.models.hooks.painted_images import PaintedImagesHook

__all__ = ['PaintedImagesHook']
