"""Evaluate an exported model: python tools/deployment/test.py model.onnx CONFIG [--int8]."""

import argparse
import sys
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import config_parser, runtime_arguments, whole_number
from pisnas_mm.app.errors import one_line_errors
from pisnas_mm.utils.configs import set_work_dir
from pisnas_mm.utils.preconditions import check_installed


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    first = argparse.ArgumentParser(add_help=False)
    first.add_argument('model', type=Path, help='file that tools/deployment/export.py has written')
    parser = config_parser(
        "Evaluate an exported model by a config's test data and metrics.", parents=[first]
    )
    runtime_arguments(parser)
    parser.add_argument(
        '--int8',
        action='store_true',
        help='quantise it, write MODEL.int8.onnx, and evaluate that, too',
    )
    parser.add_argument(
        '--calibration-images',
        type=whole_number,
        default=100,
        metavar='N',
        help='training images that int8 takes its ranges from (default: 100)',
    )
    return parser.parse_args(argv)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    check_installed('torch', 'mmcv', 'mmdet', 'onnxruntime')

    from pisnas_mm.datasets.checking import check_annotations
    from pisnas_mm.deployment.evaluation import evaluate
    from pisnas_mm.deployment.runtimes import open_model
    from pisnas_mm.detectors.data import check_data, load_with_data

    cfg = load_with_data(args.config, args.cfg_options)
    open_model(args.model, args.runtime)
    check_data(cfg, 'test_dataloader', 'test_evaluator')
    check_annotations(cfg, 'test')
    set_work_dir(cfg, args.work_dir)
    models = [args.model]
    if args.int8:
        check_installed('onnx')

        from pisnas_mm.deployment.pictures import image_files
        from pisnas_mm.deployment.quantisation import quantise

        models.append(args.model.with_suffix('.int8.onnx'))
        files = image_files(cfg, 'train_dataloader', args.calibration_images)
        quantise(args.model, models[-1], files)
    for model in models:
        metrics, milliseconds = evaluate(deepcopy(cfg), str(model), args.runtime, args.threads)
        print(f'\n{model}: {milliseconds:.1f} ms an image, from file to boxes ({args.runtime})')
        for name, value in metrics.items():
            print(f'{name}  {value:.4f}')


if __name__ == '__main__':
    main()
