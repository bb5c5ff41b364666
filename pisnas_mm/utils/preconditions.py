"""What must be there before any work begins: packages, folders that can be written, checkpoints."""

import tempfile
from importlib.util import find_spec
from pathlib import Path


def check_installed(*packages: str) -> None:
    """Raise ``ValueError`` where a package of the detector stack is missing."""
    for package in packages:
        if find_spec(package) is None:
            raise ValueError(f'{package} is not installed, but needed here; see docs/install.md')


def check_writable(folder: str | Path, option: str) -> None:
    """Create a folder and try to write there.

    Raises:
        ValueError: It cannot be created or written.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise ValueError(
            f'folder {Path(folder).absolute()} cannot be written ({error.strerror}); '
            f'choose another with {option}'
        ) from error


def check_checkpoint(path: str | Path, remedy: str) -> None:
    """Raise ``ValueError`` where a local checkpoint is missing; addresses are not looked up."""
    if '://' not in str(path) and not Path(path).expanduser().is_file():
        where = Path(path).expanduser().absolute()
        raise ValueError(f'checkpoint {path} not found; looked for {where}; {remedy}')
