"""When and how long processes have searched: ``runs.jsonl``, beside the history.

The history's bytes depend on the config alone, so that times cannot stand there. A line is a run;
it is written after the first generation and with every checkpoint, so that also a run that was
killed says how far it came.
"""

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

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


@contextmanager
def recorded(
    path: Path, earlier: Sequence[Run], processes: int, saved: Callable[[], int | None]
) -> Iterator[Callable[[], None]]:
    """Write the run that goes on while this is open; gives what is to be called a generation.

    Args:
        path: Of ``runs.jsonl``.
        earlier: The runs that led to where this one begins.
        processes: How many search together.
        saved: After how many candidates the state was saved last.
    """
    start, began = _now(), time.monotonic()
    states: list[int | None] = []  # that this run began with, and saved

    def record() -> None:
        if states[-1:] == [saved()]:
            return
        states.append(saved())
        seconds = round(time.monotonic() - began, 3)
        run = Run(start, _now(), seconds, states[0] or 0, states[-1] or 0, processes)
        runs = [*earlier, run] if states[0] else [run]  # from 0 on, nothing led here
        write_text(path, ''.join(json.dumps(asdict(run)) + '\n' for run in runs))

    try:
        yield record
    except BaseException:
        with suppress(NotWritten):  # what ends the search matters more
            if states:
                record()
        raise
    if states:
        record()


def _now() -> str:
    return datetime.now().astimezone().isoformat(timespec='seconds')
