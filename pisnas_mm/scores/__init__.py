"""Objectives to maximise."""

from pisnas_mm.scores.activations import ActivationsScore
from pisnas_mm.scores.chance import RandomScore
from pisnas_mm.scores.deepmad import DeepMADScore
from pisnas_mm.scores.gradient_norm import GradientNormScore
from pisnas_mm.scores.macs import MACsScore
from pisnas_mm.scores.maedet import MAEDETScore
from pisnas_mm.scores.monte_carlo import MonteCarloPRScore
from pisnas_mm.scores.naswot import NASWOTScore
from pisnas_mm.scores.params import ParamsScore
from pisnas_mm.scores.pis import PISScore
from pisnas_mm.scores.pyramid_capacity import PyramidCapacityScore
from pisnas_mm.scores.receptive import PRScore
from pisnas_mm.scores.sampled import SampledScore
from pisnas_mm.scores.score import Score
from pisnas_mm.scores.synflow import SynFlowScore
from pisnas_mm.scores.zen import ZenScore

__all__ = [
    'ActivationsScore',
    'DeepMADScore',
    'GradientNormScore',
    'MACsScore',
    'MAEDETScore',
    'MonteCarloPRScore',
    'NASWOTScore',
    'PISScore',
    'PRScore',
    'ParamsScore',
    'PyramidCapacityScore',
    'RandomScore',
    'SampledScore',
    'Score',
    'SynFlowScore',
    'ZenScore',
]
