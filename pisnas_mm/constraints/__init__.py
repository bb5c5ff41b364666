"""What a candidate must satisfy."""

from pisnas_mm.constraints.budgets import BottleneckEntropy, Effectiveness, Layers, MACs, Params
from pisnas_mm.constraints.constraint import (
    AtLeast,
    AtMost,
    Constraint,
    build_constraints,
)

__all__ = [
    'AtLeast',
    'AtMost',
    'BottleneckEntropy',
    'Constraint',
    'Effectiveness',
    'Layers',
    'MACs',
    'Params',
    'build_constraints',
]
