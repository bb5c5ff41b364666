"""Architectures and what they measure, as a short table."""

from collections.abc import Mapping, Sequence
from typing import Any

from pisnas_mm.measures import MEASURES
from pisnas_mm.scores.sampled import with_error
from pisnas_mm.search.second_opinion import written
from pisnas_mm.utils.table import NOTHING, text_table

Entry = Mapping[str, Any]
"""An architecture with the keys of ``best.json``."""


def comparison(result: Mapping[str, Any]) -> str:
    """The seed architecture beside the best one, from ``search_result``."""
    rows = {'seed': result['seed'], 'searched': result['best'][0]}
    return architecture_table([{**row, 'id': name, 'image_size': ''} for name, row in rows.items()])


def architecture_table(entries: Sequence[Entry]) -> str:
    """A row an architecture, called ``id``; a column for everything that one of them has.

    A sampled PR score, mean ± standard error, stands beside the closed form; what other scores say
    that were asked for a second opinion has a column each.
    """
    rows = [_cells(entry) for entry in entries]
    heads = [head for head in rows[0] if any(row[head] for row in rows)]
    table = [heads, *([row[head] or NOTHING for head in heads] for row in rows)]
    return text_table(table, left=(0, len(heads) - 1))


def _cells(entry: Entry) -> dict[str, str]:
    """A row by the heads of its columns, empty where there is nothing."""
    verification, score = entry.get('verification') or {}, entry.get('score')
    return {
        '': entry['id'],
        'pixels': str(entry['image_size']),
        **{
            of.label: of.written(entry[key]) if key in entry else '' for key, of in MEASURES.items()
        },
        'PR (Monte-Carlo)': (
            with_error(verification['pr_score'], verification['standard_error'])
            if 'pr_score' in verification
            else ''
        ),
        **{of['type']: written(of) for of in verification.get('scores', ())},
        'score': '' if score is None else f'{score:.2f}',
        **{name: f'{value:.6g}' for name, value in entry.get('scores', {}).items()},
        'radii C2-C5 (px)': ', '.join(f'{radius:.1f}' for radius in entry['stage_radii']),
    }
