"""Train a search's finalists and your baselines briefly: python tools/verify.py WORK_DIR [options].

WORK_DIR is that of tools/search.py. What is trained, and against what, stands in the config's entry
``verify = dict(type='BriefTraining', ...)``. The same command goes on where it was interrupted, and
helps where it runs already, here or on another machine that shares WORK_DIR.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser, CfgOptions, jobs_argument
from pisnas_mm.app.ending import end_on_sigterm
from pisnas_mm.app.errors import is_first, one_line_errors


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(description='Train finalists of a search and baselines by halving.')
    parser.add_argument('work_dir', type=Path, help='work directory of tools/search.py')
    jobs_argument(parser)
    parser.add_argument(
        '--gpus', nargs='+', metavar='ID', help='GPUs to train on (default: all that are seen)'
    )
    parser.add_argument(
        '--launcher',
        choices=['none', 'pytorch', 'slurm'],
        default='none',
        help='what has started several processes, each of which trains on one GPU of its machine',
    )
    parser.add_argument(
        '--cfg-options',
        nargs='+',
        action=CfgOptions,
        default={},
        metavar='KEY=VALUE',
        help="override entries of the search's config, for example verify.steps=500",
    )
    return parser.parse_args(argv)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)

    from pisnas_mm.app.verify import own_share, seen_gpus, verify_search

    end_on_sigterm()
    gpus, processes = own_share(args.launcher, args.gpus or seen_gpus())
    found = verify_search(
        args.work_dir,
        options=args.cfg_options,
        gpus=[*gpus] * args.jobs,
        processes=processes,
        say=partial(print, flush=True) if is_first() else lambda line: None,
    )
    if is_first():
        print(f'\n{found!r}')


if __name__ == '__main__':
    main()
