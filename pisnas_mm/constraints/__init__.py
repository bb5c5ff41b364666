"""What a candidate must satisfy."""

from pisnas_mm.constraints.budgets import (
    BottleneckEntropy,
    MACs,
    OnMeasure,
    Params,
    register_measure,
)
from pisnas_mm.constraints.constraint import (
    Constraint,
    build_constraints,
)

__all__ = [
    'BottleneckEntropy',
    'Constraint',
    'MACs',
    'OnMeasure',
    'Params',
    'build_constraints',
    'register_measure',
]
