"""What a command line says of an error: one line for the user's own, a traceback for a bug."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from traceback import walk_tb
from typing import NoReturn

from pisnas_mm.checks import lines_of


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Turn our own refusals into one line on stderr and exit code 2; also a decorator.

    By the house rule a ``ValueError`` (or ``OSError``) raised in this package is meant for the
    user. One that comes out of any other code is a bug and keeps its traceback.

    What the terminal's encoding lacks, such as ± in ASCII, is printed as an escape.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors='backslashreplace')
    try:
        yield
    except BrokenPipeError:  # the reader, for example `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (ValueError, OSError) as error:
        *_, (frame, _) = walk_tb(error.__traceback__)
        if frame.f_globals.get('__name__', '').partition('.')[0] != 'pisnas_mm':
            raise
        user_error(*lines_of(error))


def user_error(*messages: str) -> NoReturn:
    """Say what the user should change, in one line for each problem, and leave."""
    if is_first():  # of several processes; the others would say the same
        for message in messages:
            print(f'error: {message}', file=sys.stderr)
    sys.exit(2)


def is_first() -> bool:
    """Whether this process is the one that speaks, by what its launcher has set."""
    return os.environ.get('RANK', '0') == '0'
