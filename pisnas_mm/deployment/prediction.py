"""From pictures to drawn pictures and one file of detections in COCO's form."""

import json
import sys
from contextlib import ExitStack
from pathlib import Path
from time import perf_counter
from typing import Any

from pisnas_mm.deployment.detector import Detections, Detector
from pisnas_mm.deployment.drawing import drawn
from pisnas_mm.deployment.frames import Frames
from pisnas_mm.deployment.images import Picture
from pisnas_mm.utils.files import write_text


def predict(detector: Detector, frames: Frames, out: Path, *, show: bool = False) -> int:
    """Write drawn pictures (a video of them, where they are one) and ``detections.json``.

    Ctrl-C, or Q in the window, ends a camera's pictures; what was found until then is written.

    Args:
        detector: What finds.
        frames: The pictures.
        out: Folder for the results.
        show: Whether to show them in a window, too.

    Returns:
        How many detections there are.
    """
    found = _coco(detector.card.classes)
    with ExitStack() as stack:
        keep = _Writer(out, frames.rate)
        stack.callback(keep.close)
        start = perf_counter()
        try:
            for done, (name, picture) in enumerate(frames.all, 1):
                detections = detector(picture)
                _add(found, name, picture, detections)
                painted = drawn(picture, detections)
                keep(name, painted)
                _report(done, frames.total, perf_counter() - start)
                if show and not _shown(painted):
                    break
        except KeyboardInterrupt:
            pass
        print(file=sys.stderr)
    write_text(out / 'detections.json', json.dumps(found, indent=1) + '\n')
    return len(found['annotations'])


class _Writer:
    """Keeps pictures as files of their names, or, at a rate, as frames of ``video.mp4``."""

    def __init__(self, out: Path, rate: float) -> None:
        self.out, self.rate = out, rate
        self.video: Any = None

    def __call__(self, name: str, picture: Picture) -> None:
        import cv2

        if not self.rate:
            cv2.imencode('.png', picture)[1].tofile(self.out / f'{Path(name).stem}.png')
            return
        if self.video is None:
            height, width = picture.shape[:2]
            code = cv2.VideoWriter.fourcc(*'mp4v')
            path = str(self.out / 'video.mp4')
            self.video = cv2.VideoWriter(path, code, self.rate, (width, height))
        self.video.write(picture)

    def close(self) -> None:
        if self.video is not None:
            self.video.release()


def _coco(classes: tuple[str, ...]) -> dict[str, Any]:
    categories = [{'id': i, 'name': name} for i, name in enumerate(classes, 1)]
    return {'images': [], 'categories': categories, 'annotations': []}


def _add(found: dict[str, Any], name: str, picture: Picture, detections: Detections) -> None:
    height, width = picture.shape[:2]
    image = len(found['images']) + 1
    found['images'].append({'id': image, 'file_name': name, 'width': width, 'height': height})
    for (_, score, box), label in zip(detections, detections.labels, strict=True):
        left, top, right, bottom = (round(side, 2) for side in box)
        w, h = round(right - left, 2), round(bottom - top, 2)
        found['annotations'].append(
            {
                'id': len(found['annotations']) + 1,
                'image_id': image,
                'category_id': int(label) + 1,
                'bbox': [left, top, w, h],
                'area': round(w * h, 2),
                'iscrowd': 0,
                'score': round(score, 5),
            }
        )


def _report(done: int, total: int, seconds: float) -> None:
    """A bar on a terminal; elsewhere nothing until the last picture."""
    rate = f'{done / seconds:.1f} images/s'
    if not sys.stderr.isatty():
        if done == total:
            print(f'{done} of {total}, {rate}', end='', file=sys.stderr)
        return
    bar = f'{"█" * (20 * done // total):<20} {done} of {total}' if total else f'{done}'
    print(f'\r{bar}, {rate} ', end='', file=sys.stderr, flush=True)


def _shown(picture: Picture) -> bool:
    """Whether the one who looks wants more."""
    import cv2

    cv2.imshow('detections', picture)
    return (cv2.waitKey(1) & 0xFF) != ord('q')
