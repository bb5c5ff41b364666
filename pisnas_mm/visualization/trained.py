"""What brief trainings of finalists and baselines came to: data of a report's curves and table."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

LEFT, OUT, BASELINE = 'finalist', 'finalist, left', 'baseline'


class Point(NamedTuple):
    """A contestant's metric after so many steps with one seed, in percent."""

    name: str
    role: str  # fading where it has left
    seed: str
    steps: int
    value: float
    line: str  # which points belong together


class Line(NamedTuple):
    """A row of the table; what is not known is empty."""

    name: str
    role: str
    place: str
    params: str
    macs: str
    seeds: str
    interval: str
    remark: str


def read_trained(path: Path) -> Mapping[str, Any] | None:
    """What ``tools/verify.py`` has recorded so far; None where there is nothing.

    Raises:
        ValueError: The file is damaged.
    """
    if not path.is_file():
        return None
    try:
        found: Mapping[str, Any] = json.loads(path.read_text(encoding='utf-8'))
    except ValueError as error:
        raise ValueError(f'{path} is damaged: {error}') from error
    return found


def points(trained: Mapping[str, Any]) -> list[Point]:
    """All learning curves."""
    return [
        Point(
            of['name'],
            _role(of, trained),
            seed,
            steps,
            100 * value,
            f'{of["name"]}, seed {seed}',
        )
        for of in trained['contestants']
        for seed, curve in of['curves'].items()
        for steps, value in curve
    ]


def lines(trained: Mapping[str, Any]) -> list[Line]:
    """Contestants, best mean first, then those who left, the last to leave first."""
    return [_line(of, trained) for of in sorted(trained['contestants'], key=_standing)]


def _standing(of: Mapping[str, Any]) -> tuple[float, ...]:
    mean = of['interval'][0] if of['interval'] else max(of['values'], default=-1.0)
    ends = [curve[-1] for curve in of['curves'].values() if curve]
    steps, value = max(ends, default=(0, 0.0))
    return -mean, -steps, -value


def _line(of: Mapping[str, Any], trained: Mapping[str, Any]) -> Line:
    role = _role(of, trained)
    steps = max((curve[-1][0] for curve in of['curves'].values() if curve), default=0)
    remark = of['failure'] or (f'left after {steps} steps' if _has_left(of, trained) else '')
    interval = ''
    if of['interval']:
        mean, low, high = (100 * end for end in of['interval'])
        interval = f'{mean:.1f} ({low:.1f} to {high:.1f})'
    return Line(
        of['name'],
        role.partition(',')[0],
        '' if of['place'] is None else str(of['place']),
        f'{of["params"] / 1e6:.3f} M',
        f'{of["macs"] / 1e6:,.0f} M',
        ' '.join(f'{100 * value:.1f}' for value in of['values']),
        interval,
        remark,
    )


def _role(of: Mapping[str, Any], trained: Mapping[str, Any]) -> str:
    if of['place'] is None:
        return BASELINE
    return OUT if _has_left(of, trained) else LEFT


def _has_left(of: Mapping[str, Any], trained: Mapping[str, Any]) -> bool:
    return bool(trained['rungs']) and of['name'] not in trained['rungs'][-1]['left']
