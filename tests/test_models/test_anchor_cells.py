"""Against plain loops over objects, anchors and cells."""

from math import log, sqrt

import pytest
import torch
from torch import Tensor

from pisnas_mm.models.task_modules.anchor_cells import anchor_cells, cheapest

STRIDE, ROWS, COLUMNS = 8, 6, 9
ANCHORS = torch.tensor([[10.0, 13], [16, 30], [60, 20]])


def random_boxes(seed: int, count: int) -> Tensor:
    random = torch.Generator().manual_seed(seed)
    corner = torch.rand(count, 2, generator=random) * torch.tensor([60.0, 40])
    size = 3 + torch.rand(count, 2, generator=random) * torch.tensor([70.0, 50])
    ends = torch.tensor([COLUMNS * STRIDE, ROWS * STRIDE])
    return torch.cat([corner, torch.minimum(corner + size, ends)], dim=1)


def naive(boxes: Tensor, max_ratio: float) -> set[tuple[int, int, int, int]]:
    """Object, anchor, row and column: by the distance of a cell's middle from the centre."""
    found = set()
    for g, (x1, y1, x2, y2) in enumerate(boxes.tolist()):
        x, y = (x1 + x2) / 2 / STRIDE, (y1 + y2) / 2 / STRIDE
        for a, (width, height) in enumerate(ANCHORS.tolist()):
            ratios = (x2 - x1) / width, (y2 - y1) / height
            if max(*ratios, *(1 / ratio for ratio in ratios)) >= max_ratio:
                continue
            for row in range(ROWS):
                for column in range(COLUMNS):
                    right, down = abs(column + 0.5 - x), abs(row + 0.5 - y)
                    own = right <= 0.5 and down <= 0.5
                    beside = (right < 1 and down <= 0.5) or (down < 1 and right <= 0.5)
                    if own or beside:
                        found.add((g, a, row, column))
    return found


@pytest.mark.parametrize('seed', range(4))
@pytest.mark.parametrize('max_ratio', [1.5, 4.0])
def test_three_cells_share_an_object(seed: int, max_ratio: float) -> None:
    boxes = random_boxes(seed, 12)
    found = anchor_cells(boxes, ANCHORS, STRIDE, (ROWS, COLUMNS), max_ratio)
    pairs = [*zip(*(part.tolist() for part in found), strict=True)]
    assert len(pairs) == len({*pairs}) > 5
    assert {*pairs} == naive(boxes, max_ratio)


def test_at_the_rim_are_fewer_cells() -> None:
    corner = torch.tensor([[-5.0, -5, 9, 9]])  # its centre is in the first cell's upper left
    found = anchor_cells(corner, ANCHORS[:1], STRIDE, (ROWS, COLUMNS), 4.0)
    assert [part.tolist() for part in found] == [[0], [0], [0], [0]]


def test_no_objects_have_no_cells() -> None:
    found = anchor_cells(torch.zeros(0, 4), ANCHORS, STRIDE, (ROWS, COLUMNS), 4.0)
    assert [len(part) for part in found] == [0, 0, 0, 0]
    nothing_fits = torch.tensor([[10.0, 10, 10, 10]])
    found = anchor_cells(nothing_fits, ANCHORS, STRIDE, (ROWS, COLUMNS), 4.0)
    assert [len(part) for part in found] == [0, 0, 0, 0]


def iou(a: list[float], b: list[float]) -> float:
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(width, 0) * max(height, 0)
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)]
    return shared / (sum(areas) - shared)


def naive_cheapest(
    predicted: list, scores: list, boxes: list, labels: list, topk: int, overlap: float
) -> dict[int, int]:
    """Every prediction's object."""
    costs = [
        [
            overlap * -log(iou(p, g) + 1e-8)
            - sum(log(sqrt(s) if c == label else 1 - sqrt(s)) for c, s in enumerate(score))
            for p, score in zip(predicted, scores, strict=True)
        ]
        for g, label in zip(boxes, labels, strict=True)
    ]
    wanted: dict[int, list[int]] = {}
    for g, box in enumerate(boxes):
        best = sorted((iou(p, box) for p in predicted), reverse=True)[:topk]
        cheap = sorted(range(len(predicted)), key=lambda k, g=g: costs[g][k])
        for k in cheap[: max(1, int(sum(best)))]:
            wanted.setdefault(k, []).append(g)
    everyone = range(len(boxes))
    return {
        k: min(everyone, key=lambda g, k=k: costs[g][k]) if len(who) > 1 else who[0]
        for k, who in wanted.items()
    }


@pytest.mark.parametrize('seed', range(6))
def test_predictions_go_to_whom_they_are_cheapest_for(seed: int) -> None:
    random = torch.Generator().manual_seed(seed)
    boxes = random_boxes(seed, 4)
    near = boxes.repeat(8, 1) + 6 * torch.randn(32, 4, generator=random)
    predicted = torch.cat([near[:, :2].minimum(near[:, 2:] - 1), near[:, 2:]], dim=1)
    scores = torch.rand(32, 3, generator=random).clamp(0.01, 0.99)
    labels = torch.randint(3, (4,), generator=random)
    kept, owners = cheapest(predicted, scores, boxes, labels, 10, 3.0)
    args = [part.tolist() for part in (predicted, scores, boxes, labels)]
    expected = naive_cheapest(*args, 10, 3.0)
    assert dict(zip(kept.tolist(), owners.tolist(), strict=True)) == expected
    assert len({*expected.values()}) > 1


def test_an_object_that_nothing_overlaps_takes_one() -> None:
    predicted = torch.tensor([[0.0, 0, 9, 9], [1, 1, 9, 9]])
    kept, owners = cheapest(
        predicted,
        torch.tensor([[0.2], [0.9]]),
        torch.tensor([[50.0, 50, 60, 60]]),
        torch.tensor([0]),
        10,
        3.0,
    )
    assert (kept.tolist(), owners.tolist()) == ([1], [0])
