"""Size and cost of any detector, part by part.

MACs are those of convolutions and linear layers, one multiply-add being one, as for backbones in
``measures.complexity``. Products outside of layers, as in attention, are not in them. The heads of
two-stage detectors count as often as there are proposals at most.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import torch
from mmcv.ops import DeformConv2d, ModulatedDeformConv2d
from mmdet.models.detectors import TwoStageDetector
from mmdet.registry import MODELS
from mmdet.structures import DetDataSample
from mmengine.config import Config
from mmengine.model import BaseModel
from mmengine.registry import init_default_scope
from torch import Tensor, nn
from torch.nn.modules.conv import _ConvNd, _ConvTransposeNd

TOTAL = 'total'
Shape = tuple[int, int]
"""Height and width of an image in pixels."""

_WHOLE = 256  # a side at which every level of a pyramid has a whole number of cells


class Cost(NamedTuple):
    """MACs of one image and learnable numbers of a part."""

    macs: float
    params: int


def build_on_meta(cfg: Config) -> BaseModel:
    """The detector of a config without memory for its weights; counting it takes no time."""
    init_default_scope(cfg.get('default_scope', 'mmdet'))
    with torch.device('meta'):
        model: BaseModel = MODELS.build(cfg.model)
    return model


def count(model: BaseModel, shape: Shape) -> dict[str, Cost]:
    """Run a detector, without its post-processing, on one image, and count.

    Args:
        model: An MMDetection detector.
        shape: Height and width of the image as the backbone gets it, in pixels.

    Returns:
        The cost of every part that has one (``'backbone'``, ``'neck'``, ``'bbox_head'``, ...), and
        of the whole as ``'total'``.
    """
    device = next(model.parameters()).device
    image = torch.zeros(1, 3, *shape, device=device)
    training = model.training
    model.eval()
    try:
        with _counting(model) as macs, torch.no_grad():
            run(model, image)
    finally:
        model.train(training)
    costs = {
        name: Cost(macs[name], sum(p.numel() for p in part.parameters()))
        for name, part in model.named_children()
    }
    costs = {name: cost for name, cost in costs.items() if any(cost)}
    params = sum(p.numel() for p in model.parameters())
    return costs | {TOTAL: Cost(sum(macs.values()), params)}


def run(model: BaseModel, images: Tensor) -> Any:
    """Run a detector without its post-processing; what comes out is of no interest in itself.

    Which regions the second stage of a two-stage detector looks at depends on what the first one
    has found. Here it is given as many as it is at most, of nothing.
    """
    if isinstance(model, TwoStageDetector):
        features = model.extract_feat(images)
        outputs: list[Any] = [model.rpn_head(features)]
        heads = model.roi_head.bbox_head
        each: list[Any] = list(heads) if isinstance(heads, nn.ModuleList) else [heads]
        num: int = model.test_cfg.rpn.max_per_img * len(images)
        for head in each:
            regions = images.new_zeros((num, head.in_channels, *head.roi_feat_size))
            outputs.append(head(regions))
        return outputs
    shape = tuple(images.shape[2:])
    sample = DetDataSample(
        metainfo=dict(
            img_shape=shape,
            ori_shape=shape,
            pad_shape=shape,
            batch_input_shape=shape,
            scale_factor=(1.0, 1.0),
        )
    )
    return model(images, [sample] * len(images), mode='tensor')


def count_at_area(model: BaseModel, area: float) -> dict[str, Cost]:
    """Count for an area that may be a mean over images, in proportion to a square's.

    Args:
        model: A fully convolutional detector: MACs grow with the area.
        area: Pixels of the padded image; not necessarily a whole number.
    """
    share = area / _WHOLE**2
    costs = count(model, (_WHOLE, _WHOLE))
    return {name: cost._replace(macs=cost.macs * share) for name, cost in costs.items()}


def count_mean(model: BaseModel, shapes: Sequence[Shape]) -> dict[str, Cost]:
    """The mean over images of several shapes, as ``count`` gives it; the detector runs once each.

    Args:
        model: An MMDetection detector.
        shapes: Height and width of every image, at least one, as for ``count``.
    """
    sums: dict[str, Cost] = {}
    for shape, times in Counter(shapes).items():
        share = times / len(shapes)
        for name, (macs, params) in count(model, shape).items():
            before = sums[name].macs if name in sums else 0
            sums[name] = Cost(before + share * macs, params)
    return sums


@contextmanager
def _counting(model: nn.Module) -> Iterator[dict[str, int]]:
    """MACs of the model's parts, added up while it runs."""
    macs: dict[str, int] = dict.fromkeys((name for name, _ in model.named_children()), 0)

    def counts_for(part: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def add(layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
            macs[part] += _layer_macs(layer, inputs[0], output)

        return add

    with ExitStack() as stack:
        for name, part in model.named_children():
            for layer in part.modules():
                if isinstance(layer, _LAYERS):
                    stack.callback(layer.register_forward_hook(counts_for(name)).remove)
        yield macs


_LAYERS = (_ConvNd, nn.Linear, DeformConv2d, ModulatedDeformConv2d)


def _layer_macs(layer: nn.Module, x: Tensor, y: Tensor) -> int:
    """All weights meet every output position (input position where the layer is transposed)."""
    if isinstance(layer, nn.Linear):
        return y.numel() * layer.in_features
    at = x if isinstance(layer, _ConvTransposeNd) else y
    return layer.get_parameter('weight').numel() * at.shape[0] * at.shape[2:].numel()
