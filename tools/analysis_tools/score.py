"""Score architectures, wherever they come from: python tools/analysis_tools/score.py ARCH [...]."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm import measures
from pisnas_mm.app.arguments import (
    ArgumentParser,
    custom_imports_argument,
    form_argument,
    whole_number,
)
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.architectures.files import Architecture, read_architectures
from pisnas_mm.detectors.table import architecture_table
from pisnas_mm.registry import SCORES, build, find
from pisnas_mm.scores import MonteCarloPRScore, SampledScore, Score
from pisnas_mm.scores.sampled import standard_error
from pisnas_mm.search.evaluation import checked_score
from pisnas_mm.utils.configs import import_modules
from pisnas_mm.utils.preconditions import check_installed

DEFAULT_IMAGE_SIZE = 224
DEFAULT_BATCH_SIZE = 8
NEED_TORCH = (MonteCarloPRScore, SampledScore)


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(description='Measure and score architectures without training.')
    parser.add_argument(
        'arch',
        nargs='+',
        help="a search's best.json, an exported config (.py), a TinyNAS text, or JSON lines "
        '(.jsonl) with an `arch` or a TinyNAS `structure` each',
    )
    form_argument(parser)
    parser.add_argument(
        '--image-size',
        type=whole_number,
        metavar='R',
        help=f'side of the image in pixels (default: what the file says, or {DEFAULT_IMAGE_SIZE})',
    )
    parser.add_argument(
        '--monte-carlo',
        type=whole_number,
        metavar='N',
        help='also sample N random networks for each architecture (needs torch and mmcv)',
    )
    parser.add_argument(
        '--score',
        nargs='+',
        default=[],
        metavar='TYPE',
        help='also give these scores, by the names that search configs use, such as ZenScore',
    )
    parser.add_argument(
        '--num-draws',
        type=whole_number,
        metavar='N',
        help='random networks for each of those scores that draw them (default: their own)',
    )
    parser.add_argument('--seed', type=int, default=0, help='seed of the sampling (default: 0)')
    parser.add_argument(
        '--batch-size',
        type=whole_number,
        metavar='N',
        help=f"inputs a network (default: {DEFAULT_BATCH_SIZE} for --monte-carlo, the scores' own)",
    )
    parser.add_argument('--device', default='cpu', help='where the sampling runs, such as cuda')
    parser.add_argument('--json', action='store_true', help='print one JSON object a line')
    custom_imports_argument(parser)
    return parser.parse_args(argv)


def scored(architecture: Architecture, args: argparse.Namespace) -> dict[str, Any]:
    """All measures of an architecture. Radii, scores: pixels; entropies: nats; MACs: multiply-adds.

    Lists are by stage: radii from stride 4 on, the others from the stem on.
    """
    genotype = architecture.genotype
    image_size = args.image_size or architecture.image_size or DEFAULT_IMAGE_SIZE
    entry = {
        'id': architecture.id,
        'image_size': image_size,
        **{of.key: of(genotype, image_size) for of in measures.known_at(image_size)},
        'stage_radii': measures.stage_radii(genotype, image_size),
        'maedet_stages': measures.maedet_stages(genotype),
        'deepmad_stages': measures.deepmad_stages(genotype, image_size),
    }
    if args.monte_carlo:
        entry |= sampled(architecture, image_size, args)
    if args.score:
        entry['scores'] = {
            name: checked_score(scores_of(name, image_size, args)(genotype)) for name in args.score
        }
    return entry


def scores_of(name: str, image_size: int, args: argparse.Namespace) -> Score:
    """The score that a search config would name so, with the arguments that it takes."""
    given = {'num_draws': args.num_draws, 'batch_size': args.batch_size}
    defaults = {key: value for key, value in given.items() if value is not None}
    defaults |= dict(image_size=image_size, device=args.device, seed=args.seed)
    score: Score = build(SCORES, dict(type=name), '--score', **defaults)
    return score


def sampled(
    architecture: Architecture, image_size: int, args: argparse.Namespace
) -> dict[str, Any]:
    """What sampling adds: scores and radii of every draw, and the radii of the averaged map."""
    from pisnas_mm.receptive.monte_carlo import sample_radii

    radii = sample_radii(
        architecture.genotype,
        image_size,
        num_draws=args.monte_carlo,
        batch_size=args.batch_size or DEFAULT_BATCH_SIZE,
        device=args.device,
        seed=args.seed,
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


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    import_modules({'custom_imports': {'imports': args.custom_imports}})
    types = [find(SCORES, dict(type=name), '--score') for name in args.score]
    if args.monte_carlo or any(issubclass(cls, NEED_TORCH) for cls in types):
        check_installed('torch', 'mmcv')
    architectures = [a for path in args.arch for a in read_architectures(path, args.form)]
    if args.json:
        for architecture in architectures:
            print(json.dumps(scored(architecture, args)), flush=True)
        return
    print(architecture_table([averaged(scored(a, args)) for a in architectures]))


if __name__ == '__main__':
    main()
