"""Where searches end, by seed: at the same place, or wherever the seed leads them."""

from collections.abc import Iterator, Sequence
from logging import getLogger
from pathlib import Path

from pisnas_mm.search import build_searcher
from pisnas_mm.search.records import NoRecords
from pisnas_mm.utils.configs import load_config
from pisnas_mm.utils.memories import forget

SEEDS = 10
LONG = 2_000_000  # candidates


def configs(folder: Path) -> list[Path]:
    """The search configs, but those that restate what others have released."""
    names = ('deepmad_r50', 'maedet_r50', 'pis_*', 'capacity_*')
    found = sorted(path for name in names for path in folder.glob(f'{name}.py'))
    return [path for path in found if not path.stem.endswith(('_released', '_voc'))]


def measured(paths: Sequence[Path], long: int) -> Iterator[tuple[str, list[float], list[float]]]:
    """By config: the best scores of ten seeds, and those of long runs with either algorithm.

    Args:
        paths: The configs.
        long: How many long runs of each algorithm.
    """
    for path in paths:
        ends = [best(path, seed=seed) for seed in range(SEEDS)]
        longer = [
            best(path, seed=seed, algorithm=algorithm, num_candidates=LONG)
            for algorithm in ('released', 'ruins')
            for seed in range(long)
        ]
        yield path.stem, ends, longer
        forget()


def best(config: Path, **search: object) -> float:
    """The best score of a search, of which nothing is written down."""
    cfg = load_config(str(config)).to_dict()
    cfg['search'] |= search
    logger = getLogger(__name__)
    searcher = build_searcher(cfg, Path(), logger)
    searcher.records = NoRecords(Path(), {}, logger)
    return searcher.run()[0].score
