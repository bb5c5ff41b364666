"""What single candidates and single stages take."""

import time
from collections.abc import Callable, Iterator, Sequence
from logging import getLogger
from pathlib import Path
from random import Random

from pisnas_mm import blocks
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import BottleneckStage, C2f, ConvBNAct
from pisnas_mm.receptive import radii, stage_radii, stages
from pisnas_mm.search import Searcher, build_searcher
from pisnas_mm.search.feasibility import repaired
from pisnas_mm.utils.configs import load_config
from pisnas_mm.utils.memories import forget


def measured(
    root: Path, configs: Sequence[str], repeats: int, number: int = 300
) -> Iterator[tuple[str, list[float], list[float]]]:
    """Seconds a candidate takes, mutation included: as in a search, and remembering nothing."""
    for config in configs:
        searcher = _started(root / config)
        candidates = searcher.evolution.ask(number)
        accepted = [c for c in candidates if searcher.evaluator(c).rejected_by is None]
        rejected = [c for c in candidates if c not in accepted]
        kinds = {'scored again': accepted, 'rejected': rejected}
        ours = {
            kind: [_seconds(searcher, chosen, lambda: None) for _ in range(repeats)]
            for kind, chosen in kinds.items()
        }
        for kind, chosen in kinds.items():
            naive = [_seconds(searcher, chosen[:20], forget) for _ in range(repeats)]
            yield f'{config}: {kind}', ours[kind], naive


def _started(config: Path) -> Searcher:
    """A search after ten thousand candidates."""
    plain = load_config(str(config)).to_dict()
    searcher = build_searcher(plain, Path('.'), getLogger(__name__))
    evolution, evaluator = searcher.evolution, searcher.evaluator
    kept = evolution.selection
    start = repaired(evolution.space, evaluator.constraints, seed=0)
    evolution.tell([evaluator(start)])
    for _ in range(80):
        evolution.tell(evaluator.evaluate(evolution.ask(128), kept.genotypes, kept.floor))
    return searcher


def _seconds(searcher: Searcher, chosen: list[Genotype], before: Callable[[], None]) -> float:
    """Mean of a candidate: two mutations that lead anywhere, and its own evaluation."""
    rng, space, total = Random(0), searcher.evolution.space, 0.0
    for candidate in chosen:
        before()
        start = time.perf_counter()
        space.mutate(candidate, rng, 2)
        searcher.evaluator(candidate)
        total += time.perf_counter() - start
    return total / len(chosen)


_OF_STAGES = (
    radii.stage_radius,
    radii._radius_of,
    radii._seen_from_outside,
    stages._remembered,
)


def new_stages(repeats: int) -> Iterator[tuple[str, list[float]]]:
    """Seconds that the radius of the last stage takes when it is new and its features are known."""
    stem = (ConvBNAct(3, 32, 3, 2), BottleneckStage(32, 256, 64, 1, 3, 2))
    yolo = (ConvBNAct(3, 32, 3, 2, 'silu'), ConvBNAct(32, 64, 3, 2, 'silu'), C2f(64, 64, 1))
    down = ConvBNAct(64, 128, 3, 2, 'silu')
    examples: list[tuple[str, int, tuple[blocks.Block, ...]]] = [
        *(
            (f'bottleneck, {n} blocks', 224, (*stem, BottleneckStage(256, 512, 128, n, 3, 2)))
            for n in (2, 8, 32)
        ),
        *((f'C2f, {n} blocks', 512, (*yolo, down, C2f(128, 128, n))) for n in (2, 8, 32)),
    ]
    for name, image_size, parts in examples:
        stage_radii(Genotype(parts), image_size)
        stage = stages.stages_of(Genotype(parts), image_size)[-1]
        seconds = []
        for _ in range(4 * repeats):
            for memory in _OF_STAGES:
                memory.cache_clear()
            start = time.perf_counter()
            radii.stage_radius(stage, image_size, 0.1, 0.15)
            seconds.append(time.perf_counter() - start)
        yield name, seconds
