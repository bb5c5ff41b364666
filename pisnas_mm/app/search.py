"""A search from its config to the files that train: what ``tools/search.py`` and notebooks call."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from logging import Logger
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmengine.config import Config

from pisnas_mm.app.checks import check_search
from pisnas_mm.app.front import Front, front_table, write_front
from pisnas_mm.app.latency import outputs_of
from pisnas_mm.app.log import search_log
from pisnas_mm.bounds import NoBound, upper_bound
from pisnas_mm.constraints import Latency
from pisnas_mm.detectors import comparison, config_text, export, search_result
from pisnas_mm.detectors.bases import base_file
from pisnas_mm.measures import published
from pisnas_mm.search import (
    Evaluation,
    Evolution,
    Processes,
    Searcher,
    build_searcher,
    build_verifier,
    build_watch,
    reranked,
    search_settings,
)
from pisnas_mm.search.counts import Counts
from pisnas_mm.search.finalists import asked_to_train
from pisnas_mm.search.processes import restarts
from pisnas_mm.search.runs import read_runs, recorded
from pisnas_mm.timing.finalists import as_entries, keeping_latency
from pisnas_mm.utils.configs import (
    ConfigLike,
    folder_of,
    import_modules,
    load_config,
    name_of,
    set_work_dir,
)
from pisnas_mm.utils.files import NotWritten, write_text
from pisnas_mm.utils.lock import locked
from pisnas_mm.utils.preconditions import check_installed
from pisnas_mm.utils.work_dir import WorkDir
from pisnas_mm.visualization.search_report import check_report, write_report

if TYPE_CHECKING:
    from pisnas_mm.app.verify import Verified


@dataclass(frozen=True, repr=False)
class SearchResult:
    """What a search has found, as ``best.json`` holds it; its ``repr`` says it in words.

    ``seed`` and every entry of ``best`` (best first) are an architecture (``arch``), its score and
    all its measures; ``files`` says where everything lies, ``report`` where the page does, and
    ``verified`` what brief trainings say where the config asks for them. No architecture scores
    more than ``ceiling``; None where nothing near is known.
    """

    seed: Mapping[str, Any]
    best: Sequence[Mapping[str, Any]]
    files: WorkDir
    report: Path | None = None
    front: Front | None = None
    ceiling: float | None = None
    verified: 'Verified | None' = None

    def __repr__(self) -> str:
        files, folder = self.files, self.files.folder
        best = {'seed': self.seed, 'best': self.best}
        lines = [
            front_table(self.front) if self.front else comparison(best),
            *self._bound(),
            '',
            *([f'front               {files.front}'] if self.front else []),
            f'best architectures  {files.best}',
            f'backbone            {files.backbone}',
            f'detector config     {files.detector}',
            f'train it with       python tools/train.py {files.detector}',
            *self._members(),
            f'report              {self.report}'
            if self.report
            else f'look at it with     python tools/analysis_tools/report.py {folder}',
            *(['', repr(self.verified)] if self.verified else []),
        ]
        return '\n'.join(lines)

    def _members(self) -> list[str]:
        names = (self.front or {}).get('family', {})
        return [f'{name:<20}{self.files.member(name).detector}' for name in names]

    def _bound(self) -> list[str]:
        if self.ceiling is None:
            return []
        gap = (self.ceiling - max(found['score'] for found in self.best)) / abs(self.ceiling)
        return [
            f'within {max(gap, 0):.2%} of the best possible: no architecture of the space '
            f'exceeds {self.ceiling:.2f}'
        ]


def search_backbone(
    config: ConfigLike,
    *,
    work_dir: str | Path | None = None,
    options: Mapping[str, Any] | None = None,
    resume: bool | str | Path = False,
    report: bool = False,
) -> SearchResult:
    """Search a backbone without training anything, and write it with a detector around it.

    Args:
        config: A search config, or its file.
        work_dir: Where results go, if not where the config says, or in ``work_dirs/<its name>``.
        options: Changes of the config, such as ``{'constraints.macs.max': 4e9}``.
        resume: Whether to go on from the last checkpoint in the work directory; or the checkpoint
            to go on from.
        report: Whether to write ``report.html``, too.

    Raises:
        ValueError: The config is not valid, or a file cannot be read or written.
        Stopped: The search was interrupted, or its score only fails; ``resume`` goes on.
    """
    result = search_together(
        config, Processes, work_dir=work_dir, options=options, resume=resume, report=report
    )
    assert result is not None, 'who searches alone is the first'
    return result


def search_together(
    config: ConfigLike,
    join: Callable[[], Processes],
    *,
    work_dir: str | Path | None = None,
    options: Mapping[str, Any] | None = None,
    resume: bool | str | Path = False,
    report: bool = False,
) -> SearchResult | None:
    """``search_backbone`` in one of several processes; the first one writes and has the result.

    Args:
        config: See ``search_backbone``, as for what is not told here.
        join: Joins the others, once the config has been checked.

    Raises:
        Lost: Another process has gone.
    """
    cfg = load_config(config, options)
    import_modules(cfg)
    if report:
        check_report()
    check_search(cfg)
    if trains := asked_to_train(cfg.get('verify')):
        check_installed('torch', 'mmcv', 'mmdet', 'scipy')
    files = WorkDir(set_work_dir(cfg, work_dir), name_of(cfg))
    processes = join()
    with ExitStack() as stack:
        processes.first(lambda: stack.enter_context(locked(files.folder)))
        logger = stack.enter_context(search_log(files.log, silent=processes.rank > 0))
        start = _start(resume, files, processes)
        found = _result(cfg, files, start, processes, logger)
        if found and trains:
            from pisnas_mm.app.verify import seen_gpus, verify_search

            trained = verify_search(files.folder, gpus=seen_gpus(), say=logger.info)
            found = replace(found, verified=trained)
        if found and report:
            found = replace(found, report=write_report(files.folder, files.report))
    return found


def _start(resume: bool | str | Path, files: WorkDir, processes: Processes) -> bool | Path:
    """What ``Searcher.run`` starts from; torchrun's restarts go on from what there is."""
    if isinstance(resume, str | Path):
        return Path(resume)
    begun: bool = processes.gather(files.begun)[0]
    return resume or (restarts() > 0 and begun)


def _result(
    cfg: Config, files: WorkDir, start: bool | Path, processes: Processes, logger: Logger
) -> SearchResult | None:
    """Search, verify and export."""
    plain, folder, size = cfg.to_dict(), folder_of(cfg), cfg.image_size
    searcher = build_searcher(plain, files.folder, logger, processes)
    seed, score = searcher.evolution.space.seed, searcher.evaluator.score
    verifier = build_verifier(plain, score, logger)
    if processes.rank > 0:
        searcher.run(start)
        processes.leave()
        return None
    try:
        found = _searched(cfg, files, searcher, start)
        processes.leave()
        verified = verifier.verify(found, seed) if verifier else {}
        best = reranked(found, verified)[: search_settings(plain).top_k]
        best, timed = keeping_latency(best, searcher.asked, outputs_of(plain), logger)
        for line in published.warnings(best[0].genotype):
            logger.warning('the winner is outside of what was ever trained: %s', line)
        bound = _bound(searcher, found, size, logger) if search_settings(plain).bound else None
        result = search_result(best, seed, score, size, verified, as_entries(timed), bound)
        imports = plain.get('custom_imports')
        export(result, plain['detector'], folder, files.folder, files.name, imports)
        front = write_front(cfg, files, searcher, logger)
    except NotWritten as error:
        if searcher.saved is None:
            raise
        raise NotWritten(
            f'{error}; the state after {searcher.saved} candidates is saved: make room and go on '
            f'with --resume'
        ) from error
    return SearchResult(**result, files=files, front=front)


def _bound(
    searcher: Searcher, found: Sequence[Evaluation], image_size: int, logger: Logger
) -> float | None:
    """What no architecture of the space exceeds; None where that turns out not to be known."""
    score, space = searcher.evaluator.score, searcher.evolution.space
    reached = max(kept.score for kept in found)
    try:
        return upper_bound(space, score, searcher.asked, image_size, reached)
    except NoBound as error:
        logger.warning('how good the best could be is not known: %s', error)
        return None


def _keep_tables(cfg: Config, searcher: Searcher, folder: Path) -> None:
    """Copy the latency tables that the search goes by to beside its config, which names them so."""
    for name, constraint in searcher.asked.items():
        if isinstance(constraint, Latency):
            cfg.constraints[name].table = constraint.contents['table']
            write_text(folder / constraint.contents['table'], constraint.table.source)


def _searched(
    cfg: Config, files: WorkDir, searcher: Searcher, start: bool | Path
) -> list[Evaluation]:
    """The population, best first, once the config lies where it can be run again."""
    shown = build_watch(cfg, files.folder, search_settings(cfg.to_dict()))
    _keep_tables(cfg, searcher, files.folder)
    members = (member for member in cfg.get('family', {}).values() if isinstance(member, dict))
    for part in (cfg.detector, *members):
        if 'base' in part:
            part.base = [str(base_file(folder_of(cfg), file).resolve()) for file in part.base]
    if asked_to_train(cfg.get('verify')):
        for name, of in cfg.verify.get('baselines', {}).items():
            if isinstance(of, str) and not Path(of).is_file():
                cfg.verify.baselines[name] = str(base_file(folder_of(cfg), of).resolve())
    write_text(files.config, config_text(cfg.to_dict()))
    before = WorkDir(start.parent) if isinstance(start, Path) else files
    earlier = read_runs(before.runs) if start else ()
    with recorded(files.runs, earlier, searcher.processes.size, lambda: searcher.saved) as record:

        def watch(counts: Counts, evolution: Evolution) -> None:
            record()
            if shown:
                shown(counts, evolution)

        searcher.watch = watch
        return searcher.run(start)
