"""A search in one picture: its score, what it rejected, and the population it ended with."""

from pisnas_mm.visualization import (
    front,
    front_charts,
    history,
    history_charts,
    population,
    population_charts,
)
from pisnas_mm.visualization.vega import CONFIG, SCHEMA_URL, Spec
from pisnas_mm.visualization.work_dir import Search

SIZE = {'width': 320, 'height': 240}  # of a panel


def overview(search: Search) -> Spec:
    """The front of a search that has one; else the report's charts of these three, side by side."""
    if search.front:
        cost = front.cost_of(search.front)
        spec = front_charts.front_chart(front.points(search.front), cost)
        title = f'{search.name}: one search, every budget'
        return {**spec, 'title': title, 'padding': 12, 'width': 860, 'height': 460}
    causes = [*sorted(search.rejected, key=lambda cause: -search.rejected[cause]), 'scored']
    rejected = history.rejections(search.history)
    panels = {
        f'{search.name}: score, best and all kept': history_charts.score_chart(
            history.scores(search.history)
        ),
        'What became of the candidates': history_charts.rejection_chart(rejected, causes),
        'Population: PR score over MACs': population_charts.population_chart(
            population.members(search)
        ),
    }
    return {
        '$schema': SCHEMA_URL,
        'config': CONFIG,
        'padding': 12,
        'hconcat': [_panel(title, spec) for title, spec in panels.items()],
        'resolve': {'scale': {'color': 'independent', 'shape': 'independent'}},
    }


def _panel(title: str, spec: Spec) -> Spec:
    own = {key: value for key, value in spec.items() if key not in ('$schema', 'config')}
    return {'title': title, **own, **SIZE}
