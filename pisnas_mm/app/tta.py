"""Test-time augmentation, by flips unless a config says how."""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

_META = ('img_id', 'img_path', 'ori_shape', 'img_shape', 'scale_factor', 'flip', 'flip_direction')
# The plain view first: the sample that is kept is the first one's.
_FLIPS = [dict(type='RandomFlip', prob=0.0), dict(type='RandomFlip', prob=1.0)]


def augment(cfg: Any) -> None:
    """Wrap model and pipelines for test-time augmentation.

    A config's own ``tta_model`` and ``tta_pipeline`` win.

    Raises:
        ValueError: A pipeline is none that an image can be flipped in.
    """
    nms = dict(type='nms', iou_threshold=0.5)
    model = dict(type='DetTTAModel', tta_cfg=dict(nms=nms, max_per_img=100))
    cfg.model = dict(cfg.get('tta_model', model), module=cfg.model)
    for dataset in list(_with_pipeline(cfg.test_dataloader.dataset)):
        dataset['pipeline'] = cfg.get('tta_pipeline') or _flipped(dataset['pipeline'])


def _with_pipeline(dataset: Any) -> Iterator[Any]:
    """The data sets that read images, however deeply they are wrapped."""
    inner = dataset.get('datasets') or [dataset.get('dataset')]
    if inner != [None]:
        for part in inner:
            yield from _with_pipeline(part)
    elif 'pipeline' in dataset:
        yield dataset


def _flipped(pipeline: list[Any]) -> list[Any]:
    """A pipeline whose images are flipped as soon as they are loaded.

    Boxes are flipped back about the image itself: a pad or a crop comes after the flip, or they
    would be off by it. The truth is loaded after it, too, and stays as it is.
    """
    *steps, pack = deepcopy(list(pipeline))
    loads = [i for i, step in enumerate(steps) if _is_loader(step)]
    if pack['type'] != 'PackDetInputs' or not loads or _before(steps, loads[0], 'LoadAnnotations'):
        raise ValueError(
            '--tta flips images between the transform that loads them and LoadAnnotations, and '
            'needs a test pipeline that ends in PackDetInputs; give a tta_pipeline instead'
        )
    meta = tuple(dict.fromkeys((*_META, *pack.get('meta_keys', ()))))
    rest = [[step] for step in (*steps[loads[0] + 1 :], dict(pack, meta_keys=meta))]
    augmented = dict(type='TestTimeAug', transforms=[deepcopy(_FLIPS), *rest])
    return [*steps[: loads[0] + 1], augmented]


def _is_loader(step: Mapping[str, Any]) -> bool:
    return str(step['type']).startswith('Load') and 'Image' in str(step['type'])


def _before(steps: list[Any], end: int, kind: str) -> bool:
    return any(step['type'] == kind for step in steps[:end])
