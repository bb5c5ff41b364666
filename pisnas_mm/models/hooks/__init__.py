"""Hooks of trainings and tests."""

from pisnas_mm.models.hooks.pace import PaceHook
from pisnas_mm.models.hooks.painted_images import PaintedImagesHook
from pisnas_mm.models.hooks.rounds import RoundSampler, SeededRounds

__all__ = ['PaceHook', 'PaintedImagesHook', 'RoundSampler', 'SeededRounds']
