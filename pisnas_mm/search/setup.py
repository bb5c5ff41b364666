"""From a search config to the objects of a search."""

from collections.abc import Mapping
from dataclasses import asdict
from logging import Logger
from pathlib import Path
from typing import Any

from pisnas_mm.constraints import Constraint, build_constraints
from pisnas_mm.registry import SCORES, SPACES, build
from pisnas_mm.search.budgets import build_budgets
from pisnas_mm.search.evaluation import Evaluator
from pisnas_mm.search.evolution import Evolution
from pisnas_mm.search.family import Family, build_family
from pisnas_mm.search.front import Budgets, FrontArchive
from pisnas_mm.search.front_evolution import FrontEvolution
from pisnas_mm.search.loosened import LoosenedEvolution, near_each_other
from pisnas_mm.search.processes import Processes
from pisnas_mm.search.records import NoRecords, Records
from pisnas_mm.search.restarts import RestartedEvolution
from pisnas_mm.search.searcher import Searcher
from pisnas_mm.search.selection import BestRanks
from pisnas_mm.search.settings import CHANGEABLE, OF_FRONTS, SearchSettings, search_settings
from pisnas_mm.search.shared_evaluation import SharedEvaluator
from pisnas_mm.search.validation import KEYS
from pisnas_mm.spaces import Space


def build_searcher(
    cfg: Mapping[str, Any], work_dir: Path, logger: Logger, processes: Processes | None = None
) -> Searcher:
    """Build all a search consists of.

    Args:
        cfg: A search config as plain data, checked by ``check_config``.
        work_dir: An existing folder for history and checkpoints.
        logger: Takes the log.
        processes: That run this search together; None where this one is alone.

    Raises:
        ValueError: An entry is unknown or its value refused; the message names the place.
    """
    image_size = cfg['image_size']
    constraints = build_constraints(cfg['constraints'], image_size)
    settings = search_settings(cfg)
    space = build(SPACES, cfg['space'], 'space')
    score = build(SCORES, cfg['score'], 'score', image_size=image_size)
    budgets, starts = None, []
    if settings.costs:
        family = family_of(cfg, settings, constraints)
        starts = list(family.constraints.values()) if family else []
        budgets = build_budgets(settings, family, constraints, space, image_size)
    evolution = build_evolution(space, settings, constraints, budgets)
    if isinstance(evolution, RestartedEvolution) and (narrow := near_each_other(constraints)):
        logger.warning(
            'the bounds of constraints.%s are near each other, where the result may depend on the '
            "seed; search.algorithm='loosened' is for that",
            narrow[0],
        )
    processes = processes or Processes()
    judging = evolution.judged_by(constraints), score, image_size, settings.tie_breakers
    alone = processes.size == 1
    evaluator = Evaluator(*judging) if alone else SharedEvaluator(processes, *judging)
    records = NoRecords if processes.rank else Records
    searcher = Searcher(
        evolution,
        evaluator,
        settings,
        records=records(work_dir, _decisive(cfg, settings, constraints), logger),
        logger=logger,
        processes=processes,
    )
    if not budgets:
        searcher.asked = constraints
    searcher.starts = starts
    return searcher


def family_of(
    cfg: Mapping[str, Any], settings: SearchSettings, constraints: Mapping[str, Constraint]
) -> Family | None:
    """The config's family; None where it has none."""
    if 'family' not in cfg:
        return None
    return build_family(cfg['family'], settings.costs, constraints, cfg['image_size'])


def build_evolution(
    space: Space,
    settings: SearchSettings,
    constraints: Mapping[str, Constraint],
    budgets: Budgets | None = None,
) -> Evolution:
    """Build the algorithm that a search's settings name, or that of a front with its budgets."""
    size, seed = settings.population_size, settings.seed
    if budgets:
        return FrontEvolution(space, FrontArchive(budgets, size), settings.num_candidates, seed)
    if settings.algorithm == 'released':
        return Evolution(space, BestRanks(size), settings.num_mutations, seed)
    if settings.algorithm == 'loosened':
        return LoosenedEvolution(space, constraints, size, settings.num_candidates, seed)
    counts = size, settings.num_candidates, settings.restarts
    return RestartedEvolution(space, *counts, seed, ruins=settings.algorithm == 'ruins')


def _decisive(
    cfg: Mapping[str, Any], settings: SearchSettings, constraints: Mapping[str, Constraint]
) -> dict[str, Any]:
    """All that a search's result depends on; files by what is in them."""
    decisive = {key: cfg[key] for key in KEYS if key != 'detector'}
    decisive['constraints'] = {
        name: {**one, **constraints[name].contents} for name, one in cfg['constraints'].items()
    }
    without = CHANGEABLE if settings.costs else (*CHANGEABLE, *OF_FRONTS)
    given = {k: v for k, v in asdict(settings).items() if k not in without}
    family = {'family': cfg['family']} if 'family' in cfg else {}
    return decisive | family | {'search': given}
