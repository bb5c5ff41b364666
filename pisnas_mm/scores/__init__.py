"""Objectives to maximise."""

from pisnas_mm.scores.deepmad import DeepMADScore
from pisnas_mm.scores.maedet import MAEDETScore
from pisnas_mm.scores.monte_carlo import MonteCarloPRScore
from pisnas_mm.scores.pis import PISScore
from pisnas_mm.scores.receptive import PRScore
from pisnas_mm.scores.score import Score

__all__ = ['DeepMADScore', 'MAEDETScore', 'MonteCarloPRScore', 'PISScore', 'PRScore', 'Score']
