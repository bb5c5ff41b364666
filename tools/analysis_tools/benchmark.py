"""Time detectors: python tools/analysis_tools/benchmark.py CONFIG[=CHECKPOINT] [...]."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser, timing_arguments, whole_number
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.configs import load_detector
from pisnas_mm.utils.preconditions import check_checkpoint, check_installed
from pisnas_mm.utils.table import NOTHING, text_table


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(
        description='Time detectors: backbone, neck, head, and what makes boxes of it. One line a '
        'detector, in milliseconds for a batch, the last column by the first detector.'
    )
    parser.add_argument(
        'detector',
        nargs='+',
        metavar='CONFIG[=CHECKPOINT]',
        help='detector config, and trained weights, without which boxes are of chance',
    )
    parser.add_argument(
        '--shape',
        nargs=2,
        type=whole_number,
        metavar=('H', 'W'),
        help='pixels of the images as the backbone gets them (default: the size that the test '
        'pipeline pads to, else 1280 800)',
    )
    timing_arguments(parser, os.cpu_count() or 1)
    return parser.parse_args(argv)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    check_installed('torch', 'mmcv', 'mmdet')
    pairs = [text.partition('=')[::2] for text in args.detector]
    configs = [load_detector(config) for config, _ in pairs]
    for _, checkpoint in pairs:
        if checkpoint:
            check_checkpoint(checkpoint, 'give that of a training with this config')

    from mmengine.runner import load_checkpoint

    from pisnas_mm.detectors.images import padded_shape
    from pisnas_mm.detectors.runner import build_detector
    from pisnas_mm.timing.backends import open_backend
    from pisnas_mm.timing.detector import BOXES, MAPS, detector_time

    backend = open_backend(args.backend, args.device, args.threads, args.precision)
    rows, first = [['', 'pixels', *MAPS, BOXES, 'all', 'spread', 'images/s', 'ratio']], 0.0
    for (config, checkpoint), cfg in zip(pairs, configs, strict=True):
        shape = tuple(args.shape or padded_shape(cfg))
        model = build_detector(cfg)
        if checkpoint:
            load_checkpoint(model, checkpoint, map_location='cpu', strict=True)
        parts, whole = detector_time(model, backend, shape, args.batch)
        first = first or whole.ms
        times = [f'{parts[name]:.1f}' if name in parts else NOTHING for name in (*MAPS, BOXES)]
        rate = f'{1e3 * args.batch / whole.ms:.1f}'
        size = f'{shape[0]}x{shape[1]}'
        ends = [f'{whole.ms:.1f}', f'{100 * whole.spread:.0f} %', rate, f'{whole.ms / first:.2f}']
        rows.append([Path(config).stem, size, *times, *ends])
    print(
        f'{backend.name} ({args.precision}) on {backend.hardware()}, {args.threads} threads, batch '
        f'{args.batch}; medians in ms'
    )
    print(text_table(rows))


if __name__ == '__main__':
    main()
