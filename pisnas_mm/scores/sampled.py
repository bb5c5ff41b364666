"""What scores of random networks share: settings, draws, and their mean."""

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import sqrt
from statistics import fmean, stdev
from typing import TYPE_CHECKING, ClassVar

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import check_image_size, check_whole, shown
from pisnas_mm.receptive.random_networks import drawing
from pisnas_mm.scores.score import Score

if TYPE_CHECKING:
    from torch import Tensor


def check_sampling(num_draws: object, batch_size: object, device: object, seed: object) -> None:
    """Raise ValueError unless networks can be drawn with these settings."""
    if not all(type(number) is int and number >= 1 for number in (num_draws, batch_size)):
        raise ValueError(
            f'num_draws and batch_size should be >= 1, but got {shown(num_draws)} and '
            f'{shown(batch_size)}'
        )
    check_whole(seed, 'seed', 0)
    if not isinstance(device, str):
        raise ValueError(f"device should be a text such as 'cuda', but got {shown(device)}")


def standard_error(values: Sequence[float]) -> float | None:
    """Standard error of the mean of independent values; None for a single one."""
    return stdev(values) / sqrt(len(values)) if len(values) > 1 else None


def with_error(mean: float, error: float | None) -> str:
    """``221.6 ± 0.8``, or ``221.6`` where the error is unknown."""
    return f'{mean:.1f}' if error is None else f'{mean:.1f} ± {error:.1f}'


class SampledScore(Score):
    """Mean over random networks of a number that each of them has. Needs torch and mmcv.

    Equal architectures have equal scores, whoever computes them and whenever: everything random
    follows from the seed and the architecture, and torch computes on one thread (sums over several
    depend on how many there are; several processes are what many cores are for). On another device
    the same numbers are drawn, and scores are equal up to rounding.

    Args:
        image_size: Side of the square input, in pixels.
        num_draws: Random networks for each architecture.
        batch_size: Inputs N(0, 1) for each network.
        device: Where torch computes, for example ``'cuda'``.
        seed: Seed of all draws.
    """

    least_batch: ClassVar[int] = 1

    def __init__(
        self, image_size: int, num_draws: int, batch_size: int, device: str, seed: int
    ) -> None:
        check_sampling(num_draws, batch_size, device, seed)
        check_whole(batch_size, 'batch_size', self.least_batch)
        self.image_size = check_image_size(image_size)
        self.num_draws, self.batch_size = num_draws, batch_size
        self.device, self.seed = device, seed

    def __call__(self, genotype: Genotype) -> float:
        return fmean(self.draws(genotype))

    def draws(self, genotype: Genotype) -> list[float]:
        """The number of every random network."""
        numbers = []
        for draw in range(self.num_draws):
            with _one_thread(), drawing(genotype, self.seed, draw):
                numbers.append(self.of_draw(genotype))
        return numbers

    @abstractmethod
    def of_draw(self, genotype: Genotype) -> float:
        """The number of one network, drawn here with torch's random numbers on the CPU."""

    def inputs(self, genotype: Genotype) -> 'Tensor':
        """Random inputs on the device, (batch_size, C, image_size, image_size)."""
        import torch

        size = self.image_size
        return torch.randn(self.batch_size, genotype.in_channels, size, size).to(self.device)


@contextmanager
def _one_thread() -> Iterator[None]:
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
