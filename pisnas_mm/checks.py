"""Checks of what users write; a refusal says place, bound and value on one line."""

from collections.abc import Iterable, Sequence
from math import inf, isfinite

MAX_IMAGE_SIZE = 4096
MAX_SHOWN = 200  # characters


class Problems(ValueError):
    """Everything that is wrong at once: one line each."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = list(lines)
        super().__init__('\n'.join(self.lines))


def lines_of(error: Exception) -> list[str]:
    """The problems that an error tells of, one line each."""
    lines = error.lines if isinstance(error, Problems) else [str(error) or type(error).__name__]
    return [' '.join(line.split()) for line in lines]


def shown(value: object) -> str:
    """A value for a message, however large it is."""
    try:
        text = repr(value)
    except Exception:  # such as of a number with too many digits
        return f'a {type(value).__name__}'
    return text if len(text) <= MAX_SHOWN else f'{text[:MAX_SHOWN]}…'


def check_whole(value: object, place: str, least: int, most: int = 2**63 - 1) -> int:
    """The value, if it is a whole number within its bounds.

    Raises:
        ValueError: It is not.
    """
    if type(value) is not int or value < least:
        raise ValueError(f'{place} should be a whole number >= {least}, but got {shown(value)}')
    if value > most:
        raise ValueError(f'{place} should be at most {most}, but got {shown(value)}')
    return value


def check_one_of(value: object, place: str, allowed: Sequence[str]) -> None:
    """Raise ``ValueError`` unless the value is one of those that are allowed."""
    if value not in allowed:
        raise ValueError(f'{place} should be one of {tuple(allowed)}, but got {shown(value)}')


def check_image_size(value: object, place: str = 'image_size') -> int:
    """The value, if it is a side of an image in pixels; ``ValueError`` where it is none."""
    if type(value) is not int or value < 32:
        raise ValueError(f'{place} should be a whole number >= 32 (pixels), but got {shown(value)}')
    return check_whole(value, place, 32, MAX_IMAGE_SIZE)


def check_number(value: object, place: str, least: float = -inf) -> float:
    """The value, if it is a finite number of at least ``least``.

    Raises:
        ValueError: It is not.
    """
    if not _is_number(value) or value < least:  # type: ignore[operator]
        bound = '' if least == -inf else f' >= {least:g}'
        raise ValueError(f'{place} should be a number{bound}, but got {shown(value)}')
    return value  # type: ignore[return-value]


def check_numbers(values: object, place: str, least: float = -inf) -> tuple[float, ...]:
    """The values, if they are a list of finite numbers of at least ``least``.

    Raises:
        ValueError: They are not, or there is none.
    """
    if not isinstance(values, Sequence) or isinstance(values, str) or not values:
        raise ValueError(f'{place} should be a list of numbers, but got {shown(values)}')
    return tuple(check_number(value, f'{place}[{i}]', least) for i, value in enumerate(values))


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return isfinite(value) if isinstance(value, float) else abs(value) < 2**63
