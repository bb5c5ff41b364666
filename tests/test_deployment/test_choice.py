"""Choosing detections beside MMDetection's heads, which do it with mmcv's operator."""

from dataclasses import replace

import numpy as np
import pytest
from mmdet.registry import MODELS
from mmengine.config import ConfigDict

from pisnas_mm.deployment.choice import choose
from pisnas_mm.models.decoding import decode, grid_of
from tests.test_deployment.cards import card
from tests.test_models.heads import HEADS, SHAPE, STRIDES, outputs_of


@pytest.mark.parametrize('family', sorted(HEADS))
@pytest.mark.parametrize('seed', range(3))
def test_the_detections_are_those_of_the_head(family: str, seed: int) -> None:
    head = MODELS.build(ConfigDict(HEADS[family]))
    if family == 'FCOSHead':  # whose levels are cut by class scores before centerness counts
        head.test_cfg.nms_pre = 10**6
    outputs = outputs_of(head, seed)
    expected = head.predict_by_feat(
        *outputs, batch_img_metas=[dict(img_shape=SHAPE)] * 2, rescale=False
    )
    test = head.test_cfg
    own = card(
        strides=tuple(STRIDES),
        points_per_cell=grid_of(head).per_cell,
        nms_pre=test.nms_pre,
        iou_thr=test.nms.iou_threshold,
        max_per_img=test.max_per_img,
    )
    least = 0.0 if family == 'FCOSHead' else test.score_thr
    boxes, scores = (value.numpy() for value in decode(head, outputs, SHAPE))
    for image, wanted in enumerate(expected):
        found = choose(boxes[image], scores[image], SHAPE, own, least)
        assert len(found[1]) == len(wanted) > 5
        np.testing.assert_allclose(found[0], wanted.bboxes, rtol=1e-5, atol=1e-4)
        np.testing.assert_allclose(found[1], wanted.scores, rtol=1e-5)
        assert found[2].tolist() == wanted.labels.tolist()


def test_nothing_above_the_threshold_is_nothing() -> None:
    boxes, scores = np.zeros((84, 4), np.float32), np.zeros((84, 2), np.float32)
    found = choose(boxes, scores, (64, 64), card(), 0.5)
    assert [value.shape for value in found] == [(0, 4), (0,), (0,)]


def test_overlap_counts_within_a_class_only_and_up_to_the_threshold() -> None:
    boxes = np.zeros((84, 4), np.float32)
    # The second covers half of the first: they overlap by exactly 1/2, the third is of a class
    # of its own, the fourth has no area.
    boxes[:4] = [[0, 0, 10, 10], [0, 0, 10, 5], [0, 0, 10, 10], [5, 5, 5, 9]]
    scores = np.zeros((84, 2), np.float32)
    scores[[0, 1, 3], 0] = [0.9, 0.8, 0.99]
    scores[2, 1] = 0.7
    for iou_thr, kept in [(0.5, [0.9, 0.8, 0.7]), (0.49, [0.9, 0.7])]:
        found = choose(boxes, scores, (64, 64), replace(card(), iou_thr=iou_thr), 0.05)
        np.testing.assert_allclose(found[1], kept, rtol=1e-6)


def test_a_level_gives_at_most_nms_pre() -> None:
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 60, (84, 2)).astype(np.float32)
    boxes = np.concatenate([corners, corners + 0.5], axis=1)  # hardly any overlap
    scores = rng.uniform(0.1, 1, (84, 1)).astype(np.float32)
    own = replace(card(), nms_pre=3, iou_thr=0.99)
    found = choose(boxes, scores, (64, 64), own, 0.05)[1]
    levels = scores[:64, 0], scores[64:80, 0], scores[80:, 0]
    best = np.sort(np.concatenate([np.sort(level)[-3:] for level in levels]))[::-1]
    np.testing.assert_allclose(found, best)
