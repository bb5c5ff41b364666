"""Work that several processes share, on machines that share a folder: who has which part of it.

A claim is a file that names the process at work, and the one that it has started for that. On this
machine both are looked up. Whether one on another machine lives cannot be seen from here: its claim
counts for as long as it is renewed.
"""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pisnas_mm.utils.lock import described, is_known, lives, opened, read_owner, write_owner

NAME = 'claim.json'
RENEWED = 10.0  # seconds between two renewals
SILENT = 120.0  # after which one is given up: NFS may tell of a file what it was a minute ago
LOOK = 1.0  # seconds between two looks at what others have


class Claim:
    """A part of the work that is this process's own until it is released."""

    def __init__(self, path: Path, owner: dict[str, Any]) -> None:
        self.path = path
        self.owner = owner

    def started(self, pid: int) -> None:
        """Name the process that does the work: while it lives nobody else gets this part."""
        with opened(self.path) as file:
            self.owner = self.owner | {'started': described(pid)}
            write_owner(self.path, file, self.owner)

    def renew(self) -> bool:
        """Say that the work goes on; whether it is still ours, and not another machine's."""
        with opened(self.path) as file:
            if ours := read_owner(file) == self.owner:
                os.utime(self.path)
        return ours

    def release(self) -> None:
        """Let others have it."""
        with opened(self.path) as file:
            if read_owner(file) == self.owner:
                self.path.unlink()


class Claims:
    """Takes parts of the work, and remembers how long those of other machines have been silent."""

    def __init__(self) -> None:
        self._seen: dict[Path, tuple[Any, float]] = {}

    def take(self, folder: Path) -> Claim | None:
        """The claim to what belongs into a folder; None where somebody else has it."""
        path = folder / NAME
        with opened(path) as file:
            owner = read_owner(file)
            if owner and self._counts(path, owner, os.fstat(file).st_mtime_ns):
                return None
            claim = Claim(path, described(os.getpid()))
            write_owner(path, file, claim.owner)
        return claim

    @contextmanager
    def waiting(self, folder: Path) -> Iterator[None]:
        """Have a folder for a moment, once nobody else has it."""
        while (claim := self.take(folder)) is None:
            time.sleep(LOOK)
        try:
            yield
        finally:
            claim.release()

    def _counts(self, path: Path, owner: dict[str, Any], renewed: int) -> bool:
        if is_known(owner):
            return any(lives(of) for of in (owner, owner.get('started')) if of)
        now, state = time.monotonic(), (owner, renewed)  # the clocks of machines differ
        before, since = self._seen.get(path, (None, now))
        if state != before:
            since = now
            self._seen[path] = state, since
        return now - since < SILENT
