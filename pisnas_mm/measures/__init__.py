"""What can be read off a genotype without training it."""

from pisnas_mm.measures.complexity import layers, macs, params
from pisnas_mm.measures.entropy import bottleneck_entropy
from pisnas_mm.measures.receptive_field import receptive_map, stage_radii
from pisnas_mm.measures.summary import summary

__all__ = [
    'bottleneck_entropy',
    'layers',
    'macs',
    'params',
    'receptive_map',
    'stage_radii',
    'summary',
]
