from collections.abc import Callable
from math import atan, pi

import pytest
import torch
from mmdet.registry import TASK_UTILS
from mmengine.structures import InstanceData
from torch import Tensor

from pisnas_mm.models import YOLOv8Assigner
from pisnas_mm.models.task_modules import yolov8_assigner

SIDE, STRIDE = 64, 4
Box = list[float]


def ciou(a: Box, b: Box) -> float:
    """Zheng et al., "Enhancing Geometric Factors", eq. 8 to 11."""
    (ax, ay, ar, ab), (bx, by, br, bb) = a, b
    shared = max(0, min(ar, br) - max(ax, bx)) * max(0, min(ab, bb) - max(ay, by))
    iou = shared / ((ar - ax) * (ab - ay) + (br - bx) * (bb - by) - shared)
    apart = ((ax + ar - bx - br) ** 2 + (ay + ab - by - bb) ** 2) / 4
    diagonal = (max(ar, br) - min(ax, bx)) ** 2 + (max(ab, bb) - min(ay, by)) ** 2
    shape = 4 / pi**2 * (atan((br - bx) / (bb - by)) - atan((ar - ax) / (ab - ay))) ** 2
    return iou - apart / diagonal - shape**2 / (1 - iou + shape)


def plain_iou(a: Box, b: Box) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0, width) * max(0, height)
    return shared / (sum((x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in (a, b)) - shared)


def naive(
    points: list[Box],
    boxes: list[Box],
    scores: list[Box],
    objects: list[Box],
    labels: list[int],
    topk: int,
    alpha: float = 0.5,
    iou: Callable[[Box, Box], float] = ciou,
) -> tuple[list[int], list[float]]:
    """Every point's object (-1: none) and score to learn, one pair after the other."""
    overlap, alignment = {}, {}
    for g, (x1, y1, x2, y2) in enumerate(objects):
        for p, (x, y) in enumerate(points):
            inside = x1 < x < x2 and y1 < y < y2
            overlap[g, p] = max(0, iou(boxes[p], objects[g])) if inside else 0
            alignment[g, p] = scores[p][labels[g]] ** alpha * overlap[g, p] ** 6
    claims: dict[int, list[int]] = {}
    for g in range(len(objects)):
        best = sorted(range(len(points)), key=lambda p, g=g: -alignment[g, p])[:topk]
        for p in best:
            if alignment[g, p] > 0:
                claims.setdefault(p, []).append(g)
    owner = [-1] * len(points)
    for p, claimants in claims.items():
        everyone = range(len(objects)) if len(claimants) > 1 else claimants
        owner[p] = max(everyone, key=lambda g, p=p: overlap[g, p])
    learnt = [0.0] * len(points)
    for g in range(len(objects)):
        own = [p for p in range(len(points)) if owner[p] == g]
        for p in own:
            scale = max(overlap[g, q] for q in own) / max(alignment[g, q] for q in own)
            learnt[p] = alignment[g, p] * scale
    return owner, learnt


def grid() -> Tensor:
    at = torch.arange(STRIDE / 2, SIDE, STRIDE)
    y, x = torch.meshgrid(at, at, indexing='ij')
    return torch.stack([x.flatten(), y.flatten()], dim=1)


def random_case(seed: int, num_objects: int) -> tuple[InstanceData, InstanceData]:
    """Predictions around points, and objects that overlap."""
    random = torch.Generator().manual_seed(seed)
    points = grid()
    reach = 4 + 20 * torch.rand(len(points), 4, generator=random)
    boxes = torch.cat([points - reach[:, :2], points + reach[:, 2:]], dim=1)
    scores = torch.rand(len(points), 3, generator=random)
    corner = 30 * torch.rand(num_objects, 2, generator=random)
    size = 8 + 25 * torch.rand(num_objects, 2, generator=random)
    labels = torch.randint(3, (num_objects,), generator=random)
    objects = InstanceData(bboxes=torch.cat([corner, corner + size], dim=1), labels=labels)
    return InstanceData(priors=points, bboxes=boxes, scores=scores), objects


@pytest.mark.parametrize('topk', [1, 4, 10, 1000])
@pytest.mark.parametrize('seed', range(4))
@pytest.mark.parametrize(('alpha', 'iou'), [(0.5, ciou), (1.0, plain_iou)], ids=['v8', 'v6'])
def test_assignment_is_that_of_plain_loops(
    seed: int, topk: int, alpha: float, iou: Callable[[Box, Box], float]
) -> None:
    pred, objects = random_case(seed, num_objects=5)
    assigned = YOLOv8Assigner(topk, alpha, complete=iou is ciou).assign(pred, objects)
    values = (pred.priors, pred.bboxes, pred.scores, objects.bboxes, objects.labels)
    owner, learnt = naive(*(value.tolist() for value in values), topk, alpha, iou)
    assert (assigned.gt_inds - 1).tolist() == owner
    torch.testing.assert_close(assigned.assign_metrics, torch.tensor(learnt), rtol=1e-4, atol=1e-6)
    assert assigned.labels.tolist() == [objects.labels[g].item() if g >= 0 else -1 for g in owner]
    assert len({g for g in owner if g >= 0}) > 1


@pytest.mark.parametrize('pairs', [1, 256, 700])
def test_objects_in_pieces_are_assigned_as_all_at_once(
    pairs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    pred, objects = random_case(0, num_objects=40)
    whole = YOLOv8Assigner().assign(pred, objects)
    at_once, made = yolov8_assigner._overlaps, []

    def spied(points: Tensor, boxes: Tensor, piece: Tensor, overlap: object) -> Tensor:
        made.append(at_once(points, boxes, piece, overlap))
        return made[-1]

    monkeypatch.setattr(yolov8_assigner, '_overlaps', spied)
    monkeypatch.setattr(yolov8_assigner, '_MOST_PAIRS', pairs)
    pieces = YOLOv8Assigner().assign(pred, objects)
    for name in ('gt_inds', 'labels', 'max_overlaps', 'assign_metrics'):
        assert torch.equal(getattr(pieces, name), getattr(whole, name)), name
    assert sum(map(len, made)) == 40
    assert max(piece.numel() for piece in made) <= max(pairs, len(pred.priors))


def test_an_object_between_the_points_is_learnt_by_none() -> None:
    """YOLOv8's own limit, and said so in docs/how-to/yolov8.md."""
    pred, objects = random_case(0, num_objects=1)
    objects.bboxes = torch.tensor([[10.5, 10.5, 13.5, 13.5]])  # points are at 10 and 14
    assert not YOLOv8Assigner().assign(pred, objects).gt_inds.any()


def test_the_best_points_inside_are_taken_where_better_ones_lie_outside() -> None:
    points = grid()
    objects = InstanceData(bboxes=torch.tensor([[10.0, 10, 30, 30]]), labels=torch.tensor([0]))
    boxes = objects.bboxes + torch.rand(len(points), 4, generator=torch.Generator().manual_seed(0))
    inside = ((points > 10) & (points < 30)).all(1)
    boxes[inside, 2:] += 5
    pred = InstanceData(priors=points, bboxes=boxes, scores=torch.ones(len(points), 1))
    assigned = YOLOv8Assigner(topk=10).assign(pred, objects)
    assert (assigned.gt_inds > 0).sum() == 10
    assert inside[assigned.gt_inds > 0].all()
    theirs = TASK_UTILS.build(dict(type='mmdet.TaskAlignedAssigner', topk=10))
    pred.priors = torch.cat([points, points], dim=1)
    assert (theirs.assign(pred, objects).gt_inds > 0).sum() == 0  # why we have one of our own


def test_a_perfect_prediction_learns_the_score_one() -> None:
    pred, objects = random_case(0, num_objects=1)
    pred.bboxes = objects.bboxes.expand(len(pred.priors), 4)
    pred.scores = torch.ones_like(pred.scores)
    assigned = YOLOv8Assigner(topk=3).assign(pred, objects)
    learnt = assigned.assign_metrics[assigned.gt_inds > 0]
    torch.testing.assert_close(learnt, torch.ones(3))


def test_without_objects_all_is_background() -> None:
    pred, _ = random_case(0, num_objects=1)
    nothing = InstanceData(bboxes=torch.zeros(0, 4), labels=torch.zeros(0, dtype=torch.long))
    assigned = YOLOv8Assigner().assign(pred, nothing)
    assert not assigned.gt_inds.any()
    assert not assigned.assign_metrics.any()
    assert (assigned.labels == -1).all()


def test_half_precision_is_enough_for_predictions() -> None:
    pred, objects = random_case(1, num_objects=3)
    half = InstanceData(
        priors=pred.priors, bboxes=pred.bboxes.half(), scores=pred.scores.half() * 1e-4
    )
    assigned = YOLOv8Assigner().assign(half, objects)
    assert (assigned.gt_inds > 0).sum() > 10
    assert assigned.assign_metrics.max() > 0.1
