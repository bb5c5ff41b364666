"""JSON from anywhere: what is too long, too deep, too large or ambiguous is refused."""

import json
from math import isfinite
from pathlib import Path
from typing import Any

MAX_LENGTH = 10_000_000  # characters
MAX_DEPTH = 32
MAX_STRING = 10_000
MAX_DIGITS = 20


def parse_json(text: str, max_length: int = MAX_LENGTH) -> Any:
    """The content of a JSON text.

    Raises:
        ValueError: It is no JSON, or longer than ``max_length``; or there is too deep nesting, too
            long a string, too large a number, NaN, infinity, or a key twice in it.
    """
    if len(text) > max_length:
        raise ValueError(f'it has more than {max_length} characters')
    try:
        data = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=_int,
            parse_float=_float,
            parse_constant=_constant,
        )
    except RecursionError:
        raise _too_deep() from None
    _check(data)
    return data


def read_limited(path: Path, max_bytes: int = MAX_LENGTH) -> str:
    """The text of a file; ``ValueError`` where it is larger than ``max_bytes``."""
    with open(path, 'rb') as file:
        data = file.read(max_bytes + 1)
    if len(data) > max_bytes:
        raise ValueError(f'{path} has more than {max_bytes} bytes')
    return data.decode()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
        raise ValueError(f'the key {twice[:50]!r} stands twice in one object')
    return found


def _int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(f'a number has more than {MAX_DIGITS} digits')
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f'{text[:MAX_DIGITS]} is too large a number')
    return value


def _constant(text: str) -> float:
    raise ValueError(f'{text} is no number')


def _check(data: Any) -> None:
    level = [data]
    for _ in range(MAX_DEPTH):
        if any(isinstance(value, str) and len(value) > MAX_STRING for value in level):
            raise ValueError(f'a string has more than {MAX_STRING} characters')
        level = [
            child
            for value in level
            if isinstance(value, dict | list)
            for child in ([*value, *value.values()] if isinstance(value, dict) else value)
        ]
        if not level:
            return
    raise _too_deep()


def _too_deep() -> ValueError:
    return ValueError(f'it is nested deeper than {MAX_DEPTH}')
