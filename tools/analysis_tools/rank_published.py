"""Which score predicts trained detectors? python tools/analysis_tools/rank_published.py FOLDER.

FOLDER holds YOLOBench's tables of results (Deeplite/deeplite-torch-zoo, results/yolobench), as they
are downloaded, or is docs/results/zoo, which has those of MMDetection's own zoo. Nothing is
trained: a minute on one core.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser, whole_number
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.configs import import_modules, load_config
from pisnas_mm.utils.preconditions import check_installed, check_writable
from pisnas_mm.utils.table import text_table


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(description='Judge every score by detectors that others have trained.')
    parser.add_argument('folder', type=Path, help='CSV files of YOLOBench, or docs/results/zoo')
    parser.add_argument(
        '--config', help='a config whose `scores` are judged, too: dict(name=dict(type=...), ...)'
    )
    parser.add_argument(
        '--out', type=Path, default=Path('work_dirs/published'), help='where the files go'
    )
    parser.add_argument(
        '--num-resamples', type=whole_number, default=1000, metavar='N', help='(default: 1000)'
    )
    return parser.parse_args(argv)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    check_installed('matplotlib')
    scores: dict[str, Any] = {}
    if args.config:
        cfg = load_config(args.config)
        import_modules(cfg)
        scores = cfg.to_dict().get('scores') or {}
    check_writable(args.out, '--out')

    from pisnas_mm.app.published import rank_published
    from pisnas_mm.ranking.evidence_report import score_table

    options = f' --config {args.config}' if args.config else ''
    command = f'python tools/analysis_tools/rank_published.py FOLDER{options}'
    found = rank_published(
        args.folder, args.out, scores, command=command, num_resamples=args.num_resamples
    )
    for data in found.taus:
        print(f'\n{data}\n{text_table(score_table(found, data))}')
    for name, reason in found.missing.items():
        print(f'{name} has no value: {reason}')
    print(f'\nFiles: {args.out}/evidence.md, evidence.csv, evidence.png')


if __name__ == '__main__':
    main()
