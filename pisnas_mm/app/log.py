"""Where the messages of a search go: into a file, and to the screen where no progress bar is."""

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from pisnas_mm.utils.files import writing


@contextmanager
def search_log(path: Path, silent: bool = False) -> Iterator[logging.Logger]:
    """The package's logger, while this is open.

    Args:
        path: Of the file.
        silent: Whether messages go nowhere at all.
    """
    logger = logging.getLogger('pisnas_mm')
    logger.setLevel(logging.INFO)
    handlers = [logging.NullHandler()] if silent else _handlers(path)
    logger.handlers = list(handlers)
    try:
        yield logger
    finally:
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()


def _handlers(path: Path) -> list[logging.Handler]:
    to_file = LogFile(path)
    to_file.setFormatter(logging.Formatter('%(asctime)s  %(message)s', '%Y-%m-%d %H:%M:%S'))
    to_screen = logging.StreamHandler(sys.stdout)
    to_screen.setLevel(logging.WARNING if sys.stderr.isatty() else logging.INFO)
    return [to_file, to_screen]


class LogFile(logging.FileHandler):
    """A log whose failure, for example on a full disk, is one line and stops nothing."""

    def __init__(self, path: Path) -> None:
        with writing(path):
            super().__init__(path, encoding='utf-8')

    def close(self) -> None:
        with suppress(OSError):  # told already
            super().close()

    def handleError(self, record: logging.LogRecord) -> None:
        logging.getLogger('pisnas_mm').removeHandler(self)
        print(f'{self.baseFilename} cannot be written ({sys.exc_info()[1]})', file=sys.stderr)
