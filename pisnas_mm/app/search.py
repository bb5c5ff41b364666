"""A search from its config to the files that train: what ``tools/search.py`` and notebooks call."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from logging import Logger
from pathlib import Path
from typing import Any

from mmengine.config import Config

from pisnas_mm.app.checks import check_search
from pisnas_mm.app.log import search_log
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
from pisnas_mm.search.processes import restarts
from pisnas_mm.search.runs import read_runs, recorded
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
from pisnas_mm.utils.work_dir import WorkDir
from pisnas_mm.visualization.search_report import check_report, write_report


@dataclass(frozen=True, repr=False)
class SearchResult:
    """What a search has found, as ``best.json`` holds it; its ``repr`` says it in words.

    ``seed`` and every entry of ``best`` (best first) are an architecture (``arch``), its score and
    all its measures; ``files`` says where everything lies, ``report`` where the page does.
    """

    seed: Mapping[str, Any]
    best: Sequence[Mapping[str, Any]]
    files: WorkDir
    report: Path | None = None

    def __repr__(self) -> str:
        files, folder = self.files, self.files.folder
        lines = [
            comparison({'seed': self.seed, 'best': self.best}),
            '',
            f'best architectures  {files.best}',
            f'backbone            {files.backbone}',
            f'detector config     {files.detector}',
            f'train it with       python tools/train.py {files.detector}',
            f'report              {self.report}'
            if self.report
            else f'look at it with     python tools/analysis_tools/report.py {folder}',
        ]
        return '\n'.join(lines)


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
    files = WorkDir(set_work_dir(cfg, work_dir), name_of(cfg))
    processes = join()
    with ExitStack() as stack:
        processes.first(lambda: stack.enter_context(locked(files.folder)))
        logger = stack.enter_context(search_log(files.log, silent=processes.rank > 0))
        start = _start(resume, files, processes)
        found = _result(cfg, files, start, processes, logger)
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
        found = _searched(cfg, files, searcher, start)[: search_settings(plain).top_k]
        processes.leave()
        verified = verifier.verify(found, seed) if verifier else {}
        best = reranked(found, verified)
        for line in published.warnings(best[0].genotype):
            logger.warning('the winner is outside of what was ever trained: %s', line)
        result = search_result(best, seed, score, size, verified)
        imports = plain.get('custom_imports')
        export(result, plain['detector'], folder, files.folder, files.name, imports)
    except NotWritten as error:
        if searcher.saved is None:
            raise
        raise NotWritten(
            f'{error}; the state after {searcher.saved} candidates is saved: make room and go on '
            f'with --resume'
        ) from error
    return SearchResult(**result, files=files)


def _searched(
    cfg: Config, files: WorkDir, searcher: Searcher, start: bool | Path
) -> list[Evaluation]:
    """The population, best first, once the config lies where it can be run again."""
    shown = build_watch(cfg, files.folder, search_settings(cfg.to_dict()))
    cfg.detector.base = [
        str(base_file(folder_of(cfg), file).resolve()) for file in cfg.detector.base
    ]
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
