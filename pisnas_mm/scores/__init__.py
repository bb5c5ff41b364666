"""Objectives to maximise."""

from pisnas_mm.scores.pis import PISScore
from pisnas_mm.scores.receptive import PRScore
from pisnas_mm.scores.score import Score

__all__ = ['PISScore', 'PRScore', 'Score']
