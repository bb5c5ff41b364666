"""The work directory of a comparison: its architectures, their detector configs, the trainings."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.detectors.detector import detector_config
from pisnas_mm.detectors.trainings import Training, curve, reached
from pisnas_mm.ranking.settings import RankingSettings
from pisnas_mm.utils.config_text import config_text
from pisnas_mm.utils.files import write_text

ARCHITECTURES = 'architectures.jsonl'


@dataclass(frozen=True)
class Experiment:
    """Architectures by name in a folder, each trained with every seed."""

    folder: Path
    architectures: Mapping[str, Genotype]
    settings: RankingSettings

    def config_file(self, name: str) -> Path:
        """The detector config of an architecture."""
        return self.folder / name / f'{name}.py'

    def trainings(self) -> list[Training]:
        """All trainings: the first seed of every architecture, then the second."""
        return [
            Training(self.config_file(name), seed, self.folder / name / f'seed-{seed}')
            for seed in self.settings.training_seeds
            for name in self.architectures
        ]

    def unfinished(self) -> list[Training]:
        """What is left to train."""
        return [one for one in self.trainings() if reached(one, self.settings.metric) is None]

    def accuracies(self) -> dict[str, list[float]]:
        """The metric in percent, a number a seed, of architectures all of whose trainings ended."""
        values: dict[str, list[float]] = {name: [] for name in self.architectures}
        for one in self.trainings():
            found = reached(one, self.settings.metric)
            if found and found.value is not None:
                values[one.config.stem].append(100 * found.value)
        seeds = len(self.settings.training_seeds)
        return {name: of for name, of in values.items() if len(of) == seeds}

    def early(self, names: Iterable[str], epoch: int) -> tuple[float, ...]:
        """The metric in percent after an epoch, the mean over seeds, of architectures by name.

        Raises:
            ValueError: A training was not evaluated then.
        """
        found = []
        for name in names:
            curves = [
                curve(self.folder / name / f'seed-{seed}', self.settings.metric)
                for seed in self.settings.training_seeds
            ]
            if missing := [of for of in curves if epoch not in of]:
                raise ValueError(
                    f'ranking.early_epochs: {name} was evaluated after epochs '
                    f'{", ".join(map(str, missing[0])) or "none"}, but not after {epoch}'
                )
            found.append(fmean(100 * of[epoch] for of in curves))
        return tuple(found)

    def curves(self, names: Iterable[str]) -> dict[str, dict[int, float]]:
        """The metric in percent after every epoch that was evaluated, the mean over seeds."""
        known = {
            name: [
                curve(self.folder / name / f'seed-{seed}', self.settings.metric)
                for seed in self.settings.training_seeds
            ]
            for name in names
        }
        epochs = sorted(
            set.intersection(*(set(of) for several in known.values() for of in several))
        )
        return {
            name: {epoch: fmean(100 * of[epoch] for of in several) for epoch in epochs}
            for name, several in known.items()
        }


def prepare(
    folder: Path,
    genotypes: Sequence[Genotype],
    cfg: Mapping[str, Any],
    base: Path,
    settings: RankingSettings,
) -> Experiment:
    """Write the architectures and a detector config for each.

    Args:
        folder: An existing one.
        genotypes: The architectures.
        cfg: The search config as plain data.
        base: Where that lies.
        settings: Its entry ``ranking``.

    Raises:
        ValueError: The folder holds other architectures.
    """
    names = [f'arch-{i:0{len(str(len(genotypes) - 1))}d}' for i in range(len(genotypes))]
    lines = ''.join(
        json.dumps({'id': name, 'image_size': cfg['image_size'], 'arch': genotype.to_list()}) + '\n'
        for name, genotype in zip(names, genotypes, strict=True)
    )
    file = folder / ARCHITECTURES
    if file.exists() and file.read_text(encoding='utf-8') != lines:
        raise ValueError(
            f'{file} holds other architectures than this config draws; choose another folder with '
            f'--work-dir'
        )
    write_text(file, lines)
    experiment = Experiment(folder, dict(zip(names, genotypes, strict=True)), settings)
    for name, genotype in experiment.architectures.items():
        (folder / name).mkdir(exist_ok=True)
        detector = detector_config(genotype, cfg['detector'], base, cfg.get('custom_imports'))
        write_text(experiment.config_file(name), config_text(detector.to_dict()))
    return experiment
