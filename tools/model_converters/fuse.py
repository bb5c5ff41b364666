"""Fuse RepVGG blocks for deployment: tools/model_converters/fuse.py CONFIG CHECKPOINT OUT."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import config_parser
from pisnas_mm.app.errors import one_line_errors


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = config_parser(
        'Write a detector whose branches are fused, as a config and a checkpoint.', writes=False
    )
    parser.add_argument('checkpoint', help='trained weights')
    parser.add_argument('out', type=Path, help='folder for NAME_deploy.py and NAME_deploy.pth')
    return parser.parse_args(argv)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)

    from pisnas_mm.app.deploy import fuse_detector

    fused = fuse_detector(args.config, args.checkpoint, args.out, options=args.cfg_options)
    print(f'params  {fused.before / 1e6:.3f} M -> {fused.after / 1e6:.3f} M')
    print(f'test it with  python tools/test.py {fused.config} {fused.checkpoint}')


if __name__ == '__main__':
    main()
