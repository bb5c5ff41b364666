"""What a training will take, estimated from its config: images, arithmetic, memory of a GPU.

Nothing is measured. Arithmetic is 2 FLOPs a multiply-add, three times over (forward, and backward
for inputs and weights). Memory is what autograd keeps of a batch at the largest scale, and three
numbers of 4 bytes a param (weight, gradient, momentum); the allocator's slack, cuDNN's workspace
and CUDA's context come on top.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from pisnas_mm.models.complexity import Shape, build_on_meta, run
from pisnas_mm.reproduction.sizes import YOLO_SHAPE, size
from pisnas_mm.utils.configs import import_modules, load_config

IMAGES = {'COCO': 117_266, 'VOC': 16_551}
"""Of train2017 with annotations, and of both years' trainval."""

LARGEST: dict[str, Shape] = {'COCO': (800, 1344), 'VOC': (608, 1024)}
"""The test scale, padded to multiples of 32."""


class Cost(NamedTuple):
    """Images seen, FLOPs in all, and bytes on each GPU."""

    images: int
    flops: float
    memory: int


def training_cost(path: Path) -> Cost:
    """Estimate the training of a detector config; nothing is read but the config."""
    cfg = load_config(str(path))
    import_modules(cfg)
    dataset = 'VOC' if 'VOC' in str(cfg.train_dataloader.dataset) else 'COCO'
    images = cfg.train_cfg.max_epochs * _repeats(cfg.train_dataloader.dataset) * IMAGES[dataset]
    share = mean_area(cfg.train_dataloader.dataset)
    flops = 2 * 3 * size(path, dataset).macs * share * images
    model = build_on_meta(cfg).train()
    shape = YOLO_SHAPE if 'yolo' in path.stem else LARGEST[dataset]
    kept = saved_bytes(model, cfg.train_dataloader.batch_size, shape)
    return Cost(images, flops, kept + 12 * sum(p.numel() for p in model.parameters()))


def mean_area(dataset: Mapping[str, Any]) -> float:
    """Mean area of training images over that at the largest scale.

    The shorter side is drawn uniformly from [a, b], so that the area's mean is (a² + ab + b²) / 3.
    """
    for transform in _transforms(dataset):
        if transform.get('type') == 'RandomResize':
            (_, a), (_, b) = transform['scale']
            return (a * a + a * b + b * b) / (3 * b * b)
    return 1.0


def saved_bytes(model: nn.Module, batch_size: int, shape: Shape) -> int:
    """Bytes of activations that autograd keeps for the backward pass of a batch.

    Args:
        model: A detector in training mode, on the device ``meta``.
        batch_size: Images in the batch.
        shape: Their height and width in pixels.
    """
    weights = {p.untyped_storage()._cdata for p in model.parameters()}
    kept: dict[int, Tensor] = {}

    def keep(tensor: Tensor) -> Tensor:
        kept.setdefault(tensor.untyped_storage()._cdata, tensor)
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        outputs = run(model, torch.empty(batch_size, 3, *shape, device='meta'))
        storages = {key: t.untyped_storage().nbytes() for key, t in kept.items()}
    del outputs
    return sum(nbytes for key, nbytes in storages.items() if key not in weights)


def _repeats(dataset: Mapping[str, Any]) -> int:
    return dataset['times'] if dataset['type'] == 'RepeatDataset' else 1


def _transforms(value: Any) -> Iterator[Mapping[str, Any]]:
    """Every transform of every pipeline, however deeply the dataset is wrapped."""
    if isinstance(value, Mapping):
        yield from value.get('pipeline', ())
        children = list(value.values())
    else:
        children = list(value) if isinstance(value, list | tuple) else []
    for child in children:
        yield from _transforms(child)
