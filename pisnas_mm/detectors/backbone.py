"""From a genotype to the backbone's entry in an MMDetection config."""

from collections.abc import Mapping, Sequence
from typing import Any

from pisnas_mm.architectures.genotype import Genotype


def backbone_config(genotype: Genotype, options: Mapping[str, Any]) -> dict[str, Any]:
    """The ``backbone`` of a detector config, its architecture in plain sight.

    Args:
        genotype: The architecture.
        options: Further arguments of ``PISBackbone``, for example ``out_indices``.
    """
    return {'type': 'PISBackbone', 'arch': genotype.to_list(), **options}


def neck_channels(genotype: Genotype, out_indices: Sequence[int]) -> list[int]:
    """Channels that the neck gets from the stages ``out_indices`` (0 is the stem).

    Raises:
        ValueError: There is no such stage.
    """
    channels = genotype.out_channels
    for i in out_indices:
        if not 0 <= i < len(channels):
            raise ValueError(
                f'out_indices should be from 0 to {len(channels) - 1}, '
                f'as the backbone has {len(channels)} stages, but got {tuple(out_indices)}'
            )
    return [channels[i] for i in out_indices]
