"""What a zoo of few detectors says of scores: pairs one by one, and shares detector by detector."""

from collections.abc import Mapping

import numpy as np

from pisnas_mm.ranking.evidence import ACROSS, LEAST_ROWS, WITHIN, Bed
from pisnas_mm.ranking.evidence_report import COST, Evidence, cell, judged, signed
from pisnas_mm.ranking.pairs import Pairs, agreements, matched_pairs
from pisnas_mm.ranking.published import ANY
from pisnas_mm.utils.table import Table, markdown


def page(evidence: Evidence, command: str, picture: str) -> str:
    """All in Markdown; its arguments are those of `evidence_report.page`.

    The first data set has all detectors, and the others one each.
    """
    whole = evidence.beds[0]
    parts = [
        "# What MMDetection's own zoo says of scores",
        f'Written by `{command}`, FOLDER being [docs/results/zoo](zoo/README.md).',
        f'{len(set(whole.models))} backbones in {len(evidence.beds) - 1} detectors, '
        f'{len(whole.keys)} results on COCO. That is few; all start from ImageNet weights, each '
        'backbone from its own, so that a score is judged by what pre-training made of it, too; '
        'and RegNetXs have a weight decay of their own, in RetinaNet a learning rate, too, each of '
        'which is worth at least 0.7 AP to them and nothing to ResNet-50, as MMDetection says.',
        'Compared are detectors of one type and schedule: the share of pairs in which the higher '
        'score, of a square of 800 pixels, has the higher box AP. 0.5 is chance. In brackets: '
        '95 % bootstrap intervals over models, where samples differ at all.',
        '## Equal MACs',
        'All pairs of backbones whose MACs are equal within 20 %; within families there is none:',
        markdown(pair_table(whole)).rstrip(),
        'Which of them a score orders rightly (1; 0.5 is a tie), and the share of all results, '
        'most of which are of one pair. The last column is tau (Kendall) of what a parabola in the '
        'logarithm of the MACs leaves of score and AP, mean over the settings of at least '
        f'{LEAST_ROWS} backbones.',
        markdown(verdict_table(evidence)).rstrip(),
        '## Any MACs',
        'All pairs, whatever they cost. A score should do better here than `MACs`.',
        f'![Shares of pairs]({picture})',
        'Across families:',
        markdown(detector_table(evidence, ACROSS)).rstrip(),
        'Within families, of which most are RegNetXs of different sizes:',
        markdown(detector_table(evidence, WITHIN)).rstrip(),
    ]
    parts += [f'* `{name}` has no value: {reason}' for name, reason in evidence.missing.items()]
    return '\n\n'.join(parts) + '\n'


def pair_table(bed: Bed) -> Table:
    """A line for every two models of nearly equal MACs: the better one first, with its lead."""
    table = [['better', 'worse', 'MACs, ratio', 'difference of box AP']]
    for names, pairs in _by_models(bed).items():
        leads = 100 * np.subtract(*bed.accuracies[pairs.rows].T)  # of the first model, in points
        ratio = np.divide(*bed.costs[COST][pairs.rows[0]])
        better, worse = names if leads.sum() > 0 else names[::-1]
        if leads.sum() < 0:
            leads, ratio = -leads, 1 / ratio
        settings = [bed.settings[row] for row in pairs.rows[:, 0]]
        said = ', '.join(f'{of} {lead:+.1f}' for of, lead in zip(settings, leads, strict=True))
        table.append([better, worse, f'{ratio:.2f}', said])
    return table


def verdict_table(evidence: Evidence) -> Table:
    """A line a score: how often it orders each pair of nearly equal MACs rightly, and the share."""
    bed = evidence.beds[0]
    found, groups = judged(evidence, bed.name), _by_models(bed)
    table = [['score', *map(' / '.join, groups), 'share', 'tau of residuals']]
    for name in sorted(bed.scores, key=lambda n: -found[COST, ACROSS, n].by_models.value):
        agreed = [agreements(of, bed.scores[name], bed.accuracies).mean() for of in groups.values()]
        shares = [f'{share:.3g}' for share in agreed]
        tau = signed(evidence.taus[bed.name][name])
        table.append([name, *shares, cell(found[COST, ACROSS, name].by_models), tau])
    return table


def detector_table(evidence: Evidence, kind: str) -> Table:
    """A line a score at any MACs, a column a detector."""
    tables = [judged(evidence, bed.name) for bed in evidence.beds]
    shares = {name: tables[0][ANY, kind, name].by_models.value for name in evidence.beds[0].scores}
    scores = sorted(shares, key=lambda name: -shares[name])
    counts = [table[ANY, kind, scores[0]].num_pairs for table in tables]
    heads = [f'{bed.name} ({n} pairs)' for bed, n in zip(evidence.beds, counts, strict=True)]
    return [
        ['score', *heads],
        *([name, *(cell(table[ANY, kind, name].by_models) for table in tables)] for name in scores),
    ]


def value_table(evidence: Evidence) -> Table:
    """Every result and what all scores and measures are of it: for programs."""
    bed = evidence.beds[0]
    rows = []
    for i, key in enumerate(bed.keys):
        values = [f'{float(score[i]):.8g}' for score in bed.scores.values()]
        rows.append([key.training, key.model, f'{100 * bed.accuracies[i]:.1f}', *values])
    return [['setting', 'backbone', 'box AP', *bed.scores], *rows]


def _by_models(bed: Bed) -> Mapping[tuple[str, str], Pairs]:
    """The pairs of different families and nearly equal MACs, by the names of both models."""
    families = [bed.families[model] for model in bed.models]
    pairs = matched_pairs(bed.models, families, bed.settings, bed.costs[COST], same_family=False)
    names = sorted(set(bed.models))
    found = {}
    for one, other in np.unique(pairs.models, axis=0).tolist():
        chosen = (pairs.models == (one, other)).all(axis=1)
        found[names[one], names[other]] = Pairs(pairs.models[chosen], pairs.rows[chosen])
    return found
