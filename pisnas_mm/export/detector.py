"""From a genotype to a complete detector config that ``tools/train.py`` runs as it is."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config

from pisnas_mm.export.backbone import backbone_config, neck_channels
from pisnas_mm.genotype import Genotype
from pisnas_mm.registry import suggest

KEYS = ('base', 'backbone', 'options')
PYRAMID = (2, 3, 4)  # C3, C4 and C5


def check_detector(detector: Any, folder: Path) -> None:
    """Raise ValueError if the entry ``detector`` of a search config cannot be exported.

    Args:
        detector: ``dict(base=[files, relative to folder], backbone=dict(...), options=dict(...))``.
        folder: Where the search config lies.
    """
    if not isinstance(detector, Mapping):
        raise ValueError(f'detector should be a dict, but got {detector!r}')
    for key in detector:
        if key not in KEYS:
            raise ValueError(f'unknown key `detector.{key}`; {suggest(key, KEYS)}')
    files = detector.get('base')
    if not files or isinstance(files, str):
        raise ValueError(f'detector.base should be a list of config files, but got {files!r}')
    for file in files:
        if not (folder / file).is_file():
            raise ValueError(f'detector.base: {(folder / file).absolute()} not found')


def detector_config(genotype: Genotype, detector: Mapping[str, Any], folder: Path) -> Config:
    """Compose the base files, put the backbone in, wire the neck to it.

    The result names no base file and no relative data folder, so that it runs from anywhere.

    Args:
        genotype: The backbone's architecture.
        detector: The entry ``detector`` of a search config, see ``check_detector``.
        folder: Where the search config lies.
    """
    cfg = _merged([folder / file for file in detector['base']])
    backbone = {'out_indices': PYRAMID, **detector.get('backbone', {})}
    cfg.merge_from_dict(
        {
            'model.backbone': backbone_config(genotype, backbone),
            'model.neck.in_channels': neck_channels(genotype, backbone['out_indices']),
            'custom_imports': dict(imports=['pisnas_mm.models'], allow_failed_imports=False),
        }
    )
    cfg.merge_from_dict(dict(detector.get('options', {})))
    if root := cfg.get('data_root'):
        absolute = str(Path(root).absolute()) + '/'
        cfg = Config(_with_prefix(cfg.to_dict(), root, absolute))
    return cfg


def _merged(files: Sequence[Path]) -> Config:
    bases = [str(file.resolve()) for file in files]
    # Without the imports that a base may ask for, which would load torch.
    return Config.fromstring(f'_base_ = {bases!r}\n', '.py')


def _with_prefix(value: Any, old: str, new: str) -> Any:
    """Nested data with ``new`` for ``old`` at the start of every string."""
    if isinstance(value, dict):
        return {key: _with_prefix(item, old, new) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_with_prefix(item, old, new) for item in value)
    if isinstance(value, str) and value.startswith(old):
        return new + value[len(old) :].lstrip('/')
    return value
