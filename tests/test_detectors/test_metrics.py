from typing import Any

import pytest

from pisnas_mm.detectors.metrics import check_gives

COCO = dict(type='CocoMetric', metric=['bbox', 'segm'])


@pytest.mark.parametrize(
    ('evaluator', 'metric'),
    [
        (COCO, 'coco/bbox_mAP_50'),
        (COCO, 'coco/segm_mAP'),
        (dict(type='mmdet.VOCMetric', iou_thrs=[0.5, 0.75]), 'pascal_voc/AP75'),
        ([dict(type='VOCMetric'), COCO], 'coco/bbox_mAP'),
        (dict(type='Mine'), 'whatever'),
    ],
)
def test_what_is_given(evaluator: Any, metric: str) -> None:
    check_gives({'val_evaluator': evaluator}, metric, 'verify.metric')


def test_what_is_not_given() -> None:
    with pytest.raises(ValueError, match=r"verify.metric: the evaluator gives no 'coco/bbox_map'"):
        check_gives({'val_evaluator': COCO}, 'coco/bbox_map', 'verify.metric')
    with pytest.raises(ValueError, match=r"no 'coco/bbox_mAP'; did you mean|known: pascal_voc/"):
        check_gives({'val_evaluator': dict(type='VOCMetric')}, 'coco/bbox_mAP', 'verify.metric')
    with pytest.raises(ValueError, match='has no val_evaluator'):
        check_gives({}, 'coco/bbox_mAP', 'verify.metric')
