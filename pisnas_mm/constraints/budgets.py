"""The budgets of a search: size, cost, depth, and bounds on entropy and effectiveness."""

from typing import ClassVar, get_args

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import check_image_size, shown
from pisnas_mm.constraints.constraint import AtLeast, AtMost
from pisnas_mm.measures.entropy import Convention
from pisnas_mm.registry import CONSTRAINTS


@CONSTRAINTS.register_module()
class Params(AtMost):
    """Learnable parameters of the backbone."""

    def measure(self, genotype: Genotype) -> float:
        return measures.params(genotype)


@CONSTRAINTS.register_module()
class MACs(AtMost):
    """Multiply-adds of the backbone's convolutions at ``image_size``²."""

    def __init__(self, max: float, image_size: int) -> None:
        super().__init__(max)
        self.image_size = check_image_size(image_size)

    def measure(self, genotype: Genotype) -> float:
        return measures.macs(genotype, self.image_size)


@CONSTRAINTS.register_module()
class Layers(AtMost):
    """Convolutions on the main path."""

    def measure(self, genotype: Genotype) -> float:
        return measures.layers(genotype)


@CONSTRAINTS.register_module()
class Effectiveness(AtMost):
    """DeepMAD's ρ, a bound on depth for its width: ``measures.effectiveness``."""

    grows: ClassVar[bool] = False

    def measure(self, genotype: Genotype) -> float:
        return measures.effectiveness(genotype)


@CONSTRAINTS.register_module()
class BottleneckEntropy(AtLeast):
    """H_btn in nats. The poster prints "H_i <= budget", but the search needs a lower bound."""

    def __init__(self, min: float, image_size: int, convention: Convention = 'released') -> None:
        super().__init__(min)
        self.image_size = check_image_size(image_size)
        if convention not in get_args(Convention):
            raise ValueError(
                f'convention should be one of {get_args(Convention)}, but got {shown(convention)}'
            )
        self.convention: Convention = convention

    def measure(self, genotype: Genotype) -> float:
        return measures.bottleneck_entropy(genotype, self.image_size, self.convention)
