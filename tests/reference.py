"""Architectures with values that others have computed (tests/data)."""

import json
from pathlib import Path
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.architectures.tinynas import genotype_from_tinynas

_DATA = Path(__file__).parent / 'data'


def lines(name: str) -> list[dict[str, Any]]:
    """The lines of a file in tests/data."""
    return [json.loads(line) for line in (_DATA / name).read_text().splitlines()]


LINES = lines('released_code.jsonl')  # of the PIS-NAS authors
C2F = [line for line in LINES if line['id'].startswith('c2f')]
RESIDUAL = [line for line in LINES if line['id'].startswith('k1kxk1')]


def genotype(line: dict[str, Any]) -> Genotype:
    """The architecture of a line."""
    if 'arch' in line:
        return Genotype.from_list(line['arch'])
    return genotype_from_tinynas(line['structure'])


def sampled(space: str) -> list[dict[str, Any]]:
    """Architectures with radii that our own sampling has drawn."""
    return [line for line in lines('monte_carlo.jsonl') if line['id'].startswith(space)]


def sampled_family(family: str) -> list[dict[str, Any]]:
    """Architectures of a family of blocks, likewise."""
    return [line for line in lines('monte_carlo_families.jsonl') if line['family'] == family]
