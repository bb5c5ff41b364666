"""Search a backbone without training: python tools/search.py CONFIG [options]."""

import argparse
import os
import shlex
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from a checkout, too

from pisnas_mm.app.arguments import config_parser, resume_argument, whole_number
from pisnas_mm.app.ending import end_at_once
from pisnas_mm.app.errors import is_first, one_line_errors


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = config_parser('Search a backbone without training anything.')
    parser.add_argument('--seed', type=int, help="random seed (default: the config's search.seed)")
    resume_argument(parser)
    parser.add_argument(
        '--report', action='store_true', help='also write report.html, which shows the search'
    )
    parser.add_argument('--launcher', choices=['none', 'pytorch', 'slurm'], default='none')
    parser.add_argument(
        '--timeout',
        type=whole_number,
        default=1800,
        metavar='SECONDS',
        help='how long one of several processes waits for another (default: 1800)',
    )
    args = parser.parse_args(argv)
    if args.seed is not None:
        args.cfg_options = args.cfg_options | {'search.seed': args.seed}
    return args


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)

    from pisnas_mm.app.search import search_together
    from pisnas_mm.search import Joined, Lost, Processes, Stopped

    alone = args.launcher == 'none'
    try:
        result = search_together(
            args.config,
            Processes if alone else partial(Joined, args.launcher, args.timeout),
            work_dir=args.work_dir,
            options=args.cfg_options,
            resume=args.resume,
            report=args.report,
        )
    except Stopped as stop:
        if isinstance(stop, Lost) or is_first():
            print(f'{stop}; go on with: {_resume_command(args)}', file=sys.stderr)
        if isinstance(stop, Lost):
            sys.stderr.flush()
            os._exit(stop.exit_code)  # torch would wait for the others, or abort
        sys.exit(stop.exit_code)
    if result:
        print(f'\n{result}')
    if not alone:
        end_at_once()


def _resume_command(args: argparse.Namespace) -> str:
    """The command that goes on from the last checkpoint, wherever this run began."""
    if args.launcher != 'none':
        return 'the same command and --resume'
    kept = [
        part for part in sys.argv if part != args.resume and part.partition('=')[0] != '--resume'
    ]
    return shlex.join(['python', *kept, '--resume'])


if __name__ == '__main__':
    main()
