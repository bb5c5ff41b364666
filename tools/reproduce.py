"""The paper's table and figures with our own figures beside them: python tools/reproduce.py."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.reproduction.plan import ITEMS
from pisnas_mm.utils.preconditions import check_installed, check_writable

REPOSITORY = Path(__file__).resolve().parents[1]


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(
        description="Print the paper's Table 1 and Figures 2 to 5, claimed and ours, and write "
        'them as Markdown, CSV and PNG.'
    )
    parser.add_argument(
        '--only',
        nargs='+',
        choices=ITEMS,
        metavar='ITEM',
        help=f'some of {", ".join(ITEMS)} (default: all)',
    )
    parser.add_argument('--list', action='store_true', help='say what there is, and leave')
    parser.add_argument(
        '--work-dirs',
        type=Path,
        default=Path('work_dirs'),
        metavar='DIR',
        help='where your trainings are (default: %(default)s)',
    )
    parser.add_argument(
        '--out',
        type=Path,
        default=REPOSITORY / 'docs/results',
        metavar='DIR',
        help='where the files go (default: docs/results)',
    )
    return parser.parse_args(argv)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)

    from pisnas_mm.reproduction.report import Sources, overview, report
    from pisnas_mm.utils.files import write_text
    from pisnas_mm.utils.table import csv_text, text_table

    sources = Sources(REPOSITORY / 'docs/results/paper', REPOSITORY / 'configs', args.work_dirs)
    if args.list:
        print(text_table(overview(sources), left=(0, 3)))
        return
    check_installed('torch', 'mmcv', 'mmdet')
    check_writable(args.out, '--out')
    for item in args.only or ITEMS:
        found = report(item, sources)
        last = len(found.table[0]) - 1
        print(f'{found.title}\n\n{text_table(found.table, left=(0, 1, last))}\n')
        print('\n'.join(f'* {doubt}' for doubt in found.doubts), end='\n\n')
        write_text(args.out / f'{item}.md', found.markdown())
        write_text(args.out / f'{item}.csv', csv_text(found.table))
        if found.draw:
            from pisnas_mm.visualization.png import save

            save(found.draw(), args.out / f'{item}.png')
    print(f'Files: {args.out}')


if __name__ == '__main__':
    main()
