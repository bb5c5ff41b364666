"""Many trainings, as many at a time as asked; what is finished is not trained again.

Verifications, rank correlations and comparisons train through here, each training in a process of
its own.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import Any, NamedTuple

from pisnas_mm.checks import shown
from pisnas_mm.utils.files import write_json
from pisnas_mm.utils.safe_json import parse_json, read_limited

TRAIN = [sys.executable, '-m', 'pisnas_mm.detectors.training']


class Training(NamedTuple):
    """A detector's config, the seed of its training, and the folder where that goes.

    ``resume`` says whether one that was interrupted goes on from its last checkpoint;
    ``pause_after`` after how many epochs it pauses, None training to the end.
    """

    config: Path
    seed: int
    folder: Path
    amp: bool = False
    resume: bool = True
    pause_after: int | None = None

    @property
    def command(self) -> list[str]:
        """What trains, in a process of its own."""
        arguments = {'amp': self.amp, 'resume': self.resume, 'pause_after': self.pause_after}
        numbers = str(self.seed), str(os.getpid())
        return [*TRAIN, str(self.config), str(self.folder), *numbers, json.dumps(arguments)]

    @property
    def result(self) -> Path:
        """The file that says what it came to."""
        return (
            self.folder / f'result{"" if self.pause_after is None else f"-{self.pause_after}"}.json'
        )


class Reached(NamedTuple):
    """What a training came to: the metric (0 where nothing was detected), or why it failed."""

    value: float | None
    failure: str | None = None


def reached(training: Training, metric: str) -> Reached | None:
    """What a finished training came to; None where it is not finished.

    Raises:
        ValueError: Its result is damaged, or of another metric.
    """
    file = training.result
    if not file.is_file():
        return None
    try:
        result = parse_json(read_limited(file))
        value, failure, of = result['value'], result['failure'], result['metric']
    except (ValueError, LookupError, TypeError) as error:
        raise ValueError(f'{file} is damaged ({error}); delete it to train again') from error
    if of != metric:
        raise ValueError(f'{file} is of the metric {shown(of)} and not {metric!r}')
    return Reached(value, failure)


def curve(folder: Path, metric: str) -> dict[int, float]:
    """The metric after every epoch that was evaluated, in whichever run; 0 where it is missing.

    COCO's evaluator gives no metric at all where nothing was detected.
    """
    found: dict[int, float] = {}
    for log in sorted(folder.glob('*/vis_data/scalars.json'), key=lambda path: path.parts[-3]):
        for line in log.read_text(encoding='utf-8').splitlines():
            with suppress(ValueError):  # half a line of a run that was killed
                scalars: Mapping[str, Any] = json.loads(line)
                if 'lr' not in scalars and 'step' in scalars:  # else it is of a step
                    found[scalars['step']] = float(scalars.get(metric, 0.0))
    return dict(sorted(found.items()))


def run(
    trainings: Iterable[Training], metric: str, gpus: Sequence[str | None] = (None,)
) -> Iterator[tuple[Training, Reached]]:
    """Train, one training at a time on each of ``gpus``, and yield what each came to.

    Args:
        trainings: In the order they are begun.
        metric: The evaluator's name of what they are compared in.
        gpus: For every process at a time the GPU it sees (``CUDA_VISIBLE_DEVICES``); None leaves
            the choice as it is.
    """
    free: SimpleQueue[str | None] = SimpleQueue()
    for gpu in gpus:
        free.put(gpu)
    stop, running = Event(), set[subprocess.Popen[bytes]]()

    def train(training: Training) -> tuple[Training, Reached] | None:
        if stop.is_set():
            return None
        gpu = free.get()
        try:
            return training, _train(training, metric, gpu, running, stop)
        finally:
            free.put(gpu)

    with ThreadPoolExecutor(len(gpus)) as pool:
        try:
            left: set[Future[Any]] = {pool.submit(train, training) for training in trainings}
            while left:
                done, left = wait(left, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        finally:  # also where the user interrupts
            stop.set()
            for process in list(running):
                _end(process)


def _train(
    training: Training,
    metric: str,
    gpu: str | None,
    running: set[subprocess.Popen[bytes]],
    stop: Event,
) -> Reached:
    training.folder.mkdir(parents=True, exist_ok=True)
    env = os.environ | {'PYTHONPATH': os.pathsep.join(sys.path)}  # the same modules as here
    if gpu is not None:
        env['CUDA_VISIBLE_DEVICES'] = gpu
    log = training.folder / 'output.log'
    with open(log, 'wb') as output:
        # A group of its own, so that its data loaders end with it.
        process = subprocess.Popen(
            training.command,
            env=env,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        running.add(process)
        if stop.is_set():  # too late for whoever stopped to see it
            _end(process)
        code = process.wait()
        running.discard(process)
    if code and not stop.is_set():
        found = Reached(None, f'exit code {code}: {_last_line(log)}')
    else:
        found = Reached(next(reversed(curve(training.folder, metric).values()), 0.0))
    if not stop.is_set():
        write_json(training.result, {'metric': metric, **found._asdict()})
    return found


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding='utf-8', errors='replace').split('\n')
    return next((line.strip() for line in reversed(lines) if line.strip()), 'no output')[:300]
