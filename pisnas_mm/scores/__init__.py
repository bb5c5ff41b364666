"""Objectives to maximise."""

from pisnas_mm.scores.monte_carlo import MonteCarloPRScore
from pisnas_mm.scores.pis import PISScore
from pisnas_mm.scores.receptive import PRScore
from pisnas_mm.scores.score import Score

__all__ = ['MonteCarloPRScore', 'PISScore', 'PRScore', 'Score']
