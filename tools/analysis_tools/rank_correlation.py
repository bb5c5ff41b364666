"""Does a score rank detectors? python tools/analysis_tools/rank_correlation.py CONFIG [options].

CONFIG is a search config with an entry ``ranking``. Architectures are drawn within its budgets,
each is trained briefly in its detector, and every score is compared with what they reach. The same
command goes on where it was interrupted; several GPUs or processes train at a time.
"""

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, NoReturn

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.utils import cli

if TYPE_CHECKING:
    from pisnas_mm.architectures.genotype import Genotype
    from pisnas_mm.ranking.settings import RankingSettings
    from pisnas_mm.ranking.trainings import Training


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = cli.config_parser('Train drawn architectures briefly, and see which score ranks them.')
    parser.add_argument(
        '--jobs',
        type=cli.whole_number,
        default=1,
        metavar='N',
        help='trainings at a time, on each GPU if there are --gpus (default: 1)',
    )
    parser.add_argument(
        '--gpus', nargs='+', default=[None], metavar='ID', help='GPUs to train on, for example 0 1'
    )
    parser.add_argument(
        '--no-training', action='store_true', help='only compare what has been trained so far'
    )
    return parser.parse_args(argv)


def draw(cfg: dict[str, Any], settings: 'RankingSettings') -> 'list[Genotype]':
    from pisnas_mm.ranking.drawing import drawn
    from pisnas_mm.registry import CONSTRAINTS, SPACES, build

    size = cfg['image_size']
    constraints = {
        name: build(CONSTRAINTS, constraint, f'constraints.{name}', image_size=size)
        for name, constraint in cfg['constraints'].items()
    }
    return drawn(build(SPACES, cfg['space'], 'space'), constraints, size, settings)


def train(todo: 'Sequence[Training]', metric: str, gpus: Sequence[str | None], total: int) -> None:
    """Train what is left, and say what each came to."""
    from pisnas_mm.ranking.trainings import run

    signal.signal(signal.SIGTERM, _terminated)
    finished = total - len(todo)
    for training, found in run(todo, metric, gpus):
        finished += 1
        place = f'[{finished}/{total}] {training.config.stem}, seed {training.seed}'
        if found.failure is not None:
            print(f'{place}: failed, {found.failure}; see {training.folder}', flush=True)
        else:
            print(f'{place}: {metric} {found.value:.4f}', flush=True)


def _terminated(signum: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + signum)  # so that the trainings are ended, too


@cli.one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    cli.check_installed('torch', 'mmcv', 'mmdet', 'matplotlib')
    cfg = cli.load_config(args.config, args.cfg_options)
    cli.import_modules(cfg)

    from pisnas_mm.datasets.checking import check_annotations
    from pisnas_mm.detectors.detector import check_detector, detector_config
    from pisnas_mm.ranking.experiment import prepare, trainings
    from pisnas_mm.ranking.settings import ranking_settings
    from pisnas_mm.ranking.trainings import reached
    from pisnas_mm.search import check_config
    from pisnas_mm.utils.lock import locked

    plain, folder = cfg.to_dict(), Path(args.config).resolve().parent
    check_config(plain, lambda seed: check_detector(plain.get('detector'), folder, seed))
    settings = ranking_settings(plain)
    genotypes = draw(plain, settings)
    detector = detector_config(genotypes[0], plain['detector'], folder)
    if not args.no_training:
        cli.check_data(detector, 'train_dataloader', 'val_dataloader', 'val_evaluator')
        check_annotations(detector, 'train', 'val')
    cli.set_work_dir(cfg, args.work_dir)
    work_dir = Path(cfg.work_dir)
    with locked(work_dir):
        names = prepare(
            work_dir,
            genotypes,
            plain['image_size'],
            plain['detector'],
            folder,
            plain.get('custom_imports'),
        )
        planned = trainings(work_dir, names, settings.training_seeds)
        todo = [one for one in planned if reached(one, settings.metric) is None]
        if todo and not args.no_training:
            train(todo, settings.metric, args.gpus * args.jobs, len(planned))
        compare(args, plain, settings, work_dir, names, genotypes)


def compare(
    args: argparse.Namespace,
    cfg: dict[str, Any],
    settings: 'RankingSettings',
    work_dir: Path,
    names: Sequence[str],
    genotypes: 'Sequence[Genotype]',
) -> None:
    """Compare all scores with what is trained, print the table and write the files."""
    from pisnas_mm.ranking import report
    from pisnas_mm.ranking.experiment import trainings
    from pisnas_mm.ranking.figure import draw as draw_figure
    from pisnas_mm.ranking.scoring import ingredients, score_configs, scored
    from pisnas_mm.ranking.trainings import reached
    from pisnas_mm.registry import SCORES, build
    from pisnas_mm.utils.files import write_text
    from pisnas_mm.utils.table import csv_text, text_table
    from pisnas_mm.visualization.png import save

    found = {
        (one.config.stem, one.seed): reached(one, settings.metric)
        for one in trainings(work_dir, names, settings.training_seeds)
    }
    values = {key: one.value for key, one in found.items() if one and one.value is not None}
    seeds = settings.training_seeds
    whole = [name for name in names if all((name, seed) in values for seed in seeds)]
    if len(whole) < max(3, settings.top_k):
        cli.user_error(
            f'{len(whole)} of {len(names)} architectures have all their trainings; at least '
            f'{max(3, settings.top_k)} are needed to compare scores'
        )
    accuracies = {name: [100 * values[name, seed] for seed in seeds] for name in whole}
    by_name = dict(zip(names, genotypes, strict=True))
    compared, size = [by_name[name] for name in whole], cfg['image_size']
    own = build(SCORES, cfg['score'], 'score', image_size=size)
    scores, missing = scored(compared, size, score_configs(cfg, settings.scores))
    parts = ingredients(compared, size, own)
    result = report.compare(accuracies, scores, parts, missing, settings)

    title = f'{Path(args.config).stem}: {len(whole)} architectures'
    rows = (*result.rows, *result.ingredients)
    command = f'python tools/analysis_tools/rank_correlation.py {args.config}'
    write_text(work_dir / 'ranking.md', report.page(result, title, command, 'ranking.png'))
    write_text(work_dir / 'ranking.csv', csv_text(report.number_table(rows)))
    write_text(work_dir / 'architectures.csv', csv_text(report.architecture_table(result)))
    save(draw_figure(result, title), work_dir / 'ranking.png')
    print(f'\n{text_table(report.score_table(result.rows, settings.top_k))}\n')
    print(text_table(report.score_table(result.ingredients, settings.top_k)))
    for name, reason in missing.items():
        print(f'{name} has no value: {reason}')
    if len(whole) < len(names):
        print(f'{len(names) - len(whole)} architectures are left out: not all trainings finished')
    print(f'\nFiles: {work_dir}/ranking.md, ranking.csv, architectures.csv, ranking.png')


if __name__ == '__main__':
    main()
