"""Search a backbone without training: python tools/search.py CONFIG [options]."""

import argparse
import logging
import os
import shlex
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # runs from a checkout, too

from pisnas_mm.utils import cli
from pisnas_mm.utils.files import NotWritten, write_text, writing
from pisnas_mm.utils.lock import locked

if TYPE_CHECKING:
    from mmengine.config import Config

    from pisnas_mm.search import Processes


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = cli.config_parser('Search a backbone without training anything.')
    parser.add_argument('--seed', type=int, help="random seed (default: the config's search.seed)")
    parser.add_argument(
        '--resume',
        nargs='?',
        const='auto',
        metavar='CHECKPOINT',
        help='go on from this checkpoint, or from the last one in the work directory',
    )
    parser.add_argument(
        '--report', action='store_true', help='also write report.html, which shows the search'
    )
    parser.add_argument('--launcher', choices=['none', 'pytorch', 'slurm'], default='none')
    parser.add_argument(
        '--timeout',
        type=cli.whole_number,
        default=1800,
        metavar='SECONDS',
        help='how long one of several processes waits for another (default: 1800)',
    )
    return parser.parse_args(argv)


def make_logger(work_dir: Path, silent: bool = False) -> logging.Logger:
    """Messages go to ``search.log`` and, where no progress bar is, to the screen."""
    logger = logging.getLogger('pisnas_mm')
    logger.setLevel(logging.INFO)
    logger.handlers.clear()
    if silent:
        logger.addHandler(logging.NullHandler())
        return logger
    to_file = LogFile(work_dir / 'search.log')
    to_file.setFormatter(logging.Formatter('%(asctime)s  %(message)s', '%Y-%m-%d %H:%M:%S'))
    to_screen = logging.StreamHandler(sys.stdout)
    to_screen.setLevel(logging.WARNING if sys.stderr.isatty() else logging.INFO)
    for handler in (to_file, to_screen):
        logger.addHandler(handler)
    return logger


class LogFile(logging.FileHandler):
    """A log whose failure, for example on a full disk, is one line and stops nothing."""

    def __init__(self, path: Path) -> None:
        with writing(path):
            super().__init__(path, encoding='utf-8')

    def handleError(self, record: logging.LogRecord) -> None:
        logging.getLogger('pisnas_mm').removeHandler(self)
        print(f'{self.baseFilename} cannot be written ({sys.exc_info()[1]})', file=sys.stderr)


@cli.one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)
    options = (
        args.cfg_options if args.seed is None else args.cfg_options | {'search.seed': args.seed}
    )
    cfg = cli.load_config(args.config, options)
    cli.import_modules(cfg)

    from pisnas_mm.detectors import check_detector
    from pisnas_mm.search import Joined, Lost, Processes, Stopped, check_config
    from pisnas_mm.visualization.search_report import check_report

    if args.report:
        check_report()
    plain, folder = cfg.to_dict(), Path(args.config).resolve().parent
    check_config(plain, lambda seed: check_detector(plain.get('detector'), folder, seed))
    cli.set_work_dir(cfg, args.work_dir)
    processes = None
    try:
        processes = Processes() if args.launcher == 'none' else Joined(args.launcher, args.timeout)
        with ExitStack() as stack:
            processes.first(lambda: stack.enter_context(locked(Path(cfg.work_dir))))
            search(cfg, Path(args.config), args.resume, processes, args.report)
        if args.launcher != 'none':
            cli.end_at_once()
    except Stopped as stop:
        if isinstance(stop, Lost) or processes is None or processes.rank == 0:
            print(f'{stop}; go on with: {_resume_command(args)}', file=sys.stderr)
        if isinstance(stop, Lost):
            sys.stderr.flush()
            os._exit(stop.exit_code)  # torch would wait for the others, or abort
        sys.exit(stop.exit_code)


def search(
    cfg: 'Config', config: Path, resume: str | None, processes: 'Processes', report: bool
) -> None:
    """Search in ``cfg.work_dir``, verify, export, and say what was found.

    Args:
        cfg: A search config, checked.
        config: Where it was read from.
        resume: Nothing, ``'auto'``, or the checkpoint to go on from.
        processes: That search together; the first one writes and speaks.
        report: Whether to write ``report.html``.
    """
    from pisnas_mm.detectors import comparison, config_text, export, search_result
    from pisnas_mm.search import (
        build_searcher,
        build_verifier,
        build_watch,
        reranked,
        search_settings,
    )
    from pisnas_mm.visualization.search_report import write_report

    folder, work_dir, name = config.resolve().parent, Path(cfg.work_dir), config.stem
    plain = cfg.to_dict()
    logger = make_logger(work_dir, silent=processes.rank > 0)
    searcher = build_searcher(plain, work_dir, logger, processes)
    seed, score = searcher.evolution.space.seed, searcher.evaluator.score
    verifier = build_verifier(plain, score, seed, logger)
    start = _start(resume, work_dir, processes)
    if processes.rank > 0:
        searcher.run(start)
        processes.leave()
        return
    searcher.watch = build_watch(cfg, work_dir, search_settings(plain))
    cfg.detector.base = [str((folder / file).resolve()) for file in cfg.detector.base]
    try:
        # Runs again from where it lies, as MMDetection's do.
        write_text(work_dir / f'{name}.py', config_text(cfg.to_dict()))
        top = searcher.run(start)[: search_settings(plain).top_k]
        processes.leave()
        verified = verifier.verify(top, seed) if verifier else {}
        result = search_result(reranked(top, verified), seed, score, plain['image_size'], verified)
        files = export(
            result, plain['detector'], folder, work_dir, name, plain.get('custom_imports')
        )
    except NotWritten as error:
        if searcher.saved is None:
            raise
        cli.user_error(
            f'{error}; the state after {searcher.saved} candidates is saved: make room and go on '
            f'with --resume'
        )
    print(f'\n{comparison(result)}\n')
    print(f'best architectures  {files.best}')
    print(f'backbone            {files.backbone}')
    print(f'detector config     {files.detector}')
    print(f'train it with       python tools/train.py {files.detector}')
    if report:
        print(f'report              {write_report(work_dir, work_dir / "report.html")}')
    else:
        print(f'look at it with     python tools/analysis_tools/report.py {work_dir}')


def _start(resume: str | None, work_dir: Path, processes: 'Processes') -> bool | Path:
    """What ``Searcher.run`` starts from; torchrun's restarts go on from what there is."""
    if resume not in (None, 'auto'):
        return Path(resume)
    from pisnas_mm.search.processes import restarts

    begun: bool = processes.gather(any(work_dir.glob('checkpoint*.json')))[0]
    return resume is not None or (restarts() > 0 and begun)


def _resume_command(args: argparse.Namespace) -> str:
    """The command that goes on from the last checkpoint, wherever this run began."""
    if args.launcher != 'none':
        return 'the same command and --resume'
    kept = [
        part for part in sys.argv if part != args.resume and part.partition('=')[0] != '--resume'
    ]
    return shlex.join(['python', *kept, '--resume'])


if __name__ == '__main__':
    main()
