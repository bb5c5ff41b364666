"""Files that are written whole or not at all."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any


class NotWritten(ValueError):
    """A file cannot be written: the disk is full, the folder is read-only, or the like."""


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn the system's errors into ``NotWritten``, which names the file and the reason."""
    try:
        yield
    except OSError as error:
        raise NotWritten(f'{path} cannot be written ({error.strerror or error})') from error


def write_bytes(path: Path, content: bytes, kept_as: Path | None = None) -> None:
    """Replace a file at once, so that a reader or a crash never meets half of it.

    Args:
        path: The file.
        content: What is on disk, and not only on its way there, when this returns.
        kept_as: What the old file is renamed to.

    Raises:
        NotWritten: The old file is still there.
    """
    temporary = path.with_name(f'.{path.name}.tmp')
    with writing(path):
        try:
            with open(temporary, 'wb') as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if kept_as and path.exists():
                path.replace(kept_as)
            temporary.replace(path)
        except BaseException:
            with suppress(OSError):  # it takes room where there is none
                temporary.unlink()
            raise
    _sync_folder(path.parent)


def write_text(path: Path, text: str, kept_as: Path | None = None) -> None:
    """``write_bytes`` of text."""
    write_bytes(path, text.encode(), kept_as)


def write_json(path: Path, data: Any) -> None:
    """``write_text`` of readable JSON."""
    write_text(path, json.dumps(data, indent=1) + '\n')


def _sync_folder(folder: Path) -> None:
    """Bring renamings to the disk, on systems that can."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
