"""The card of a detector, read from its config: what its test pipeline and preprocessor do."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from pisnas_mm.checks import shown
from pisnas_mm.datasets.sources import class_names, data_sets
from pisnas_mm.deployment.card import Card, Shape
from pisnas_mm.deployment.detector import check_shape, reshaped
from pisnas_mm.models.decoding import grid_of

_NO_GEOMETRY = ('LoadImageFromFile', 'LoadAnnotations', 'PackDetInputs')
DYNAMIC = ('batch', 'size')


@dataclass(frozen=True, kw_only=True)
class Options:
    """What is wanted of a model.

    Raises:
        ValueError: A value is none of those that there are.
    """

    shape: Shape | None = None
    dynamic: Collection[str] = ()
    with_nms: bool = False
    precision: str = 'fp32'
    opset: int = 18

    def __post_init__(self) -> None:
        if unknown := set(self.dynamic) - set(DYNAMIC):
            raise ValueError(
                f'--dynamic should be of {", ".join(DYNAMIC)}, but got {", ".join(sorted(unknown))}'
            )
        if self.precision not in ('fp32', 'fp16'):
            raise ValueError(f'--precision should be fp32 or fp16, but got {self.precision}')
        if not 18 <= self.opset <= 23:
            raise ValueError(f'--opset should be from 18 to 23, but got {self.opset}')


def card_of(cfg: Mapping[str, Any], head: Any, options: Options) -> Card:
    """What a model of this config will say of itself.

    Args:
        cfg: A detector's config.
        head: Its dense head, built.
        options: What is wanted.

    Raises:
        ValueError: The pipeline or the preprocessor does what a deployed detector cannot, or the
            shape does not fit.
    """
    entries = data_sets(cfg['test_dataloader']['dataset'], 'test_dataloader.dataset')
    place, dataset = next(iter(entries))
    resize, pad = _geometry(dataset.get('pipeline', ()), f'{place}.pipeline')
    colours = _colours(cfg['model'].get('data_preprocessor') or {}, pad)
    grid = grid_of(head)
    divisor = colours.pop('divisor')
    if divisor == 1:
        divisor = min(32, max(grid.strides))
    test = head.test_cfg
    nms = test.get('nms') or {}
    if nms.get('type', 'nms') != 'nms':
        raise ValueError(f'model.test_cfg.nms: {nms["type"]} cannot be exported, only nms')
    card = Card(
        classes=class_names(dataset, place) or tuple(map(str, range(head.num_classes))),
        scale=_scale(resize['scale']),
        keep_ratio=bool(resize.get('keep_ratio', False)),
        shape=_padded(pad),
        divisor=divisor,
        strides=grid.strides,
        points_per_cell=grid.per_cell,
        score_thr=0.0 if hasattr(head, 'conv_centerness') else test.get('score_thr', 0.0),
        nms_pre=test.get('nms_pre', -1),
        iou_thr=nms.get('iou_threshold', 1.0),
        max_per_img=test.get('max_per_img', 100),
        with_nms=options.with_nms,
        any_size='size' in options.dynamic,
        any_batch='batch' in options.dynamic,
        precision=options.precision,
        **colours,
    )
    return _shaped(card, options.shape)


def _geometry(steps: Any, place: str) -> tuple[Any, Any]:
    """The steps that resize and pad; ``ValueError`` for any other that a model would need."""
    found: dict[str, Any] = {}
    for step in steps:
        kind = step['type']
        if kind in ('Resize', 'Pad') and kind not in found:
            found[kind] = step
        elif kind not in _NO_GEOMETRY:
            raise ValueError(
                f'{place}: {kind} is no step of a deployed detector; a pipeline that is exported '
                f'consists of {", ".join(_NO_GEOMETRY)}, one Resize and one Pad'
            )
    if 'scale' not in found.get('Resize', {}):
        raise ValueError(f'{place} should have a Resize with a scale, but has none')
    return found['Resize'], found.get('Pad')


def _scale(scale: Any) -> tuple[int, int]:
    if isinstance(scale, list) and len(scale) == 1:  # of several, MMDetection draws one
        (scale,) = scale
    if len(scale) != 2 or not all(type(side) is int for side in scale):
        raise ValueError(f'a Resize should have a scale of two numbers, but got {shown(scale)}')
    return scale[0], scale[1]


def _padded(pad: Any) -> Shape | None:
    if pad is None or not pad.get('size'):
        return None
    width, height = pad['size']
    return height, width


def _colours(preprocessor: Mapping[str, Any], pad: Any) -> dict[str, Any]:
    """What is added, subtracted and divided by: channels in the card's order, red first."""
    if preprocessor.get('type') != 'DetDataPreprocessor':
        raise ValueError(
            f'model.data_preprocessor: a {preprocessor.get("type")} cannot be exported, only a '
            f'DetDataPreprocessor'
        )
    mean = tuple(preprocessor.get('mean') or (0.0,) * 3)
    std = tuple(preprocessor.get('std') or (1.0,) * 3)
    padding = preprocessor.get('pad_value', 0)
    border = tuple(m + s * padding for m, s in zip(mean, std, strict=True))
    if not takes_rgb(preprocessor):
        mean, std, border = mean[::-1], std[::-1], border[::-1]
    if pad is not None:
        value = pad.get('pad_val', 0)
        value = value.get('img', 0) if isinstance(value, Mapping) else value
        border = tuple(value)[::-1] if isinstance(value, list | tuple) else (value,) * 3
    return dict(
        mean=mean, std=std, pad=border, divisor=int(preprocessor.get('pad_size_divisor', 1))
    )


def takes_rgb(preprocessor: Mapping[str, Any]) -> bool:
    """Whether a detector gets red first; files are loaded blue first."""
    return bool(preprocessor.get('bgr_to_rgb') or preprocessor.get('rgb_to_bgr'))


def _shaped(card: Card, shape: Shape | None) -> Card:
    """With the shape that is asked for, or one that the config's images fit into."""
    if shape:
        return reshaped(card, shape)
    if card.shape is None and not card.any_size:
        width, height = card.scale
        if card.keep_ratio:
            height, width = sorted((width, height))
        most = ceil(height / card.divisor), ceil(width / card.divisor)
        return reshaped(card, (most[0] * card.divisor, most[1] * card.divisor))
    if card.shape:
        check_shape(card.shape, card.divisor)
    return card
