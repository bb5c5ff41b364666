"""Search every backbone of configs/searched anew: python tools/dev/search_all.py [NAME ...].

What is found goes to configs/searched/NAME, with how long it took. With --check nothing is written:
it fails if a search finds another architecture than the one that lies there.
"""

import argparse
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.configs import load_config
from pisnas_mm.utils.machine import processor

REPOSITORY = Path(__file__).resolve().parents[2]


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(description='Search every backbone of configs/searched anew.')
    parser.add_argument(
        'name',
        nargs='*',
        help='stems of search configs; of pis_coco the second best is pis_coco_rank2 (default: all '
        'that lie there)',
    )
    parser.add_argument('--configs', type=Path, default=REPOSITORY / 'configs', metavar='DIR')
    parser.add_argument('--work-dirs', type=Path, default=Path('work_dirs'), metavar='DIR')
    parser.add_argument(
        '--check', action='store_true', help='compare with what lies there, write nothing'
    )
    return parser.parse_args(argv)


def device() -> str:
    """The processor that this runs on; a search uses one core of it."""
    return f'one core of {processor()}'


def search(config: Path, work_dir: Path, rank: int) -> float:
    """Run tools/search.py, and return the processor's time that it took in seconds."""
    command = [sys.executable, str(REPOSITORY / 'tools/search.py'), str(config)]
    command += ['--work-dir', str(work_dir)]
    command += ['--cfg-options', f'search.top_k={rank}'] if rank > 1 else []
    start = processor_time()
    done = subprocess.run(command, check=False)
    if done.returncode:
        sys.exit(done.returncode)
    return processor_time() - start


def processor_time() -> float:
    """Of all child processes that have ended, in seconds: it hardly depends on what else runs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)

    from pisnas_mm.architectures.files import read_architectures
    from pisnas_mm.reproduction.searched import (
        BACKBONE,
        check_in,
        config_and_rank,
        read_all,
    )
    from pisnas_mm.utils.work_dir import WorkDir

    others = []
    for name in args.name or read_all(args.configs / 'searched'):
        stem, rank = config_and_rank(name)
        config, work_dir = args.configs / f'{stem}.py', args.work_dirs / name
        cfg = load_config(str(config)).to_dict()
        seconds = search(config, work_dir, rank)
        if not args.check:
            found = check_in(work_dir, cfg, args.configs / 'searched', seconds, device())
            print(f'{name}: PR score {found.pr_score:.2f}, {found.seconds} s')
            continue
        there = read_architectures(str(args.configs / 'searched' / name / BACKBONE))[0].genotype
        again = read_architectures(str(WorkDir(work_dir).best))[rank - 1].genotype
        if again != there:
            others.append(name)
        print(f'{name}: {"another" if again != there else "the same"} architecture')
    if others:
        sys.exit(1)


if __name__ == '__main__':
    main()
