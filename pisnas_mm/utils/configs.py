"""MMEngine's configs: read, changed by options, and what they import."""

from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from pisnas_mm.checks import shown
from pisnas_mm.utils.preconditions import check_writable

if TYPE_CHECKING:
    from mmengine.config import Config


ConfigLike = str | Path | Mapping[str, Any]
"""A config's file, or what it holds: a dict, or MMEngine's ``Config`` (which has no types)."""

PARSING = RLock()
"""Held while a config is read: CPython 3.11's parser fails where threads use it at once."""


def load_config(config: ConfigLike, options: Mapping[str, Any] | None = None) -> 'Config':
    """Read a config, or copy one that was read, and merge ``options`` with dotted keys.

    Its ``custom_imports`` wait for ``import_modules``.

    Raises:
        ValueError: The file is missing or not valid, or an option does not fit it.
    """
    from pisnas_mm.utils.inherited import resolve_tables

    cfg = _read(config) if isinstance(config, str | Path) else _copied(config)
    try:
        cfg.merge_from_dict(dict(options or {}))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f'--cfg-options do not fit {title(cfg)}: {_flat(error)}') from error
    resolve_tables(cfg, folder_of(cfg))
    return cfg


def load_detector(config: ConfigLike, options: Mapping[str, Any] | None = None) -> 'Config':
    """As ``load_config``; ``ValueError`` where it is no detector's."""
    cfg = load_config(config, options)
    if 'model' not in cfg:
        raise ValueError(
            f'{title(cfg)} has no `model`; give the config of a detector, '
            f'for example one written by tools/search.py'
        )
    return cfg


def _read(path: str | Path) -> 'Config':
    from mmengine.config import Config

    from pisnas_mm.utils.inherited import resolve_bases

    if not Path(path).is_file():
        raise ValueError(f'config {path} not found; looked for {Path(path).absolute()}')
    try:
        with PARSING:
            cfg = Config.fromfile(path, import_custom_modules=False)
            resolve_bases(cfg, Path(path))
    except Exception as error:  # A config is a program and may raise anything.
        raise ValueError(
            f'config {path} cannot be read: {type(error).__name__}: {_flat(error)}'
        ) from error
    return cfg


def _copied(config: 'Mapping[str, Any] | Config') -> 'Config':
    from mmengine.config import Config

    return deepcopy(config) if isinstance(config, Config) else Config(deepcopy(dict(config)))


def title(cfg: 'Config') -> str:
    """What to call a config in a message."""
    return f'config {cfg.filename}' if cfg.filename else 'the config'


def name_of(cfg: 'Config') -> str:
    """Stem of the file that a config was read from."""
    return Path(cfg.filename).stem if cfg.filename else 'config'


def folder_of(cfg: 'Config') -> Path:
    """What the files that a config names are looked up beside."""
    return Path(cfg.filename).resolve().parent if cfg.filename else Path.cwd()


def set_work_dir(cfg: 'Config', work_dir: str | Path | None = None) -> Path:
    """The argument wins over the config's own ``work_dir``, and that over the config's name."""
    own = cfg.get('work_dir') or f'work_dirs/{name_of(cfg)}'
    cfg.work_dir = str(work_dir or own)
    check_writable(cfg.work_dir, '--work-dir')
    return Path(cfg.work_dir)


def import_modules(cfg: Mapping[str, Any], skip: str | None = None) -> None:
    """Import what the config's ``custom_imports`` asks for, but not the package ``skip``.

    Raises:
        ValueError: A module is not found, or misses another one.
    """
    from mmengine.utils import import_modules_from_strings

    wanted = cfg.get('custom_imports') or {}
    if not isinstance(wanted, Mapping):
        raise ValueError(
            f'custom_imports should be a dict such as dict(imports=[...]), but got {shown(wanted)}'
        )
    imports = wanted.get('imports') or []
    imports = [imports] if isinstance(imports, str) else imports
    found = [module for module in imports if module.partition('.')[0] != skip]
    try:
        import_modules_from_strings(**{**wanted, 'imports': found})
    except ImportError as error:
        raise ValueError(
            f'custom_imports: {_flat(error)} ({_flat(error.__context__ or error)}); a module of '
            f'your own is installed, or lies in a folder that PYTHONPATH names'
        ) from error


def _flat(error: BaseException) -> str:
    """An exception's message on one line."""
    text = error.args[0] if isinstance(error, KeyError) and error.args else error
    return ' '.join(str(text).split())
