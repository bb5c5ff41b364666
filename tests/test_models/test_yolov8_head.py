from math import exp, log

import pytest
import torch
from mmdet.registry import MODELS
from mmengine.config import ConfigDict
from mmengine.structures import InstanceData
from torch import Tensor

from pisnas_mm.models import YOLOv8Head
from pisnas_mm.models.dense_heads import point_head, yolov8_head
from tests.test_models.test_yolov8_assigner import ciou, naive

SIDE, STRIDES, CLASSES, BINS = 64, (8, 16, 32), 3, 16
NORM = dict(type='BN', eps=1e-3, momentum=0.03)
Box = list[float]


def head(**options: object) -> YOLOv8Head:
    cfg = dict(
        type='YOLOv8Head',
        num_classes=CLASSES,
        in_channels=(8, 8, 8),
        strides=STRIDES,
        norm_cfg=NORM,
        train_cfg=dict(assigner=dict(type='YOLOv8Assigner')),
        test_cfg=dict(
            score_thr=0.3, nms_pre=1000, nms=dict(type='nms', iou_threshold=0.5), max_per_img=20
        ),
    )
    return MODELS.build(ConfigDict(cfg | options))


def logits(seed: int, count: int = 2) -> tuple[list[Tensor], list[Tensor]]:
    """What the head's forward might give for images of ``SIDE``² pixels."""
    random = torch.Generator().manual_seed(seed)
    sizes = [(SIDE // stride, SIDE // stride) for stride in STRIDES]
    classes = [torch.randn(count, CLASSES, *size, generator=random) for size in sizes]
    sides = [2 * torch.randn(count, 4 * BINS, *size, generator=random) for size in sizes]
    for level in sides:  # mostly short distances, so that boxes differ
        level.unflatten(1, (4, BINS))[:, :, :4] += 2
    return classes, sides


def objects(*boxes: Box, labels: tuple[int, ...] = ()) -> InstanceData:
    return InstanceData(
        bboxes=torch.tensor(boxes).reshape(-1, 4), labels=torch.tensor(labels, dtype=torch.long)
    )


def metas(count: int = 2, **more: object) -> list[dict]:
    return [dict(img_shape=(SIDE, SIDE), **more)] * count


def softmax(values: Box) -> Box:
    total = sum(map(exp, values))
    return [exp(value) / total for value in values]


def decoded(classes: list[Tensor], sides: list[Tensor], image: int) -> list[dict]:
    """Every point with its box, scores and logits, level by level, row by row."""
    points = []
    for level, stride in enumerate(STRIDES):
        for row in range(SIDE // stride):
            for column in range(SIDE // stride):
                x, y = (column + 0.5) * stride, (row + 0.5) * stride
                bins = sides[level][image, :, row, column].tolist()
                bins = [bins[i * BINS : (i + 1) * BINS] for i in range(4)]
                reach = [stride * sum(i * p for i, p in enumerate(softmax(b))) for b in bins]
                raw = classes[level][image, :, row, column].tolist()
                points.append(
                    dict(
                        at=(x, y),
                        stride=stride,
                        bins=bins,
                        box=[x - reach[0], y - reach[1], x + reach[2], y + reach[3]],
                        logits=raw,
                        scores=[1 / (1 + exp(-value)) for value in raw],
                    )
                )
    return points


def naive_losses(
    classes: list[Tensor], sides: list[Tensor], truth: list[InstanceData]
) -> dict[str, float]:
    cls = box = dfl = total = 0.0
    for image, gt in enumerate(truth):
        points = decoded(classes, sides, image)
        boxes, labels = gt.bboxes.tolist(), gt.labels.tolist()
        owner, learnt = naive(
            *([p[key] for p in points] for key in ('at', 'box', 'scores')), boxes, labels, topk=10
        )
        total += sum(learnt)
        for point, g, score in zip(points, owner, learnt, strict=True):
            for c, p in enumerate(point['scores']):
                target = score if g >= 0 and c == labels[g] else 0
                cls -= target * log(p) + (1 - target) * log(1 - p)
            if g < 0:
                continue
            box += score * (1 - ciou(point['box'], boxes[g]))
            (x, y), (x1, y1, x2, y2) = point['at'], boxes[g]
            for bins, reach in zip(point['bins'], (x - x1, y - y1, x2 - x, y2 - y), strict=True):
                at = min(reach / point['stride'], BINS - 1 - 0.01)
                below = int(at)
                p = softmax(bins)
                nll = (below + 1 - at) * -log(p[below]) + (at - below) * -log(p[below + 1])
                dfl += score * nll / 4
    total = max(total, 1)
    sums = dict(loss_cls=0.5 * cls, loss_bbox=7.5 * box, loss_dfl=1.5 * dfl)
    return {name: len(truth) * value / total for name, value in sums.items()}


TRUTH = [
    objects([4.0, 6, 40, 50], [20.0, 10, 60, 30], [30.0, 34, 62, 63], labels=(0, 2, 1)),
    objects([0.0, 0, 64, 64], labels=(1,)),
]


@pytest.mark.parametrize('seed', range(3))
def test_losses_are_those_of_plain_loops(seed: int) -> None:
    classes, sides = logits(seed)
    losses = head().loss_by_feat(classes, sides, TRUTH, metas())
    expected = naive_losses(classes, sides, TRUTH)
    assert losses.keys() == expected.keys()
    for name, value in expected.items():
        assert losses[name].item() == pytest.approx(value, rel=1e-4), name
    assert all(value > 0.1 for value in expected.values())


def test_processes_share_the_divisor(monkeypatch: pytest.MonkeyPatch) -> None:
    """What distributed training averages is the loss of all images in one process."""
    classes, sides = logits(0)
    expected = head().loss_by_feat(classes, sides, TRUTH, metas())
    sums: list[Tensor] = []

    def loss_of(image: int) -> dict[str, Tensor]:
        levels = ([level[image, None] for level in part] for part in (classes, sides))
        return head().loss_by_feat(*levels, [TRUTH[image]], metas(1))

    monkeypatch.setattr(yolov8_head, 'get_world_size', lambda: 2)
    monkeypatch.setattr(point_head, 'reduce_mean', lambda x: sums.append(x) or x)
    _ = loss_of(0), loss_of(1)
    monkeypatch.setattr(point_head, 'reduce_mean', lambda x: sum(sums) / 2)
    one, other = loss_of(0), loss_of(1)
    for name, value in expected.items():
        torch.testing.assert_close((one[name] + other[name]) / 2, value)


def test_an_image_without_objects_learns_background() -> None:
    classes, sides = logits(0)
    truth = [TRUTH[0], objects()]
    losses = head().loss_by_feat(classes, sides, truth, metas())
    for name, value in naive_losses(classes, sides, truth).items():
        assert losses[name].item() == pytest.approx(value, rel=1e-4), name


def test_no_objects_at_all() -> None:
    classes, sides = logits(0)
    losses = head().loss_by_feat(classes, sides, [objects(), objects()], metas())
    background = sum(log(1 + exp(v)) for level in classes for v in level.flatten().tolist())
    assert losses['loss_cls'].item() == pytest.approx(2 * 0.5 * background, rel=1e-4)
    assert losses['loss_bbox'] == losses['loss_dfl'] == 0


def test_every_parameter_has_a_gradient_even_without_objects() -> None:
    """Else distributed training would wait for it."""
    model = head()
    outputs = model(tuple(torch.randn(1, 8, SIDE // s, SIDE // s) for s in STRIDES))
    sum(model.loss_by_feat(*outputs, [objects()], metas(1)).values()).backward()
    assert [name for name, p in model.named_parameters() if p.grad is None] == []


def naive_nms(points: list[dict], threshold: float, iou_threshold: float) -> list[tuple]:
    """Score, class and box of what is kept: every class of a point is a candidate of its own."""
    found = []
    for point in points:
        x1, y1, x2, y2 = (min(max(value, 0), SIDE) for value in point['box'])
        for label, score in enumerate(point['scores']):
            if score > threshold:
                found.append((score, label, (x1, y1, x2, y2)))
    kept: list[tuple] = []
    for score, label, box in sorted(found, reverse=True):
        if all(other != label or iou(box, b) <= iou_threshold for _, other, b in kept):
            kept.append((score, label, box))
    return kept


def iou(a: tuple, b: tuple) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    areas = [(right - left) * (bottom - top) for left, top, right, bottom in (a, b)]
    return shared / (sum(areas) - shared) if shared else 0


@pytest.mark.parametrize('limit', [20, 1000])
def test_predictions_are_those_of_plain_loops(limit: int) -> None:
    classes, sides = logits(0)
    model = head()
    model.test_cfg['max_per_img'] = limit
    results = model.predict_by_feat(
        classes, sides, batch_img_metas=metas(scale_factor=(0.5, 2.0)), rescale=True
    )
    for image, result in enumerate(results):
        expected = naive_nms(decoded(classes, sides, image), 0.3, 0.5)
        assert len(expected) > 20
        expected = expected[:limit]
        scores, labels, boxes = zip(*expected, strict=True)
        torch.testing.assert_close(result.scores, torch.tensor(scores), rtol=1e-4, atol=1e-5)
        assert result.labels.tolist() == [*labels]
        resized = torch.tensor(boxes) / torch.tensor([0.5, 2.0, 0.5, 2.0])
        torch.testing.assert_close(result.bboxes, resized, rtol=1e-4, atol=1e-3)


@pytest.mark.parametrize(
    ('num_classes', 'channels', 'box_width', 'class_width'),
    [(80, (64, 128, 256), 64, 80), (20, (64, 8, 8), 64, 64), (365, (320, 640, 640), 80, 320)],
)
def test_widths(
    num_classes: int, channels: tuple[int, ...], box_width: int, class_width: int
) -> None:
    model = head(num_classes=num_classes, in_channels=channels)
    for branches, width, outputs in [
        (model.box_branches, box_width, 64),
        (model.class_branches, class_width, num_classes),
    ]:
        shapes = [
            [tuple(p.shape) for n, p in b.named_parameters() if 'bn' not in n] for b in branches
        ]
        assert shapes == [
            [(width, c, 3, 3), (width, width, 3, 3), (outputs, width, 1, 1), (outputs,)]
            for c in channels
        ]


def test_biases_start_at_few_objects() -> None:
    model = head(init_cfg=dict(type='Constant', layer='Conv2d', val=0))
    model.init_weights()
    classes, sides = model(tuple(torch.zeros(1, 8, 640 // s, 640 // s) for s in STRIDES))
    expected = [level.sigmoid().sum().item() for level in classes]
    assert expected == pytest.approx([5, 5, 5], rel=0.01)
    assert all((level == 1).all() for level in sides)


def test_channels_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match=r'in_channels should be 3 numbers.*but got \(8, 8\)'):
        head(in_channels=(8, 8))
