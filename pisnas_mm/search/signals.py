"""SIGINT and SIGTERM as ends of a search that lose nothing."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread


class Interrupted(Exception):
    """A signal ended the search; its state is saved."""

    def __init__(self, signum: int) -> None:
        super().__init__(f'interrupted by {signal.Signals(signum).name}')
        self.signum = signum


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
