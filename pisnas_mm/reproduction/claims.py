"""What the paper claims, read from the data files in `docs/results/paper`."""

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

FILES = {'table1': 'table1.csv', 'figures': 'figures.csv', 'figure5': 'figure5.csv'}
T = TypeVar('T')


@dataclass(frozen=True)
class MethodClaim:
    """A row of Table 1. Search cost in GPU hours as printed; MACs of the whole detector in G."""

    method: str
    venue: str
    training_free: bool
    search_cost: str
    search_part: str
    macs_g: float
    weights: str
    epochs: int
    ap: float


@dataclass(frozen=True)
class PointClaim:
    """A point of Figures 2, 3 and 4. MACs in G, params in M, mAP in percent."""

    figure: int
    dataset: str
    detector: str
    backbone: str
    macs_g: float
    params_m: float | None
    ap: float


@dataclass(frozen=True)
class CorrelationClaim:
    """A point of Figure 5: PR score (pixels) and AP50 in percent, in a group of one H_btn floor.

    ``tau`` is Kendall's coefficient that is printed for the whole group.
    """

    floor: float
    pr_score: float
    ap: float
    tau: float


def method_claims(folder: Path) -> list[MethodClaim]:
    """Table 1, in its order."""
    return _read(
        folder / FILES['table1'],
        lambda line: MethodClaim(
            method=line['method'],
            venue=line['venue'],
            training_free=_yes_or_no(line['training_free']),
            search_cost=line['search_cost_gpu_hours'],
            search_part=line['search_part'],
            macs_g=float(line['flops_all_g']),
            weights=line['pretrain_or_scratch'],
            epochs=int(line['epochs']),
            ap=float(line['coco_ap_test']),
        ),
    )


def point_claims(folder: Path, figure: int) -> list[PointClaim]:
    """The points of one of Figures 2, 3 and 4."""
    points = _read(
        folder / FILES['figures'],
        lambda line: PointClaim(
            figure=int(line['figure']),
            dataset=line['dataset'],
            detector=line['detector'],
            backbone=line['backbone'],
            macs_g=float(line['macs_g']),
            params_m=float(line['params_m']) if line['params_m'] else None,
            ap=float(line['map']),
        ),
    )
    return [point for point in points if point.figure == figure]


def correlation_claims(folder: Path) -> list[CorrelationClaim]:
    """The points of Figure 5."""
    return _read(
        folder / FILES['figure5'],
        lambda line: CorrelationClaim(
            floor=float(line['bottleneck_entropy']),
            pr_score=float(line['prscore']),
            ap=100 * float(line['map']),
            tau=float(line['kendall_tau_of_group']),
        ),
    )


def _yes_or_no(text: str) -> bool:
    return {'yes': True, 'no': False}[text]


def _read(path: Path, parse: Callable[[dict[str, str]], T]) -> list[T]:
    try:
        with open(path, encoding='utf-8', newline='') as file:
            lines = list(csv.DictReader(file))
    except FileNotFoundError:
        raise ValueError(f"{path} not found; it holds the paper's claims") from None
    claims = []
    for number, line in enumerate(lines, start=2):
        try:
            claims.append(parse(line))
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(
                f"{path}:{number} is no line of the paper's claims: {type(error).__name__}: {error}"
            ) from error
    return claims
