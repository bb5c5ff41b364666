"""What a comparison is made of: costs from configs, and finished trainings."""

from collections.abc import Iterable
from pathlib import Path

from pisnas_mm.detectors.data import check_data, load_with_data
from pisnas_mm.detectors.trainings import Training
from pisnas_mm.models.complexity import build_on_meta, count
from pisnas_mm.reproduction.comparison import Comparison, Cost
from pisnas_mm.reproduction.work_dirs import Trained, newest
from pisnas_mm.utils.configs import import_modules, load_config


def cost(config: Path, image_size: int) -> Cost:
    """Params and MACs of a detector, whose own data say how many classes there are."""
    cfg = load_with_data(config)
    import_modules(cfg)
    costs = count(build_on_meta(cfg), (image_size, image_size))
    whole = costs['total']
    return Cost(whole.params, round(costs['backbone'].macs), round(whole.macs))


def finished(config: Path, work_dirs: Path) -> Trained | None:
    """The last evaluation of a training that has come to its end."""
    found = newest(work_dirs, config.stem)
    return found if found and found.epoch == load_config(config).train_cfg.max_epochs else None


def unfinished(
    comparison: Comparison, configs: Path, work_dirs: Path, seeds: Iterable[int]
) -> list[Training]:
    """What is left to train, seed by seed, from the beginning: what was resumed would be no seed's.

    Raises:
        ValueError: A config or its data are not there.
    """
    found = []
    for seed in seeds:
        folder = work_dirs / f'seed-{seed}'
        for name in comparison.configs:
            config = configs / f'{name}.py'
            if not finished(config, folder):
                check_data(load_with_data(config), 'train_dataloader', 'val_dataloader')
                found.append(
                    Training(config, seed, folder / config.stem, comparison.amp, resume=False)
                )
    return found


def results(
    comparison: Comparison, configs: Path, work_dirs: Path, seeds: Iterable[int]
) -> dict[str, dict[int, Trained]]:
    """Finished trainings, by the config's name and the seed.

    Args:
        comparison: What is compared.
        configs: The folder that names of configs are below.
        work_dirs: Where trainings are, by seed.
        seeds: Of the trainings.
    """
    found: dict[str, dict[int, Trained]] = {config: {} for config in comparison.configs}
    for config in comparison.configs:
        for seed in seeds:
            if trained := finished(configs / f'{config}.py', work_dirs / f'seed-{seed}'):
                found[config][seed] = trained
    return found
