"""Make the embedded detection data set: python tools/make_digits.py [ROOT] [options]."""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser
from pisnas_mm.app.errors import one_line_errors, user_error
from pisnas_mm.datasets.digits import DigitsSettings, make_digits


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(
        description="Make a detection data set of handwritten digits, in COCO's and VOC's form."
    )
    parser.add_argument(
        'root', nargs='?', default='data/digits', help='folder to be made (default: %(default)s)'
    )
    numbers = dict(
        num_train='images for training',
        num_val='images for validation',
        image_size='side of an image in pixels',
        seed='of everything that is random',
    )
    for name, meaning in numbers.items():
        parser.add_argument(
            f'--{name.replace("_", "-")}',
            type=int,
            default=getattr(DigitsSettings(), name),
            metavar='N',
            help=f'{meaning} (default: %(default)s)',
        )
    parser.add_argument(
        '--overwrite', action='store_true', help='replace digits made with other settings'
    )
    return parser.parse_args(argv)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    settings = DigitsSettings(args.num_train, args.num_val, args.image_size, args.seed)
    start = time.perf_counter()
    try:
        written = make_digits(args.root, settings, args.overwrite)
    except ImportError as error:
        user_error(str(error))
    if not written:
        print(f'{args.root} is there already, with these settings.')
        return
    print(
        f'{args.root}: {settings.num_train} training and {settings.num_val} validation images of '
        f'{settings.image_size} x {settings.image_size} pixels, made in '
        f'{time.perf_counter() - start:.1f} s.'
    )


if __name__ == '__main__':
    main()
