"""The entry ``search`` of a search config."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal, get_args

from pisnas_mm.checks import Problems, check_whole, lines_of, shown
from pisnas_mm.registry import suggest
from pisnas_mm.search.evaluation import check_tie_breakers
from pisnas_mm.search.objectives import check_objectives, check_ranges, costs_of

# What may differ when a search is resumed: the result does not depend on it.
CHANGEABLE = ('top_k', 'checkpoint_interval', 'checkpoint_seconds', 'max_failures', 'bound')
# What matters to searches with costs among their objectives only.
OF_FRONTS = ('objectives', 'num_budgets', 'budgets')
# More would fill the memory, or take hours, before anything is evaluated.
MOST = {
    'restarts': 1000,
    'generation_size': 1_000_000,
    'num_mutations': 10_000,
    'population_size': 1_000_000,
    'num_budgets': 200,
}
LEAST = {'seed': 0, 'num_budgets': 2}  # of the others: 1
Algorithm = Literal['ruins', 'loosened', 'restarts', 'released']


@dataclass(frozen=True)
class SearchSettings:
    """The entry ``search`` of a search config.

    ``algorithm`` is ``'ruins'`` (``RestartedEvolution``, in ``restarts`` populations of which the
    later ones begin with ruins of the best), ``'loosened'`` (``LoosenedEvolution``, for bounds that
    are near each other), ``'restarts'`` (``'ruins'`` without ruins) or ``'released'``
    (``Evolution``, by ``num_mutations`` at once); all keep ``population_size``.

    ``num_candidates`` includes rejected ones; ``tie_breakers`` decide between equal scores, in
    order; ``top_k`` architectures are written to ``best.json``. The state is saved every
    ``checkpoint_interval`` candidates, or ``checkpoint_seconds`` if those are over sooner. The
    search stops where ``max_failures`` candidates in a row could not be evaluated. ``bound`` asks
    how good the best could be at all, once the search is over (``pisnas_mm.bounds``).

    Costs among the ``objectives`` (``('score', '-macs')``) make it a search for a front: of the
    best within each of ``num_budgets`` budgets (``pisnas_mm.search.budgets``), from where to where
    ``budgets`` says by cost.

    Raises:
        Problems: Values are out of bounds; names all of them.
    """

    algorithm: Algorithm = 'ruins'
    restarts: int = 8
    num_candidates: int = 100_000
    population_size: int = 512
    generation_size: int = 128
    num_mutations: int = 2
    tie_breakers: tuple[str, ...] = ('bottleneck_entropy', '-macs')
    seed: int = 0
    top_k: int = 10
    checkpoint_interval: int = 20_000
    checkpoint_seconds: int = 60
    max_failures: int = 20
    bound: bool = False
    objectives: tuple[str, ...] = ('score',)
    num_budgets: int | None = None
    budgets: Mapping[str, tuple[float, float]] | None = None

    @property
    def costs(self) -> tuple[str, ...]:
        """The measures that are minimised beside the score's maximum."""
        return costs_of(self.objectives)

    def __post_init__(self) -> None:
        problems = []
        for field in fields(self):
            value, place = getattr(self, field.name), f'search.{field.name}'
            try:
                if field.name == 'algorithm':
                    check_algorithm(value)
                elif field.name == 'bound':
                    if type(value) is not bool:
                        raise ValueError(f'{place} should be True or False, but got {shown(value)}')
                elif field.name == 'tie_breakers':
                    check_tie_breakers(value)
                elif field.name == 'objectives':
                    check_objectives(value)
                elif field.name == 'budgets':
                    check_ranges(value, costs_of(as_tuple(self.objectives)))
                elif field.name == 'num_budgets' and value is None:
                    continue
                else:
                    most = MOST.get(field.name, 2**63 - 1)
                    check_whole(value, place, LEAST.get(field.name, 1), most)
            except ValueError as error:
                problems += lines_of(error)
        if problems:
            raise Problems(problems)


def search_settings(cfg: Mapping[str, Any]) -> SearchSettings:
    """The config's entry ``search``, checked."""
    settings = cfg['search']
    known = [field.name for field in fields(SearchSettings)]
    problems = unknown_keys(settings, known, 'search.')
    given = {key: settings[key] for key in known if key in settings}
    given |= {key: as_tuple(given[key]) for key in ('tie_breakers', 'objectives') if key in given}
    try:
        found = SearchSettings(**given)
    except ValueError as error:
        problems += lines_of(error)
    if problems:
        raise Problems(problems)
    return found


def check_algorithm(name: object) -> None:
    """Raise ValueError unless there is such an algorithm."""
    known = get_args(Algorithm)
    if name not in known:
        raise ValueError(
            f'search.algorithm should be one of {known}, but got {shown(name)}; '
            f'{suggest(str(name), known)}'
        )


def as_tuple(value: Any) -> Any:
    """Lists as tuples; what is no list stays, to be refused."""
    return tuple(value) if isinstance(value, list) else value


def unknown_keys(cfg: Any, known: Iterable[str], place: str) -> list[str]:
    """Complaints about keys that a part of the config should not have.

    Raises:
        ValueError: It is no dict at all.
    """
    known = list(known)
    if not isinstance(cfg, Mapping):
        raise ValueError(f'{place[:-1]} should be a dict, but got {shown(cfg)}')
    return [
        f'unknown key `{place}{str(key)[:100]}` in the search config; {suggest(key, known)}'
        for key in cfg
        if key not in known
    ]
