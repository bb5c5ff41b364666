"""Every claim with our own figures beside it. Pure: what is measured is passed in.

What we have not measured is None, and never filled with what is claimed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import isfinite
from typing import NamedTuple

from pisnas_mm.ranking.statistics import kendall_tau
from pisnas_mm.reproduction.claims import CorrelationClaim, MethodClaim, PointClaim
from pisnas_mm.reproduction.plan import FLOORS, METHODS, config_of
from pisnas_mm.reproduction.searched import Searched
from pisnas_mm.reproduction.work_dirs import COCO_AP, VOC_AP50, Trained


class Size(NamedTuple):
    """Params, and MACs at the paper's input."""

    params: int
    macs: int


Measure = Callable[[str, str], Size | None]
"""From a config's name and a data set to the detector's size; None where there is no config."""

Result = Callable[[str], Trained | None]
"""From a config's name to what its training has reached."""


@dataclass(frozen=True)
class Ours:
    """Our own figures of a claim: the config's name, the detector's size, and its training."""

    config: str
    size: Size | None
    trained: Trained | None

    def ap(self, metric: str = COCO_AP) -> float | None:
        """In percent."""
        if self.trained is None or metric not in self.trained.metrics:
            return None
        return 100 * self.trained.metrics[metric]


@dataclass(frozen=True)
class MethodRow:
    """A row of Table 1."""

    claim: MethodClaim
    ours: Ours
    search: Searched | None


@dataclass(frozen=True)
class PointRow:
    """A point of Figures 2, 3 and 4."""

    claim: PointClaim
    ours: Ours | None = None


@dataclass(frozen=True)
class FloorRow:
    """Our architecture at one of Figure 5's floors of H_btn."""

    floor: float
    search: Searched
    ours: Ours


@dataclass(frozen=True)
class Group:
    """The points of Figure 5 at one floor, tau of them as printed and as computed, and ours."""

    floor: float
    claims: tuple[CorrelationClaim, ...]
    tau: float
    computed_tau: float | None
    ours: tuple[FloorRow, ...]


def method_rows(
    claims: Sequence[MethodClaim],
    searches: Mapping[str, Searched],
    measure: Measure,
    result: Result,
) -> list[MethodRow]:
    """Table 1: our detector beside every method, and our search where there was one."""
    rows = []
    for claim in claims:
        search, config = METHODS[claim.method]
        ours = Ours(config, measure(config, 'COCO'), result(config))
        rows.append(MethodRow(claim, ours, searches.get(search) if search else None))
    return rows


def point_rows(claims: Sequence[PointClaim], measure: Measure, result: Result) -> list[PointRow]:
    """Figures 2, 3 and 4: our detector beside those points that have a config."""
    rows = []
    for claim in claims:
        config = config_of(claim)
        ours = config and Ours(config, measure(config, claim.dataset), result(config))
        rows.append(PointRow(claim, ours or None))
    return rows


def groups(
    claims: Sequence[CorrelationClaim], searches: Mapping[str, Searched], result: Result
) -> list[Group]:
    """Figure 5, by rising floor of H_btn."""
    found = []
    by_floor = sorted(claims, key=lambda claim: claim.floor)
    for floor, points in groupby(by_floor, key=lambda claim: claim.floor):
        group = tuple(points)
        ours = tuple(
            FloorRow(floor, searches[name], Ours(config, None, result(config)))
            for name, (its_floor, config) in FLOORS.items()
            if its_floor == floor and name in searches
        )
        tau = kendall_tau([c.pr_score for c in group], [c.ap for c in group])
        computed = tau if isfinite(tau) else None
        found.append(Group(floor, group, group[0].tau, computed, ours))
    return found


def ap50(ours: Ours) -> float | None:
    """Figure 5's accuracy, in percent."""
    return ours.ap(VOC_AP50)
