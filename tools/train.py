"""Train a detector with MMDetection's flags and habits: python tools/train.py CONFIG [options]."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from a checkout, too

from pisnas_mm.app.arguments import resume_argument, runner_parser
from pisnas_mm.app.ending import leave_group
from pisnas_mm.app.errors import one_line_errors


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = runner_parser('Train a detector.')
    parser.add_argument('--amp', action='store_true', help='train in mixed precision')
    parser.add_argument(
        '--auto-scale-lr',
        action='store_true',
        help="scale the learning rate by the batch size over the config's base_batch_size",
    )
    resume_argument(parser)
    return parser.parse_args(argv)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)

    from pisnas_mm.detectors.training import train_detector

    train_detector(
        args.config,
        work_dir=args.work_dir,
        options=args.cfg_options,
        resume=args.resume,
        amp=args.amp,
        auto_scale_lr=args.auto_scale_lr,
        launcher=args.launcher,
        local_rank=args.local_rank,
    )
    leave_group()


if __name__ == '__main__':
    main()
