"""How long a detector takes, part by part: backbone, neck, head, and what makes boxes of it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from mmengine.model import BaseModel
from torch import Tensor, nn

from pisnas_mm.latency.table import Timed
from pisnas_mm.models.fuse import fuse
from pisnas_mm.timing.backends import Backend
from pisnas_mm.timing.clock import timed

REPEATS = 21
MAPS = ('backbone', 'neck', 'bbox_head')  # what a backend other than torch runs, too
BOXES = 'boxes, NMS'


class UpTo(nn.Module):
    """A detector's first parts one after the other, as one module."""

    def __init__(self, parts: list[nn.Module]) -> None:
        super().__init__()
        self.parts = nn.ModuleList(parts)

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        values: Any = x
        for part in self.parts:
            values = part(values)
        return tuple(_tensors(values))


class DetectorTime(NamedTuple):
    """Milliseconds for a batch by part, and of the whole, in which the parts follow each other."""

    parts: dict[str, float]
    whole: Timed


def detector_time(
    model: BaseModel, backend: Backend, shape: tuple[int, int], batch: int = 1
) -> DetectorTime:
    """Time a detector on random images.

    The parts are differences between what ends with one part and what ends with the part before.
    What makes boxes of the maps is PyTorch in any case; its time depends on what is seen, and so on
    the weights.

    Args:
        model: An MMDetection detector with one stage; its branches are merged for it.
        backend: Runs backbone, neck and head.
        shape: Height and width of the images as the backbone gets them, in pixels.
        batch: How many images at once.

    Raises:
        ValueError: The detector has no single stage.
    """
    if not hasattr(model, 'bbox_head'):
        raise ValueError(
            f'detectors with one stage are timed, but got {type(model).__name__}, which has no '
            f'`bbox_head`'
        )
    model = fuse(model.eval())
    names = [name for name in MAPS if getattr(model, name, None) is not None]
    parts = [getattr(model, name) for name in names]
    x = torch.randn(batch, 3, *shape)
    runs = [backend.runner(UpTo(parts[: i + 1]), x) for i in range(len(parts))]
    boxes = _boxes(model, x.to(next(model.parameters())), shape)
    *maps, last = timed([*runs, boxes], REPEATS, backend.clock)
    ends = [one.ms for one in maps]
    found = {
        name: max(0.0, end - before)
        for name, end, before in zip(names, ends, [0.0, *ends], strict=False)
    }
    whole = Timed(ends[-1] + last.ms, maps[-1].spread)
    return DetectorTime(found | {BOXES: last.ms}, whole)


def _boxes(model: Any, x: Tensor, shape: tuple[int, int]) -> Any:
    """What makes boxes of a head's maps."""
    meta = dict(
        img_shape=shape,
        ori_shape=shape,
        pad_shape=shape,
        batch_input_shape=shape,
        scale_factor=(1.0, 1.0),
    )
    with torch.inference_mode():
        maps = model.bbox_head(model.extract_feat(x))

    @torch.inference_mode()
    def run() -> None:
        model.bbox_head.predict_by_feat(*maps, batch_img_metas=[meta] * len(x), rescale=False)
        if x.device.type == 'cuda':
            torch.cuda.synchronize(x.device)

    return run


def _tensors(values: Any) -> Iterator[Tensor]:
    if isinstance(values, Tensor):
        yield values
    else:
        for value in values:
            yield from _tensors(value)
