"""Show a search as an interactive page: python tools/analysis_tools/report.py WORK_DIR [...]."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.preconditions import check_writable


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(
        description='Write one HTML file that shows a search, also one that still runs.'
    )
    parser.add_argument('work_dir', type=Path, help='work directory of tools/search.py')
    parser.add_argument(
        '--out', type=Path, metavar='FILE', help='where to (default: WORK_DIR/report.html)'
    )
    parser.add_argument(
        '--png', type=Path, metavar='FILE.png', help='also write the search as one picture'
    )
    args = parser.parse_args(argv)
    if args.png and args.png.suffix != '.png':
        parser.error(f'--png should end in .png, but got {args.png}')
    return args


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)

    from pisnas_mm.utils.work_dir import WorkDir
    from pisnas_mm.visualization.report import write_overview, write_report

    out = args.out or WorkDir(args.work_dir).report
    if args.work_dir.is_dir():  # else there is nothing to write: the reading says so
        check_writable(out.parent, '--out')
    print(write_report(args.work_dir, out))
    if args.png:
        check_writable(args.png.parent, '--png')
        print(write_overview(args.work_dir, args.png))


if __name__ == '__main__':
    main()
