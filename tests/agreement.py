"""How well closed form and Monte-Carlo agree: ``python -m tests.agreement [--plot FILE]``.

Two things are compared with. Radii of the *mean map*, averaged over many draws before it is
thresholded, are what the closed form should equal; our own sampling gives them
(tests/data/monte_carlo.jsonl). The *mean of single draws* is what the released search sees; the
authors' code gives it (tests/data/released_code.jsonl).
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from unittest import mock

import numpy as np
from numpy.typing import NDArray

import pisnas_mm.spaces  # noqa: F401  (registers them)
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.measures import macs
from pisnas_mm.receptive import backward, stage_radii, stages
from pisnas_mm.receptive import radii as radii_of
from pisnas_mm.receptive.gradients import Gradient
from pisnas_mm.receptive.radii import SMOOTHING
from pisnas_mm.registry import SPACES, build
from pisnas_mm.utils.configs import load_config
from pisnas_mm.utils.table import text_table
from tests import reference

Array = NDArray[np.float64]
Lines = list[dict[str, Any]]
RELEASED = {'c2f': reference.C2F, 'residual': reference.RESIDUAL}
_CONFIGS = Path(__file__).parents[1] / 'configs/_base_/search'
CELLS = np.array([1, 4, 8, 16])  # pixels; the maps of the stages of stride 4 to 32


class Agreement(NamedTuple):
    """Figures of a set of architectures; biases are relative, scores from stride 8 on."""

    within_a_cell: float  # share of all radii
    bias: float  # mean of ours / theirs − 1
    tau: float  # Kendall's


def radii(lines: Lines, smoothing: float = SMOOTHING) -> Array:
    """Closed-form radii, (architectures, stages), in pixels."""
    return np.array(
        [stage_radii(reference.genotype(x), x['image_size'], smoothing=smoothing) for x in lines]
    )


def agreement(ours: Array, theirs: Array) -> Agreement:
    """Compare radii, (architectures, stages)."""
    within = np.abs(ours - theirs) <= CELLS + 1e-6
    a, b = (x[:, 1:].sum(axis=1) for x in (ours, theirs))
    return Agreement(float(within.mean()), float((a / b).mean()) - 1, kendall_tau(a, b))


def mean_maps(lines: Lines) -> Array:
    """Radii of averaged maps."""
    return np.array([line['mean_map_radius'] for line in lines])


def mean_draws(lines: Lines) -> Array:
    """Means of the radii of single draws."""
    return np.array([np.mean(line['stage_radius'], axis=0) for line in lines])


def tau_of_one_draw(lines: Lines) -> float:
    """Kendall's tau of a single draw against the mean of the others, averaged over draws."""
    scores = np.array([np.array(line['stage_radius'])[:, 1:].sum(axis=1) for line in lines])
    draws = scores.shape[1]
    others = (scores.sum(axis=1, keepdims=True) - scores) / (draws - 1)
    return float(np.mean([kendall_tau(scores[:, i], others[:, i]) for i in range(draws)]))


def kendall_tau(a: Sequence[float] | Array, b: Sequence[float] | Array) -> float:
    """Kendall's rank correlation (τ-a), by its definition."""
    above = np.triu_indices(len(a), 1)
    signs = [np.sign(np.subtract.outer(x, x))[above] for x in (a, b)]
    return float((signs[0] * signs[1]).mean())


@contextmanager
def without(assumption: str) -> Iterator[None]:
    """The closed form with one of its effects left out; by name, see ``LEFT_OUT``."""
    memories = (
        radii_of.stage_radius,
        radii_of._radius_of,
        radii_of._seen_from_outside,
        stages._remembered,
        stages._stage,
        stages._ratio,
    )
    for memory in memories:
        memory.cache_clear()
    with LEFT_OUT[assumption]():
        yield
    for memory in memories:
        memory.cache_clear()


def _unaligned() -> Any:
    centre = stages.centre

    def not_aligned(num_components: int, side: int) -> Gradient:
        gradient = centre(num_components, side)
        return gradient._replace(aligned=0 * gradient.aligned)

    return mock.patch.object(stages, 'centre', not_aligned)


def _no_backdrop() -> Any:
    pull_back = stages.pull_back

    def nothing_taken_off(*args: Any) -> tuple[Gradient, Any]:
        gradient, window = pull_back(*args)
        return gradient._replace(backdrop=0 * gradient.backdrop), window

    return mock.patch.object(stages, 'pull_back', nothing_taken_off)


LEFT_OUT: dict[str, Callable[[], Any]] = {
    'the aligned part': _unaligned,
    'what batch norm takes off': _no_backdrop,
    'the batch being finite': lambda: mock.patch.object(backward, 'BATCH_SIZE', 1e9),
    'borders in the variances': lambda: mock.patch.object(
        backward, 'batch_variance', lambda step, x, side: x.var
    ),
    'rounding width ratios': lambda: mock.patch.object(stages, 'PER_OCTAVE', 256),
}


def architectures(space: str, num: int = 24) -> Iterator[tuple[Genotype, int]]:
    """The architectures of tests/data/monte_carlo.jsonl and their image sizes, drawn by mutation.

    Those whose sampling would take too long are left out, and those with too few blocks to differ.
    """
    image_size, max_macs, min_blocks = {'c2f': (320, 1.0e9, 7), 'residual': (224, 1.8e9, 9)}[space]
    config = load_config(str(_CONFIGS / f'{space}.py')).to_dict()
    mutable, rng = build(SPACES, config['space'], 'space'), Random(0)
    found: list[Genotype] = []
    while len(found) < num:
        genotype = mutable.seed
        for _ in range(rng.randint(6, 60)):
            genotype = mutable.mutate(genotype, rng)
        small = macs(genotype, image_size) <= max_macs
        if small and sum(genotype.depths) >= min_blocks and genotype not in found:
            found.append(genotype)
            yield genotype, image_size


def print_samples(space: str, num_draws: int = 64) -> None:
    """Print the lines of tests/data/monte_carlo.jsonl. Takes half an hour a space on one core."""
    for i, (genotype, image_size) in enumerate(architectures(space)):
        line = sampled_line(f'{space}-{i:02d}', genotype, image_size, num_draws)
        print(json.dumps(line), flush=True)


def sampled_line(id: str, genotype: Genotype, image_size: int, num_draws: int) -> dict[str, Any]:
    """What a line of sampled radii holds. Needs torch."""
    from pisnas_mm.receptive.monte_carlo import sample_radii

    sampled = sample_radii(genotype, image_size, num_draws=num_draws)
    return {
        'id': id,
        'image_size': image_size,
        'arch': genotype.to_list(),
        'mean_map_radius': [round(r, 4) for r in sampled.mean_map],
        'stage_radius': [[round(r, 4) for r in draw] for draw in sampled.draws],
    }


def rim_scatter(line: dict[str, Any], num_draws: int = 16) -> list[float]:
    """How the rims of single draws scatter, by stage: the standard deviation of ln(m / max m).

    Taken where the mean map m has 0.05 to 0.2 of its maximum. Needs torch.
    """
    from pisnas_mm.receptive.monte_carlo import sample_maps

    genotype, size = reference.genotype(line), line['image_size']
    scatter = []
    for maps in zip(*sample_maps(genotype, size, num_draws), strict=True):
        shares = np.array([seen / seen.max() for seen in maps])
        mean = shares.mean(axis=0) / shares.mean(axis=0).max()
        rim = (mean > 0.05) & (mean < 0.2)
        logs = np.log(np.maximum(shares[:, rim], 1e-6))
        scatter.append(float(logs.std(axis=0, ddof=1).mean()) if rim.any() else float('nan'))
    return scatter


def print_agreement() -> None:
    """Print all tables."""
    head = ['', 'space', 'radii within a cell', 'PR score', 'tau']

    def row(label: str, space: str, found: Agreement) -> list[str]:
        return [
            label,
            space,
            f'{found.within_a_cell:.1%}',
            f'{found.bias:+.1%}',
            f'{found.tau:.3f}',
        ]

    rows = [head]
    for space, released in RELEASED.items():
        own = reference.sampled(space)
        rows += [
            row('closed form, our mean maps', space, agreement(radii(own), mean_maps(own))),
            row('closed form, our draws', space, agreement(radii(own), mean_draws(own))),
            row(
                'closed form, released draws',
                space,
                agreement(radii(released), mean_draws(released)),
            ),
            row('our mean maps, our draws', space, agreement(mean_maps(own), mean_draws(own))),
            ['one released draw, the others', space, '', '', f'{tau_of_one_draw(released):.3f}'],
        ]
        if released[0].get('mean_map_radius'):
            rows.append(
                row(
                    'closed form, released mean maps',
                    space,
                    agreement(radii(released), mean_maps(released)),
                )
            )
    print(text_table(rows, left=(0, 1)))

    rows = [
        ['closed form without', 'space', 'radii within a cell', 'PR score', 'tau on released draws']
    ]
    for space, released in RELEASED.items():
        own = reference.sampled(space)
        for label in ['(nothing)', 'smoothing', *LEFT_OUT]:
            with without(label) if label in LEFT_OUT else nullcontext():
                smoothing = 0.0 if label == 'smoothing' else SMOOTHING
                maps = agreement(radii(own, smoothing), mean_maps(own))
                draws = agreement(radii(released, smoothing), mean_draws(released))
            rows.append(row(label, space, maps._replace(tau=draws.tau)))
    print(f'\n{text_table(rows, left=(0, 1))}')


def plot(path: str) -> None:
    """Scatter plots of closed form against Monte-Carlo scores, with their standard deviations."""
    import matplotlib

    matplotlib.use('Agg')
    matplotlib.rcParams['svg.hashsalt'] = 'pisnas_mm'
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(10, 4.8), layout='constrained')
    for ax, (space, released) in zip(axes, RELEASED.items(), strict=True):
        own = reference.sampled(space)
        sets = (("authors' code", released, '#0072b2', 'o'), ('our sampling', own, '#d55e00', 's'))
        for label, lines, colour, marker in sets:
            draws = [np.array(line['stage_radius'])[:, 1:].sum(axis=1) for line in lines]
            ax.errorbar(
                radii(lines)[:, 1:].sum(axis=1),
                [d.mean() for d in draws],
                yerr=[d.std(ddof=1) for d in draws],
                fmt=marker,
                color=colour,
                ecolor=f'{colour}60',
                markersize=4.5,
                linewidth=1,
                label=f'{label}, {len(lines)} architectures × {len(draws[0])} draws',
            )
        low, high = ax.get_xlim()
        ax.plot([low, high], [low, high], color='0.6', linewidth=1, zorder=0)
        ax.set(
            title=f'{space} space, {released[0]["image_size"]}²',
            xlabel='PR score in closed form (pixels)',
            ylabel='PR score of single draws (pixels), mean and standard deviation',
        )
        ax.legend(loc='upper left', frameon=False)
    figure.savefig(path, metadata={'Date': None})


if __name__ == '__main__':
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--plot', metavar='FILE', help='draw the scatter plot instead')
    parser.add_argument('--sample', choices=RELEASED, help='sample our own radii instead')
    parser.add_argument('--scatter', action='store_true', help='measure the rims of draws instead')
    args = parser.parse_args()
    if args.plot:
        plot(args.plot)
    elif args.sample:
        print_samples(args.sample)
    elif args.scatter:
        for space in RELEASED:
            print(space, ', '.join(f'{s:.2f}' for s in rim_scatter(reference.sampled(space)[0])))
    else:
        print_agreement()
