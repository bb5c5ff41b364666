"""A search in the places where a training is watched: MMEngine's visualization back ends.

Asked for by ``vis_backends`` in a config; only then MMEngine's visualizer, and with it torch, is
imported.
"""

import atexit
import inspect
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pisnas_mm.checks import MAX_SHOWN, Problems, shown
from pisnas_mm.registry import suggest
from pisnas_mm.search.counts import Counts
from pisnas_mm.search.evolution import Evolution

if TYPE_CHECKING:
    from mmengine.config import Config

    from pisnas_mm.search.settings import SearchSettings

TIMES = 200  # how often scalars are written in a search

Watch = Callable[[Counts, Evolution], None]
"""Called after every generation."""


class ScalarWriter:
    """Writes scores, measures of the best and rejections, over the number of candidates.

    Args:
        write: Takes scalars by name, and the number of candidates.
        ties: The search's tie-breakers, which a rank holds after the score.
        interval: Candidates between two writings.
    """

    def __init__(
        self, write: Callable[[dict[str, float], int], None], ties: Sequence[str], interval: int
    ) -> None:
        self._write = write
        self._ties = ties
        self._interval = interval
        self._written: int | None = None  # the interval that was written last

    def __call__(self, counts: Counts, evolution: Evolution) -> None:
        interval = counts.candidates // self._interval
        if interval != self._written:
            self._written = interval
            self._write(scalars(counts, evolution, self._ties), counts.candidates)


def scalars(counts: Counts, evolution: Evolution, ties: Sequence[str]) -> dict[str, float]:
    """What is known after a generation; shares are of all candidates so far."""
    best, worst = evolution.population[0], evolution.population[-1]
    assert best.rank is not None, 'rejected candidates are never kept'
    found = {'search/best_score': best.score, 'search/worst_score': worst.score}
    for tie, value in zip(ties, best.rank[1:], strict=True):
        found[f'search/best_{tie.removeprefix("-")}'] = -value if tie.startswith('-') else value
    found['search/scored'] = counts.scored / counts.candidates
    for cause, count in sorted(counts.rejected.items()):
        found[f'search/rejected_{cause.replace(" ", "_")}'] = count / counts.candidates
    return found


def check_backends(backends: Any) -> list[dict[str, Any]]:
    """The entry ``vis_backends`` as a list of dicts; names stand for dicts with a ``type``.

    Raises:
        ValueError: It is something else.
    """
    listed = [backends] if isinstance(backends, str | Mapping) else backends
    if not isinstance(listed, list | tuple) or not listed:
        raise ValueError(f'vis_backends should be a list of dicts, but got {shown(backends)}')
    found = [{'type': one} if isinstance(one, str) else one for one in listed]
    for one in found:
        if not isinstance(one, Mapping) or not isinstance(one.get('type'), str):
            raise ValueError(f'vis_backends should be dicts with a `type`, but got {shown(one)}')
    return [dict(one) for one in found]


def find_backends(backends: Any) -> None:
    """Raise ``Problems`` where the entry ``vis_backends`` names what MMEngine does not have."""
    import mmengine.visualization  # noqa: F401  (registers its back ends, and imports torch)
    from mmengine.registry import VISBACKENDS

    problems = []
    for one in check_backends(backends):
        name, known = one.pop('type'), VISBACKENDS.module_dict
        cls = known.get(name) or ('.' in name and VISBACKENDS.get(name))
        if not cls:
            problems.append(f'vis_backends: {shown(name)} is unknown; {suggest(name, known)}')
            continue
        takes = inspect.signature(cls).parameters
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in takes.values()):
            problems += [
                f'vis_backends: {name} takes no `{str(key)[:MAX_SHOWN]}`; {suggest(key, takes)}'
                for key in one
                if key not in takes
            ]
    if problems:
        raise Problems(problems)


def build_watch(cfg: 'Config', work_dir: Path, settings: 'SearchSettings') -> Watch | None:
    """Open the back ends of a search config, in a folder named by the time as a training's.

    Returns:
        None where the config has no ``vis_backends``.

    Raises:
        ValueError: A back end is unknown, refuses its arguments, or a package is missing.
    """
    if 'vis_backends' not in cfg:
        return None
    backends = check_backends(cfg.vis_backends)
    folder = work_dir / time.strftime('%Y%m%d_%H%M%S')
    try:
        from mmengine.visualization import Visualizer

        visualizer = Visualizer(vis_backends=backends, save_dir=str(folder))
        visualizer.add_config(cfg)
    except (AttributeError, ImportError, KeyError, TypeError) as error:
        raise ValueError(f'vis_backends: {error}') from error
    atexit.register(visualizer.close)  # TensorBoard holds the last lines back until then
    return ScalarWriter(
        lambda found, step: visualizer.add_scalars(found, step=step),
        settings.tie_breakers,
        max(1, settings.num_candidates // TIMES),
    )
