"""The files that ``detector.base`` names: a path, or MMDetection's own as ``mmdet::gfl/....py``."""

from collections.abc import Sequence
from importlib.util import find_spec
from os.path import isfile
from pathlib import Path
from tempfile import TemporaryDirectory

from mmengine.config import Config

from pisnas_mm.utils.configs import PARSING

_WHERE = '.mim/configs'  # in an installed package; beside it in a checkout


def base_file(folder: Path, name: str) -> Path:
    """Where a base lies.

    Args:
        folder: That relative paths begin at.
        name: A path, or ``package::path`` for a config that an installed package brings.

    Raises:
        ValueError: It is not there, or the package is not installed.
    """
    package, _, inner = name.rpartition('::')
    if not package:
        file = folder / name
    else:
        spec = find_spec(package) if package.isidentifier() else None
        if spec is None or spec.origin is None:
            raise ValueError(
                f'detector.base: {name} needs {package}, which is not installed here; install it '
                f'(docs/install.md), or give the path of a config file'
            )
        root = Path(spec.origin).parent
        file = next(
            (p / inner for p in (root / _WHERE, root.parent / 'configs') if p.is_dir()), root
        )
    if not isfile(file):  # which no name, however strange, is an error to
        raise ValueError(f'detector.base: {str(file.absolute())[:1000]} not found')
    return file


def merged(files: Sequence[Path]) -> Config:
    """The files as one config, the later ones over the earlier ones.

    Raises:
        ValueError: They do not make a config.
    """
    bases = [str(file.resolve()) for file in files]
    with TemporaryDirectory() as folder:
        file = Path(folder, 'merged.py')
        file.write_text(f'_base_ = {bases!r}\n', encoding='utf-8')
        try:
            with PARSING:  # without the imports that a base may ask for, which would load torch
                return Config.fromfile(file, import_custom_modules=False)
        except Exception as error:  # A config is a program and may raise anything.
            raise ValueError(
                f'detector.base: {", ".join(bases)} do not make a config: '
                f'{type(error).__name__}: {" ".join(str(error).split())}'
            ) from error
