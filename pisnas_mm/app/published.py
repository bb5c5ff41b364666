"""Which score predicts trained detectors? Every score beside YOLOBench's published results."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.measures import known_at
from pisnas_mm.ranking import evidence_report
from pisnas_mm.ranking.evidence import Bed, judge, residual_taus
from pisnas_mm.ranking.evidence_report import Evidence
from pisnas_mm.ranking.published import Key, Published, read_published
from pisnas_mm.ranking.scoring import scored
from pisnas_mm.ranking.settings import check_scores
from pisnas_mm.registry import SCORES
from pisnas_mm.reproduction.yolobench import yolobench_family, yolobench_genotype
from pisnas_mm.scores import MonteCarloPRScore, RandomScore, SampledScore
from pisnas_mm.utils.files import write_text
from pisnas_mm.utils.table import csv_text

_LEFT_OUT = (MonteCarloPRScore, SampledScore, RandomScore)  # seconds each, or chance

Values = dict[Key, float]


def rank_published(
    folder: Path,
    out: Path,
    scores: Mapping[str, Mapping[str, Any]] | None = None,
    *,
    command: str,
    num_resamples: int = 1000,
    say: Callable[[str], object] = print,
) -> Evidence:
    """Judge scores and measures by all tables of results in a folder.

    Args:
        folder: YOLOBench's CSVs, as they are downloaded.
        out: Where ``evidence.md``, ``evidence.csv`` and ``evidence.png`` go.
        scores: Configs of further scores or variants, by name; every registered one that needs no
            network is there anyhow, and so are all measures.
        command: What the page says that it was written by.
        num_resamples: Bootstrap samples.
        say: Takes a line for every data set.

    Raises:
        ValueError: There are no tables, one has a model that is none of YOLOBench's, or ``scores``
            are none.
    """
    check_scores(scores or {}, 'scores')
    published = read_published(folder)
    keys = sorted({key for accuracies in published.accuracies.values() for key in accuracies})
    genotypes = {model: yolobench_genotype(model) for model in {key.model for key in keys}}
    values, missing = _evaluated(keys, genotypes, {**_closed_form(), **(scores or {})})
    judgements, taus = [], {}
    for name in published.accuracies:
        bed = _bed(name, published, values)
        say(f'{name}: {len(set(bed.models))} models, {len(bed.keys)} results')
        judgements += judge(bed, num_resamples)
        taus[name] = residual_taus(bed, evidence_report.COST)
    evidence = Evidence(judgements, taus, missing)
    write_text(out / 'evidence.csv', csv_text(evidence_report.number_table(evidence)))
    write_text(out / 'evidence.md', evidence_report.page(evidence, command, 'evidence.png'))
    evidence_report.draw(evidence).savefig(out / 'evidence.png', dpi=130)
    return evidence


def _closed_form() -> dict[str, dict[str, Any]]:
    """The registered scores that need no network."""
    classes = SCORES.module_dict.items()
    return {name: {'type': name} for name, cls in classes if not issubclass(cls, _LEFT_OUT)}


def _evaluated(
    keys: Iterable[Key],
    genotypes: Mapping[str, Genotype],
    configs: Mapping[str, Mapping[str, Any]],
) -> tuple[dict[str, Values], dict[str, str]]:
    """Scores and measures of every detector, by name; and why a score has none."""
    values: dict[str, Values] = {}
    missing: dict[str, str] = {}
    by_size: dict[int, list[Key]] = {}
    for key in keys:
        by_size.setdefault(key.resolution, []).append(key)
    for size, those in by_size.items():
        backbones = [genotypes[key.model] for key in those]
        found, reasons = scored(backbones, size, configs)
        missing |= reasons
        for measure in known_at(size):
            found[measure.name] = tuple(measure(genotype, size) for genotype in backbones)
        for name, numbers in found.items():
            values.setdefault(name, {}).update(zip(those, numbers, strict=True))
    return {name: of for name, of in values.items() if name not in missing}, missing


def _bed(name: str, published: Published, values: Mapping[str, Values]) -> Bed:
    accuracies = published.accuracies[name]
    keys: Sequence[Key] = sorted(accuracies)
    costs = {'MACs': values['MACs'], 'params': values['params'], **published.latencies}
    whole = {
        cost: np.array([of[key] for key in keys])
        for cost, of in costs.items()
        if all(key in of for key in keys)
    }
    return Bed(
        name,
        keys,
        {key.model: yolobench_family(key.model) for key in keys},
        np.array([accuracies[key] for key in keys]),
        whole,
        {score: np.array([of[key] for key in keys]) for score, of in values.items()},
    )
