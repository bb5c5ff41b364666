"""Detect in pictures without torch: tools/deployment/predict.py model.onnx IMAGE|FOLDER|VIDEO|0."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser, runtime_arguments, whole_number
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.preconditions import check_installed, check_writable


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(description='Detect objects with an exported model, without torch.')
    parser.add_argument('model', type=Path, help='file that tools/deployment/export.py has written')
    parser.add_argument('source', help='an image, a folder of images, a video, or a camera: 0')
    parser.add_argument(
        '--out', type=Path, default=Path('detections'), help='folder for the results'
    )
    parser.add_argument(
        '--score-thr', type=float, default=0.3, help='of what is drawn and written (default: 0.3)'
    )
    runtime_arguments(parser)
    parser.add_argument(
        '--shape',
        nargs=2,
        type=whole_number,
        metavar=('HEIGHT', 'WIDTH'),
        help='that images are fitted to, where the model takes any size',
    )
    parser.add_argument('--show', action='store_true', help='in a window; Q ends it')
    return parser.parse_args(argv)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    check_installed('cv2', 'numpy')

    from pisnas_mm.deployment.detector import Detector
    from pisnas_mm.deployment.frames import open_source
    from pisnas_mm.deployment.prediction import predict

    detector = Detector(
        args.model,
        args.runtime,
        score_thr=args.score_thr,
        shape=args.shape and tuple(args.shape),
        threads=args.threads,
    )
    frames = open_source(args.source)
    check_writable(args.out, '--out')
    count = predict(detector, frames, args.out, show=args.show)
    print(f'{count} detections above {detector.score_thr:g}')
    print(f'drawn       {args.out}')
    print(f'COCO JSON   {args.out / "detections.json"}')


if __name__ == '__main__':
    main()
