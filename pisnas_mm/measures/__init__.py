"""What can be read off a genotype without training it."""

from pisnas_mm.measures.complexity import layers, macs, params
from pisnas_mm.measures.depth import (
    deepmad_stages,
    effectiveness,
    maedet_stages,
    stage_entropies,
)
from pisnas_mm.measures.entropy import bottleneck_entropy
from pisnas_mm.measures.table import MEASURES, Measure, known_at, pr_score, results, summary
from pisnas_mm.receptive.radii import stage_radii

__all__ = [
    'MEASURES',
    'Measure',
    'bottleneck_entropy',
    'deepmad_stages',
    'effectiveness',
    'known_at',
    'layers',
    'macs',
    'maedet_stages',
    'params',
    'pr_score',
    'results',
    'stage_entropies',
    'stage_radii',
    'summary',
]
