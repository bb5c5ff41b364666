"""Architectures, wherever they come from, measured and scored: what ``score.py`` prints."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from pisnas_mm import measures
from pisnas_mm.architectures.files import Architecture
from pisnas_mm.registry import SCORES, build, find
from pisnas_mm.scores import MonteCarloPRScore, SampledScore, Score
from pisnas_mm.scores.sampled import standard_error
from pisnas_mm.search.evaluation import checked_score
from pisnas_mm.utils.preconditions import check_installed

DEFAULT_IMAGE_SIZE = 224
DEFAULT_BATCH_SIZE = 8
NEED_TORCH = (MonteCarloPRScore, SampledScore)


@dataclass(frozen=True)
class Scoring:
    """What is asked of architectures beside their measures.

    Args:
        scores: Also by these, as search configs name them.
        monte_carlo: How many random networks are sampled for each; None for none.
        image_size: Side of the image in pixels; None for what an architecture's file says.
        num_draws: Of the scores that draw random networks; None for their own.
        batch_size: Inputs a network; None for the default of whoever draws it.
        device: Where the sampling runs.
        seed: Of the sampling.

    Raises:
        ValueError: A score is unknown, or needs torch and mmcv where they are not installed.
    """

    scores: Sequence[str] = ()
    monte_carlo: int | None = None
    image_size: int | None = None
    num_draws: int | None = None
    batch_size: int | None = None
    device: str = 'cpu'
    seed: int = 0

    def __post_init__(self) -> None:
        types = [find(SCORES, dict(type=name), '--score') for name in self.scores]
        if self.monte_carlo or any(issubclass(cls, NEED_TORCH) for cls in types):
            check_installed('torch', 'mmcv')

    def of(self, architecture: Architecture) -> dict[str, Any]:
        """All measures. Radii, scores: pixels; entropies: nats; MACs: multiply-adds.

        Lists are by stage: radii from stride 4 on, the others from the stem on.
        """
        genotype = architecture.genotype
        image_size = self.image_size or architecture.image_size or DEFAULT_IMAGE_SIZE
        entry = {
            'id': architecture.id,
            'image_size': image_size,
            **{of.key: of(genotype, image_size) for of in measures.known_at(image_size)},
            'stage_radii': measures.stage_radii(genotype, image_size),
            'maedet_stages': measures.maedet_stages(genotype),
            'deepmad_stages': measures.deepmad_stages(genotype, image_size),
        }
        if self.monte_carlo:
            entry |= self._sampled(architecture, image_size, self.monte_carlo)
        if self.scores:
            entry['scores'] = {
                name: checked_score(self._score(name, image_size)(genotype)) for name in self.scores
            }
        return entry

    def _score(self, name: str, image_size: int) -> Score:
        """The score that a search config would name so, with the arguments that it takes."""
        given = {'num_draws': self.num_draws, 'batch_size': self.batch_size}
        defaults: dict[str, Any] = {k: v for k, v in given.items() if v is not None}
        defaults |= dict(image_size=image_size, device=self.device, seed=self.seed)
        score: Score = build(SCORES, dict(type=name), '--score', **defaults)
        return score

    def _sampled(self, of: Architecture, image_size: int, num_draws: int) -> dict[str, Any]:
        """What sampling adds: scores and radii of every draw, and the radii of the mean map."""
        from pisnas_mm.receptive.monte_carlo import sample_radii

        radii = sample_radii(
            of.genotype,
            image_size,
            num_draws=num_draws,
            batch_size=self.batch_size or DEFAULT_BATCH_SIZE,
            device=self.device,
            seed=self.seed,
        )
        return {
            'pr_score_mc': [measures.pr_score(draw) for draw in radii.draws],
            'stage_radii_mc': radii.draws,
            'mean_map_radii': radii.mean_map,
        }


def averaged(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    """An entry of a table: where there are draws, with their mean and its standard error."""
    if not (draws := entry.get('pr_score_mc')):
        return entry
    sampled = dict(pr_score=fmean(draws), standard_error=standard_error(draws))
    return {**entry, 'verification': sampled}
