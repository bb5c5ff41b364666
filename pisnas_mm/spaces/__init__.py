"""How a genotype may change."""

from pisnas_mm.spaces.csp import C2fSpace, C3Space
from pisnas_mm.spaces.mixed import MixedSpace
from pisnas_mm.spaces.residual import ResidualSpace
from pisnas_mm.spaces.space import Space

__all__ = ['C2fSpace', 'C3Space', 'MixedSpace', 'ResidualSpace', 'Space']
