"""Random networks of an architecture: equal ones are drawn for equal architectures, whenever.

torch and mmcv are imported when a network is drawn.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

from pisnas_mm.architectures.genotype import Genotype

if TYPE_CHECKING:
    from torch import nn

    from pisnas_mm.blocks import Block
    from pisnas_mm.models.graph_block import GraphBlock


def seed_of_draw(genotype: Genotype, seed: int, draw: int) -> int:
    """A seed below 2^63 that is the architecture's own.

    Args:
        genotype: The architecture.
        seed: Seed of all draws.
        draw: The number of this one.
    """
    text = json.dumps([seed, draw, genotype.in_channels, genotype.to_list()])
    return int.from_bytes(sha256(text.encode()).digest()[:8], 'big') >> 1


@contextmanager
def drawing(genotype: Genotype, seed: int, draw: int) -> Iterator[None]:
    """Inside, random numbers of torch on the CPU follow from these alone; then all is as before."""
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed_of_draw(genotype, seed, draw))
        yield


def random_network(
    blocks: 'Iterable[Block]', block_type: 'Callable[..., GraphBlock] | None' = None
) -> 'nn.Sequential':
    """Blocks in a row, initialised as PyTorch does by default; no gradients, batch statistics.

    Args:
        blocks: The specs.
        block_type: A ``GraphBlock``, or a subclass that runs its operations in another way.
    """
    from torch import nn

    from pisnas_mm.models.graph_block import GraphBlock

    make = block_type or GraphBlock
    network = nn.Sequential(*(make(block, None, dict(type='BN')) for block in blocks))
    for module in network.modules():
        if isinstance(module, nn.Conv2d):  # mmcv has initialised it in its own way
            module.reset_parameters()
    return network.requires_grad_(False)
