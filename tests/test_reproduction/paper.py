"""Small claims, sizes and results, for the tests of what is made of them."""

from pathlib import Path

from pisnas_mm.reproduction.claims import PointClaim, method_claims, point_claims
from pisnas_mm.reproduction.rows import Size
from pisnas_mm.reproduction.work_dirs import COCO_AP, VOC_AP50, Trained

PAPER = Path(__file__).parents[2] / 'docs/results/paper'
METHODS = method_claims(PAPER)
POINTS: dict[int, list[PointClaim]] = {n: point_claims(PAPER, n) for n in (2, 3, 4)}
SIZE = Size(12_340_000, 56_780_000_000)
TRAINED = Trained({COCO_AP: 0.3456, VOC_AP50: 0.789}, 72)


def measured(config: str, dataset: str) -> Size | None:
    return SIZE


def unmeasured(config: str, dataset: str) -> Size | None:
    return None


def trained(config: str) -> Trained | None:
    return TRAINED


def untrained(config: str) -> Trained | None:
    return None
