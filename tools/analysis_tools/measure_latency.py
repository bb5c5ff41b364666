"""Measure a latency table: python tools/analysis_tools/measure_latency.py SEARCH_CONFIG."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import config_parser, timing_arguments, whole_number
from pisnas_mm.app.errors import one_line_errors


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = config_parser(
        "Measure what a search config's architectures are made of, for a budget of latency.",
        writes=False,
    )
    timing_arguments(parser, os.cpu_count() or 1)
    parser.add_argument(
        '--out',
        metavar='FILE',
        help='the table; what it has already is not measured again (default: in '
        'work_dirs/latency, named after config, backend, device and threads)',
    )
    parser.add_argument(
        '--corrections',
        type=whole_number,
        default=24,
        metavar='N',
        help='whole backbones that correct the sum over their parts (default: 24)',
    )
    parser.add_argument(
        '--checks',
        type=int,
        default=60,
        metavar='N',
        help='other whole backbones that say how good predictions are (default: 60)',
    )
    return parser.parse_args(argv)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)

    from pisnas_mm.app.latency import measure_latency

    table, path = measure_latency(
        args.config,
        device=args.device,
        backend=args.backend,
        threads=args.threads,
        batch=args.batch,
        precision=args.precision,
        out=args.out,
        corrections=args.corrections,
        checks=args.checks,
        options=args.cfg_options,
    )
    points = sum(map(len, table.kernels.values()))
    print(f'{path}: {points} times of {len(table.kernels)} kernels, {len(table.wholes)} backbones')
    if table.check:
        print(f'of {table.check["backbones"]} other backbones:')
        for name in ('predicted', 'measured_twice'):
            found = table.check[name]
            print(
                f'  {name.replace("_", " "):14}  {100 * found["within_10_percent"]:.0f} % within '
                f'10 %, tau {found["kendall_tau"]:.3f}, bias {100 * found["bias"]:+.1f} %, '
                f'largest error {100 * found["largest_error"]:.0f} %'
            )
    print("use it in a search with constraints.latency=dict(type='Latency', max=..., table=...)")


if __name__ == '__main__':
    main()
