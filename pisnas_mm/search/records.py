"""What a running search keeps on disk: its history, and the states it can go on from."""

import json
import os
from collections.abc import Callable, Mapping
from io import FileIO
from logging import Logger
from pathlib import Path
from typing import Any

from pisnas_mm.search import checkpoint
from pisnas_mm.search.counts import whole
from pisnas_mm.utils.files import write_bytes, write_text, writing
from pisnas_mm.utils.work_dir import WorkDir

Restore = Callable[[Mapping[str, Any]], None]


class Records:
    """The files ``history.jsonl``, ``checkpoint.json`` and ``checkpoint.previous.json``.

    A checkpoint says how long the history was: what stands behind that comes again.

    Args:
        work_dir: Where they lie.
        settings: All that the result depends on, as plain data; a checkpoint of other settings is
            refused.
        logger: Takes what a user should know.
    """

    def __init__(self, work_dir: Path, settings: Mapping[str, Any], logger: Logger) -> None:
        self.settings = settings
        self.logger = logger
        files = WorkDir(work_dir)
        self.history, self.checkpoint = files.history, files.checkpoint
        self._file: FileIO | None = None

    def start(self) -> None:
        """Forget an earlier search; its states first, as they speak of its history."""
        with writing(self.checkpoint):
            for path in (self.checkpoint, checkpoint.previous(self.checkpoint)):
                path.unlink(missing_ok=True)
        write_text(self.history, '')

    def append(self, entry: Mapping[str, Any]) -> None:
        """Add a line to the history."""
        data = (json.dumps(entry) + '\n').encode()
        with writing(self.history):
            while data:
                data = data[self._open().write(data) :]

    def save(self, state: Mapping[str, Any]) -> None:
        """Write a checkpoint, once the history is on the disk."""
        with writing(self.history):
            descriptor = self._open().fileno()
            os.fsync(descriptor)
            size = os.fstat(descriptor).st_size
        checkpoint.save(self.checkpoint, self.settings, {**state, 'history_size': size})

    def close(self) -> None:
        """Write no more."""
        if self._file:
            self._file.close()
            self._file = None

    def _open(self) -> FileIO:
        """The history, without a buffer: what fails should fail where it is written."""
        if self._file is None:
            self._file = FileIO(self.history, 'a')
        return self._file

    def load(self, restore: Restore, source: Path | None = None) -> None:
        """Restore the last state, or that in the file ``source``; the history ends there.

        Raises:
            ValueError: There is none, it is damaged, or it belongs to other settings.
        """
        found, state = self._last() if source is None else (source, self._of(source))
        try:
            restore(state)
            size = whole(state['history_size'])
        except Exception as error:  # a state that somebody made up may fail in any way
            raise ValueError(
                f'checkpoint {found} holds no state of this search: {error!r}'
            ) from error
        if found != self.checkpoint:  # a newer one is damaged, or not wanted
            with writing(self.checkpoint):
                self.checkpoint.unlink(missing_ok=True)
        self._cut_history(found.with_name(self.history.name), size)

    def _last(self) -> tuple[Path, dict[str, Any]]:
        damages = []
        for path in (self.checkpoint, checkpoint.previous(self.checkpoint)):
            try:
                state = checkpoint.load(path, self.settings)
            except FileNotFoundError:
                continue
            except checkpoint.Damaged as damage:
                damages.append(damage)
                continue
            if damages:
                self.logger.warning('%s; the previous one is used', damages[0])
            return path, state
        if damages:
            raise ValueError(f'{damages[0]}; start without --resume')
        raise ValueError(f'nothing to resume: {self.checkpoint} not found; start without --resume')

    def _of(self, source: Path) -> dict[str, Any]:
        try:
            return checkpoint.load(source, self.settings)
        except OSError as error:
            raise ValueError(
                f'checkpoint {source} cannot be read ({error.strerror}); '
                f'looked for {source.absolute()}'
            ) from error

    def _cut_history(self, path: Path, size: int) -> None:
        """Make the history the first ``size`` bytes of what stands in ``path``."""
        length = path.stat().st_size if path.exists() else 0
        if path == self.history and length >= size:
            with writing(path):
                os.truncate(path, size)  # needs no room on the disk
            return
        data = path.read_bytes()[:size] if length else b''
        if length < size:
            data = data[: data.rfind(b'\n') + 1]
            self.logger.warning(
                '%s is shorter than when the state was saved: lines are missing in it, but not in '
                'the search',
                path,
            )
        write_bytes(self.history, data)


class NoRecords(Records):
    """Of a process that leaves the disk to another one."""

    def start(self) -> None:
        pass

    def append(self, entry: Mapping[str, Any]) -> None:
        pass

    def save(self, state: Mapping[str, Any]) -> None:
        pass

    def close(self) -> None:
        pass
