"""The files a search leaves behind."""

from collections.abc import Mapping, Sequence
from math import isfinite
from pathlib import Path
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.detectors.detector import detector_config, with_ours
from pisnas_mm.measures import MEASURES, summary
from pisnas_mm.scores import Score
from pisnas_mm.scores.sampled import with_error
from pisnas_mm.search import Evaluation, Verdict
from pisnas_mm.utils.config_text import config_text
from pisnas_mm.utils.files import write_json, write_text
from pisnas_mm.utils.work_dir import WorkDir

_TELLING = 0.1  # a bound of the score that is farther away says nothing of the search


def search_result(
    population: Sequence[Evaluation],
    seed: Genotype,
    score: Score,
    image_size: int,
    verified: Mapping[Genotype, Verdict] | None = None,
    timed: Mapping[Genotype, Mapping[str, Any]] | None = None,
    bound: float | None = None,
) -> dict[str, Any]:
    """The seed and some architectures with all their measures, as JSON-able data.

    Args:
        population: The architectures, best first.
        seed: Where the search started.
        score: What it maximised.
        image_size: Side of the square input, in pixels.
        verified: What a second judge says of those that were verified.
        timed: Latencies of those that were measured, by the constraint's name.
        bound: What no architecture exceeds within the budgets, where that was asked for.
    """
    verified, timed = verified or {}, timed or {}

    def entry(genotype: Genotype, value: float) -> dict[str, Any]:
        found = measured(genotype, value, score, image_size, verified.get(genotype))
        return found | ({'measured': timed[genotype]} if genotype in timed else {})

    ceiling, reached = score.ceiling(), max(kept.score for kept in population)
    near = isfinite(ceiling) and ceiling - reached <= _TELLING * abs(ceiling)
    if bound is not None:
        ceiling, near = min(bound, ceiling), True
    return {
        'seed': entry(seed, score(seed)),
        'best': [entry(kept.genotype, kept.score) for kept in population],
        **({'ceiling': ceiling} if near else {}),
    }


def measured(
    genotype: Genotype, value: float, score: Score, image_size: int, verdict: Verdict | None = None
) -> dict[str, Any]:
    """An architecture with its score and all its measures, as JSON-able data."""
    return {
        'score': value,
        **score.parts(genotype),
        **_verification(verdict),
        **summary(genotype, image_size),
        'arch': genotype.to_list(),
    }


def export(
    result: Mapping[str, Any],
    detector: Mapping[str, Any],
    folder: Path,
    work_dir: Path,
    name: str,
    custom_imports: Mapping[str, Any] | None = None,
) -> WorkDir:
    """Write a search's result, its winner as a backbone, and the detector around it.

    Args:
        result: What ``search_result`` gave.
        detector: The entry ``detector`` of the search config.
        folder: Where the search config lies.
        work_dir: Where the files go.
        name: Stem of the search config.
        custom_imports: What that config imports, and those that are written, too.

    Returns:
        The work directory, which says where the files lie.
    """
    files = WorkDir(work_dir, name)
    winner = result['best'][0]
    genotype = Genotype.from_list(winner['arch'])
    headline = _headline(name, winner)
    config = detector_config(genotype, detector, folder, custom_imports)
    plain = config.to_dict()
    fragment = {
        'custom_imports': with_ours(custom_imports),
        'model': {'backbone': plain['model']['backbone']},
    }
    write_json(files.best, result)
    write_text(files.backbone, headline + config_text(fragment))
    write_text(files.detector, headline + config_text(plain))
    return files


def _verification(found: Verdict | None) -> dict[str, Any]:
    return {} if found is None else {'verification': found._asdict()}


def _headline(name: str, winner: Mapping[str, Any]) -> str:
    written = {key: MEASURES[key].written(winner[key]) for key in MEASURES if key in winner}
    text = (
        f'# {name}: score {winner["score"]:.4f}, {written["params"]} params, {written["macs"]} '
        f'MACs at {winner["image_size"]}x{winner["image_size"]}, '
        f'bottleneck entropy {written["bottleneck_entropy"]}'
    )
    if found := winner.get('verification'):
        text += f', {_in_words(found)}'
    return f'{text}\n'


def _in_words(verification: Mapping[str, Any]) -> str:
    """What a second judge said: a sampled PR score, or the ranks by some scores."""
    if 'pr_score' in verification:
        pr_score = with_error(verification['pr_score'], verification['standard_error'])
        return f'Monte-Carlo PR score {pr_score}'
    names = ' and '.join(score['type'] for score in verification['scores'])
    return f'number {verification["objective_rank"]} of the search, first by {names}'
