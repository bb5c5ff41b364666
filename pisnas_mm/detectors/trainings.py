"""Many trainings, as many at a time as asked; what is finished is not trained again.

Verifications, rank correlations and comparisons train through here, each training in a process of
its own.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from queue import SimpleQueue
from threading import Event, Lock
from typing import Any, NamedTuple

from pisnas_mm.checks import shown
from pisnas_mm.utils.claims import LOOK, RENEWED, Claim, Claims
from pisnas_mm.utils.files import write_json
from pisnas_mm.utils.safe_json import parse_json, read_limited

_OF_GROUP = ('RANK', 'LOCAL_RANK', 'WORLD_SIZE')
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

    Several processes may be given the same trainings, also on several machines that share the
    folder: what one has claimed the others leave to it, and yield when it has ended.

    Args:
        trainings: In the order they are begun.
        metric: The evaluator's name of what they are compared in.
        gpus: For every training at a time the GPU it sees (``CUDA_VISIBLE_DEVICES``); None leaves
            the choice as it is.
    """
    shared = _Shared(trainings, metric)
    with ThreadPoolExecutor(len(gpus)) as pool:
        try:
            for gpu in gpus:
                pool.submit(shared.work, gpu)
            for _ in list(shared.left):
                ended = shared.ended.get()
                if isinstance(ended, Exception):
                    raise ended
                yield ended
        finally:  # also where the user interrupts
            shared.stop()


class _Shared:
    """Trainings that threads of this process, and other processes, take one after the other."""

    def __init__(self, trainings: Iterable[Training], metric: str) -> None:
        self.left = list(dict.fromkeys(trainings))
        self.metric = metric
        self.ended: SimpleQueue[tuple[Training, Reached] | Exception] = SimpleQueue()
        self.claims = Claims()
        self.running = set[subprocess.Popen[bytes]]()
        self.stopped = Event()
        self._one = Lock()

    def work(self, gpu: str | None) -> None:
        """Train whatever nobody else does, until nothing is left."""
        try:
            while self.left and not self.stopped.is_set():
                if not any(self._ends(training, gpu) for training in list(self.left)):
                    self.stopped.wait(LOOK)
        except Exception as error:
            self.ended.put(error)

    def stop(self) -> None:
        """End what runs, and begin nothing."""
        self.stopped.set()
        for process in list(self.running):
            _end(process)

    def _ends(self, training: Training, gpu: str | None) -> bool:
        """Whether a training has ended, here or elsewhere; trains it where nobody else does."""
        if self.stopped.is_set():
            return False
        found = reached(training, self.metric) or self._claimed(training, gpu)
        if found is None:
            return False
        with self._one:
            if training in self.left:
                self.left.remove(training)
                self.ended.put((training, found))
        return True

    def _claimed(self, training: Training, gpu: str | None) -> Reached | None:
        training.folder.mkdir(parents=True, exist_ok=True)
        claim = self.claims.take(training.folder)
        if claim is None:
            return None
        try:  # it may have ended between the look and the claim
            return reached(training, self.metric) or self._train(training, gpu, claim)
        finally:
            claim.release()

    def _train(self, training: Training, gpu: str | None, claim: Claim) -> Reached | None:
        """What it came to; None where it was stopped, or another machine has taken it."""
        log, start = training.folder / 'output.log', time.monotonic()
        with open(log, 'wb') as output:
            # A group of its own, so that its data loaders end with it.
            process = subprocess.Popen(
                training.command,
                env=_environment(gpu),
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            self.running.add(process)
            claim.started(process.pid)
            if self.stopped.is_set():  # too late for whoever stopped to see it
                _end(process)
            kept = _renewed(claim, process)
            self.running.discard(process)
        if self.stopped.is_set() or not kept:
            return None
        if process.returncode:
            found = Reached(None, f'exit code {process.returncode}: {_last_line(log)}')
        else:
            found = Reached(next(reversed(curve(training.folder, self.metric).values()), 0.0))
        seconds = time.monotonic() - start
        result = {'metric': self.metric, **found._asdict(), 'seconds': round(seconds, 3)}
        write_json(training.result, result)
        return found


def _environment(gpu: str | None) -> dict[str, str]:
    """The same modules as here, the GPU, and nothing of the group that a launcher has started."""
    env = {key: of for key, of in os.environ.items() if key not in _OF_GROUP}
    env['PYTHONPATH'] = os.pathsep.join(sys.path)
    return env if gpu is None else env | {'CUDA_VISIBLE_DEVICES': gpu}


def _renewed(claim: Claim, process: subprocess.Popen[bytes]) -> bool:
    """Wait for a process; whether the claim was ours until then. If not it is ended."""
    while True:
        with suppress(subprocess.TimeoutExpired):
            process.wait(RENEWED)
            return True
        if not claim.renew():  # this machine has been asleep, perhaps
            _end(process)
            process.wait()
            return False


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)


def _last_line(log: Path) -> str:
    lines = log.read_text(encoding='utf-8', errors='replace').split('\n')
    return next((line.strip() for line in reversed(lines) if line.strip()), 'no output')[:300]
