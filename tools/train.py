"""Train a detector with MMDetection's flags and habits: python tools/train.py CONFIG [options]."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from a checkout, too

from pisnas_mm.utils import cli


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = cli.runner_parser('Train a detector.')
    parser.add_argument('--amp', action='store_true', help='train in mixed precision')
    parser.add_argument(
        '--auto-scale-lr',
        action='store_true',
        help="scale the learning rate by the batch size over the config's base_batch_size",
    )
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        metavar='CHECKPOINT',
        help='go on from this checkpoint, or from the last one in the work directory',
    )
    return parser.parse_args(argv)


def scale_lr(cfg: Any) -> None:
    """Switch on the scaling that the config describes."""
    if not {'enable', 'base_batch_size'} <= set(cfg.get('auto_scale_lr') or {}):
        cli.user_error(
            f'--auto-scale-lr needs auto_scale_lr=dict(enable=False, base_batch_size=N) '
            f'in {cfg.filename}'
        )
    cfg.auto_scale_lr.enable = True


def set_start(cfg: Any, resume: str | None) -> None:
    """Set what the run starts from and check that it is there."""
    if resume is not None:
        cfg.resume = True
        cfg.load_from = None if resume == 'auto' else resume
    start = cfg.get('load_from')
    last = Path(cfg.work_dir, 'last_checkpoint')
    if start is None and cfg.get('resume') and last.is_file():
        start = last.read_text().strip()  # written by MMEngine, as the path at that time
        if not start:  # it was killed at that, after the checkpoint
            start = cfg.load_from = str(max(last.parent.glob('*.pth'), key=_written, default=last))
    if start is not None:
        cli.check_checkpoint(start, 'give the path of one with --resume CHECKPOINT')


def _written(path: Path) -> float:
    return path.stat().st_mtime


@cli.one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    cfg = cli.load_detector(args.config, args.cfg_options)

    from pisnas_mm.datasets.broken import broken_images_named
    from pisnas_mm.datasets.checking import check_annotations

    if args.amp:
        cfg.optim_wrapper.type = 'AmpOptimWrapper'
        cfg.optim_wrapper.loss_scale = 'dynamic'
    if args.auto_scale_lr:
        scale_lr(cfg)
    cli.check_data(cfg, 'train_dataloader', 'val_dataloader', 'val_evaluator')
    data = check_annotations(cfg, 'train', 'val')
    cli.set_work_dir(cfg, args.work_dir)
    set_start(cfg, args.resume)
    runner = cli.build_runner(cfg, args.launcher, args.local_rank)
    with broken_images_named(data):
        runner.train()
    cli.leave_group()


if __name__ == '__main__':
    main()
