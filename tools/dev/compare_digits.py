"""Plain against searched backbones on the embedded digits: python tools/dev/compare_digits.py.

Trains what is not finished in the work directories, one after the other, and writes table and
picture. An interrupted comparison goes on with the same command.
"""

import argparse
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.configs import import_modules, load_config
from pisnas_mm.utils.preconditions import check_installed, check_writable

if TYPE_CHECKING:
    from pisnas_mm.reproduction.comparison import Cost
    from pisnas_mm.reproduction.work_dirs import Trained

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


def config_file(config: str) -> Path:
    return REPOSITORY / 'configs' / f'{config}.py'


def finished(config: str, folder: Path) -> 'Trained | None':
    """The last evaluation of a training that has come to its end."""
    from pisnas_mm.reproduction.work_dirs import newest

    found = newest(folder, Path(config).name)
    epochs = load_config(str(config_file(config))).train_cfg.max_epochs
    return found if found and found.epoch == epochs else None


def train(config: str, seed: int, folder: Path) -> None:
    """Train from the beginning: what was resumed would not be what the seed gives."""
    command = [sys.executable, str(REPOSITORY / 'tools/train.py'), str(config_file(config))]
    command += ['--work-dir', str(folder / Path(config).name)]
    command += ['--cfg-options', f'randomness.seed={seed}']
    done = subprocess.run(command, check=False)
    if done.returncode:
        sys.exit(done.returncode)


def measure(config: str) -> 'Cost':
    from pisnas_mm.models.complexity import build_on_meta, count
    from pisnas_mm.reproduction.comparison import IMAGE_SIZE, Cost

    cfg = load_config(str(config_file(config)))
    import_modules(cfg)
    costs = count(build_on_meta(cfg), (IMAGE_SIZE, IMAGE_SIZE))
    whole = costs['total']
    return Cost(whole.params, round(costs['backbone'].macs), round(whole.macs))


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    check_installed('torch', 'mmcv', 'mmdet', 'matplotlib')
    check_writable(args.out, '--out')

    from pisnas_mm.reproduction import comparison
    from pisnas_mm.reproduction.comparison_figure import draw
    from pisnas_mm.reproduction.comparison_tables import difference_table, model_table, page
    from pisnas_mm.utils.files import write_text
    from pisnas_mm.utils.table import csv_text, text_table
    from pisnas_mm.visualization.png import save

    configs = [model.config for group in comparison.GROUPS.values() for model in group]
    results: dict[str, dict[int, Trained]] = {config: {} for config in configs}
    for seed in args.seeds:
        folder = args.work_dirs / f'seed-{seed}'
        for config in configs:
            if not (args.no_training or finished(config, folder)):
                train(config, seed, folder)
            if found := finished(config, folder):
                results[config][seed] = found
    groups = comparison.rows({config: measure(config) for config in configs}, results)
    table = model_table(groups)
    print(text_table(table, left=(0, 1, len(table[0]) - 1)), end='\n\n')
    print(text_table(difference_table(comparison.differences(groups)), left=(0, 1, 2, 5)))
    write_text(args.out / 'digits.md', page(groups))
    write_text(args.out / 'digits.csv', csv_text(table))
    save(draw(groups), args.out / 'digits.png')
    print(f'\nFiles: {args.out}')


if __name__ == '__main__':
    main()
