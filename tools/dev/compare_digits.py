"""Plain against searched backbones on the embedded digits: python tools/dev/compare_digits.py.

Trains what is not finished in the work directories, one after the other, and writes table and
picture. An interrupted comparison goes on with the same command.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.preconditions import check_installed, check_writable

REPOSITORY = Path(__file__).resolve().parents[2]


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(
        description='Train plain and searched backbones on the embedded digits, and compare them.'
    )
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
        default=Path('work_dirs/digits'),
        metavar='DIR',
        help='where the trainings go, by seed (default: %(default)s)',
    )
    parser.add_argument(
        '--out',
        type=Path,
        default=REPOSITORY / 'docs/results',
        metavar='DIR',
        help='where table and picture go (default: docs/results)',
    )
    parser.add_argument(
        '--no-training', action='store_true', help='only write what has been trained so far'
    )
    return parser.parse_args(argv)


def train(config: Path, seed: int, folder: Path) -> None:
    """Train from the beginning: what was resumed would not be what the seed gives."""
    command = [sys.executable, str(REPOSITORY / 'tools/train.py'), str(config)]
    command += ['--work-dir', str(folder / config.stem)]
    command += ['--cfg-options', f'randomness.seed={seed}']
    done = subprocess.run(command, check=False)
    if done.returncode:
        sys.exit(done.returncode)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    check_installed('torch', 'mmcv', 'mmdet', 'matplotlib')
    check_writable(args.out, '--out')

    from pisnas_mm.reproduction.comparison import differences, rows
    from pisnas_mm.reproduction.comparison_figure import draw
    from pisnas_mm.reproduction.comparison_runs import CONFIGS, cost, finished, results
    from pisnas_mm.reproduction.comparison_tables import difference_table, model_table, page
    from pisnas_mm.utils.files import write_text
    from pisnas_mm.utils.table import csv_text, text_table
    from pisnas_mm.visualization.png import save

    configs = REPOSITORY / 'configs'
    for seed in [] if args.no_training else args.seeds:
        folder = args.work_dirs / f'seed-{seed}'
        for name in CONFIGS:
            if not finished(configs / f'{name}.py', folder):
                train(configs / f'{name}.py', seed, folder)
    costs = {name: cost(configs / f'{name}.py') for name in CONFIGS}
    groups = rows(costs, results(configs, args.work_dirs, args.seeds))
    table = model_table(groups)
    print(text_table(table, left=(0, 1, len(table[0]) - 1)), end='\n\n')
    print(text_table(difference_table(differences(groups)), left=(0, 1, 2, 5)))
    write_text(args.out / 'digits.md', page(groups))
    write_text(args.out / 'digits.csv', csv_text(table))
    save(draw(groups), args.out / 'digits.png')
    print(f'\nFiles: {args.out}')


if __name__ == '__main__':
    main()
