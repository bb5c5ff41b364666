"""Plain against searched backbones, trained: python tools/dev/compare.py {digits,bloodcells,...}.

Trains what is not finished in the work directories and writes table and picture. An interrupted
comparison goes on with the same command; the training that was interrupted begins anew.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser, jobs_argument
from pisnas_mm.app.ending import end_on_sigterm
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.preconditions import check_installed, check_writable

REPOSITORY = Path(__file__).resolve().parents[2]
NAMES = ('digits', 'bloodcells', 'bloodcells_320', 'aquarium')  # as there: --help imports nothing


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(description='Train plain and searched backbones, and compare them.')
    parser.add_argument('name', choices=NAMES, help='what is compared')
    parser.add_argument(
        '--seeds',
        nargs='+',
        type=int,
        default=[0, 1, 2],
        metavar='N',
        help='of every training (default: 0 1 2)',
    )
    parser.add_argument(
        '--work-dirs',
        type=Path,
        metavar='DIR',
        help='where the trainings go, by seed (default: work_dirs/NAME)',
    )
    parser.add_argument(
        '--out',
        type=Path,
        default=REPOSITORY / 'docs/results',
        metavar='DIR',
        help='where table and picture go (default: docs/results)',
    )
    jobs_argument(parser)
    parser.add_argument(
        '--no-training', action='store_true', help='only write what has been trained so far'
    )
    return parser.parse_args(argv)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    check_installed('torch', 'mmcv', 'mmdet', 'matplotlib')
    check_writable(args.out, '--out')

    from pisnas_mm.detectors.trainings import run
    from pisnas_mm.reproduction.comparison import COMPARISONS, differences, rows
    from pisnas_mm.reproduction.comparison_figure import draw
    from pisnas_mm.reproduction.comparison_runs import cost, results, unfinished
    from pisnas_mm.reproduction.comparison_tables import difference_table, model_table, page
    from pisnas_mm.reproduction.work_dirs import COCO_AP
    from pisnas_mm.utils.files import write_text
    from pisnas_mm.utils.table import csv_text, text_table
    from pisnas_mm.visualization.png import save

    of, configs = COMPARISONS[args.name], REPOSITORY / 'configs'
    work_dirs = args.work_dirs or Path('work_dirs', of.name)
    if not args.no_training:
        end_on_sigterm()
        for one, reached in run(
            unfinished(of, configs, work_dirs, args.seeds), COCO_AP, [None] * args.jobs
        ):
            what = reached.failure or f'{COCO_AP} {reached.value:.4f}'
            print(f'{one.config.stem}, seed {one.seed}: {what}', flush=True)
    costs = {name: cost(configs / f'{name}.py', of.image_size) for name in of.configs}
    groups = rows(of, costs, results(of, configs, work_dirs, args.seeds))
    table = model_table(groups)
    print(text_table(table, left=(0, 1, len(table[0]) - 1)), end='\n\n')
    print(text_table(difference_table(differences(groups)), left=(0, 1, 2, 6)))
    write_text(args.out / f'{of.name}.md', page(of, groups))
    write_text(args.out / f'{of.name}.csv', csv_text(table))
    save(draw(groups, of.title), args.out / f'{of.name}.png')
    print(f'\nFiles: {args.out}')


if __name__ == '__main__':
    main()
