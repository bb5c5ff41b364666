"""From a genotype to a complete detector config that ``tools/train.py`` runs as it is."""

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mmengine.config import Config

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import Problems, lines_of, shown
from pisnas_mm.datasets.layout import check_layout
from pisnas_mm.datasets.own_data import check_own_data, put_own_data
from pisnas_mm.detectors.backbone import (
    backbone_config,
    check_backbone,
    neck_channels,
)
from pisnas_mm.detectors.bases import base_file, merged
from pisnas_mm.detectors.necks import check_strides, drop_checkpoints, wanted_levels, wire
from pisnas_mm.registry import suggest

KEYS = ('base', 'backbone', 'data', 'options')
CUSTOM_IMPORTS: dict[str, Any] = {'imports': ['pisnas_mm.models'], 'allow_failed_imports': False}


def check_detector(detector: Any, folder: Path, seed: Genotype | None) -> None:
    """Raise ``Problems`` if the entry ``detector`` of a search config cannot be exported.

    Args:
        detector: ``dict(base=[files, relative to folder], backbone=dict(...), data=dict(...),
            options=dict(...))``.
        folder: Where the search config lies.
        seed: An architecture of the search space, put into the detector as a trial, if there is
            one.
    """
    if not isinstance(detector, Mapping):
        raise ValueError(f'detector should be a dict, but got {shown(detector)}')
    problems = [
        f'unknown key `detector.{str(key)[:100]}`; {suggest(key, KEYS)}'
        for key in detector
        if key not in KEYS
    ]
    files = detector.get('base')
    if problems and 'base' not in detector:
        pass  # it may be what that key was meant to be
    elif (
        not files
        or not isinstance(files, list | tuple)
        or not all(isinstance(file, str) for file in files)
    ):
        problems.append(f'detector.base should be a list of config files, but got {shown(files)}')
    else:
        for file in files:
            try:
                base_file(folder, file)
            except ValueError as error:
                problems.append(str(error))
    problems += [
        f'detector.{key} should be a dict, but got {shown(detector[key])}'
        for key in ('backbone', 'options')
        if not isinstance(detector.get(key, {}), Mapping)
    ]
    backbone = detector.get('backbone', {})
    if isinstance(backbone, Mapping):
        try:
            check_backbone(backbone, seed)
        except ValueError as error:
            problems += lines_of(error)
    if problems:
        raise Problems(problems)
    if 'data' in detector:
        check_own_data(detector['data'])
    if seed:
        cfg, dropped = _composed(seed, detector, folder)
        _check_channels(cfg, seed.in_channels)
        check_layout(cfg, 'train', 'val')
        if 'data' in detector:
            from pisnas_mm.datasets.checking import check_where_there

            check_where_there(cfg, 'train', 'val')
        if dropped:
            logging.getLogger('pisnas_mm').warning(
                'detector.base: training starts from scratch, so these are left out: %s',
                ', '.join(dropped),
            )


def _check_channels(cfg: Config, in_channels: int) -> None:
    """Raise ValueError where images are normalised with other channels than the backbone's."""
    mean = (cfg.model.get('data_preprocessor') or {}).get('mean')
    if isinstance(mean, list | tuple) and len(mean) not in (1, in_channels):
        raise ValueError(
            f'detector.base: model.data_preprocessor.mean has {len(mean)} channels, but space.seed '
            f'takes {in_channels}; change it in detector.options or change space.seed'
        )


def detector_config(
    genotype: Genotype,
    detector: Mapping[str, Any],
    folder: Path,
    custom_imports: Mapping[str, Any] | None = None,
) -> Config:
    """Compose the base files, put the backbone in, wire the neck to it.

    The result names no base file and no relative data folder, so that it runs from anywhere. The
    backbone gives the levels that the base's own gave, unless ``out_indices`` names others, and
    checkpoints that the base would start from are left out.

    Args:
        genotype: The backbone's architecture.
        detector: The entry ``detector`` of a search config, see ``check_detector``.
        folder: Where the search config lies.
        custom_imports: What that one imports; its blocks may be in there.
    """
    return _composed(genotype, detector, folder, custom_imports)[0]


def _composed(
    genotype: Genotype,
    detector: Mapping[str, Any],
    folder: Path,
    custom_imports: Mapping[str, Any] | None = None,
) -> tuple[Config, list[str]]:
    """What ``detector_config`` gives, and which checkpoints of the base were left out."""
    cfg = merged([base_file(folder, file) for file in detector['base']])
    cfg.setdefault('model', {})
    if not isinstance(cfg['model'], dict):
        raise ValueError(f'detector.base: model should be a dict, but got {shown(cfg.model)}')
    dropped = drop_checkpoints(cfg)
    backbone = dict(detector.get('backbone', {}))
    backbone = {'out_indices': wanted_levels(cfg.model), **backbone}
    whole = genotype.extended(backbone.get('append', ()))
    out_indices = backbone['out_indices']
    wire(cfg.model, neck_channels(whole, out_indices), out_indices)
    cfg.model.backbone = backbone_config(genotype, backbone)  # nothing stays of a base's own
    if 'data' in detector:
        put_own_data(cfg, detector['data'])
    base_root = cfg.get('data_root')
    cfg.merge_from_dict(dict(detector.get('options', {})))
    check_strides(cfg.model, cfg.model.backbone.out_indices)
    cfg.custom_imports = with_ours(cfg.get('custom_imports'), custom_imports)
    roots = [root for root in (cfg.get('data_root'), base_root) if root]
    for root in roots:
        cfg = Config(_moved(cfg.to_dict(), root, _absolute(roots[0])))
    if isinstance(cfg.get('own_data'), dict) and 'root' in cfg.own_data:
        cfg.own_data.root = _absolute(cfg.own_data.root)
    return cfg, dropped


def base_architecture(detector: Mapping[str, Any], folder: Path) -> Genotype | None:
    """The backbone that the base files come with, as far as it is one of this package's."""
    cfg = merged([base_file(folder, file) for file in detector['base']])
    backbone = (cfg.get('model') or {}).get('backbone') or {}
    return Genotype.from_list(backbone['arch']) if backbone.get('arch') else None


def with_ours(*custom_imports: Mapping[str, Any] | None) -> dict[str, Any]:
    """What configs import, and this package's models."""
    imports: dict[str, None] = {}  # in order, each once
    for entry in (*custom_imports, CUSTOM_IMPORTS):
        modules = (entry or {}).get('imports') or []
        imports |= dict.fromkeys([modules] if isinstance(modules, str) else modules)
    return CUSTOM_IMPORTS | {'imports': list(imports)}


def _absolute(folder: str) -> str:
    """With a slash at the end; remote storage stays as it is."""
    return folder if '://' in folder else f'{Path(folder).absolute()}/'


def _moved(value: Any, old: str, new: str, is_path: bool = False) -> Any:
    """Nested data with every path in the folder ``old`` in ``new`` instead.

    Paths are known by their keys: a class may be called like a folder. What a data set has beside
    a root of its own is relative to that.
    """
    if isinstance(value, dict):
        rooted = 'type' in value and value.get('data_root') and not Path(old).is_absolute()
        return {
            key: item
            if rooted and key in _BELOW_ROOT
            else _moved(item, old, new, is_path or str(key).endswith(_PATHS))
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return type(value)(_moved(item, old, new, is_path) for item in value)
    if is_path and isinstance(value, str) and f'{value}/'.startswith(f'{old.rstrip("/")}/'):
        return new + value[len(old) :].lstrip('/')
    return value


_PATHS = ('root', 'file', 'prefix', 'path', 'dir', 'folder', 'checkpoint')  # ends of keys
_BELOW_ROOT = ('ann_file', 'data_prefix', 'proposal_file')
