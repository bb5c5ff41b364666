"""Heights and widths of images as a detector's backbone gets them, for counting its MACs."""

import sys
from collections.abc import Mapping
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmengine.model import BaseModel

Shape = tuple[int, int]
"""Height and width in pixels."""

DEFAULT_SHAPE = (1280, 800)


def padded_shape(cfg: Mapping[str, Any]) -> Shape:
    """The size that the test pipeline of a config pads to, or the default."""
    dataset = cfg.get('test_dataloader', {}).get('dataset', {})
    while 'dataset' in dataset:
        dataset = dataset['dataset']
    for transform in dataset.get('pipeline', []):
        if transform['type'] == 'Pad' and transform.get('size'):
            width, height = transform['size']
            return height, width
    return DEFAULT_SHAPE


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
