"""Where pictures come from: an image, a folder of images, a video, a camera."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pisnas_mm.deployment.images import Picture, read_image

IMAGES = ('.bmp', '.jpeg', '.jpg', '.png', '.tif', '.tiff', '.webp')
VIDEOS = ('.avi', '.m4v', '.mkv', '.mov', '.mp4', '.mpeg', '.mpg', '.webm')


class Frame(NamedTuple):
    """A picture and its name: a file's, or a number in a video."""

    name: str
    picture: Picture


class Frames(NamedTuple):
    """A source that was opened.

    Attributes:
        all: Its pictures, one by one.
        total: How many; 0 where nobody knows.
        rate: Pictures a second; 0 where they are no video.
    """

    all: Iterator[Frame]
    total: int
    rate: float


def open_source(source: str) -> Frames:
    """Open an image, a folder, a video, or a camera by its number.

    Raises:
        ValueError: It is none of them, or does not open; later, while reading: an image does not.
    """
    if source.isdecimal():
        return _video(int(source), f'camera {source}')
    path = Path(source)
    if path.is_dir():
        files = sorted(file for file in path.iterdir() if file.suffix.lower() in IMAGES)
        if not files:
            raise ValueError(f'folder {path} has no images ({", ".join(IMAGES)})')
        return _files(files)
    if path.suffix.lower() in VIDEOS and path.is_file():
        return _video(str(path), f'video {path}')
    return _files([path])


def _files(files: list[Path]) -> Frames:
    return Frames((Frame(file.name, read_image(file)) for file in files), len(files), 0.0)


def _video(source: int | str, name: str) -> Frames:
    import cv2

    capture = cv2.VideoCapture(source)
    if not capture.isOpened():
        raise ValueError(f'{name} does not open: it is broken, or OpenCV has no reader for it')
    rate = capture.get(cv2.CAP_PROP_FPS) or 25.0
    total = 0 if isinstance(source, int) else int(capture.get(cv2.CAP_PROP_FRAME_COUNT))
    return Frames(_captured(capture), max(total, 0), rate)


def _captured(capture: Any) -> Iterator[Frame]:
    number = 0
    try:
        while True:
            there, picture = capture.read()
            if not there:
                return
            yield Frame(f'{number:06}', picture)
            number += 1
    finally:
        capture.release()
