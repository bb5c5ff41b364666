"""The closed form against the sampling, for the architectures that were verified."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Verified(NamedTuple):
    """An architecture's PR score by both ways, in pixels."""

    rank: int  # in best.json, from 1 on
    closed_form: float
    sampled: float
    standard_error: float  # 0 where a single draw leaves it unknown
    num_draws: int


def verified(entries: Sequence[Mapping[str, Any]]) -> list[Verified]:
    """Those entries of ``best.json`` that have been verified by sampling."""
    return [
        Verified(
            rank,
            entry.get('pr_score', entry['score']),
            entry['verification']['pr_score'],
            entry['verification']['standard_error'] or 0.0,
            entry['verification']['num_draws'],
        )
        for rank, entry in enumerate(entries, 1)
        if 'pr_score' in entry.get('verification', {})
    ]
