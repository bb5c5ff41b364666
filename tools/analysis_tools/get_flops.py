"""Count a detector's params and multiply-adds, part by part: python get_flops.py CONFIG [...]."""

import argparse
import sys
from collections.abc import Mapping, Sequence
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import config_parser, whole_number
from pisnas_mm.app.errors import one_line_errors, user_error
from pisnas_mm.utils.configs import import_modules, load_detector
from pisnas_mm.utils.preconditions import check_installed
from pisnas_mm.utils.table import text_table

if TYPE_CHECKING:
    from mmengine.model import BaseModel

    from pisnas_mm.models.complexity import Cost

Shape = tuple[int, int]
"""Height and width in pixels."""

DEFAULT_SHAPE = (1280, 800)


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = config_parser(
        'Count the params of a detector and its MACs (convolutions and linear layers, one '
        'multiply-add being one); FLOPs are twice the MACs.',
        writes=False,
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument(
        '--shape',
        nargs=2,
        type=whole_number,
        metavar=('H', 'W'),
        help='pixels of the image as the backbone gets it (default: the size that the test '
        f'pipeline pads to, else {DEFAULT_SHAPE[0]} {DEFAULT_SHAPE[1]})',
    )
    size.add_argument(
        '--num-images',
        type=whole_number,
        metavar='N',
        help='give the mean over the first N images of the test data set',
    )
    return parser.parse_args(argv)


def input_shape(cfg: Mapping[str, Any]) -> Shape:
    """The size that the test pipeline pads to, if it does."""
    dataset = cfg.get('test_dataloader', {}).get('dataset', {})
    while 'dataset' in dataset:
        dataset = dataset['dataset']
    for transform in dataset.get('pipeline', []):
        if transform['type'] == 'Pad' and transform.get('size'):
            width, height = transform['size']
            return height, width
    return DEFAULT_SHAPE


def build_detector(cfg: Mapping[str, Any]) -> 'BaseModel':
    from mmdet.registry import MODELS
    from mmengine.registry import init_default_scope

    init_default_scope(cfg.get('default_scope', 'mmdet'))
    return MODELS.build(cfg['model'])


def shapes_of_images(cfg: Mapping[str, Any], model: 'BaseModel', count: int) -> list[Shape]:
    """Shapes of the first test images after the pipeline and the padding of the preprocessor."""
    from mmdet.registry import DATASETS
    from mmengine.dataset import pseudo_collate

    with redirect_stdout(sys.stderr):  # pycocotools tells of its progress
        dataset = DATASETS.build(cfg['test_dataloader']['dataset'])
    shapes = []
    for i in range(min(count, len(dataset))):
        inputs = model.data_preprocessor(pseudo_collate([dataset[i]]), training=False)['inputs']
        shapes.append((inputs.shape[2], inputs.shape[3]))
    return shapes


def table(costs: Mapping[str, 'Cost']) -> str:
    rows = [['', 'params', 'MACs', 'FLOPs']]
    for name, (macs, params) in costs.items():
        rows.append([name, f'{params / 1e6:.3f} M', f'{macs / 1e9:.3f} G', f'{macs / 5e8:.3f} G'])
    return text_table(rows)


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    cfg = load_detector(args.config, args.cfg_options)
    if args.num_images:
        if 'test_dataloader' not in cfg:
            user_error(f'--num-images needs a test_dataloader in config {args.config}')
        from pisnas_mm.detectors.data import check_data

        check_data(cfg, 'test_dataloader')
    check_installed('torch', 'mmcv', 'mmdet')
    import_modules(cfg)

    from pisnas_mm.models.complexity import count, count_mean

    model = build_detector(cfg)
    if args.num_images:
        shapes = shapes_of_images(cfg, model, args.num_images)
        print(f'mean over {len(shapes)} images of {_mean_area(shapes):.1f} pixels')
        costs = count_mean(model, shapes)
    else:
        shape = tuple(args.shape or input_shape(cfg))
        print(f'one image of {shape[0]} x {shape[1]} pixels')
        costs = count(model, shape)
    print(table(costs))


def _mean_area(shapes: Sequence[Shape]) -> float:
    return sum(height * width for height, width in shapes) / len(shapes)


if __name__ == '__main__':
    main()
