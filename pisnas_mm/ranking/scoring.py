"""What every score, and everything that scores are made of, says of the drawn architectures."""

from collections.abc import Mapping, Sequence
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.measures import known_at, stage_radii
from pisnas_mm.registry import SCORES, build
from pisnas_mm.scores import Score
from pisnas_mm.search.evaluation import checked_score, reason_of

Values = tuple[float, ...]
"""One for every architecture."""


def score_configs(cfg: Mapping[str, Any], further: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Which scores are compared: the config's own, then every registered one, then ``further``.

    The config's own stands for its type; the others have their default settings.
    """
    own = cfg['score']
    configs = {own['type']: dict(own)}
    for name in SCORES.module_dict:
        configs.setdefault(name, {'type': name})
    return configs | {name: dict(score) for name, score in further.items()}


def scored(
    genotypes: Sequence[Genotype], image_size: int, configs: Mapping[str, Mapping[str, Any]]
) -> tuple[dict[str, Values], dict[str, str]]:
    """Evaluate scores.

    Returns:
        The values of each; and why there are none, of those that cannot be built with these
        settings or do not suit the architectures.
    """
    values: dict[str, Values] = {}
    missing: dict[str, str] = {}
    for name, cfg in configs.items():
        try:
            score: Score = build(SCORES, cfg, f'ranking.scores.{name}', image_size=image_size)
            score.check(genotypes[0])
            values[name] = tuple(checked_score(score(genotype)) for genotype in genotypes)
        except Exception as error:
            missing[name] = reason_of(error)
    return values, missing


def ingredients(genotypes: Sequence[Genotype], image_size: int, score: Score) -> dict[str, Values]:
    """By name what the config's score is made of, the radii, and all measures as they are.

    Of penalties and of what is better less, less should be better.
    """
    rows = []
    for genotype in genotypes:
        parts = score.parts(genotype)
        radii = enumerate(stage_radii(genotype, image_size), start=2)
        others = [measure for measure in known_at(image_size) if measure.key not in parts]
        rows.append(
            {
                **parts,
                **{f'radius of C{i}': radius for i, radius in radii},
                **{measure.name: float(measure(genotype, image_size)) for measure in others},
            }
        )
    return {name: tuple(row[name] for row in rows) for name in rows[0]}
