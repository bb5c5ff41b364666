"""What a model file says of itself: how images are made ready for it, and detections chosen."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

KEY = 'pisnas_mm'
"""The name of the card among a model's metadata."""

Shape = tuple[int, int]
"""Height and width in pixels."""


@dataclass(frozen=True, kw_only=True)
class Card:
    """Everything besides the graph. Its images are RGB, 0 to 255, float32, (N, 3, H, W)."""

    classes: tuple[str, ...]
    scale: tuple[int, int]  # the longest and the shortest edge of a resized image
    keep_ratio: bool  # if not, images are resized to `scale`: width, height
    shape: Shape | None  # images are padded to it on the right and below, or to a ...
    divisor: int  # ... multiple of this
    pad: tuple[float, ...]  # the colour of what is padded
    mean: tuple[float, ...]  # subtracted in the graph,
    std: tuple[float, ...]  # which divides by these then
    strides: tuple[int, ...]  # of the levels, as they follow each other among the points
    points_per_cell: int
    score_thr: float  # detections have a score above it
    nms_pre: int  # and are among so many of their level
    iou_thr: float  # of two that overlap by more, the lower one goes
    max_per_img: int
    with_nms: bool  # whether the graph chooses by itself
    any_size: bool  # whether it takes images of any size that is a multiple of the divisor
    any_batch: bool  # whether it takes any number of images
    precision: str

    def to_json(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str], path: object) -> 'Card':
        """The card of a model file.

        Raises:
            ValueError: It has none, or another version's.
        """
        try:
            values: dict[str, Any] = json.loads(metadata[KEY])
            names = {field.name for field in fields(cls)}
            if set(values) != names:
                raise ValueError(f'with {", ".join(sorted(names ^ set(values)))}')
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f'{path} does not say how it is used; write it with tools/deployment/export.py'
            ) from error
        values = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**values)
