"""Do scores rank detectors? From a search config with an entry ``ranking`` to table and picture."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from pisnas_mm.app.checks import check_search
from pisnas_mm.constraints import build_constraints
from pisnas_mm.datasets.checking import check_annotations
from pisnas_mm.detectors.data import check_data
from pisnas_mm.detectors.detector import detector_config
from pisnas_mm.detectors.trainings import run
from pisnas_mm.ranking import rank_report
from pisnas_mm.ranking.drawing import drawn
from pisnas_mm.ranking.experiment import Experiment, prepare
from pisnas_mm.ranking.halving import replayed
from pisnas_mm.ranking.scoring import ingredients, score_configs, scored
from pisnas_mm.ranking.settings import ranking_settings
from pisnas_mm.registry import SCORES, SPACES, build
from pisnas_mm.utils.configs import (
    ConfigLike,
    folder_of,
    import_modules,
    load_config,
    name_of,
    set_work_dir,
)
from pisnas_mm.utils.files import write_text
from pisnas_mm.utils.lock import locked
from pisnas_mm.utils.preconditions import check_installed
from pisnas_mm.utils.table import csv_text


class Ranked(NamedTuple):
    """A comparison of scores, where its files lie, and how many architectures are not in it."""

    comparison: rank_report.Comparison
    folder: Path
    left_out: int


def rank_scores(
    config: ConfigLike,
    *,
    work_dir: str | Path | None = None,
    options: Mapping[str, Any] | None = None,
    gpus: Sequence[str | None] = (None,),
    train: bool = True,
    say: Callable[[str], object] = print,
) -> Ranked:
    """Draw architectures within the budgets, train each briefly, and compare every score with that.

    What is trained already is not trained again.

    Args:
        config: A search config, or its file.
        work_dir: Where results go, if not where the config says, or in ``work_dirs/<its name>``.
        options: Changes of the config, such as ``{'ranking.num_architectures': 12}``.
        gpus: One for every training at a time, the same one for several; None is what there is.
        train: Whether to train what is left; otherwise what there is is compared.
        say: Takes a line for every training that has ended.

    Raises:
        ValueError: The config is not valid, data or packages are missing, or too few trainings
            have ended.
    """
    check_installed('torch', 'mmcv', 'mmdet', 'matplotlib')
    cfg = load_config(config, options)
    import_modules(cfg)
    check_search(cfg)
    plain, base = cfg.to_dict(), folder_of(cfg)
    settings, size = ranking_settings(plain), plain['image_size']
    space = build(SPACES, plain['space'], 'space')
    genotypes = drawn(space, build_constraints(plain['constraints'], size), size, settings)
    if train:
        detector = detector_config(genotypes[0], plain['detector'], base)
        check_data(detector, 'train_dataloader', 'val_dataloader', 'val_evaluator')
        check_annotations(detector, 'train', 'val')
    folder = set_work_dir(cfg, work_dir)
    with locked(folder):
        experiment = prepare(folder, genotypes, plain, base, settings)
        if train:
            _train(experiment, gpus, say)
        found = _compared(experiment, plain)
        _write(found, folder, name_of(cfg), cfg.filename or 'CONFIG')
    return Ranked(found, folder, len(genotypes) - len(found.names))


def _train(
    experiment: Experiment, gpus: Sequence[str | None], say: Callable[[str], object]
) -> None:
    """Train what is left, and say what each came to."""
    todo, metric = experiment.unfinished(), experiment.settings.metric
    total = len(experiment.trainings())
    ended = enumerate(run(todo, metric, gpus), total - len(todo) + 1)
    for number, (training, found) in ended:
        place = f'[{number}/{total}] {training.config.stem}, seed {training.seed}'
        if found.failure is not None:
            say(f'{place}: failed, {found.failure}; see {training.folder}')
        else:
            say(f'{place}: {metric} {found.value:.4f}')


def _compared(experiment: Experiment, cfg: Mapping[str, Any]) -> rank_report.Comparison:
    """All scores beside what has been trained.

    Raises:
        ValueError: That is too little.
    """
    settings, size = experiment.settings, cfg['image_size']
    accuracies = experiment.accuracies()
    least = max(3, settings.top_k)
    if len(accuracies) < least:
        raise ValueError(
            f'{len(accuracies)} of {len(experiment.architectures)} architectures have all their '
            f'trainings; at least {least} are needed to compare scores'
        )
    genotypes = [experiment.architectures[name] for name in accuracies]
    own = build(SCORES, cfg['score'], 'score', image_size=size)
    scores, missing = scored(genotypes, size, score_configs(cfg, settings.scores))
    for epoch in settings.early_epochs:
        scores[f'metric after epoch {epoch}'] = experiment.early(accuracies, epoch)
    parts = ingredients(genotypes, size, own)
    found = rank_report.compare(accuracies, scores, parts, missing, settings)
    halving = replayed(experiment.curves(accuracies)) if settings.early_epochs else None
    return replace(found, halving=halving)


def _write(found: rank_report.Comparison, folder: Path, name: str, config: str) -> None:
    """The comparison as a page, as CSV and as a picture."""
    from pisnas_mm.ranking.figure import draw
    from pisnas_mm.visualization.png import save

    title = f'{name}: {len(found.names)} architectures'
    command = f'python tools/analysis_tools/rank_correlation.py {config}'
    numbers = rank_report.number_table((*found.rows, *found.ingredients))
    write_text(folder / 'ranking.md', rank_report.page(found, title, command, 'ranking.png'))
    write_text(folder / 'ranking.csv', csv_text(numbers))
    write_text(folder / 'architectures.csv', csv_text(rank_report.architecture_table(found)))
    save(draw(found, title), folder / 'ranking.png')
