"""What a user sees while a search runs: a bar on a terminal, a line now and then in a log."""

import sys
import time
from logging import Logger
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn
from rich.table import Column

from pisnas_mm.search.counts import Counts


class ProgressReport:
    """Shows rate, rejections, best score and remaining time; a context manager.

    Args:
        total: Number of candidates.
        done: How many of them an earlier run has evaluated.
        logger: Takes a line every ``interval`` seconds and one at the end.
        interval: Seconds between lines.
        shown: Whether there may be a bar.
    """

    def __init__(
        self, total: int, done: int, logger: Logger, interval: float = 5.0, shown: bool = True
    ) -> None:
        self.total = total
        self.logger = logger
        self.interval = interval
        self._first = done
        self._start = self._last_line = time.monotonic()
        self._bar = Progress(
            BarColumn(bar_width=16, table_column=Column(min_width=16)),
            TaskProgressColumn(table_column=Column(min_width=4)),
            TextColumn(
                '{task.description}',
                table_column=Column(ratio=1, no_wrap=True, overflow='ellipsis'),
            ),
            expand=True,
            console=Console(stderr=True),
            disable=not (shown and sys.stderr.isatty()),
            transient=True,
        )
        self._task = self._bar.add_task('', total=total, completed=done)

    def __enter__(self) -> 'ProgressReport':
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bar.stop()

    def update(self, counts: Counts, best: float) -> None:
        """Show where the search is."""
        now = time.monotonic()
        text = self._text(counts, best, now)
        self._bar.update(self._task, completed=counts.candidates, description=text)
        if now - self._last_line >= self.interval or counts.candidates >= self.total:
            self._last_line = now
            self.logger.info('%d/%d candidates  %s', counts.candidates, self.total, text)

    def _text(self, counts: Counts, best: float, now: float) -> str:
        rate = (counts.candidates - self._first) / max(now - self._start, 1e-9)
        left = (self.total - counts.candidates) / max(rate, 1e-9)
        # What matters most comes first: narrow terminals cut the end.
        return (
            f'{rate:,.0f} candidates/s  ETA {int(left) // 60}:{int(left) % 60:02d}  '
            f'best {best:.2f}  {counts.rejections()}'
        )
