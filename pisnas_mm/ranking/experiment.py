"""The work directory of a comparison: its architectures, their detector configs, the trainings."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.detectors.detector import detector_config
from pisnas_mm.ranking.trainings import Training
from pisnas_mm.utils.config_text import config_text
from pisnas_mm.utils.files import write_text

ARCHITECTURES = 'architectures.jsonl'


def prepare(
    work_dir: Path,
    genotypes: Sequence[Genotype],
    image_size: int,
    detector: Mapping[str, Any],
    folder: Path,
    custom_imports: Mapping[str, Any] | None = None,
) -> list[str]:
    """Write the architectures and a detector config for each.

    Args:
        work_dir: An existing folder.
        genotypes: The architectures.
        image_size: What they were drawn for, in pixels.
        detector: The entry ``detector`` of the config.
        folder: Where the config lies.
        custom_imports: What the config imports.

    Returns:
        The architectures' names.

    Raises:
        ValueError: The folder holds other architectures.
    """
    names = [f'arch-{i:0{len(str(len(genotypes) - 1))}d}' for i in range(len(genotypes))]
    lines = ''.join(
        json.dumps({'id': name, 'image_size': image_size, 'arch': genotype.to_list()}) + '\n'
        for name, genotype in zip(names, genotypes, strict=True)
    )
    file = work_dir / ARCHITECTURES
    if file.exists() and file.read_text(encoding='utf-8') != lines:
        raise ValueError(
            f'{file} holds other architectures than this config draws; choose another folder with '
            f'--work-dir'
        )
    write_text(file, lines)
    for name, genotype in zip(names, genotypes, strict=True):
        (work_dir / name).mkdir(exist_ok=True)
        config = detector_config(genotype, detector, folder, custom_imports).to_dict()
        write_text(config_file(work_dir, name), config_text(config))
    return names


def config_file(work_dir: Path, name: str) -> Path:
    """The detector config of an architecture."""
    return work_dir / name / f'{name}.py'


def trainings(work_dir: Path, names: Sequence[str], seeds: Sequence[int]) -> list[Training]:
    """All trainings: the first seed of every architecture, then the second."""
    return [
        Training(config_file(work_dir, name), seed, work_dir / name / f'seed-{seed}')
        for seed in seeds
        for name in names
    ]
