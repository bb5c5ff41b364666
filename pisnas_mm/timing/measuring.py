"""A latency table, measured: kernels alone, then whole backbones, and written as they come."""

import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeVar

import numpy as np
from rich.console import Console
from rich.progress import track
from torch import nn

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.latency.correction import corrected
from pisnas_mm.latency.table import Conditions, LatencyTable, Timed, Whole, read_table
from pisnas_mm.ranking.statistics import kendall_tau
from pisnas_mm.timing.backends import Backend
from pisnas_mm.timing.clock import Run, timed
from pisnas_mm.timing.modules import backbone_module, image_of, kernel_module
from pisnas_mm.timing.plan import DRAWN, Point, points

TOGETHER = 8  # that are timed in turns
KERNEL_REPEATS = 11
WHOLE_REPEATS = 9

T = TypeVar('T')


@dataclass(frozen=True)
class Effort:
    """How much is measured: backbones that correct the sum, and others that check it."""

    corrections: int = 24
    checks: int = 0

    def split(self, wholes: Sequence[Whole]) -> tuple[list[Whole], list[Whole]]:
        """Those that correct and those that check, in turns: a machine is slow for minutes."""
        correcting = {i * len(wholes) // self.corrections for i in range(self.corrections)}
        return (
            [whole for i, whole in enumerate(wholes) if i in correcting],
            [whole for i, whole in enumerate(wholes) if i not in correcting],
        )


class Stopwatch:
    """Times kernels and backbones under some conditions.

    Args:
        backend: What runs them.
        image_size: Side of the square input, in pixels.
        batch: How many images at once.
        out_indices: The backbone's outputs.
    """

    def __init__(
        self, backend: Backend, image_size: int, batch: int, out_indices: Sequence[int]
    ) -> None:
        self.backend = backend
        self.image_size = image_size
        self.batch = batch
        self.out_indices = tuple(out_indices)

    @property
    def conditions(self) -> Conditions:
        backend = self.backend
        return Conditions(
            str(backend.device),
            backend.name,
            backend.threads,
            backend.precision,
            self.image_size,
            self.batch,
        )

    def kernels(self, some: Sequence[Point]) -> list[Timed]:
        """The time of one copy of each kernel."""
        runs, shares = [], []
        for point in some:
            module, channels, copies = kernel_module(point.op, point.widths)
            runs.append(self._runner(module, channels, point.kernel.side))
            shares.append(copies)
        return [
            Timed(float(f'{one.ms / share:.5g}'), one.spread)
            for one, share in zip(
                timed(runs, KERNEL_REPEATS, self.backend.clock), shares, strict=True
            )
        ]

    def backbones(self, some: Sequence[Genotype], repeats: int = WHOLE_REPEATS) -> list[Timed]:
        """The time of each backbone from the image to its outputs."""
        runs = [self.runner(genotype) for genotype in some]
        return timed(runs, repeats, self.backend.clock)

    def runner(self, genotype: Genotype) -> Run:
        """What runs a backbone."""
        module = backbone_module(genotype, self.out_indices)
        return self._runner(module, genotype.in_channels, self.image_size)

    def _runner(self, module: nn.Module, channels: int, side: int) -> Run:
        return self.backend.runner(module, image_of(channels, side, self.batch))


def measured_table(
    stopwatch: Stopwatch, genotypes: Iterator[Genotype], path: Path, effort: Effort
) -> LatencyTable:
    """Measure what is not in the file yet, and write it there as it comes.

    Args:
        stopwatch: Measures.
        genotypes: Backbones of the space, the same ones every time.
        path: The table's file.
        effort: How many backbones are measured as wholes.

    Raises:
        ValueError: The file is of other conditions, or damaged.
    """
    table = _begun(stopwatch, path)
    drawn = list(islice(genotypes, DRAWN))
    wholes = drawn[: effort.corrections + effort.checks]
    todo = [
        point
        for point in points(drawn, stopwatch.image_size)
        if point.widths not in table.kernels.get(str(point.kernel), {})
    ]
    for some in _with_bar(_parts(todo, TOGETHER), 'kernels'):
        for point, one in zip(some, stopwatch.kernels(some), strict=True):
            table.kernels.setdefault(str(point.kernel), {})[point.widths] = one
        table.write(path)
    left = _parts(wholes[len(table.wholes) :], TOGETHER // 2)
    for backbones in _with_bar(left, 'whole backbones'):
        found = stopwatch.backbones(backbones)
        table.wholes += [Whole(one.to_list(), at) for one, at in zip(backbones, found, strict=True)]
        table.write(path)
    table = _fresh(table)
    correcting, checking = effort.split(table.wholes)
    table.correction = corrected(table, correcting)
    if effort.checks:
        table.check = checked(stopwatch, table, checking)
    table.write(path)
    return read_table(path)


def checked(
    stopwatch: Stopwatch, table: LatencyTable, wholes: Sequence[Whole]
) -> dict[str, object]:
    """How well backbones are predicted, beside how well a second measurement predicts the first."""
    size = table.conditions.image_size
    measured = [whole.timed.ms for whole in wholes]
    predicted = [table(whole.genotype, size) for whole in wholes]
    again = []
    parts = _parts([whole.genotype for whole in wholes], TOGETHER // 2)
    for some in _with_bar(parts, 'the same once more'):
        again += [one.ms for one in stopwatch.backbones(some)]
    return {
        'backbones': len(wholes),
        'predicted': agreement(predicted, measured),
        'measured_twice': agreement(again, measured),
    }


def agreement(predicted: Sequence[float], measured: Sequence[float]) -> dict[str, float]:
    """How times agree with others: the share within 10 %, Kendall's τ, mean and largest error."""
    errors = np.array(predicted) / np.array(measured) - 1
    found = {
        'within_10_percent': (abs(errors) <= 0.1).mean(),
        'kendall_tau': kendall_tau(predicted, measured),
        'bias': errors.mean(),
        'largest_error': abs(errors).max(),
    }
    return {name: round(float(value), 4) for name, value in found.items()}


def _begun(stopwatch: Stopwatch, path: Path) -> LatencyTable:
    conditions = stopwatch.conditions
    if not path.exists():
        backend = stopwatch.backend
        about = {
            'hardware': backend.hardware(),
            'versions': backend.versions(),
            'date': time.strftime('%Y-%m-%d'),
            'times': 'median in ms, interquartile range as a share of it',
        }
        return LatencyTable(conditions, about)
    table = read_table(path)
    if others := table.conditions.differences(vars(conditions)):
        raise ValueError(
            f'latency table {path} has {", ".join(others)}; choose another file with --out'
        )
    return table


def _fresh(table: LatencyTable) -> LatencyTable:
    """The table without what it remembers of kernels."""
    return LatencyTable(table.conditions, table.about, table.kernels, table.wholes)


def _parts(items: Sequence[T], size: int) -> list[Sequence[T]]:
    return [items[i : i + size] for i in range(0, len(items), size)]


def _with_bar(parts: Sequence[T], what: str) -> Iterable[T]:
    """With a bar on a terminal, and with a line at the start elsewhere."""
    shown = sys.stderr.isatty()
    if parts and not shown:
        print(f'measuring {what}', file=sys.stderr)
    return track(parts, what, console=Console(stderr=True), disable=not shown)
