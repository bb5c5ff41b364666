"""Weighted sums over stages, for the scores that are made of stage entropies."""

from collections.abc import Sequence


def check_weights(weights: Sequence[float]) -> tuple[float, ...]:
    """The weights; ``ValueError`` where there are none or one is negative."""
    if not weights or min(weights) < 0:
        raise ValueError(f'weights should be numbers >= 0, one per stage, but got {weights!r}')
    return tuple(weights)


def weighted_stages(weights: Sequence[float], stages: Sequence[float]) -> float:
    """Σ a_s · stage_s.

    Raises:
        ValueError: The weights are not one for each stage.
    """
    if len(weights) != len(stages):
        raise ValueError(
            f'weights should be one for each of the {len(stages)} stages from the stem on, '
            f'but got {weights}'
        )
    return sum(a * stage for a, stage in zip(weights, stages, strict=True))
