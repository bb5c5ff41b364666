"""Configs as Python text: what fits on a line stays on it, so that architectures read well."""

from collections.abc import Iterable, Mapping
from keyword import iskeyword
from math import isfinite
from typing import Any

WIDTH = 100


def config_text(entries: Mapping[str, Any]) -> str:
    """One assignment for every entry; reading it with MMEngine gives ``entries`` back.

    Args:
        entries: Nested dicts, lists and tuples of what Python can read back from its ``repr``.
    """
    return ''.join(f'{key} = {_text(value, "", len(key) + 3)}\n' for key, value in entries.items())


def _text(value: Any, indent: str, used: int) -> str:
    """A value that begins after ``used`` characters of a line."""
    brackets, items = _opened(value)
    line = _on_one_line(value)
    if not items or used + len(line) < WIDTH:
        return line
    inner = f'{indent}    '
    lines = [f'{inner}{key}{_text(item, inner, len(inner + key) + 1)},\n' for key, item in items]
    return f'{brackets[0]}\n{"".join(lines)}{indent}{brackets[1]}'


def _on_one_line(value: Any) -> str:
    (opening, closing), items = _opened(value)
    if isinstance(value, float) and not isfinite(value):
        return f"float('{value}')"
    if not items:
        return f'{opening}{closing}' if opening else repr(value)
    text = ', '.join(f'{key}{_on_one_line(item)}' for key, item in items)
    single = isinstance(value, tuple) and len(value) == 1
    return f'{opening}{text}{"," if single else ""}{closing}'


def _opened(value: Any) -> tuple[tuple[str, str], list[tuple[str, Any]]]:
    """The brackets of a container, and its items with what stands before each."""
    if isinstance(value, Mapping):
        if all(_is_name(key) for key in value):
            return ('dict(', ')'), [(f'{key}=', item) for key, item in _type_first(value)]
        return ('{', '}'), [(f'{key!r}: ', item) for key, item in value.items()]
    if isinstance(value, tuple):
        return ('(', ')'), [('', item) for item in value]
    if isinstance(value, list):
        return ('[', ']'), [('', item) for item in value]
    return ('', ''), []


def _is_name(key: object) -> bool:
    # Python reads other letters than ASCII's in a normal form, which may differ.
    return isinstance(key, str) and key.isascii() and key.isidentifier() and not iskeyword(key)


def _type_first(value: Mapping[str, Any]) -> Iterable[tuple[str, Any]]:
    return sorted(value.items(), key=lambda item: item[0] != 'type')
