"""Params and MACs of a detector config where the paper counts them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config

from pisnas_mm.detectors.images import DEFAULT_SHAPE, padded_shape
from pisnas_mm.models.complexity import TOTAL, Cost, Shape, build_on_meta, count
from pisnas_mm.models.fuse import fuse
from pisnas_mm.utils.configs import import_modules, load_config

NUM_CLASSES = 80  # the paper counts with COCO's heads, also on VOC
FPN_SHAPE: Shape = (800, 1280)  # where MMDetection's model zoo counts
YOLO_SHAPE: Shape = (640, 640)
PER_REGION = 'roi_head'  # the part whose cost does not depend on the image's size
# Pixels of the one input that explains the figures' ResNets, within 1 G.
AREAS = {'VOC': 527_000, 'COCO': 919_000}


def size(config: Path, dataset: str) -> Cost:
    """Count the detector of a config as it is deployed, for images of a data set.

    Branches side by side (RepVGG) are one convolution then: so are YOLOv6 and YOLOv7 published.

    The input of YOLO and of SpineNet is square and of one size. The others see images of many
    shapes: their MACs are counted at 1280 x 800 and scaled by the data set's area, without the
    rounding at strides; but the second stage of a detector, if it has one, sees as many regions in
    all images.

    Args:
        config: The detector's config file.
        dataset: ``'VOC'`` or ``'COCO'``.
    """
    cfg = load_config(str(config))
    import_modules(cfg)
    with torch.device('meta'):
        model = fuse(build_on_meta(_with_classes(cfg, NUM_CLASSES)))
    if 'yolo' in config.stem:
        return count(model, YOLO_SHAPE)[TOTAL]
    if (padded := padded_shape(cfg)) != DEFAULT_SHAPE:
        return count(model, padded)[TOTAL]
    costs = count(model, FPN_SHAPE)
    share = AREAS[dataset] / (FPN_SHAPE[0] * FPN_SHAPE[1])
    fixed = costs[PER_REGION].macs if PER_REGION in costs else 0
    total = costs[TOTAL]
    return total._replace(macs=(total.macs - fixed) * share + fixed)


def heads_of(model: Mapping[str, Any]) -> list[Any]:
    """The configs of a detector's heads that know how many classes there are."""
    found = model.get('roi_head', model)['bbox_head']
    return list(found) if isinstance(found, list | tuple) else [found]


def _with_classes(cfg: Config, number: int) -> Config:
    heads = heads_of(cfg.model)
    heads += [head.get('head_module', {}) for head in heads]
    for head in heads:
        if 'num_classes' in head:
            head.num_classes = number
    return cfg
