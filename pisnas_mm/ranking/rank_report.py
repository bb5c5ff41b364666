"""The comparison of scores with what was trained: as a table, as CSV and as a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from math import isfinite

import numpy as np

from pisnas_mm.ranking.halving import Replayed
from pisnas_mm.ranking.scoring import Values
from pisnas_mm.ranking.settings import RankingSettings
from pisnas_mm.ranking.statistics import (
    Array,
    Estimate,
    Resampling,
    between_seeds,
    interval,
    kendall_tau,
    regret,
    spearman_rho,
)
from pisnas_mm.utils.table import NOTHING, Table, markdown


@dataclass(frozen=True)
class Row:
    """How well a score ranks; regrets are in points. ``against`` is its τ less the own score's."""

    name: str
    values: Values
    tau: Estimate
    rho: Estimate
    regret: Estimate
    against: Estimate | None


@dataclass(frozen=True)
class Comparison:
    """All scores against the same trainings; the config's own score comes first.

    ``accuracies`` are in percent, (architectures, seeds). ``ingredients`` are what the own score is
    made of; ``missing`` says why a score has no values; ``halving`` is what that would have named.
    """

    names: tuple[str, ...]
    accuracies: Array
    rows: tuple[Row, ...]
    ingredients: tuple[Row, ...]
    missing: Mapping[str, str]
    settings: RankingSettings
    halving: Replayed | None = None


def compare(
    accuracies: Mapping[str, Sequence[float]],
    scores: Mapping[str, Values],
    ingredients: Mapping[str, Values],
    missing: Mapping[str, str],
    settings: RankingSettings,
) -> Comparison:
    """Relate scores to accuracies.

    Args:
        accuracies: In percent, by architecture, one for every seed.
        scores: By name, in the order of the architectures; the config's own is the first.
        ingredients: What that is made of, by name.
        missing: Scores without values, and why.
        settings: The entry ``ranking`` of the config.
    """
    trained = np.array(list(accuracies.values()))
    resampling = Resampling(trained, settings.num_resamples)
    own, *_ = map(np.array, scores.values())
    own_tau, own_taus = kendall_tau(own, resampling.means), resampling.samples(own, kendall_tau)

    def row(name: str, values: Values) -> Row:
        numbers = np.array(values)
        tau, taus = kendall_tau(numbers, resampling.means), resampling.samples(numbers, kendall_tau)
        lost = partial(regret, top_k=settings.top_k)
        return Row(
            name,
            values,
            interval(tau, taus),
            resampling.estimate(numbers, spearman_rho),
            resampling.estimate(numbers, lost),
            None if np.array_equal(numbers, own) else interval(tau - own_tau, taus - own_taus),
        )

    found = tuple(row(*item) for item in scores.items())
    made_of = tuple(row(*item) for item in ingredients.items())
    return Comparison(tuple(accuracies), trained, found, made_of, missing, settings)


def score_table(rows: Sequence[Row], top_k: int) -> Table:
    """A line a score, best τ first; intervals of 95 %."""
    head = ['score', 'Kendall tau', 'Spearman rho', f'regret of top {top_k}', 'tau less own']
    ranked = sorted(rows, key=lambda row: -row.tau.value if isfinite(row.tau.value) else 9.0)
    return [head, *([row.name, *_cells(row)] for row in ranked)]


def architecture_table(comparison: Comparison) -> Table:
    """A line an architecture: what its trainings came to, and all its scores."""
    seeds = [f'seed {seed}' for seed in comparison.settings.training_seeds]
    rows = (*comparison.rows, *comparison.ingredients)
    table = [['architecture', *seeds, 'mean', *(row.name for row in rows)]]
    for i, name in enumerate(comparison.names):
        accuracies = comparison.accuracies[i]
        cells = [f'{value:.2f}' for value in (*accuracies, accuracies.mean())]
        table.append([name, *cells, *(f'{row.values[i]:.6g}' for row in rows)])
    return table


def number_table(rows: Sequence[Row]) -> Table:
    """Estimates and intervals, a number a cell: for programs."""
    names = ('tau', 'rho', 'regret', 'against')
    head = ['score', *(f'{n}{end}' for n in names for end in ('', ' low', ' high'))]
    table = [head]
    for row in rows:
        found = [getattr(row, name) for name in names]
        numbers = [n for one in found for n in (one or Estimate(*[float('nan')] * 3))]
        table.append([row.name, *(f'{n:.4f}' if isfinite(n) else NOTHING for n in numbers)])
    return table


def page(comparison: Comparison, title: str, command: str, picture: str) -> str:
    """All in Markdown.

    Args:
        comparison: What was found.
        title: Of the page.
        command: What writes it.
        picture: The drawing, relative to the page.
    """
    settings, accuracies = comparison.settings, comparison.accuracies
    num, seeds = accuracies.shape
    tau = between_seeds(accuracies)
    ceiling = f'The seeds agree with each other with a tau of {tau:.2f}. ' if isfinite(tau) else ''
    parts = [
        f'# {title}',
        f'Written by `{command}`.',
        f'{num} architectures, each trained with {seeds} seed{"s" * (seeds > 1)}; '
        f'`{settings.metric}` in percent, from '
        f'{accuracies.mean(axis=1).min():.1f} to {accuracies.mean(axis=1).max():.1f}. {ceiling}'
        f'In brackets: 95 % bootstrap intervals over architectures and seeds '
        f'({settings.num_resamples} samples). The regret is the best mean of all less the best of '
        f'the {settings.top_k} that a score puts first, in points. The last column is the '
        f'difference to the tau of `{comparison.rows[0].name}`, in the same samples.',
        markdown(score_table(comparison.rows, settings.top_k)).rstrip(),
        *(_halved(comparison.halving) if comparison.halving else []),
        f'![Accuracy over every score]({picture})',
        f'What `{comparison.rows[0].name}` is made of, and what budgets bound. Of penalties '
        f'and of the effectiveness less should be better.',
        markdown(score_table(comparison.ingredients, settings.top_k)).rstrip(),
        *(f'* `{name}` has no value: {reason}' for name, reason in comparison.missing.items()),
    ]
    return '\n\n'.join(parts) + '\n'


def _halved(of: Replayed) -> list[str]:
    *before, last = of.epochs
    line = (
        f'Successive halving after epochs {", ".join(map(str, before))} of {last} takes '
        f'{100 * of.share:.0f} % of the steps and names {of.winner}, {of.regret:.1f} points below '
        f'the best of all.'
    )
    return [line] if before else []


def _cells(row: Row) -> list[str]:
    found = (row.tau, '+.2f'), (row.rho, '+.2f'), (row.regret, '.1f'), (row.against, '+.2f')
    return [
        f'{one.value:{form}} ({one.low:{form}} to {one.high:{form}})'
        if one is not None and isfinite(one.value)
        else NOTHING
        for one, form in found
    ]
