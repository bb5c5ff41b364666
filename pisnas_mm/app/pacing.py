"""Hours as steps: how long the contestants of a verification take, measured once and kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmengine.config import Config

from pisnas_mm.detectors.brief import paced
from pisnas_mm.detectors.trainings import Training, run
from pisnas_mm.ranking.brief_settings import BriefTraining
from pisnas_mm.ranking.budget import Pace, duration, makespan, steps_within
from pisnas_mm.ranking.contest import Contest
from pisnas_mm.utils.claims import Claims
from pisnas_mm.utils.config_text import config_text
from pisnas_mm.utils.files import write_json, write_text
from pisnas_mm.utils.safe_json import parse_json, read_limited


def with_steps(
    contest: Contest,
    configs: Mapping[str, Config],
    gpus: Sequence[str | None],
    processes: int,
    say: Callable[[str], object],
) -> BriefTraining:
    """A contest's settings with the steps that fit into their hours.

    All take a few steps first. What follows from that is kept in ``budget.json``, and holds for as
    long as that lies there: also if machines are faster when the verification goes on.

    Args:
        contest: Whose settings have ``hours``.
        configs: The detectors that take part, by name.
        gpus: One for every training at a time.
        processes: How many do as this one does.
        say: Takes what is done.

    Raises:
        ValueError: The hours are too few, or others than before.
    """
    folder, settings = contest.folder, contest.settings
    file, claims = folder / 'budget.json', Claims()
    if not file.exists():
        with claims.waiting(folder):
            trainings = [
                [_beginning(folder / name, configs[name], settings) for name in group]
                for group in contest.groups
            ]
        say(f'{settings.hours:g} hours: measuring how long trainings take')
        for _ in run([of for group in trainings for of in group], settings.metric, gpus):
            pass
        with claims.waiting(folder):
            if not file.exists():
                write_json(file, _decided(settings, trainings, len(gpus) * processes))
    kept = parse_json(read_limited(file))
    if kept['hours'] != settings.hours:
        raise ValueError(
            f'verify.hours = {settings.hours:g}, but {file} is for {kept["hours"]:g}; delete '
            f'{folder} to begin anew'
        )
    say(f'{settings.hours:g} hours: {kept["steps"]} steps a training')
    return replace(settings, hours=None, steps=kept['steps'])


def write_config(file: Path, cfg: Config, folder: Path) -> None:
    """Write what is trained; one that differs from what was trained is refused.

    Args:
        file: Its place.
        cfg: A detector's config.
        folder: Of all trainings.

    Raises:
        ValueError: It differs.
    """
    text = config_text(cfg.to_dict())
    file.parent.mkdir(exist_ok=True)
    if not file.exists():
        write_text(file, text)
    elif file.read_text(encoding='utf-8') != text:
        raise ValueError(f'{file} was trained with other settings; delete {folder} to begin anew')


def _beginning(folder: Path, cfg: Config, settings: BriefTraining) -> Training:
    config = folder / 'pace.py'
    write_config(config, paced(cfg), folder.parent)
    seed = settings.seeds[0]
    return Training(config, seed, folder / 'pace', resume=False, pause_after=2)


def _decided(
    settings: BriefTraining, groups: Sequence[Sequence[Training]], at_a_time: int
) -> dict[str, Any]:
    """The steps, and what they follow from; a contestant that fails already is left out."""
    results = {of: parse_json(read_limited(of.result)) for group in groups for of in group}
    paces = {of: _pace(of, found) for of, found in results.items() if not found['failure']}
    if not paces:
        failed = next(iter(results))
        raise ValueError(
            f'no contestant trains: {results[failed]["failure"]}; see {failed.folder}/output.log'
        )
    known = [[paces[of] for of in group if of in paces] for group in groups]
    of_all = known, settings.rungs, len(settings.seeds), at_a_time
    hours = settings.hours or 0.0
    measuring = makespan((found['seconds'] for found in results.values()), at_a_time)
    steps = steps_within(3600 * hours - measuring, *of_all)
    if not steps:
        least = (measuring + duration(*of_all, 1)) / 3600
        raise ValueError(
            f'verify.hours = {hours:g} are too few: one step in every round of all trainings takes '
            f'{least:.2g}; take more hours, more trainings at a time, or fewer finalists, rungs or '
            f'seeds'
        )
    return {
        'hours': hours,
        'steps': steps * settings.rounds,
        'at_a_time': at_a_time,
        'seconds': {of.folder.parent.name: pace._asdict() for of, pace in paces.items()},
    }


def _pace(training: Training, result: Mapping[str, Any]) -> Pace:
    measured = parse_json(read_limited(training.folder / 'pace.json'))
    start = max(result['seconds'] - measured['rounds'], 0.0)
    return Pace(start, measured['round'], measured['step'])
