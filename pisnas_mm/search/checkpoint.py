"""Search states on disk: written whole or not at all, refused if they belong to another search."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pisnas_mm.utils.files import write_text


def save(path: Path, settings: Mapping[str, Any], state: Mapping[str, Any]) -> None:
    """Write a search's state beside the settings it belongs to."""
    write_text(path, json.dumps({'settings': settings, 'state': state}))


def load(path: Path, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Read a search's state.

    Raises:
        ValueError: There is none, it is damaged, or it belongs to other settings.
    """
    try:
        saved = json.loads(path.read_text(encoding='utf-8'))
        saved_settings, state = saved['settings'], saved['state']
    except FileNotFoundError:
        raise ValueError(f'nothing to resume: {path} not found; start without --resume') from None
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(
            f'checkpoint {path} is damaged ({error}); start without --resume'
        ) from error
    if changed := sorted(_differences(saved_settings, json.loads(json.dumps(settings)))):
        raise ValueError(
            f'checkpoint {path} belongs to another search: {", ".join(changed)} differ; '
            f'restore them or start without --resume'
        )
    return state


def _differences(a: Any, b: Any, place: str = '') -> Iterator[str]:
    """Dotted keys of what two nested dicts do not share."""
    if isinstance(a, dict) and isinstance(b, dict):
        for key in a.keys() | b.keys():
            yield from _differences(a.get(key), b.get(key), f'{place}.{key}' if place else key)
    elif a != b:
        yield place
