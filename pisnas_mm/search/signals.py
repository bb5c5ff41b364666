"""Ends of a search that lose nothing: SIGINT, SIGTERM, and scores that only fail, lost company."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread


class Stopped(Exception):
    """The search ended early; its state is saved, and it can go on."""

    exit_code = 1


class Interrupted(Stopped):
    """A signal ended the search."""

    def __init__(self, signum: int) -> None:
        super().__init__(f'interrupted by {signal.Signals(signum).name}')
        self.signum = signum
        self.exit_code = 128 + signum


class TooManyFailures(Stopped):
    """One candidate after the other could not be evaluated."""

    def __init__(self, number: int, reason: str | None) -> None:
        super().__init__(f'{number} candidates in a row failed, the first with: {reason}')


class Lost(Stopped):
    """Another process of the search has gone; the last checkpoint is what remains."""

    def __init__(self, timeout: float, error: Exception) -> None:
        reason = ' '.join(str(error).split())[:200]
        super().__init__(
            f'another process has gone, or did not answer within {timeout:g} s ({reason})'
        )


@contextmanager
def on_stop(call: Callable[[int], None]) -> Iterator[None]:
    """Give ``call`` the number of every SIGINT or SIGTERM that comes while this is open.

    Only the main thread can take signals; in another one nothing is called.
    """
    signals = (signal.SIGINT, signal.SIGTERM) if current_thread() is main_thread() else ()
    handlers = {
        signum: signal.signal(signum, lambda number, frame: call(number)) for signum in signals
    }
    try:
        yield
    finally:
        for signum, handler in handlers.items():
            signal.signal(signum, handler)


@contextmanager
def interruptible() -> Iterator[None]:
    """For work that needs no saving: a signal ends it at once, as ``Interrupted``."""
    received: list[int] = []

    def stop(signum: int) -> None:
        received.append(signum)
        raise KeyboardInterrupt  # no `except Exception` on the way takes it for an error

    try:
        with on_stop(stop):
            yield
    except KeyboardInterrupt:
        raise Interrupted([*received, signal.SIGINT][0]) from None
