"""Files that a config names are looked up beside the config that wrote them, not its heirs."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config


def resolve_bases(cfg: Config, path: Path) -> None:
    """Make absolute what ``detector.base`` has from a base file of the config in another folder.

    As MMEngine does it for ``_base_``. What the config wrote itself stays as it is.
    """
    files = _files(cfg)
    if not files:
        return
    origins = _origins(path)
    found = [origins.get(file, file) if isinstance(file, str) else file for file in files]
    if found != list(files):
        cfg.detector.base = found


def resolve_tables(cfg: Config, folder: Path) -> None:
    """Make absolute the files of measurements that constraints name as their ``table``.

    They are looked up beside the config, and then beside those that it inherits from.
    """
    constraints = cfg.get('constraints')
    for constraint in constraints.values() if isinstance(constraints, dict) else ():
        table = constraint.get('table') if isinstance(constraint, dict) else None
        if isinstance(table, str) and table:
            folders = [folder, *(Path(base).parent for base in _bases(cfg))]
            files = [(folder / table).resolve() for folder in folders]
            constraint['table'] = str(next((f for f in files if f.is_file()), files[0]))


def _bases(cfg: Config) -> Iterator[str]:
    """The files that a config inherits from, the nearest first."""
    paths = [cfg.filename] if cfg.filename else []
    for path in paths:
        found = [Config._get_cfg_path(name, path)[0] for name in Config._get_base_files(path)]
        paths += found
        yield from found


def _origins(path: Path) -> dict[str, str]:
    """The files that a config inherits in ``detector.base``, and where they are."""
    origins: dict[str, str] = {}
    for name in Config._get_base_files(str(path)):
        base = Path(Config._get_cfg_path(name, str(path))[0])
        origins |= (above := _origins(base))
        if 'detector' not in base.read_text(encoding='utf-8'):  # which is quicker to see
            continue
        files = _files(Config.fromfile(base, import_custom_modules=False))
        for file in files or ():
            if isinstance(file, str) and '::' not in file:
                origins[file] = above.get(file, str((base.parent / file).resolve()))
    return origins


def _files(cfg: Config) -> Sequence[Any] | None:
    """The entry ``detector.base``, if it is a list."""
    detector = cfg.get('detector')
    files = detector.get('base') if isinstance(detector, dict) else None
    return files if isinstance(files, list | tuple) else None
