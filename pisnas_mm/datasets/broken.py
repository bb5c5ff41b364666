"""An image that does not open in the middle of a run is named, in one line."""

import re
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from pisnas_mm.datasets.annotations import Annotations
from pisnas_mm.datasets.pictures import look_at
from pisnas_mm.datasets.sources import Source


@contextmanager
def broken_images_named(read: Sequence[tuple[Source, Annotations]]) -> Iterator[None]:
    """Where loading an image fails, look through all of them for the one.

    Before a run only a sample of a large data set is opened, and OpenCV does not say what it fails
    at, in a process that loads data for another.

    Raises:
        ValueError: An image cannot be read; any other error stays as it is.
    """
    try:
        yield
    except Exception as error:
        story = ''.join(traceback.format_exception(error))
        if 'loading.py' not in story:  # MMCV's, which LoadImageFromFile is in
            raise
        named = re.search('^AssertionError: failed to load image: (.+)$', story, re.MULTILINE)
        bad = [named[1]] if named else []
        for source, found in () if bad else read:
            seen = look_at(found, source.folder, None)
            bad += seen.missing + seen.broken
        if not bad:
            raise
        raise ValueError(
            f'image {bad[0]} cannot be read; replace it, or take it out of the annotations'
        ) from error
