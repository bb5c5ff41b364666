"""Count a detector's params and multiply-adds, part by part: python get_flops.py CONFIG [...]."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import config_parser, whole_number
from pisnas_mm.app.errors import one_line_errors, user_error
from pisnas_mm.utils.configs import load_detector
from pisnas_mm.utils.table import text_table

if TYPE_CHECKING:
    from pisnas_mm.models.complexity import Cost


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = config_parser(
        'Count the params of a detector and its MACs (convolutions and linear layers, one '
        'multiply-add being one); FLOPs are twice the MACs.',
        writes=False,
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        '--shape',
        nargs=2,
        type=whole_number,
        metavar=('H', 'W'),
        help='pixels of the image as the backbone gets it (default: the size that the test '
        'pipeline pads to, else 1280 800)',
    )
    size.add_argument(
        '--num-images',
        type=whole_number,
        metavar='N',
        help='give the mean over the first N images of the test data set',
    )
    return parser.parse_args(argv)


def table(costs: Mapping[str, 'Cost']) -> str:
    rows = [['', 'params', 'MACs', 'FLOPs']]
    for name, (macs, params) in costs.items():
        rows.append([name, f'{params / 1e6:.3f} M', f'{macs / 1e9:.3f} G', f'{macs / 5e8:.3f} G'])
    return text_table(rows)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    cfg = load_detector(args.config, args.cfg_options)

    from pisnas_mm.detectors.data import check_data
    from pisnas_mm.detectors.images import padded_shape, shapes_of_images
    from pisnas_mm.detectors.runner import build_detector

    if args.num_images:
        if 'test_dataloader' not in cfg:
            user_error(f'--num-images needs a test_dataloader in config {args.config}')
        check_data(cfg, 'test_dataloader')
    model = build_detector(cfg)

    from pisnas_mm.models.complexity import count, count_mean

    if args.num_images:
        shapes = shapes_of_images(cfg, model, args.num_images)
        area = fmean(height * width for height, width in shapes)
        print(f'mean over {len(shapes)} images of {area:.1f} pixels')
        print(table(count_mean(model, shapes)))
    else:
        shape = tuple(args.shape or padded_shape(cfg))
        print(f'one image of {shape[0]} x {shape[1]} pixels')
        print(table(count(model, shape)))


if __name__ == '__main__':
    main()
