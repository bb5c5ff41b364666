"""Write a detector as ONNX: tools/deployment/export.py CONFIG CHECKPOINT --out model.onnx."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import config_parser, whole_number
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.preconditions import check_checkpoint, check_installed, check_writable


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = config_parser('Write a detector as ONNX, compared with PyTorch first.', writes=False)
    parser.add_argument('checkpoint', help='file of the trained weights')
    parser.add_argument('--out', type=Path, default=Path('model.onnx'), help='the file to write')
    parser.add_argument(
        '--shape',
        nargs=2,
        type=whole_number,
        metavar=('HEIGHT', 'WIDTH'),
        help="of the model's images (default: what the config's images fit into)",
    )
    parser.add_argument(
        '--dynamic',
        default='',
        metavar='batch,size',
        help='what the model takes any of: images at once, heights and widths',
    )
    parser.add_argument('--with-nms', action='store_true', help='choose detections in the model')
    parser.add_argument('--precision', default='fp32', metavar='fp32|fp16')
    parser.add_argument('--opset', type=whole_number, default=18, help="ONNX's version, 18 to 23")
    parser.add_argument(
        '--images',
        nargs='+',
        type=Path,
        default=[],
        help="to compare on (default: 8 of the config's validation data)",
    )
    return parser.parse_args(argv)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    check_installed('torch', 'mmcv', 'mmdet', 'onnx', 'onnxruntime', 'onnxscript')

    from pisnas_mm.deployment.exporting import export_detector
    from pisnas_mm.deployment.pictures import pictures
    from pisnas_mm.deployment.preparation import Options
    from pisnas_mm.detectors.data import load_with_data

    options = Options(
        shape=args.shape and tuple(args.shape),
        dynamic=tuple(filter(None, args.dynamic.split(','))),
        with_nms=args.with_nms,
        precision=args.precision,
        opset=args.opset,
    )
    cfg = load_with_data(args.config, args.cfg_options)
    check_checkpoint(args.checkpoint, 'training writes work_dirs/CONFIG/epoch_N.pth')
    check_writable(args.out.parent, '--out')
    images, what = pictures(cfg, args.images, count=8)
    card, found = export_detector(cfg, args.checkpoint, args.out, options, images)
    size = 'any size' if card.any_size else '{} x {}'.format(*card.shape or ())
    print(f'compared on         {len(images)} {what}')
    print(found)
    print(f'takes               {"any number of images" if card.any_batch else "an image"}, {size}')
    print(f'model               {args.out} ({args.out.stat().st_size / 1e6:.1f} MB)')
    print(f'try it with         python tools/deployment/predict.py {args.out} IMAGE')


if __name__ == '__main__':
    main()
