"""YOLOv6's head against plain loops; what it shares with YOLOv8's is in `test_yolov8_head.py`."""

from math import log

import pytest
import torch
from mmdet.models.losses.iou_loss import siou_loss
from mmdet.models.task_modules.assigners import ATSSAssigner
from mmdet.registry import MODELS
from mmengine.config import ConfigDict
from mmengine.logging import MessageHub
from mmengine.structures import InstanceData
from torch import Tensor

from pisnas_mm.models import YOLOv6Head
from pisnas_mm.models.dense_heads import yolov6_head
from tests.test_models.test_yolov8_assigner import naive, plain_iou
from tests.test_models.test_yolov8_head import CLASSES, SIDE, STRIDES, TRUTH, Box, metas, objects


def head(initial_epochs: int = 0, **options: object) -> YOLOv6Head:
    cfg = dict(
        type='YOLOv6Head',
        num_classes=CLASSES,
        in_channels=(8, 8, 8),
        strides=STRIDES,
        train_cfg=dict(
            initial_epochs=initial_epochs,
            initial_assigner=dict(type='ATSSAssigner', topk=9),
            assigner=dict(type='YOLOv8Assigner', topk=13, alpha=1.0, beta=6.0, complete=False),
        ),
        test_cfg=dict(
            score_thr=0.3, nms_pre=1000, nms=dict(type='nms', iou_threshold=0.5), max_per_img=20
        ),
    )
    return MODELS.build(ConfigDict(cfg | options))


def predictions(seed: int) -> tuple[list[Tensor], list[Tensor]]:
    random = torch.Generator().manual_seed(seed)
    sizes = [(SIDE // stride, SIDE // stride) for stride in STRIDES]
    classes = [torch.randn(2, CLASSES, *size, generator=random) for size in sizes]
    return classes, [0.5 + 2 * torch.rand(2, 4, *size, generator=random) for size in sizes]


def decoded(classes: list[Tensor], sides: list[Tensor], image: int) -> list[dict]:
    """Every point with its box and scores, level by level, row by row."""
    points = []
    for level, stride in enumerate(STRIDES):
        for row in range(SIDE // stride):
            for column in range(SIDE // stride):
                x, y = (column + 0.5) * stride, (row + 0.5) * stride
                reach = (stride * sides[level][image, :, row, column]).tolist()
                scores = classes[level][image, :, row, column].sigmoid().tolist()
                box = [x - reach[0], y - reach[1], x + reach[2], y + reach[3]]
                points.append(dict(at=(x, y), stride=stride, box=box, scores=scores))
    return points


def giou(a: Box, b: Box) -> float:
    hull = (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    areas = sum((x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (a, b))
    return plain_iou(a, b) - 1 + (areas - max(0, width) * max(0, height)) / hull


def atss(points: list[dict], gt: InstanceData) -> tuple[list[int], list[float]]:
    """What MMDetection's assigner says of boxes of five strides; scores are overlaps."""
    halves = [2.5 * p['stride'] for p in points]
    priors = [
        [at - half for at in p['at']] + [at + half for at in p['at']]
        for p, half in zip(points, halves, strict=True)
    ]
    counts = [(SIDE // stride) ** 2 for stride in STRIDES]
    found = ATSSAssigner(9).assign(InstanceData(priors=torch.tensor(priors)), counts, gt)
    owner = (found.gt_inds - 1).tolist()
    boxes = gt.bboxes.tolist()
    overlaps = [
        plain_iou(p['box'], boxes[g]) if g >= 0 else 0 for p, g in zip(points, owner, strict=True)
    ]
    return owner, overlaps


def naive_losses(
    classes: list[Tensor], sides: list[Tensor], truth: list[InstanceData], by_atss: bool
) -> dict[str, float]:
    cls = box = total = 0.0
    for image, gt in enumerate(truth):
        points, boxes, labels = decoded(classes, sides, image), gt.bboxes.tolist(), gt.labels
        parts = ([p[key] for p in points] for key in ('at', 'box', 'scores'))
        owner, learnt = (
            atss(points, gt)
            if by_atss
            else naive(*parts, boxes, labels.tolist(), 13, 1.0, plain_iou)
        )
        total += sum(learnt)
        for point, g, score in zip(points, owner, learnt, strict=True):
            for c, p in enumerate(point['scores']):
                if g >= 0 and c == labels[g] and score > 0:
                    cls -= score * (score * log(p) + (1 - score) * log(1 - p))
                else:
                    cls -= 0.75 * p**2 * log(1 - p)
            if g >= 0:
                box += 2.5 * score * (1 - giou(point['box'], boxes[g]))
    return dict(loss_cls=cls / max(total, 1), loss_bbox=box / max(total, 1))


@pytest.mark.parametrize('seed', range(3))
@pytest.mark.parametrize('initial', [False, True], ids=['aligned', 'atss'])
def test_losses_are_those_of_plain_loops(seed: int, initial: bool) -> None:
    classes, sides = predictions(seed)
    losses = head(initial_epochs=4 * initial).loss_by_feat(classes, sides, TRUTH, metas())
    expected = naive_losses(classes, sides, TRUTH, by_atss=initial)
    assert losses.keys() == expected.keys()
    for name, value in expected.items():
        assert losses[name].item() == pytest.approx(value, rel=1e-4), name
    assert all(value > 0.1 for value in expected.values())


def test_the_first_epochs_have_an_assigner_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    classes, sides = predictions(0)
    model, found = head(initial_epochs=2), []
    for epoch in range(4):
        hub = MessageHub.get_instance(f'epoch {epoch}')
        hub.update_info('epoch', epoch)
        monkeypatch.setattr(yolov6_head.MessageHub, 'get_current_instance', lambda hub=hub: hub)
        found.append(model.loss_by_feat(classes, sides, TRUTH, metas())['loss_cls'].item())
    assert found[0] == found[1] != found[2] == found[3]


def test_boxes_may_be_compared_by_siou() -> None:
    classes, sides = predictions(1)
    one, two = (
        head(loss_bbox=dict(type='SIoULoss', loss_weight=weight)).loss_by_feat(
            classes, sides, TRUTH, metas()
        )
        for weight in (1.0, 2.5)
    )
    assert two['loss_bbox'].item() == pytest.approx(2.5 * one['loss_bbox'].item())
    total = expected = 0.0
    for image, gt in enumerate(TRUTH):
        points = decoded(classes, sides, image)
        parts = ([p[key] for p in points] for key in ('at', 'box', 'scores'))
        boxes = gt.bboxes.tolist()
        owner, learnt = naive(*parts, boxes, gt.labels.tolist(), 13, 1.0, plain_iou)
        for point, g, score in zip(points, owner, learnt, strict=True):
            if g >= 0:
                pair = (torch.tensor([b]) / point['stride'] for b in (point['box'], boxes[g]))
                expected += score * siou_loss(*pair).item()
        total += sum(learnt)
    assert one['loss_bbox'].item() == pytest.approx(expected / max(total, 1), rel=1e-4)


@pytest.mark.parametrize('initial_epochs', [0, 4])
def test_every_parameter_has_a_gradient_even_without_objects(initial_epochs: int) -> None:
    """Else distributed training would wait for it."""
    model = head(initial_epochs)
    outputs = model(tuple(torch.randn(1, 8, SIDE // s, SIDE // s) for s in STRIDES))
    losses = model.loss_by_feat(*outputs, [objects()], metas(1))
    assert losses['loss_bbox'] == 0
    sum(losses.values()).backward()
    assert [name for name, p in model.named_parameters() if p.grad is None] == []


def test_losses_count_all_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    classes, sides = predictions(0)
    one = head().loss_by_feat(classes, sides, TRUTH, metas())
    monkeypatch.setattr(yolov6_head, 'get_world_size', lambda: 3)
    three = head().loss_by_feat(classes, sides, TRUTH, metas())
    assert all(three[name].item() == pytest.approx(3 * one[name].item()) for name in one)


def test_last_layers_start_at_low_scores_and_equal_boxes() -> None:
    model = head()
    model.init_weights()
    classes, sides = model(tuple(torch.randn(1, 8, SIDE // s, SIDE // s) for s in STRIDES))
    for level in classes:
        torch.testing.assert_close(level.sigmoid(), torch.full_like(level, 0.01))
    assert all((level == 1).all() for level in sides)


def test_predictions_are_boxes_around_points() -> None:
    classes, sides = predictions(2)
    results = head().predict_by_feat(classes, sides, batch_img_metas=metas())
    for image, result in enumerate(results):
        boxes = [[min(max(v, 0), SIDE) for v in p['box']] for p in decoded(classes, sides, image)]
        assert len(result) == 20
        for box in result.bboxes.tolist():
            assert any(box == pytest.approx(b, abs=1e-3) for b in boxes)


def test_channels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r'in_channels should be 3 numbers.*but got \(8, 8\)'):
        head(in_channels=(8, 8))
