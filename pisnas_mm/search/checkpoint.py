"""Search states on disk: the last two, written whole, with a checksum, refused by other searches.

A file is one JSON object; its last entry is the SHA-256 of all the text before that entry.
"""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from math import isfinite
from pathlib import Path
from typing import Any

from pisnas_mm import __version__
from pisnas_mm.utils.files import write_text
from pisnas_mm.utils.safe_json import parse_json, read_limited

MAX_BYTES = 1 << 30
_CHECKSUM = ', "sha256": "'


class Damaged(ValueError):
    """A checkpoint that is truncated or altered."""


def previous(path: Path) -> Path:
    """Where the checkpoint before the one at ``path`` lies."""
    return path.with_name(f'{path.stem}.previous{path.suffix}')


def save(path: Path, settings: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Write a search's state beside the settings it belongs to, and keep the one before."""
    saved = {'version': __version__, 'settings': jsonable(settings), 'state': state}
    body = json.dumps(saved, allow_nan=False)[:-1]
    write_text(path, f'{body}{_CHECKSUM}{_digest(body)}"}}', kept_as=previous(path))


def load(path: Path, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Read a search's state.

    Raises:
        FileNotFoundError: There is none.
        Damaged: It is not what was written.
        ValueError: It belongs to other settings or another version; the message names the keys.
    """
    saved = _read(path)
    changed = sorted(_differences(saved['settings'], jsonable(settings)))
    if saved['version'] != __version__:
        changed.append(f'version ({saved["version"]}, here {__version__})')
    if changed:
        raise ValueError(
            f'checkpoint {path} belongs to another search: {", ".join(changed)} differ; '
            f'restore them or start without --resume'
        )
    return saved['state']


def jsonable(value: Any) -> Any:
    """The value as JSON gives it back; what JSON does not know becomes text."""
    if isinstance(value, Mapping):
        return {str(key): jsonable(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [jsonable(item) for item in value]
    if value is None or isinstance(value, str | int | float):
        return value if not isinstance(value, float) or isfinite(value) else repr(value)
    return repr(value)


def _read(path: Path) -> dict[str, Any]:
    try:
        body, _, checksum = read_limited(path, MAX_BYTES).rpartition(_CHECKSUM)
        if checksum != f'{_digest(body)}"}}':
            raise ValueError('its checksum is not that of its content')
        saved = parse_json(body + '}', MAX_BYTES)
        if not {'version', 'settings', 'state'} <= saved.keys():
            raise ValueError('an entry is missing')
    except (ValueError, AttributeError) as error:
        raise Damaged(f'checkpoint {path} is damaged: {error}') from error
    return saved


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


def _differences(a: Any, b: Any, place: str = '') -> Iterator[str]:
    """Dotted keys of what two nested dicts do not share."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in a.keys() | b.keys():
            yield from _differences(a.get(key), b.get(key), f'{place}.{key}' if place else key)
    elif a != b:
        yield place
