"""Where searches end, by seed: at the same place, or wherever the seed leads them."""

from collections.abc import Iterator
from logging import getLogger
from pathlib import Path

from pisnas_mm.search import build_searcher
from pisnas_mm.search.feasibility import repaired, violations
from pisnas_mm.utils.configs import load_config
from pisnas_mm.utils.memories import forget

SEEDS = 10
LONG = 2_000_000  # candidates


def configs(folder: Path) -> list[Path]:
    """The search configs, but those that restate what others have released."""
    names = ('deepmad_r50', 'maedet_r50', 'pis_*', 'capacity_*')
    found = sorted(path for name in names for path in folder.glob(f'{name}.py'))
    return [path for path in found if not path.stem.endswith(('_released', '_voc'))]


def measured(folder: Path, long: int) -> Iterator[tuple[str, list[float], list[float]]]:
    """By config: the best scores of ten seeds, and those of long runs with either algorithm.

    Args:
        folder: Where the configs are.
        long: How many long runs of each algorithm.
    """
    for path in configs(folder):
        ends = [best(path, seed=seed) for seed in range(SEEDS)]
        longer = [
            best(path, seed=seed, algorithm=algorithm, num_candidates=LONG)
            for algorithm in ('released', 'restarts')
            for seed in range(long)
        ]
        yield path.stem, ends, longer
        forget()


def best(config: Path, **search: object) -> float:
    """The best score of a search, of which nothing is written down."""
    cfg = load_config(str(config)).to_dict()
    cfg['search'] |= search
    searcher = build_searcher(cfg, Path('.'), getLogger(__name__))
    evolution, evaluator, settings = searcher.evolution, searcher.evaluator, searcher.settings
    start, constraints = evolution.space.seed, evaluator.constraints
    if violations(start, constraints):
        start = repaired(evolution.space, constraints, settings.seed)
    evolution.tell([evaluator(start)])
    left = settings.num_candidates
    while left:
        candidates = evolution.ask(min(settings.generation_size, left))
        kept = evolution.selection
        evolution.tell(evaluator.evaluate(candidates, kept.genotypes, kept.floor))
        left -= len(candidates)
    return evolution.population[0].score
