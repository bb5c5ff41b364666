"""Values of ``--cfg-options``: those of MMEngine's ``DictAction``, but blanks in paths are kept."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_BRACKETS = {'(': ')', '[': ']'}
_CONSTANTS = {'true': True, 'false': False}


def parse_options(pairs: Sequence[str]) -> Mapping[str, Any]:
    """Read ``key=value`` pairs.

    Raises:
        ValueError: One has no ``=``, or brackets in a list do not close.
    """
    options = {}
    for pair in pairs:
        key, equals, text = pair.partition('=')
        if not equals or not key.strip():
            raise ValueError(f'{pair!r} is no key=value')
        options[key.strip()] = parse_value(text)
    return options


def parse_value(text: str) -> Any:
    """A number, True, False, None, text, or a list or tuple of those.

    ``1,2`` and ``[1,2]`` are lists, ``(1,2)`` is a tuple; quotes around a value are left out, and
    so are blanks around it, but not within.
    """
    text = text.strip().strip('\'"').strip()
    if text[:1] in _BRACKETS and text[-1:] == _BRACKETS[text[0]]:
        items = [parse_value(item) for item in _split(text[1:-1])]
        return tuple(items) if text[0] == '(' else items
    if ',' in text:
        return [parse_value(item) for item in _split(text)]
    return _scalar(text)


def _split(text: str) -> Iterator[str]:
    """Cut at commas outside of brackets; one at the end begins no further item."""
    start = depth = 0
    for i, char in enumerate(text):
        depth += (char in '([') - (char in ')]')
        if depth < 0:
            break
        if char == ',' and not depth:
            yield text[start:i]
            start = i + 1
    if depth:
        raise ValueError(f'brackets do not match in {text!r}')
    if text[start:].strip():
        yield text[start:]


def _scalar(text: str) -> Any:
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            pass
    return None if text == 'None' else _CONSTANTS.get(text.lower(), text)
