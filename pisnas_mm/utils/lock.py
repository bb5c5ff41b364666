"""One owner for a folder: a file that says which process it is and when that was started.

A process is its number and its start, since numbers come again: who has gone leaves a stale lock.
"""

import json
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pisnas_mm.utils.files import writing
from pisnas_mm.utils.safe_json import parse_json
from pisnas_mm.utils.work_dir import WorkDir

try:
    import fcntl
except ImportError:  # Windows

    def _wait_for(file: int) -> None:
        import msvcrt

        os.lseek(file, _BEYOND, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_LOCK, 1)  # type: ignore[attr-defined]

else:

    def _wait_for(file: int) -> None:
        fcntl.flock(file, fcntl.LOCK_EX)


_BEYOND = 1 << 20  # what is locked there hides nothing from readers


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Own a folder while this is open.

    Raises:
        ValueError: Another process owns it; says which, and since when.
    """
    path = WorkDir(folder).lock
    ours = described(os.getpid())
    with opened(path) as file:
        owner = read_owner(file)
        if owner and lives(owner):
            raise ValueError(
                f'{folder} is in use by process {owner["pid"]} on {owner["host"]}, started '
                f'{owner["since"]}; wait for it or choose another with --work-dir'
                + ('' if is_known(owner) else f' (or delete {path} if it is gone)')
            )
        write_owner(path, file, ours)
    try:
        yield
    finally:
        with suppress(OSError):
            path.unlink()


def start_of(pid: int) -> str | None:
    """When a process was started: boot and clock ticks. None where there is none (any more)."""
    try:
        stat = Path(f'/proc/{pid}/stat').read_text()
        boot = Path('/proc/sys/kernel/random/boot_id').read_text().strip()
    except OSError:
        return None
    state, *numbers = stat.rpartition(')')[2].split()  # the name before may hold anything
    return None if state in 'ZX' else f'{boot} {numbers[18]}'


def described(pid: int) -> dict[str, Any]:
    """A process of this machine, so that others can tell whether it lives."""
    return {
        'pid': pid,
        'start': start_of(pid),
        'since': time.strftime('%Y-%m-%d %H:%M:%S'),
        'host': socket.gethostname(),
    }


def is_known(owner: dict[str, Any]) -> bool:
    """Whether somebody here can know if it lives: asking Windows would stop it."""
    return owner['host'] == socket.gethostname() and os.name != 'nt'


def lives(owner: dict[str, Any]) -> bool:
    """Whether a process is there; one that nobody here can know of counts as living."""
    if not is_known(owner):
        return True
    if owner['start'] is not None:
        return start_of(owner['pid']) == owner['start']
    try:  # a system without /proc
        os.kill(owner['pid'], 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def read_owner(file: int) -> dict[str, Any] | None:
    """What the file says of its owner; None where that is nothing sensible."""
    try:
        os.lseek(file, 0, os.SEEK_SET)
        owner = parse_json(os.read(file, 4096).decode())
        sensible = type(owner['pid']) is int and owner['pid'] > 0
        texts = [owner['since'], owner['host'], owner['start'] or '']
    except (ValueError, LookupError, TypeError):
        return None
    return owner if sensible and all(isinstance(text, str) for text in texts) else None


def write_owner(path: Path, file: int, owner: dict[str, Any]) -> None:
    """Replace what an opened file says."""
    with writing(path):
        os.ftruncate(file, 0)
        os.lseek(file, 0, os.SEEK_SET)
        os.write(file, json.dumps(owner).encode())


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """The file, for this process alone: so that of two who find a stale lock one gets it."""
    with writing(path):
        while True:
            file = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            with suppress(OSError, ImportError):  # a system that cannot: then without
                _wait_for(file)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(file), os.stat(path)):
                    break
            os.close(file)  # somebody has just released it
    try:
        yield file
    finally:
        os.close(file)
