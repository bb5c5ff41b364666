"""A detector from a model file, in three lines and without torch.

from pisnas_mm.deployment import Detector
for detection in Detector('model.onnx')('image.jpg'):
    print(detection.name, detection.score, detection.box)
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pisnas_mm.checks import shown
from pisnas_mm.deployment.card import Card, Shape
from pisnas_mm.deployment.choice import Chosen, Floats, choose
from pisnas_mm.deployment.images import Picture, Ready, make_ready, read_image
from pisnas_mm.deployment.runtimes import open_model


class Detection(NamedTuple):
    """One object."""

    name: str
    score: float
    box: tuple[float, ...]  # x1, y1, x2, y2 in pixels of the image


@dataclass(frozen=True, eq=False, slots=True)
class Detections:
    """What was found in an image, best first."""

    boxes: Floats  # (K, 4) as x1, y1, x2, y2 in pixels of the image
    scores: Floats  # (K,)
    labels: NDArray[np.int64]  # (K,), into `classes`
    classes: tuple[str, ...]

    def __iter__(self) -> Iterator[Detection]:
        for box, score, label in zip(self.boxes, self.scores, self.labels, strict=True):
            yield Detection(self.classes[label], float(score), tuple(map(float, box)))

    def __len__(self) -> int:
        return len(self.scores)


class Detector:
    """Finds objects in images, one at a time.

    Args:
        model: A file that ``tools/deployment/export.py`` has written.
        runtime: ``'cpu'``, ``'cuda'`` and ``'tensorrt'`` are ONNX Runtime's, and there is
            ``'openvino'``.
        score_thr: Detections have a higher score; by default than the config's ``score_thr``.
        shape: Height and width that images are fitted to, where the model takes any.
        threads: How many to use on the CPU; 0 leaves it to the runtime.

    Raises:
        ValueError: The file is missing or broken, the runtime is not there, the shape does not fit.
    """

    def __init__(
        self,
        model: str | Path,
        runtime: str = 'cpu',
        *,
        score_thr: float | None = None,
        shape: Shape | None = None,
        threads: int = 0,
    ) -> None:
        self.run, self.card = open_model(model, runtime, threads)
        if shape and shape != self.card.shape:
            if not self.card.any_size:
                raise ValueError(
                    f'{model} takes images of {shown(self.card.shape)} only, but got '
                    f'{shown(shape)}; export it with --dynamic size'
                )
            self.card = reshaped(self.card, shape)
        self.score_thr = max(score_thr or 0.0, self.card.score_thr)

    def __call__(self, image: str | Path | Picture) -> Detections:
        """The objects in an image: a file, or pixels (H, W, 3) in OpenCV's order, uint8.

        Raises:
            ValueError: The image does not open.
        """
        picture = read_image(image)
        ready = make_ready(picture, self.card)
        boxes, scores, labels = self.detect(ready)
        height, width = picture.shape[:2]
        boxes = (boxes / ready.factors).clip(0, np.array([width, height] * 2, np.float32))
        return Detections(boxes, scores, labels, self.card.classes)

    def detect(self, ready: Ready) -> Chosen:
        """Detections in pixels of the model's input."""
        outputs = [output[0] for output in self.run(ready.pixels)]
        if self.card.with_nms:
            boxes, scores, labels = outputs
            kept = scores > self.score_thr
            return boxes[kept], scores[kept], labels[kept]
        boxes, scores = outputs
        height, width = ready.content
        boxes = boxes.clip(0, np.array([width, height] * 2, np.float32))
        return choose(boxes, scores, ready.pixels.shape[2:], self.card, self.score_thr)


def reshaped(card: Card, shape: Shape) -> Card:
    """The card with another shape of images.

    Raises:
        ValueError: It is no multiple of the card's divisor.
    """
    check_shape(shape, card.divisor)
    return replace(card, shape=shape, scale=_scale(shape, card.keep_ratio))


def check_shape(shape: Shape, divisor: int) -> None:
    """Raise ``ValueError`` where a shape is no multiple of the divisor."""
    for name, side in zip(('height', 'width'), shape, strict=True):
        if side < divisor or side % divisor:
            near = max(divisor, round(side / divisor) * divisor)
            raise ValueError(
                f'the {name} of --shape should be a multiple of {divisor}, as the strides and the '
                f'padding of the detector are, but got {side}; take {near}'
            )


def _scale(shape: Shape, keep_ratio: bool) -> tuple[int, int]:
    height, width = shape
    return (max(shape), max(shape)) if keep_ratio else (width, height)
