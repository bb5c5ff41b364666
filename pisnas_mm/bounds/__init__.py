"""How good the best architecture of a search can be at most."""

from pisnas_mm.bounds.separable import NoBound, separated
from pisnas_mm.bounds.stages import check_space
from pisnas_mm.bounds.upper_bound import upper_bound

__all__ = ['NoBound', 'check_space', 'separated', 'upper_bound']
