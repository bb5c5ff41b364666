"""Evaluate a detector with MMDetection's flags: python tools/test.py CONFIG CHECKPOINT [...]."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from a checkout, too

from pisnas_mm.app.arguments import runner_parser
from pisnas_mm.app.ending import leave_group
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.app.tta import augment
from pisnas_mm.utils.configs import set_work_dir
from pisnas_mm.utils.preconditions import check_checkpoint, check_writable


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = runner_parser('Evaluate a detector.')
    parser.add_argument('checkpoint', help='file of the trained weights')
    parser.add_argument('--out', metavar='FILE.pkl', help='write the predictions to this file')
    parser.add_argument('--show', action='store_true', help='show the predictions')
    parser.add_argument('--show-dir', help='save painted images here, under the work directory')
    parser.add_argument('--wait-time', type=float, default=2, help='seconds an image is shown')
    parser.add_argument('--tta', action='store_true', help='average over test-time augmentations')
    args = parser.parse_args(argv)
    if args.out and Path(args.out).suffix not in ('.pkl', '.pickle'):
        parser.error(f'--out should end in .pkl or .pickle, but got {args.out}')
    return args


def draw(cfg: Any, args: argparse.Namespace) -> None:
    """Have the visualization hook show or save the predictions."""
    from pisnas_mm.detectors.detector import with_ours

    hook = cfg.get('default_hooks', {}).get('visualization', dict(type='DetVisualizationHook'))
    hook = dict(hook, draw=True, show=args.show, wait_time=args.wait_time)
    if args.show_dir:
        hook['test_out_dir'] = args.show_dir
        if hook['type'] == 'DetVisualizationHook':  # which paints images of one name over another
            hook['type'] = 'PaintedImagesHook'
            cfg.custom_imports = with_ours(cfg.get('custom_imports'))
    cfg.merge_from_dict({'default_hooks.visualization': hook})


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)

    from pisnas_mm.datasets.broken import broken_images_named
    from pisnas_mm.datasets.checking import check_annotations
    from pisnas_mm.detectors.data import check_data, load_with_data
    from pisnas_mm.detectors.runner import build_runner

    cfg = load_with_data(args.config, args.cfg_options)
    check_checkpoint(args.checkpoint, 'training writes work_dirs/CONFIG/epoch_N.pth')
    cfg.load_from = args.checkpoint
    check_data(cfg, 'test_dataloader', 'test_evaluator')
    data = check_annotations(cfg, 'test')
    set_work_dir(cfg, args.work_dir)
    if args.show or args.show_dir:
        draw(cfg, args)
    if args.tta:
        augment(cfg)
    if args.out:
        check_writable(Path(args.out).parent, '--out')
    runner = build_runner(cfg, args.launcher, args.local_rank, strict=True)
    if args.out:
        from mmdet.evaluation import DumpDetResults

        runner.test_evaluator.metrics.append(DumpDetResults(args.out))
    with broken_images_named(data):
        runner.test()
    leave_group()


if __name__ == '__main__':
    main()
