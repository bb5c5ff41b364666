"""The best of a search, measured: who keeps a budget of latency that was only predicted before."""

from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from logging import Logger
from math import isfinite
from typing import Any, NamedTuple

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.constraints import Constraint, Latency
from pisnas_mm.search import Evaluation

NEEDED = ('torch', 'mmcv', 'mmdet')


class Measured(NamedTuple):
    """A backbone's latency by its table and by the clock, in milliseconds, and the budget."""

    predicted: float
    measured: float
    spread: float
    budget: float

    @property
    def keeps(self) -> bool:
        return self.measured <= self.budget


Found = dict[Genotype, dict[str, Measured]]
"""What was measured, by the constraint's name."""


def keeping_latency(
    population: Sequence[Evaluation],
    constraints: Mapping[str, Constraint],
    out_indices: Sequence[int],
    logger: Logger,
) -> tuple[list[Evaluation], Found]:
    """Measure the first of a population where this machine is what their budget's table is of.

    Args:
        population: Best first.
        constraints: By name. Each ``Latency`` says how many it wants measured.
        out_indices: The backbone's outputs.
        logger: Is told what was measured, and who breaks a budget.

    Returns:
        The population, those last that were measured to break a budget, and what was measured.
    """
    found: Found = {}
    for name, constraint in constraints.items():
        if isinstance(constraint, Latency) and constraint.finalists and isfinite(constraint.max):
            reason = _measure(population, name, constraint, out_indices, found, logger)
            if reason:
                logger.warning('constraints.%s: latencies are not measured: %s', name, reason)
    broken = [one for one in population if not _keeps(found.get(one.genotype, {}))]
    kept = [one for one in population if one not in broken]
    if broken and kept[:1] != list(population[:1]):
        if not kept:
            logger.warning('no architecture keeps the budget of latency; the best one is exported')
            return list(population), found
        place = list(population).index(kept[0]) + 1
        logger.warning('the best by score breaks its budget of latency; number %d goes out', place)
    return kept + broken, found


def _keeps(measured: Mapping[str, Measured]) -> bool:
    return all(one.keeps for one in measured.values())


def _measure(
    population: Sequence[Evaluation],
    name: str,
    constraint: Latency,
    out_indices: Sequence[int],
    found: Found,
    logger: Logger,
) -> str | None:
    """Measure until enough are, and one keeps the budget; or say why nothing can be measured."""
    if missing := [package for package in NEEDED if find_spec(package) is None]:
        return f'{missing[0]} is not installed'
    from pisnas_mm.timing.backends import open_backend
    from pisnas_mm.timing.measuring import Stopwatch

    table = constraint.table
    at = table.conditions
    try:
        backend = open_backend(at.backend, at.device, at.threads, at.precision)
    except ValueError as error:
        return str(error)
    if backend.hardware() != (there := table.about.get('hardware')):
        return f'the table is of {there}, and this is {backend.hardware()}'
    stopwatch = Stopwatch(backend, at.image_size, at.batch, out_indices)
    anyone = False
    for i, one in enumerate(population, 1):
        if i > constraint.finalists and anyone:
            break
        (timed,) = stopwatch.backbones([one.genotype])
        predicted = table(one.genotype, at.image_size)
        measured = Measured(predicted, timed.ms, timed.spread, constraint.max)
        found.setdefault(one.genotype, {})[name] = measured
        anyone = anyone or measured.keeps
        logger.info(
            'measured number %d: %s %.2f ms ± %.0f %% (predicted %.2f)%s',
            i,
            *(name, timed.ms, 50 * timed.spread, predicted),
            '' if measured.keeps else f', beyond {constraint.max:g}',
        )
    return None


def as_entries(found: Found) -> dict[Genotype, dict[str, Any]]:
    """What ``best.json`` tells of each."""
    return {
        genotype: {name: one._asdict() for name, one in measured.items()}
        for genotype, measured in found.items()
    }
