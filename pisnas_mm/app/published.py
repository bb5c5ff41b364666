"""Which score predicts trained detectors? Every score beside results that others published."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.measures import known_at
from pisnas_mm.ranking import evidence_report, zoo_report
from pisnas_mm.ranking.evidence import Bed, judge, residual_taus
from pisnas_mm.ranking.evidence_report import Evidence
from pisnas_mm.ranking.published import ANY, Key, Published, read_published
from pisnas_mm.ranking.scoring import scored
from pisnas_mm.ranking.settings import check_scores
from pisnas_mm.registry import SCORES
from pisnas_mm.reproduction import zoo
from pisnas_mm.reproduction.yolobench import yolobench_family, yolobench_genotype
from pisnas_mm.scores import MonteCarloPRScore, RandomScore, SampledScore
from pisnas_mm.utils.files import write_text
from pisnas_mm.utils.table import Table, csv_text

_LEFT_OUT = (MonteCarloPRScore, SampledScore, RandomScore)  # seconds each, or chance

Values = dict[tuple[str, int], float]
"""By model and resolution."""


class Study(NamedTuple):
    """Published detectors, what their models are by name, and the page of them."""

    published: Published
    genotype_of: Callable[[str], Genotype]
    family_of: Callable[[str], str]
    page: Callable[[Evidence, str, str], str]
    table: Callable[[Evidence], Table]
    cost: str  # that detectors of the figure are equal in


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
        folder: YOLOBench's CSVs, as they are downloaded; or docs/results/zoo.
        out: Where ``evidence.md``, ``evidence.csv`` and ``evidence.png`` go.
        scores: Configs of further scores or variants, by name; every registered one that needs no
            network is there anyhow, and so are all measures.
        command: What the page says that it was written by.
        num_resamples: Bootstrap samples.
        say: Takes a line for every data set.

    Raises:
        ValueError: There are no tables, one has a model that is unknown, or ``scores`` are none.
    """
    check_scores(scores or {}, 'scores')
    study = _study(folder)
    sized = {key[:2] for found in study.published.accuracies.values() for key in found}
    genotypes = {model: study.genotype_of(model) for model, _ in sized}
    values, missing = _evaluated(sorted(sized), genotypes, {**_closed_form(), **(scores or {})})
    beds, judgements, taus = [], [], {}
    for name in study.published.accuracies:
        bed = _bed(name, study, values)
        say(f'{name}: {len(set(bed.models))} models, {len(bed.keys)} results')
        beds.append(bed)
        judgements += judge(bed, num_resamples)
        taus[name] = residual_taus(bed, evidence_report.COST)
    evidence = Evidence(judgements, taus, missing, beds)
    write_text(out / 'evidence.csv', csv_text(study.table(evidence)))
    write_text(out / 'evidence.md', study.page(evidence, command, 'evidence.png'))
    evidence_report.draw(evidence, study.cost).savefig(out / 'evidence.png', dpi=130)
    return evidence


def _study(folder: Path) -> Study:
    """What a folder holds."""
    if (folder / zoo.FILE).exists():
        return Study(
            published=zoo.read_zoo(folder),
            genotype_of=zoo.zoo_genotype,
            family_of=zoo.zoo_family,
            page=zoo_report.page,
            table=zoo_report.value_table,
            cost=ANY,
        )
    return Study(
        published=read_published(folder),
        genotype_of=yolobench_genotype,
        family_of=yolobench_family,
        page=evidence_report.page,
        table=evidence_report.number_table,
        cost=evidence_report.COST,
    )


def _closed_form() -> dict[str, dict[str, Any]]:
    """The registered scores that need no network."""
    classes = SCORES.module_dict.items()
    return {name: {'type': name} for name, cls in classes if not issubclass(cls, _LEFT_OUT)}


def _evaluated(
    keys: Iterable[tuple[str, int]],
    genotypes: Mapping[str, Genotype],
    configs: Mapping[str, Mapping[str, Any]],
) -> tuple[dict[str, Values], dict[str, str]]:
    """Scores and measures of all models by name, at resolutions; and why a score has none."""
    values: dict[str, Values] = {}
    missing: dict[str, str] = {}
    by_size: dict[int, list[tuple[str, int]]] = {}
    for model, size in keys:
        by_size.setdefault(size, []).append((model, size))
    for size, those in by_size.items():
        backbones = [genotypes[model] for model, _ in those]
        found, reasons = scored(backbones, size, configs)
        missing |= reasons
        for measure in known_at(size):
            found[measure.name] = tuple(measure(genotype, size) for genotype in backbones)
        for name, numbers in found.items():
            values.setdefault(name, {}).update(zip(those, numbers, strict=True))
    return {name: of for name, of in values.items() if name not in missing}, missing


def _bed(name: str, study: Study, values: Mapping[str, Values]) -> Bed:
    accuracies = study.published.accuracies[name]
    keys: Sequence[Key] = sorted(accuracies)
    scores = {score: np.array([of[key[:2]] for key in keys]) for score, of in values.items()}
    others = {
        cost: np.array([of[key] for key in keys])
        for cost, of in study.published.costs.items()
        if all(key in of for key in keys)
    }
    return Bed(
        name,
        keys,
        {key.model: study.family_of(key.model) for key in keys},
        np.array([accuracies[key] for key in keys]),
        {'MACs': scores['MACs'], 'params': scores['params'], **others},
        scores,
    )
