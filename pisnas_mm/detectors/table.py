"""A search's result as a short table."""

from collections.abc import Mapping
from typing import Any

from pisnas_mm.scores.sampled import with_error
from pisnas_mm.utils.table import text_table


def comparison(result: Mapping[str, Any]) -> str:
    """The seed architecture beside the best one, from ``search_result``.

    The sampled PR score, mean ± standard error, stands beside the closed form where there is one.
    """
    rows = [_cells('seed', result['seed']), _cells('searched', result['best'][0])]
    heads = [head for head in rows[0] if any(row[head] for row in rows)]
    table = [heads, *([row[head] for head in heads] for row in rows)]
    return text_table(table, left=(0, len(heads) - 1))


def _cells(name: str, entry: Mapping[str, Any]) -> dict[str, str]:
    """A row by the heads of its columns."""
    pr_score, sampled = entry.get('pr_score'), entry.get('verification')
    return {
        '': name,
        'params': f'{entry["params"] / 1e6:.3f} M',
        'MACs': f'{entry["macs"] / 1e9:.3f} G',
        'layers': str(entry['layers']),
        'H_btn': f'{entry["bottleneck_entropy"]:.3f}',
        'PR score': '-' if pr_score is None else f'{pr_score:.2f}',
        'PR (Monte-Carlo)': (
            with_error(sampled['pr_score'], sampled['standard_error']) if sampled else ''
        ),
        'score': f'{entry["score"]:.2f}',
        'radii C2-C5 (px)': ', '.join(f'{radius:.1f}' for radius in entry['stage_radii']),
    }
