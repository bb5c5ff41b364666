"""When and how long processes have searched: ``runs.jsonl``, beside the history.

The history's bytes depend on the config alone, so that times cannot stand there. A line is a run;
it is written after the first generation and with every checkpoint, so that also a run that was
killed says how far it came.
"""

import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from types import TracebackType

from pisnas_mm.checks import check_number, check_whole
from pisnas_mm.utils.files import NotWritten, write_text
from pisnas_mm.utils.safe_json import parse_json, read_limited


@dataclass(frozen=True)
class Run:
    """One command's share of a search.

    ``start`` and ``end`` are ISO 8601 with an offset; ``seconds`` between them are those of a clock
    that nobody sets.
    """

    start: str
    end: str
    seconds: float
    candidates_at_start: int
    candidates_at_end: int
    processes: int

    def __post_init__(self) -> None:
        for moment in (self.start, self.end):
            datetime.fromisoformat(moment)
        check_number(self.seconds, 'seconds')
        check_whole(self.candidates_at_start, 'candidates_at_start', 0)
        check_whole(self.candidates_at_end, 'candidates_at_end', self.candidates_at_start)
        check_whole(self.processes, 'processes', 1)


def read_runs(path: Path) -> tuple[Run, ...]:
    """The runs of a search, in order; none where there is no such file.

    Raises:
        ValueError: A line is damaged; the message names it.
    """
    runs = []
    for number, line in enumerate(read_limited(path).splitlines() if path.is_file() else [], 1):
        try:
            runs.append(Run(**parse_json(line)))
        except (TypeError, ValueError) as error:
            raise ValueError(f'{path}:{number} is no run ({error}); delete the file') from error
    return tuple(runs)


class RunRecord:
    """Writes the run that is going on; a context manager, called after every generation.

    Args:
        path: Of ``runs.jsonl``.
        earlier: The runs that led to where this one begins.
        processes: How many search together.
        saved: After how many candidates the state was saved last.
    """

    def __init__(
        self, path: Path, earlier: tuple[Run, ...], processes: int, saved: Callable[[], int | None]
    ) -> None:
        self.path = path
        self.earlier = earlier
        self.processes = processes
        self.saved = saved
        self._start, self._began = _now(), time.monotonic()
        self._first: int | None = None
        self._last: int | None = None

    def __enter__(self) -> 'RunRecord':
        return self

    def __call__(self) -> None:
        """Write, where there is a new checkpoint."""
        saved = self.saved()
        if self._first is None:
            self._first = saved  # the state that this run began with
        if saved != self._last:
            self._write()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._write()
            return
        with suppress(NotWritten):  # what ends the search matters more
            self._write()

    def _write(self) -> None:
        self._last = self.saved()
        if self._first is None or self._last is None:
            return  # nothing was searched
        seconds = round(time.monotonic() - self._began, 3)
        run = Run(self._start, _now(), seconds, self._first, self._last, self.processes)
        runs = [*self.earlier, run] if self._first else [run]  # from 0 on, nothing led here
        write_text(self.path, ''.join(json.dumps(asdict(run)) + '\n' for run in runs))


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec='seconds')
