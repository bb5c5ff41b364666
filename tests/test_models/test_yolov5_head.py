"""YOLOv5's head and YOLOv7's, against plain loops."""

from math import exp, log

import pytest
import torch
from mmdet.registry import MODELS
from mmengine.config import ConfigDict
from mmengine.structures import InstanceData
from torch import Tensor

from pisnas_mm.models import YOLOv5Head, YOLOv7Head
from pisnas_mm.models.dense_heads import yolov5_head
from pisnas_mm.models.task_modules.anchor_cells import anchor_cells, cheapest
from tests.test_models.test_yolov8_assigner import ciou
from tests.test_models.test_yolov8_head import naive_nms

SIDE, STRIDES, CLASSES, BALANCE = 64, (8, 16, 32), 3, (4.0, 1.0, 0.4)
ANCHORS = (((10, 13), (16, 30)), ((30, 40), (62, 45)), ((50, 60), (90, 60)))
Box = list[float]


def head(kind: str = 'YOLOv5Head', **options: object) -> YOLOv5Head:
    cfg = dict(
        type=kind,
        num_classes=CLASSES,
        in_channels=(8, 8, 8),
        anchors=ANCHORS,
        strides=STRIDES,
        test_cfg=dict(
            score_thr=0.3, nms_pre=1000, nms=dict(type='nms', iou_threshold=0.5), max_per_img=1000
        ),
    )
    return MODELS.build(ConfigDict(cfg | options))


def raw_levels(seed: int, count: int = 2) -> list[Tensor]:
    random = torch.Generator().manual_seed(seed)
    return [
        torch.randn(count, 2, SIDE // s, SIDE // s, 5 + CLASSES, generator=random) for s in STRIDES
    ]


def objects(*boxes: Box, labels: tuple[int, ...] = ()) -> InstanceData:
    return InstanceData(
        bboxes=torch.tensor(boxes).reshape(-1, 4), labels=torch.tensor(labels, dtype=torch.long)
    )


TRUTH = [
    objects([4.0, 6, 40, 50], [20.0, 10, 60, 30], [30.0, 34, 62, 63], labels=(0, 2, 1)),
    objects([0.0, 0, 64, 64], [50.0, 50, 60, 62], labels=(1, 2)),
]


def sigmoid(x: float) -> float:
    return 1 / (1 + exp(-x))


def box_of(raw: Box, anchor: tuple[int, int], row: int, column: int, stride: int) -> Box:
    x = (2 * sigmoid(raw[0]) - 0.5 + column) * stride
    y = (2 * sigmoid(raw[1]) - 0.5 + row) * stride
    width, height = ((2 * sigmoid(r)) ** 2 * a for r, a in zip(raw[2:4], anchor, strict=True))
    return [x - width / 2, y - height / 2, x + width / 2, y + height / 2]


def bce(logit: float, target: float) -> float:
    return -target * log(sigmoid(logit)) - (1 - target) * log(1 - sigmoid(logit))


def learning(truth: list[InstanceData]) -> list[list[tuple]]:
    """Image, object, anchor, row and column, level by level."""
    found: list[list[tuple]] = []
    for anchors, stride in zip(ANCHORS, STRIDES, strict=True):
        found.append([])
        for image, gt in enumerate(truth):
            shape = (SIDE // stride, SIDE // stride)
            cells = anchor_cells(gt.bboxes, torch.tensor(anchors) * 1.0, stride, shape, 4.0)
            found[-1] += [(image, *p) for p in zip(*(c.tolist() for c in cells), strict=True)]
    return found


def naive_losses(
    levels: list[Tensor], truth: list[InstanceData], found: list[list[tuple]]
) -> dict[str, float]:
    sums = dict(loss_cls=0.0, loss_bbox=0.0, loss_obj=0.0)
    for i, pairs in enumerate(found):
        seen: dict[tuple, float] = {}
        for image, g, a, row, column in pairs:
            raw = levels[i][image, a, row, column].tolist()
            overlap = ciou(
                box_of(raw, ANCHORS[i][a], row, column, STRIDES[i]), truth[image].bboxes[g].tolist()
            )
            sums['loss_bbox'] += 0.05 * (1 - overlap) / len(pairs)
            for c, logit in enumerate(raw[5:]):
                target = float(c == truth[image].labels[g])
                sums['loss_cls'] += 0.5 * bce(logit, target) / (CLASSES * len(pairs))
            at = (image, a, row, column)
            seen[at] = max(seen.get(at, 0), overlap)
        logits = levels[i][..., 4]
        for at in torch.cartesian_prod(*map(torch.arange, logits.shape)).tolist():
            loss = bce(logits[tuple(at)].item(), seen.get(tuple(at), 0))
            sums['loss_obj'] += BALANCE[i] * loss / logits.numel()
    return {name: len(truth) * loss for name, loss in sums.items()}


@pytest.mark.parametrize('seed', range(3))
def test_losses_are_those_of_plain_loops(seed: int) -> None:
    levels = raw_levels(seed)
    losses = head().loss_by_feat(levels, TRUTH, [{}, {}])
    found = learning(TRUTH)
    assert all(len(pairs) > 3 for pairs in found)
    expected = naive_losses(levels, TRUTH, found)
    assert losses.keys() == expected.keys()
    for name, value in expected.items():
        assert losses[name].item() == pytest.approx(value, rel=1e-4), name


@pytest.mark.parametrize('seed', range(3))
def test_in_yolov7_the_cheapest_learn(seed: int) -> None:
    levels = raw_levels(seed)
    found = learning(TRUTH)
    kept: list[list[tuple]] = [[] for _ in STRIDES]
    for image, gt in enumerate(TRUTH):
        mine = [(i, p) for i, pairs in enumerate(found) for p in pairs if p[0] == image]
        raw = [levels[i][image, a, row, column] for i, (_, _, a, row, column) in mine]
        boxes = [
            box_of(r.tolist(), ANCHORS[i][a], row, column, STRIDES[i])
            for r, (i, (_, _, a, row, column)) in zip(raw, mine, strict=True)
        ]
        scores = torch.stack([r[5:].sigmoid() * r[4].sigmoid() for r in raw])
        chosen, owners = cheapest(torch.tensor(boxes), scores, gt.bboxes, gt.labels, 10, 3.0)
        for k, own in zip(chosen.tolist(), owners.tolist(), strict=True):
            level, (_, _, *at) = mine[k]
            kept[level].append((image, own, *at))
    assert 1 <= sum(map(len, kept)) < sum(map(len, found))
    losses = head('YOLOv7Head').loss_by_feat(levels, TRUTH, [{}, {}])
    expected = naive_losses(levels, TRUTH, kept)
    for name, value in expected.items():
        assert losses[name].item() == pytest.approx(value, rel=1e-4), name


@pytest.mark.parametrize('kind', ['YOLOv5Head', 'YOLOv7Head'])
def test_every_parameter_has_a_gradient_even_without_objects(kind: str) -> None:
    """Else distributed training would wait for it."""
    model = head(kind)
    model.init_weights()
    (levels,) = model(tuple(torch.randn(1, 8, SIDE // s, SIDE // s) for s in STRIDES))
    losses = model.loss_by_feat(levels, [objects()], [{}])
    assert losses['loss_cls'] == losses['loss_bbox'] == 0 < losses['loss_obj']
    sum(losses.values()).backward()
    assert [name for name, p in model.named_parameters() if p.grad is None] == []


def test_losses_count_the_images_of_all_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    one = head().loss_by_feat(raw_levels(0), TRUTH, [{}, {}])
    monkeypatch.setattr(yolov5_head, 'get_world_size', lambda: 3)
    three = head().loss_by_feat(raw_levels(0), TRUTH, [{}, {}])
    assert all(three[name] == pytest.approx(3 * one[name].item()) for name in one)


def test_predictions_are_those_of_plain_loops() -> None:
    levels = raw_levels(1)
    metas = [dict(img_shape=(SIDE, SIDE), scale_factor=(0.5, 2.0))] * 2
    results = head().predict_by_feat(levels, metas, rescale=True)
    for image, result in enumerate(results):
        points = []
        for i, level in enumerate(levels):
            for a, row, column in torch.cartesian_prod(
                *map(torch.arange, level.shape[1:4])
            ).tolist():
                raw = level[image, a, row, column].tolist()
                scores = [sigmoid(raw[4]) * sigmoid(value) for value in raw[5:]]
                box = box_of(raw, ANCHORS[i][a], row, column, STRIDES[i])
                points.append(dict(box=box, scores=scores))
        scores, labels, boxes = zip(*naive_nms(points, 0.3, 0.5), strict=True)
        assert len(scores) > 20
        torch.testing.assert_close(result.scores, torch.tensor(scores), rtol=1e-4, atol=1e-5)
        assert result.labels.tolist() == [*labels]
        resized = torch.tensor(boxes) / torch.tensor([0.5, 2.0, 0.5, 2.0])
        torch.testing.assert_close(result.bboxes, resized, rtol=1e-4, atol=1e-3)


def test_channels_are_numbers_by_anchor() -> None:
    """As YOLOv5's weights have them: all numbers of the first anchor, then those of the second."""
    model = head()
    x = tuple(torch.randn(1, 8, SIDE // s, SIDE // s) for s in STRIDES)
    (levels,) = model(x)
    plain = model.layers[1](x[1])
    assert torch.equal(levels[1][0, 1, 2, 3], plain[0, 5 + CLASSES :, 2, 3])


def test_biases_start_at_few_objects() -> None:
    model = head(init_cfg=dict(type='Constant', layer='Conv2d', val=0))
    model.init_weights()
    (levels,) = model(tuple(torch.zeros(1, 8, 640 // s, 640 // s) for s in STRIDES))
    seen = [level[..., 4].exp().sum().item() / len(ANCHORS[0]) for level in levels]
    assert seen == pytest.approx([8, 8, 8], rel=1e-3)
    assert levels[0][..., 5:].exp().mean().item() == pytest.approx(0.6 / (CLASSES - 1), rel=1e-3)


def test_implicit_knowledge_is_added_and_multiplied() -> None:
    model = head('YOLOv7Head')
    assert isinstance(model, YOLOv7Head)
    x = tuple(torch.randn(1, 8, SIDE // s, SIDE // s) for s in STRIDES)
    model.added[0].data[0, 2] = 1.5
    model.factors[0].data[0, 4] = -2  # the first anchor's objectness
    (levels,) = model(x)
    shifted = x[0].clone()
    shifted[:, 2] += 1.5
    torch.testing.assert_close(levels[0][:, 0, ..., 4], -2 * model.layers[0](shifted)[:, 4])


@pytest.mark.parametrize('name', ['in_channels', 'anchors', 'balance'])
def test_what_does_not_fit_the_strides_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=f'{name} should be 3, as strides are, but got'):
        head(**{name: (1, 2)})
