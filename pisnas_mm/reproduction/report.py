"""An item of the paper, table 1 or a figure, put together: rows, table, drawing and doubts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pisnas_mm.reproduction import claims, rows, tables
from pisnas_mm.reproduction.doubts import DOUBTS
from pisnas_mm.reproduction.plan import FLOORS, ITEMS, METHODS, config_of
from pisnas_mm.reproduction.searched import Searched, read_all
from pisnas_mm.reproduction.work_dirs import Trained, newest
from pisnas_mm.utils.table import Table, markdown

if TYPE_CHECKING:
    from matplotlib.figure import Figure

TITLES = {
    'table1': 'Table 1. NAS methods for object detection',
    'fig2': 'Figure 2. Pascal VOC: mAP over MACs and params',
    'fig3': 'Figure 3. COCO: mAP over MACs and params',
    'fig4': 'Figure 4. COCO: AP over MACs of YOLO detectors',
    'fig5': 'Figure 5. Pascal VOC: AP50 over PR score',
}


@dataclass(frozen=True)
class Report:
    """An item with its table, and how to draw it where it is a figure."""

    item: str
    table: Table
    draw: Callable[[], 'Figure'] | None

    @property
    def title(self) -> str:
        return TITLES[self.item]

    @property
    def doubts(self) -> tuple[str, ...]:
        return DOUBTS[self.item]

    def markdown(self) -> str:
        """The item as a page; the drawing is a file beside it."""
        picture = [f'![{self.title}]({self.item}.png)', ''] if self.draw else []
        remarks = [f'* {doubt}' for doubt in self.doubts]
        head = [f'# {self.title}', '', 'Written by `python tools/reproduce.py`.', '']
        return '\n'.join([*head, *picture, markdown(self.table), *remarks, ''])


@dataclass(frozen=True)
class Sources:
    """Where figures come from: the paper's data, our configs, and the user's trainings."""

    paper: Path
    configs: Path
    work_dirs: Path

    def searches(self) -> Mapping[str, Searched]:
        """What was found, by the search's name."""
        return read_all(self.configs / 'searched')

    def measure(self, config: str, dataset: str) -> rows.Size | None:
        """The size of a detector; None where its config does not exist. Needs torch and mmdet."""
        path = self.configs / f'{config}.py'
        return _size(path, dataset) if path.is_file() else None

    def result(self, config: str) -> Trained | None:
        """What the newest training of a config has reached."""
        return newest(self.work_dirs, Path(config).name)


def report(item: str, sources: Sources) -> Report:
    """Put an item together.

    Raises:
        ValueError: The paper's data, a metafile or a log is missing or damaged.
    """
    measure, result, paper = sources.measure, sources.result, sources.paper
    if item == 'table1':
        methods = claims.method_claims(paper)
        found = rows.method_rows(methods, sources.searches(), measure, result)
        return Report(item, tables.method_table(found), None)

    from pisnas_mm.reproduction import figures

    title = TITLES[item]
    if item == 'fig5':
        groups = rows.groups(claims.correlation_claims(paper), sources.searches(), result)
        draw = figures.draw_groups
        return Report(item, tables.group_table(groups), lambda: draw(groups, title))
    points = rows.point_rows(claims.point_claims(paper, int(item[-1])), measure, result)
    draw_points = figures.draw_yolos if item == 'fig4' else figures.draw_pyramids
    return Report(item, tables.point_table(points), lambda: draw_points(points, title))


def own_configs(item: str, paper: Path) -> list[str]:
    """The detector configs that fill an item, by name, each once."""
    if item == 'table1':
        return [config for _, config in METHODS.values()]
    if item == 'fig5':
        return [config for _, config in FLOORS.values()]
    named = map(config_of, claims.point_claims(paper, int(item[-1])))
    return list(dict.fromkeys(config for config in named if config))


def overview(sources: Sources) -> Table:
    """What there is: every item, its configs, and how many of them have been trained."""
    table = [['item', 'configs', 'trained', 'what']]
    for item, what in ITEMS.items():
        configs = own_configs(item, sources.paper)
        there = [c for c in configs if (sources.configs / f'{c}.py').is_file()]
        trained = [config for config in there if sources.result(config)]
        table.append([item, f'{len(there)} of {len(configs)}', str(len(trained)), what])
    return table


@cache
def _size(path: Path, dataset: str) -> rows.Size:
    from pisnas_mm.reproduction.sizes import size

    cost = size(path, dataset)
    return rows.Size(cost.params, round(cost.macs))
