"""Architectures with values that the PIS-NAS authors' released code computed (tests/data)."""

import json
from pathlib import Path
from typing import Any

from pisnas_mm.genotype import Genotype
from pisnas_mm.tinynas import genotype_from_tinynas

_FILE = Path(__file__).parent / 'data' / 'released_code.jsonl'
LINES: list[dict[str, Any]] = [json.loads(line) for line in _FILE.read_text().splitlines()]
C2F = [line for line in LINES if line['id'].startswith('c2f')]
RESIDUAL = [line for line in LINES if line['id'].startswith('k1kxk1')]


def genotype(line: dict[str, Any]) -> Genotype:
    """The architecture of a line."""
    return genotype_from_tinynas(line['structure'])


def kendall_tau(a: list[float], b: list[float]) -> float:
    """Kendall's rank correlation (τ-a), by its definition."""
    pairs = [(i, j) for i in range(len(a)) for j in range(i)]
    agreements = [(a[i] > a[j]) - (a[i] < a[j]) == (b[i] > b[j]) - (b[i] < b[j]) for i, j in pairs]
    ties = [(a[i] == a[j]) or (b[i] == b[j]) for i, j in pairs]
    signs = [0 if tie else 1 if agree else -1 for agree, tie in zip(agreements, ties, strict=True)]
    return sum(signs) / len(pairs)
