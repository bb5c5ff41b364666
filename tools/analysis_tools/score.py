"""Score architectures, wherever they come from: python tools/analysis_tools/score.py ARCH [...]."""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import (
    ArgumentParser,
    custom_imports_argument,
    form_argument,
    whole_number,
)
from pisnas_mm.app.errors import one_line_errors

DEFAULT_IMAGE_SIZE = 224  # as in `app.score`: --help imports nothing
DEFAULT_BATCH_SIZE = 8


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


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)

    from pisnas_mm.app.score import Scoring, averaged
    from pisnas_mm.architectures.files import read_architectures
    from pisnas_mm.detectors.table import architecture_table
    from pisnas_mm.utils.configs import import_modules

    import_modules({'custom_imports': {'imports': args.custom_imports}})
    asked = Scoring(
        scores=args.score,
        monte_carlo=args.monte_carlo,
        image_size=args.image_size,
        num_draws=args.num_draws,
        batch_size=args.batch_size,
        device=args.device,
        seed=args.seed,
    )
    architectures = [a for path in args.arch for a in read_architectures(path, args.form)]
    if args.json:
        for architecture in architectures:
            print(json.dumps(asked.of(architecture)), flush=True)
        return
    print(architecture_table([averaged(asked.of(one)) for one in architectures]))


if __name__ == '__main__':
    main()
