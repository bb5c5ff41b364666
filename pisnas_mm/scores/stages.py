"""Weighted sums over stages, for the scores that are made of stage entropies."""

from collections.abc import Sequence

from pisnas_mm.checks import check_numbers, shown


def check_weights(weights: Sequence[float]) -> tuple[float, ...]:
    """The weights; ``ValueError`` where there are none or one is negative."""
    try:
        return check_numbers(weights, 'weights', 0)
    except ValueError as error:
        raise ValueError(
            f'weights should be numbers >= 0, one per stage, but got {shown(weights)}'
        ) from error


def check_one_per_stage(weights: Sequence[float], stages: int) -> None:
    """Raise ValueError unless there are as many weights as stages."""
    if len(weights) != stages:
        raise ValueError(
            f'weights should be one for each of the {stages} stages from the stem on, '
            f'but got {weights}'
        )


def weighted_stages(weights: Sequence[float], stages: Sequence[float]) -> float:
    """Σ a_s · stage_s.

    Raises:
        ValueError: The weights are not one for each stage.
    """
    check_one_per_stage(weights, len(stages))
    return sum(a * stage for a, stage in zip(weights, stages, strict=True))
