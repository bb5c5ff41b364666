"""Compare searches and architectures: python tools/analysis_tools/compare.py A B [...]."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser, custom_imports_argument, whole_number
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.configs import import_modules
from pisnas_mm.utils.preconditions import check_installed, check_writable


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(
        description='Print searches and architectures as one table, and draw them as one figure.'
    )
    parser.add_argument(
        'source',
        nargs='+',
        help="a search's work directory (its winner), an exported config (.py), a best.json, a "
        'TinyNAS text or JSON lines (.jsonl); of a file, the first architecture',
    )
    parser.add_argument(
        '--image-size',
        type=whole_number,
        metavar='R',
        help='side of the image in pixels, for all (default: what each source says, or 224)',
    )
    parser.add_argument(
        '--out', type=Path, metavar='FILE.png', help='also draw them (needs matplotlib)'
    )
    custom_imports_argument(parser)
    args = parser.parse_args(argv)
    if args.out and args.out.suffix != '.png':
        parser.error(f'--out should end in .png, but got {args.out}')
    return args


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    import_modules({'custom_imports': {'imports': args.custom_imports}})
    if args.out:
        check_installed('matplotlib')
        check_writable(args.out.parent, '--out')

    from pisnas_mm.detectors.table import architecture_table
    from pisnas_mm.visualization.side_by_side import columns, compared

    architectures = compared(args.source, args.image_size)
    print(architecture_table(architectures))
    if len({of['image_size'] for of in architectures}) > 1:
        differ = ', '.join(of.label for of in columns() if of.sized)
        print(f'The image sizes differ, and so do {differ} and radii; see --image-size.')
    if args.out:
        from pisnas_mm.visualization.png import save
        from pisnas_mm.visualization.side_by_side_figure import draw_comparison

        save(draw_comparison(architectures), args.out)
        print(args.out)


if __name__ == '__main__':
    main()
