"""Does a score rank detectors? python tools/analysis_tools/rank_correlation.py CONFIG [options].

CONFIG is a search config with an entry ``ranking``. Architectures are drawn within its budgets,
each is trained briefly in its detector, and every score is compared with what they reach. The same
command goes on where it was interrupted; several GPUs or processes train at a time.
"""

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import config_parser, jobs_argument
from pisnas_mm.app.ending import end_on_sigterm
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.table import text_table


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = config_parser('Train drawn architectures briefly, and see which score ranks them.')
    jobs_argument(parser)
    parser.add_argument(
        '--gpus', nargs='+', default=[None], metavar='ID', help='GPUs to train on, for example 0 1'
    )
    parser.add_argument(
        '--no-training', action='store_true', help='only compare what has been trained so far'
    )
    return parser.parse_args(argv)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)

    from pisnas_mm.app.rank import rank_scores
    from pisnas_mm.ranking.rank_report import score_table

    end_on_sigterm()
    found, folder, left_out = rank_scores(
        args.config,
        work_dir=args.work_dir,
        options=args.cfg_options,
        gpus=args.gpus * args.jobs,
        train=not args.no_training,
        say=partial(print, flush=True),
    )
    top_k = found.settings.top_k
    print(f'\n{text_table(score_table(found.rows, top_k))}\n')
    print(text_table(score_table(found.ingredients, top_k)))
    for name, reason in found.missing.items():
        print(f'{name} has no value: {reason}')
    if left_out:
        print(f'{left_out} architectures are left out: not all trainings finished')
    print(f'\nFiles: {folder}/ranking.md, ranking.csv, architectures.csv, ranking.png')


if __name__ == '__main__':
    main()
