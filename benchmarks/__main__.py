"""Print speed and memory of searches and of Monte-Carlo scores, beside naive evaluations.

usage: python -m benchmarks [--repeats N] [--candidates N [N ...]] [--long N]
                            [--only PART [PART ...]] [--seeds-of CONFIG [CONFIG ...]]

Every search and every sampling is a process of its own, start-up included; its peak memory is the
resident set that the system reports. Medians count: single times say little on shared machines.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks import evaluation, scoring, seeds
from benchmarks.process import Run, run
from pisnas_mm.app.arguments import ArgumentParser, whole_number
from pisnas_mm.utils.table import text_table
from pisnas_mm.utils.work_dir import WorkDir

ROOT = Path(__file__).resolve().parents[1]
CONFIGS = ('configs/pis_coco.py', 'configs/pis_yolov8_s_coco.py')


class Settings(NamedTuple):
    """What a benchmark is run with."""

    repeats: int
    candidates: Sequence[int]
    long: int
    seeds_of: Sequence[Path] | None = None


def searches(settings: Settings) -> list[list[str]]:
    """Whole searches."""
    rows = [['search', 'candidates', 'seconds', 'candidates/s', 'scored/s', 'peak MB']]
    for config in CONFIGS:
        for candidates in settings.candidates:
            runs = [_search(config, candidates) for _ in range(settings.repeats)]
            seconds = [done.seconds for done, _ in runs]
            scored = runs[0][1]
            rows.append(
                [
                    config,
                    f'{candidates:,}',
                    _spread(seconds),
                    f'{candidates / median(seconds):,.0f}',
                    f'{scored / median(seconds):,.0f}',
                    f'{max(done.peak_mb for done, _ in runs):.0f}',
                ]
            )
    return rows


def _search(config: str, candidates: int) -> tuple[Run, int]:
    """A search, and how many candidates it scored."""
    with TemporaryDirectory() as folder:
        options = ['--cfg-options', f'search.num_candidates={candidates}']
        command = ['tools/search.py', config, '--work-dir', folder, *options]
        done = run([sys.executable, *command], ROOT)
        last = WorkDir(Path(folder)).history.read_text().splitlines()[-1]
    return done, int(json.loads(last)['scored'])


def evaluations(settings: Settings) -> list[list[str]]:
    """Single candidates, with what is remembered and without."""
    rows = [['evaluation', 'remembering', 'naively', 'ratio']]
    for name, ours, naive in evaluation.measured(ROOT, CONFIGS, settings.repeats):
        ratio = median(naive) / median(ours)
        rows.append([name, _spread(ours, 'µs'), _spread(naive, 'µs'), f'{ratio:,.0f}'])
    return rows


def new_stages(settings: Settings) -> list[list[str]]:
    """The closed form's radius of a stage that was never seen."""
    rows = [['new stage', 'milliseconds']]
    for name, seconds in evaluation.new_stages(settings.repeats):
        rows.append([name, _spread([1e3 * s for s in seconds])])
    return rows


def samplings(settings: Settings) -> list[list[str]]:
    """Monte-Carlo scores of YOLOv8-s at 512² with 8 inputs, on one core."""
    rows = [['Monte-Carlo', 'seconds a draw', 'peak MB']]
    medians: dict[str, tuple[float, float]] = {}
    for name in ('ours', 'naive'):
        command = [sys.executable, '-m', 'benchmarks.sampling', name]
        idle, *runs = [
            run([*command, str(draws)], ROOT, threads=1) for draws in (0, *[1] * settings.repeats)
        ]
        seconds = [done.seconds - idle.seconds for done in runs]
        peak = median(done.peak_mb for done in runs) - idle.peak_mb
        medians[name] = median(seconds), peak
        rows.append([name, _spread(seconds), f'{peak:.0f}'])
    ratios = [naive / ours for ours, naive in zip(*medians.values(), strict=True)]
    rows.append(['naive / ours', *(f'{ratio:.1f}' for ratio in ratios)])
    return rows


def scorings(settings: Settings) -> list[list[str]]:
    """Every score at 128², for architectures that it has never seen; in this process."""
    rows = [['score', *(f'candidates/s, {config}' for config in CONFIGS)]]
    for name, seconds in scoring.measured(ROOT, CONFIGS, 5 * settings.repeats):
        rows.append([name, *(f'{1 / s:,.0f}' if s < 0.01 else f'{1 / s:.2g}' for s in seconds)])
    return rows


def ends(settings: Settings) -> list[list[str]]:
    """Where ten seeds end, in this process."""
    rows = [['search', 'best known', 'within 0.1 %', 'least of ten', 'median']]
    configs = settings.seeds_of or seeds.configs(ROOT / 'configs')
    for name, found, longer in seeds.measured(configs, settings.long):
        known = max(*found, *longer)
        near = sum(score >= known - abs(known) * 1e-3 for score in found)
        row = [f'{score:.3f}' for score in (known, min(found), median(found))]
        rows.append([name, row[0], f'{near} of {len(found)}', *row[1:]])
    return rows


PARTS: dict[str, Callable[[Settings], list[list[str]]]] = {
    'search': searches,
    'evaluation': evaluations,
    'stage': new_stages,
    'monte-carlo': samplings,
    'score': scorings,
    'seeds': ends,
}


def _spread(values: Sequence[float], unit: str = '') -> str:
    """Median (least to most)."""
    scale = 1e6 if unit == 'µs' else 1
    middle, low, high = (scale * v for v in (median(values), min(values), max(values)))
    return f'{middle:.3g} ({low:.3g} to {high:.3g}){f" {unit}" if unit else ""}'


def main() -> None:
    parser = ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument('--repeats', type=whole_number, default=5)
    parser.add_argument('--candidates', type=whole_number, nargs='+', default=[100_000])
    parser.add_argument('--long', type=whole_number, default=1, help='long runs of `seeds`')
    parser.add_argument('--seeds-of', type=Path, nargs='+', help='configs of `seeds`, else all')
    parser.add_argument('--only', choices=PARTS, nargs='+', default=list(PARTS))
    args = parser.parse_args()
    settings = Settings(args.repeats, args.candidates, args.long, args.seeds_of)
    for part in args.only:
        print(f'{text_table(PARTS[part](settings))}\n', flush=True)


if __name__ == '__main__':
    main()
