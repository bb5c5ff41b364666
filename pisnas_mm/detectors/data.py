"""The data of a detector's config: one's own put in, and whether all files are there."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mmengine.config import Config

from pisnas_mm.datasets.own_data import put_own_data
from pisnas_mm.utils.configs import ConfigLike, load_detector

# The folders that MMDetection's datasets join with `data_root`; other prefixes may be unused.
IMAGE_PREFIXES = ('img', 'img_path', 'sub_data_root')


def load_with_data(config: ConfigLike, options: Mapping[str, Any] | None = None) -> Config:
    """Read a detector's config and put in its ``own_data``, if there are any.

    Raises:
        ValueError: It is no detector's, or describes no data.
    """
    cfg = load_detector(config, options)
    if 'own_data' in cfg:
        put_own_data(cfg, cfg.pop('own_data'), 'own_data')
    return cfg


def check_data(cfg: Mapping[str, Any], *parts: str) -> None:
    """Look for the files that dataloaders and evaluators read, however deeply they are wrapped.

    Args:
        cfg: The whole config.
        parts: Its entries to look through, for example ``'train_dataloader'``.

    Raises:
        ValueError: An annotation file or a folder of images is missing.
    """
    for part in parts:
        for place, reader in _readers(cfg.get(part), part):
            for key, path in _local_paths(reader):
                if not path.exists():
                    raise ValueError(_missing_data(place, reader, key, path))


def _readers(cfg: Any, place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every dict that names an annotation file or a data root, and where it stands."""
    if isinstance(cfg, Mapping) and ('ann_file' in cfg or 'data_root' in cfg):
        yield place, cfg
    if isinstance(cfg, (Mapping, list, tuple)):
        for key, child in cfg.items() if isinstance(cfg, Mapping) else enumerate(cfg):
            yield from _readers(child, f'{place}.{key}')


def _local_paths(reader: Mapping[str, Any]) -> Iterator[tuple[str, Path]]:
    """Key and absolute path of what a dataset or metric reads; nothing for remote storage."""
    root = reader.get('data_root') or ''
    prefixes = reader.get('data_prefix') or {}
    names = {'ann_file': reader.get('ann_file')}
    names |= {f'data_prefix.{key}': prefixes[key] for key in IMAGE_PREFIXES if key in prefixes}
    for key, name in (names | {'data_root': root}).items():
        remote = '://' in f'{root}{name}' or reader.get('backend_args')
        if name and isinstance(name, str) and not remote:
            yield key, Path('' if key == 'data_root' else root, name).absolute()


def _missing_data(place: str, reader: Mapping[str, Any], key: str, path: Path) -> str:
    root = reader.get('data_root')
    folders = Path(root or path).parts
    if 'digits' in folders:
        folder = Path(*folders[: folders.index('digits') + 1])
        remedy = f'make it: python tools/make_digits.py {folder}'
    else:
        option = f'{place}.data_root=FOLDER' if root else f'{place}.{key}=PATH'
        remedy = f'put the data there, or say where it is: --cfg-options {option}'
    under = f' (data_root: {root})' if root else ''
    return f'{place}: {key} {path} not found{under}; {remedy}'
