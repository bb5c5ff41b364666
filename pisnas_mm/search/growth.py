"""A family whose members grow: no block is narrower or shallower than the member before has it."""

from collections.abc import Mapping
from dataclasses import replace
from logging import Logger
from pathlib import Path
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block
from pisnas_mm.blocks.fields import Number, mutable_fields
from pisnas_mm.constraints import Constraint, build_constraints
from pisnas_mm.registry import SPACES, build
from pisnas_mm.search.evaluation import Evaluation, Evaluator
from pisnas_mm.search.family import Family
from pisnas_mm.search.processes import Processes
from pisnas_mm.search.records import NoRecords
from pisnas_mm.search.searcher import Searcher
from pisnas_mm.search.settings import SearchSettings
from pisnas_mm.search.setup import build_evolution

SHARE = 4  # of a search's candidates, one part for every member
_SIZES = (Number.WIDTH, Number.INNER_WIDTH, Number.DEPTH)


class Grown(Constraint):
    """No block should be smaller than that of another architecture: the least ratio is 1 or more.

    Args:
        origin: The other architecture.
    """

    grows = False

    def __init__(self, origin: Genotype) -> None:
        super().__init__(min=1)
        self.least = [_sizes(block) for block in origin.blocks]

    def measure(self, genotype: Genotype) -> float:
        return min(
            own.get(name, size) / size
            for least, own in zip(self.least, map(_sizes, genotype.blocks), strict=True)
            for name, size in least.items()
        )


def _sizes(block: Block) -> dict[str, int]:
    """Its widths and depths by the names of their fields."""
    fields = mutable_fields(type(block))
    return {name: getattr(block, name) for name, kind in fields.items() if kind in _SIZES}


def grow(
    cfg: Mapping[str, Any],
    settings: SearchSettings,
    family: Family,
    evaluator: Evaluator,
    first: Evaluation,
    logger: Logger,
) -> dict[str, Evaluation]:
    """The members of a family, each searched among what the one before can grow to.

    Args:
        cfg: The search config as plain data.
        settings: Its entry ``search``.
        family: Its entry ``family``.
        evaluator: Whose score counts.
        first: The smallest member.
        logger: Takes the log.

    Raises:
        ValueError: A member cannot grow into its budget.
        Interrupted: SIGINT or SIGTERM came.
    """
    settings = replace(settings, num_candidates=max(1, settings.num_candidates // SHARE))
    always = build_constraints(cfg['constraints'], cfg['image_size'])
    names = list(family.members)
    found = {names[0]: first}
    before = first
    for name in names[1:]:
        logger.info('growing %s', name)
        own = {'grown': Grown(before.genotype), **family.constraints[name]}
        # Those of the search may have the same names, and are looser.
        constraints = {f'{name}.{key}': constraint for key, constraint in own.items()} | always
        space = {**cfg['space'], 'seed': before.genotype.to_list()}
        evolution = build_evolution(build(SPACES, space, 'space'), settings, constraints)
        judging = evolution.judged_by(constraints), evaluator.score, cfg['image_size']
        searcher = Searcher(
            evolution,
            Evaluator(*judging, settings.tie_breakers),
            settings,
            records=NoRecords(Path(), {}, logger),
            logger=logger,
            processes=Processes(),
        )
        searcher.asked = constraints
        try:
            before = found[name] = searcher.run()[0]
        except ValueError as error:
            raise ValueError(f'family.{name}: {error}') from error
    return found
