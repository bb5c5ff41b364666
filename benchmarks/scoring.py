"""What every registered score takes for architectures that it has never seen."""

import time
from collections.abc import Iterator, Sequence
from inspect import signature
from pathlib import Path
from random import Random

import pisnas_mm.spaces  # noqa: F401  (registers the spaces)
from pisnas_mm import scores
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.registry import SCORES, SPACES, build
from pisnas_mm.scores import Score
from pisnas_mm.utils.configs import load_config
from pisnas_mm.utils.memories import forget

IMAGE_SIZE, FEW = 128, 16  # pixels, inputs


def measured(root: Path, configs: Sequence[str], number: int) -> Iterator[tuple[str, list[float]]]:
    """By score: seconds an architecture takes, in the space of every config.

    Scores of batches come twice: with as many inputs as they take by themselves, and with few.

    Args:
        root: Where the configs are.
        configs: Search configs.
        number: Architectures to take the mean over.
    """
    chosen = [architectures(root / config, number + 1) for config in configs]
    for name, cls in sorted(SCORES.module_dict.items()):
        if cls.__module__.startswith(f'{scores.__name__}.'):
            for batch_size in {own_batch_size(cls): None, FEW: None} if _draws(cls) else [None]:
                title = name if batch_size is None else f'{name}, {batch_size} inputs'
                given = {} if batch_size is None else {'batch_size': batch_size}
                defaults = dict(image_size=IMAGE_SIZE, **given)
                score: Score = build(SCORES, dict(type=name), 'score', **defaults)
                yield title, [_seconds(score, some) for some in chosen]


def architectures(config: Path, number: int) -> list[Genotype]:
    """The seed of a search, and others, each 20 mutations away from it."""
    space = build(SPACES, load_config(str(config)).to_dict()['space'], 'space')
    rng = Random(0)
    return [space.seed, *(space.mutate(space.seed, rng, 20) for _ in range(number - 1))]


def own_batch_size(cls: type[Score]) -> int:
    """How many inputs a score takes by default."""
    default: int = signature(cls).parameters['batch_size'].default
    return default


def _draws(cls: type[Score]) -> bool:
    return 'batch_size' in signature(cls).parameters


def _seconds(score: Score, chosen: Sequence[Genotype]) -> float:
    """Mean of all but the first, which imports what is needed; nothing is remembered."""
    forget()
    score(chosen[0])
    start = time.perf_counter()
    for genotype in chosen[1:]:
        score(genotype)
    return (time.perf_counter() - start) / (len(chosen) - 1)
