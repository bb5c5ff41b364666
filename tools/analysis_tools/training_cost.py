"""What a training will take: python tools/analysis_tools/training_cost.py CONFIG [...]."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser, whole_number
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.preconditions import check_installed
from pisnas_mm.utils.table import text_table


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(
        description='Estimate arithmetic, time and memory of trainings from their configs.'
    )
    parser.add_argument('config', nargs='+', help='detector configs for COCO or VOC')
    parser.add_argument(
        '--tflops',
        type=float,
        default=15.0,
        metavar='T',
        help='what one GPU sustains, in 10^12 FLOPs a second (default: %(default)s, an assumption)',
    )
    parser.add_argument(
        '--gpus', type=whole_number, default=8, metavar='N', help='how many (default: 8)'
    )
    args = parser.parse_args(argv)
    if args.tflops <= 0:
        parser.error(f'--tflops should be > 0, but got {args.tflops}')
    return args


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    check_installed('torch', 'mmcv', 'mmdet')

    from pisnas_mm.reproduction.cost import training_cost

    head = ('', 'images (M)', 'EFLOP', f'hours on {args.gpus} GPUs', 'GiB a GPU')
    rows = [head]
    for config in args.config:
        cost = training_cost(Path(config))
        hours = cost.flops / (args.tflops * 1e12 * args.gpus) / 3600
        rows.append(
            (
                Path(config).stem,
                f'{cost.images / 1e6:.2f}',
                f'{cost.flops / 1e18:.2f}',
                f'{hours:.0f}',
                f'{cost.memory / 2**30:.1f}',
            )
        )
    print(text_table(rows))
    print(f'Estimates, at {args.tflops:g} TFLOP/s a GPU; data loading and evaluation come on top.')


if __name__ == '__main__':
    main()
