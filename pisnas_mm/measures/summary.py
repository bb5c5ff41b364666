"""Everything a user wants to know of an architecture, at once."""

from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.measures.complexity import layers, macs, params
from pisnas_mm.measures.entropy import bottleneck_entropy
from pisnas_mm.receptive.radii import stage_radii


def summary(genotype: Genotype, image_size: int) -> dict[str, Any]:
    """The measures of an architecture at ``image_size``² pixels, as JSON-able data."""
    return {
        'image_size': image_size,
        'params': params(genotype),
        'macs': macs(genotype, image_size),
        'layers': layers(genotype),
        'bottleneck_entropy': bottleneck_entropy(genotype, image_size),
        'stage_radii': list(stage_radii(genotype, image_size)),
        'out_channels': list(genotype.out_channels),
        'out_strides': list(genotype.out_strides),
    }
