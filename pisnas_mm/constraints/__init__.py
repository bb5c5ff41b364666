"""What a candidate must satisfy."""

from pisnas_mm.constraints.budgets import (
    BottleneckEntropy,
    MACs,
    OnMeasure,
    Params,
    register_measure,
)
from pisnas_mm.constraints.constraint import AtLeast, AtMost, Constraint

__all__ = [
    'AtLeast',
    'AtMost',
    'BottleneckEntropy',
    'Constraint',
    'MACs',
    'OnMeasure',
    'Params',
    'register_measure',
]
