"""Finalists of a search and the user's baselines, trained briefly on the user's data."""

import os
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from mmengine.config import Config

from pisnas_mm.app.checks import check_search
from pisnas_mm.app.pacing import with_steps, write_config
from pisnas_mm.app.race import Race
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import lines_of
from pisnas_mm.datasets.checking import check_annotations
from pisnas_mm.detectors.baselines import baseline_config
from pisnas_mm.detectors.brief import brief
from pisnas_mm.detectors.data import check_data, load_with_data
from pisnas_mm.detectors.detector import detector_config
from pisnas_mm.detectors.metrics import check_gives
from pisnas_mm.ranking.brief_settings import BriefTraining, brief_settings
from pisnas_mm.ranking.contest import Contest, Contestant
from pisnas_mm.search import Evaluation
from pisnas_mm.search.finalists import BRIEF_TRAINING, asked_to_train, chooser
from pisnas_mm.search.processes import slurm_ranks
from pisnas_mm.utils.claims import Claims
from pisnas_mm.utils.config_text import config_text
from pisnas_mm.utils.configs import folder_of, import_modules, load_config
from pisnas_mm.utils.files import write_text
from pisnas_mm.utils.preconditions import check_installed
from pisnas_mm.utils.work_dir import WorkDir
from pisnas_mm.visualization.work_dir import read_search

T = TypeVar('T')


class Verified(NamedTuple):
    """What brief trainings say: all of ``verification.json``, and where the files lie."""

    result: Mapping[str, Any]
    files: WorkDir

    def __repr__(self) -> str:
        files = self.files
        return '\n'.join(
            [
                self.result['verdict']['sentence'],
                '',
                f'all of it         {files.verdict}',
                f'detector config   {files.verified}',
                f'train it with     python tools/train.py {files.verified}',
                f'look at it with   python tools/analysis_tools/report.py {files.folder}',
            ]
        )


def verify_search(
    work_dir: str | Path,
    *,
    options: Mapping[str, Any] | None = None,
    gpus: Sequence[str | None] = (None,),
    processes: int = 1,
    say: Callable[[str], object] = print,
) -> Verified:
    """Train the finalists of a search, and the baselines that its config names, by halving.

    What is trained already is not trained again: the same call goes on where one was interrupted.
    Several processes may do this at once, also on machines that share the work directory: each
    trains what nobody else does, and all come to the same end.

    Args:
        work_dir: Of a search that has ended, or that has saved its state.
        options: Changes of its config, such as ``{'verify.steps': 500}``.
        gpus: One for every training at a time, the same one for several; None is what there is.
        processes: How many do this at once, as far as is known: what hours suffice for.
        say: Takes a line for every training and rung that has ended.

    Raises:
        ValueError: There is no search, the config is not valid, data are missing, a baseline does
            not build, or the evaluator gives no such metric: all before anything is trained.
    """
    check_installed('torch', 'mmcv', 'mmdet', 'scipy')
    files = WorkDir.of(Path(work_dir))
    search = read_search(files.folder)
    cfg = load_config(files.config, options)
    if not asked_to_train(cfg.get('verify')):
        cfg.verify = dict(type=BRIEF_TRAINING)
    import_modules(cfg)
    check_search(cfg)
    plain, settings = cfg.to_dict(), brief_settings(cfg.to_dict())
    finalists = chooser(plain)([*map(_evaluation, search.population, search.scores)])
    places = [search.population.index(genotype) + 1 for genotype in finalists]
    whole = detectors(plain, folder_of(cfg), finalists, search.seed)
    short = _shortened(whole, settings)
    contestants = _contestants(short, places, plain['image_size'])
    files.verification.mkdir(exist_ok=True)
    contest, claims = Contest(files.verification, contestants, settings), Claims()
    if settings.hours:
        loaded = {name: load_with_data(of) for name, of in whole.items()}
        settings = with_steps(contest, loaded, gpus, processes, say)
        contest, short = replace(contest, settings=settings), _shortened(whole, settings)
    with claims.waiting(files.verification):
        for name, cfg in short.items():
            write_config(contest.config(name), cfg, files.verification)
    result = Race(contest, gpus, say, files.verdict).run()
    use = result['verdict']['use']
    if use is None:
        raise ValueError(f'all trainings failed; see output.log in {files.verification}')
    headline = f'# {result["verdict"]["sentence"]}\n'
    with claims.waiting(files.verification):
        write_text(files.verified, headline + config_text(whole[use].to_dict()))
    return Verified(result, files)


def _evaluation(genotype: Genotype, score: float) -> Evaluation:
    return Evaluation(genotype, (score,))


def _shortened(whole: Mapping[str, Config], settings: BriefTraining) -> dict[str, Config]:
    """The detectors as they are trained, whose data and metric are there.

    Raises:
        ValueError: They are not, or a training cannot be shortened.
    """
    found = {
        name: _named(name, brief, load_with_data(of), settings.rounds, settings.steps_a_round)
        for name, of in whole.items()
    }
    first = next(iter(found.values()))  # all have the same data
    check_gives(first, settings.metric, 'verify.metric')
    check_data(first, 'train_dataloader', 'val_dataloader', 'val_evaluator')
    check_annotations(first, 'train', 'val')
    return found


def _contestants(
    configs: Mapping[str, Config], places: Sequence[int], image_size: int
) -> tuple[Contestant, ...]:
    """With their costs, for which each is built once; who has no place is a baseline."""
    padded = [*places, *[None] * (len(configs) - len(places))]
    return tuple(
        Contestant(name, place, *_named(name, _cost, cfg, image_size))
        for (name, cfg), place in zip(configs.items(), padded, strict=True)
    )


def own_share(launcher: str, gpus: Sequence[str | None]) -> tuple[Sequence[str | None], int]:
    """Which of a machine's GPUs this process has, and how many processes there are.

    Args:
        launcher: What has started them, one for each GPU: ``'pytorch'`` or ``'slurm'``; with
            ``'none'`` this one is alone.
        gpus: Those of this machine.

    Raises:
        ValueError: The launcher has not started this process.
    """
    if launcher == 'none':
        return gpus, 1
    try:
        if launcher == 'slurm':
            os.environ.update(slurm_ranks(os.environ))
        number, processes = int(os.environ['LOCAL_RANK']), int(os.environ['WORLD_SIZE'])
    except KeyError as error:
        raise ValueError(f'--launcher {launcher}, but {error.args[0]} is not set') from error
    return [gpus[number % len(gpus)]], processes


def seen_gpus() -> list[str | None]:
    """The GPUs that this process sees, as ``CUDA_VISIBLE_DEVICES`` names them; None for a CPU."""
    check_installed('torch')

    import torch

    named = [of for of in os.environ.get('CUDA_VISIBLE_DEVICES', '').split(',') if of]
    return list(named or map(str, range(torch.cuda.device_count()))) or [None]


def detectors(
    cfg: Mapping[str, Any], folder: Path, finalists: Sequence[Genotype], seed: Genotype
) -> dict[str, Config]:
    """The complete detector configs of all who take part, by name: finalists first.

    Raises:
        ValueError: A baseline does not fit; the message names it.
    """
    detector, imports = cfg['detector'], cfg.get('custom_imports')
    found = {
        f'searched-{i}': detector_config(genotype, detector, folder, imports)
        for i, genotype in enumerate(finalists, 1)
    }
    for name, baseline in brief_settings(cfg).baselines.items():
        if name in found:
            raise ValueError(f'verify.baselines: {name} is what a finalist is called')
        found[name] = _named(name, baseline_config, baseline, detector, folder, seed, imports)
    return found


def _cost(cfg: Config, image_size: int) -> tuple[int, int]:
    """Params and MACs of the whole detector, which is built for it."""
    from pisnas_mm.models.complexity import build_on_meta, count

    import_modules(cfg)
    whole = count(build_on_meta(deepcopy(cfg)), (image_size, image_size))['total']
    return whole.params, round(whole.macs)


def _named(name: str, build: Callable[..., T], *arguments: Any) -> T:
    """What ``build`` gives; whatever it raises is one line about the contestant."""
    try:
        return build(*arguments)
    except Exception as error:  # MMDetection's own refusals are of many kinds
        told = '; '.join(lines_of(error))[:1000]
        raise ValueError(f'verify: {name} does not build: {told}') from error
