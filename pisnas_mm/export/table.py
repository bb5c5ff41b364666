"""A search's result as a short table."""

from collections.abc import Mapping
from typing import Any

_HEAD = ('', 'params', 'MACs', 'layers', 'H_btn', 'PR score', 'score', 'radii C2-C5 (px)')


def comparison(result: Mapping[str, Any]) -> str:
    """The seed architecture beside the best one, from ``search_result``."""
    rows = [_HEAD, _row('seed', result['seed']), _row('searched', result['best'][0])]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return '\n'.join(
        '  '.join(
            cell.ljust(width) if i in (0, len(row) - 1) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _row(name: str, entry: Mapping[str, Any]) -> tuple[str, ...]:
    pr_score = entry.get('pr_score')
    return (
        name,
        f'{entry["params"] / 1e6:.3f} M',
        f'{entry["macs"] / 1e9:.3f} G',
        str(entry['layers']),
        f'{entry["bottleneck_entropy"]:.3f}',
        '-' if pr_score is None else f'{pr_score:.2f}',
        f'{entry["score"]:.2f}',
        ', '.join(f'{radius:.1f}' for radius in entry['stage_radii']),
    )
