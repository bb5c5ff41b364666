"""Which metrics an evaluator gives, as far as that is known without running it."""

from collections.abc import Callable, Mapping
from typing import Any

from pisnas_mm.registry import suggest


def check_gives(cfg: Mapping[str, Any], metric: str, place: str) -> None:
    """Raise ``ValueError`` where no evaluator of a config gives a metric of this name.

    Args:
        cfg: A detector's config.
        metric: As the log has it, such as ``coco/bbox_mAP``.
        place: Where the user has named it.
    """
    several = cfg.get('val_evaluator') or []
    evaluators = several if isinstance(several, list | tuple) else [several]
    known: list[str] = []
    for evaluator in evaluators:
        names = _NAMES.get(str(evaluator.get('type')).removeprefix('mmdet.'))
        if names is None:
            return  # a user's own, whose metrics nobody knows here
        known += names(evaluator)
    if metric not in known:
        raise ValueError(
            f'{place}: the evaluator gives no {metric!r}; {suggest(metric, known)}'
            if known
            else f'{place}: the detector has no val_evaluator that could give {metric!r}'
        )


def _coco(evaluator: Mapping[str, Any]) -> list[str]:
    metrics = evaluator.get('metric', 'bbox')
    kinds = metrics if isinstance(metrics, list | tuple) else [metrics]
    ends = ('', '_50', '_75', '_s', '_m', '_l')
    prefix = evaluator.get('prefix') or 'coco'
    return [f'{prefix}/{kind}_mAP{end}' for kind in kinds for end in ends]


def _voc(evaluator: Mapping[str, Any]) -> list[str]:
    thresholds = evaluator.get('iou_thrs', 0.5)
    several = thresholds if isinstance(thresholds, list | tuple) else [thresholds]
    prefix = evaluator.get('prefix') or 'pascal_voc'
    return [f'{prefix}/mAP', *(f'{prefix}/AP{int(100 * of):02d}' for of in several)]


_NAMES: Mapping[str, Callable[[Mapping[str, Any]], list[str]]] = {
    'CocoMetric': _coco,
    'VOCMetric': _voc,
}
