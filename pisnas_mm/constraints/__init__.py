"""What a candidate must satisfy."""

from pisnas_mm.constraints.budgets import (
    BottleneckEntropy,
    MACs,
    OnMeasure,
    Params,
    bounded,
    register_measure,
)
from pisnas_mm.constraints.constraint import (
    Constraint,
    build_constraints,
)
from pisnas_mm.constraints.latency import Latency

__all__ = [
    'BottleneckEntropy',
    'Constraint',
    'Latency',
    'MACs',
    'OnMeasure',
    'Params',
    'bounded',
    'build_constraints',
    'register_measure',
]
