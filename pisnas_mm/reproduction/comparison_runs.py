"""What the comparison on the digits is made of: costs from configs, and finished trainings."""

from collections.abc import Iterable
from pathlib import Path

from pisnas_mm.models.complexity import build_on_meta, count
from pisnas_mm.reproduction.comparison import GROUPS, IMAGE_SIZE, Cost
from pisnas_mm.reproduction.work_dirs import Trained, newest
from pisnas_mm.utils.configs import import_modules, load_config

CONFIGS = tuple(model.config for group in GROUPS.values() for model in group)


def cost(config: Path) -> Cost:
    """Params and MACs of a detector."""
    cfg = load_config(config)
    import_modules(cfg)
    costs = count(build_on_meta(cfg), (IMAGE_SIZE, IMAGE_SIZE))
    whole = costs['total']
    return Cost(whole.params, round(costs['backbone'].macs), round(whole.macs))


def finished(config: Path, work_dirs: Path) -> Trained | None:
    """The last evaluation of a training that has come to its end."""
    found = newest(work_dirs, config.stem)
    return found if found and found.epoch == load_config(config).train_cfg.max_epochs else None


def results(configs: Path, work_dirs: Path, seeds: Iterable[int]) -> dict[str, dict[int, Trained]]:
    """Finished trainings, by the config's name and the seed.

    Args:
        configs: The folder that names of configs are below.
        work_dirs: Where trainings are, by seed.
        seeds: Of the trainings.
    """
    found: dict[str, dict[int, Trained]] = {config: {} for config in CONFIGS}
    for config in CONFIGS:
        for seed in seeds:
            if trained := finished(configs / f'{config}.py', work_dirs / f'seed-{seed}'):
                found[config][seed] = trained
    return found
