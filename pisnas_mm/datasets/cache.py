"""What was read from a large annotation file is kept: known in milliseconds the next time."""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from pisnas_mm.datasets.annotations import Annotations
from pisnas_mm.utils.files import writing

LEAST_BYTES = 4_000_000  # smaller files are read as quickly as a cache
_VERSION = 1  # goes up when `Annotations` come to hold something else
_ARRAYS = ('sizes', 'boxes', 'areas', 'image_of', 'category_of', 'crowd')


def cache_folder() -> Path:
    """``PISNAS_MM_CACHE``, else a folder in the user's cache; made by whoever writes."""
    home = os.environ.get('XDG_CACHE_HOME') or Path.home() / '.cache'
    return Path(os.environ.get('PISNAS_MM_CACHE') or Path(home, 'pisnas_mm')) / 'annotations'


def file_key(files: Sequence[Path], *more: object) -> str:
    """A name that changes when one of the files does, or ``more``."""
    digest = hashlib.sha256(repr((_VERSION, more)).encode())
    for file in files:
        state = file.stat()
        digest.update(f'{file.absolute()}:{state.st_size}:{state.st_mtime_ns}\n'.encode())
    return digest.hexdigest()[:16]


def cached(files: Sequence[Path], read: Callable[[], Annotations]) -> Annotations:
    """What ``read`` gives, or gave when the files were the same."""
    if sum(file.stat().st_size for file in files) < LEAST_BYTES:
        return read()
    place = cache_folder() / f'{files[0].stem}-{file_key(files)}.npz'
    # Unreadable, or written by something else: it is written anew.
    with suppress(OSError, EOFError, ValueError, KeyError, BadZipFile):
        return _load(place, files[0])
    found = read()
    with suppress(OSError, ValueError):  # a cache that cannot be written is none
        _save(place, found)
    return found


def write_whole(path: Path, content: Callable[[str], object]) -> None:
    """Have ``content`` write to a temporary file, and rename it; several processes may do so.

    Raises:
        NotWritten: The folder cannot be written.
    """
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=path.suffix)
        os.close(handle)
        try:
            content(name)
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise


def _save(place: Path, found: Annotations) -> None:
    lists = {
        field.name: getattr(found, field.name)
        for field in fields(found)
        if field.name not in (*_ARRAYS, 'path')
    }
    arrays = {name: getattr(found, name) for name in _ARRAYS}
    text = np.frombuffer(json.dumps(lists).encode(), dtype=np.uint8)
    write_whole(place, lambda name: np.savez(name, text=text, **arrays))


def _load(place: Path, path: Path) -> Annotations:
    with np.load(place, allow_pickle=False) as kept:
        lists = json.loads(kept['text'].tobytes())
        arrays = {name: kept[name] for name in _ARRAYS}
    lists |= {key: tuple(lists[key]) for key in ('categories', 'image_ids', 'file_names')}
    return Annotations(path=path, **lists, **arrays)
