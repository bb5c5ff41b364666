"""Architectures with values that the PIS-NAS authors' released code computed (tests/data).

``python -m tests.reference`` prints how well the closed form agrees with them.
"""

import json
from pathlib import Path
from typing import Any

from pisnas_mm.genotype import Genotype
from pisnas_mm.measures import stage_radii
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


def pr_scores(lines: list[dict[str, Any]]) -> list[float]:
    """Closed-form PR scores (strides 8 to 32) at the lines' own settings."""
    return [
        sum(stage_radii(genotype(line), line['image_size'], line['threshold'])[1:])
        for line in lines
    ]


def bias(ours: list[float], theirs: list[float]) -> float:
    """Mean relative difference."""
    return sum(a / b for a, b in zip(ours, theirs, strict=True)) / len(ours) - 1


def main() -> None:
    for name, lines in (('residual', RESIDUAL), ('C2f', C2F)):
        ours, draws = pr_scores(lines), [line['prscore_mean'] for line in lines]
        text = f'{name}: {bias(ours, draws):+.1%} and tau {kendall_tau(ours, draws):.3f} on draws'
        if lines[0].get('mean_map_radius'):
            text += f', {bias(ours, [sum(x["mean_map_radius"][1:]) for x in lines]):+.1%} on maps'
        print(text)


if __name__ == '__main__':
    main()
