"""From a search config to the objects of a search."""

from collections.abc import Mapping
from dataclasses import asdict
from logging import Logger
from pathlib import Path
from typing import Any

from pisnas_mm.constraints import Constraint, build_constraints
from pisnas_mm.registry import SCORES, SPACES, build
from pisnas_mm.search.evaluation import Evaluator
from pisnas_mm.search.evolution import Evolution
from pisnas_mm.search.processes import Processes
from pisnas_mm.search.records import NoRecords, Records
from pisnas_mm.search.searcher import Searcher
from pisnas_mm.search.selection import BestRanks
from pisnas_mm.search.settings import CHANGEABLE, SearchSettings, search_settings
from pisnas_mm.search.shared_evaluation import SharedEvaluator
from pisnas_mm.search.validation import KEYS


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
    processes = processes or Processes()
    judging = constraints, score, image_size, settings.tie_breakers
    alone = processes.size == 1
    evaluator = Evaluator(*judging) if alone else SharedEvaluator(processes, *judging)
    records = NoRecords if processes.rank else Records
    return Searcher(
        Evolution(
            space, BestRanks(settings.population_size), settings.num_mutations, settings.seed
        ),
        evaluator,
        settings,
        records=records(work_dir, _decisive(cfg, settings, constraints), logger),
        logger=logger,
        processes=processes,
    )


def _decisive(
    cfg: Mapping[str, Any], settings: SearchSettings, constraints: Mapping[str, Constraint]
) -> dict[str, Any]:
    """All that a search's result depends on; files by what is in them."""
    decisive = {key: cfg[key] for key in KEYS if key != 'detector'}
    decisive['constraints'] = {
        name: {**one, **constraints[name].contents} for name, one in cfg['constraints'].items()
    }
    given = {k: v for k, v in asdict(settings).items() if k not in CHANGEABLE}
    return decisive | {'search': given}
