"""From a config and a checkpoint to one ONNX file, compared with PyTorch before it is written."""

import logging
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
import onnx
import torch
from numpy.typing import NDArray

from pisnas_mm.deployment.card import KEY, Card
from pisnas_mm.deployment.detector import Detector
from pisnas_mm.deployment.images import Picture, make_ready
from pisnas_mm.deployment.network import Network
from pisnas_mm.deployment.preparation import Options, card_of, takes_rgb
from pisnas_mm.deployment.suppression import with_suppression
from pisnas_mm.detectors.runner import build_detector
from pisnas_mm.detectors.weights import load_weights
from pisnas_mm.models.decoding import decoder_of
from pisnas_mm.utils.files import write_bytes

# Of scores, and of boxes in pixels: what PyTorch and ONNX Runtime may differ by.
TOLERANCES = {'fp32': (1e-3, 0.1), 'fp16': (0.05, 4.0)}
_SHOWN_SHAPE = (256, 320)  # to trace with, where the model takes any


class Comparison(NamedTuple):
    """How far PyTorch and ONNX Runtime differ, over all images."""

    scores: float  # of any class at any point
    boxes: float  # in pixels, of points with a score above the threshold
    torch_ms: float  # an image, the median
    onnx_ms: float

    def __str__(self) -> str:
        return (
            f'largest difference  {self.scores:.1e} in scores, {self.boxes:.1e} pixels in boxes\n'
            f'an image takes      {self.torch_ms:.1f} ms in PyTorch, {self.onnx_ms:.1f} ms in ONNX '
            f'Runtime, without pre- and post-processing'
        )


def export_detector(
    cfg: Any, checkpoint: str | Path, out: Path, options: Options, images: Sequence[Picture]
) -> tuple[Card, Comparison]:
    """Write a detector as ONNX, if it gives there what it gives in PyTorch.

    Args:
        cfg: Its config.
        checkpoint: Its trained weights.
        out: The file to write.
        options: What is wanted of it.
        images: To compare on.

    Raises:
        ValueError: A head, layer, step or shape cannot be exported; the checkpoint is another
            config's; or the results differ by too much.
    """
    model: Any = build_detector(cfg)
    head = getattr(model, 'bbox_head', None)
    if head is None:
        raise ValueError(f'a {type(model).__name__} cannot be exported: it has no dense head')
    decoder_of(head)
    card = card_of(cfg, head, options)
    load_weights(model, checkpoint)
    network = Network(model, card, takes_rgb(cfg.model.data_preprocessor)).eval()
    plain = replace(card, with_nms=False)
    exported = _noted(_exported(network, card, options.opset), plain)
    with TemporaryDirectory() as folder:
        file = Path(folder, 'model.onnx')
        file.write_bytes(exported.SerializeToString())
        detector = Detector(file)
        found = compared(network, detector, images)
        _check(found, card.precision)
        if card.with_nms:
            exported = _noted(with_suppression(exported, card), card)
            file.write_bytes(exported.SerializeToString())
            _check_choice(Detector(file), detector, images)
    write_bytes(out, exported.SerializeToString())
    return card, found


def _exported(network: Network, card: Card, opset: int) -> onnx.ModelProto:
    size = torch.export.Dim('height', min=1), torch.export.Dim('width', min=1)
    free: dict[int, Any] = {}
    if card.any_batch:
        free[0] = torch.export.Dim('batch')
    if card.any_size:
        free |= {2: card.divisor * size[0], 3: card.divisor * size[1]}
    shape = card.shape or _SHOWN_SHAPE
    example = torch.zeros(2 if card.any_batch else 1, 3, *shape)
    try:
        with _quiet():
            program = torch.onnx.export(
                network,
                (example,),
                dynamo=True,
                opset_version=opset,
                input_names=['images'],
                output_names=['boxes', 'scores'],
                dynamic_shapes={'images': free} if free else None,
                verbose=False,
            )
    except Exception as error:  # the exporter's, or any that a layer raises when it is traced
        raise ValueError(f'the model cannot be exported to ONNX: {_reason(error)}') from error
    return program.model_proto  # type: ignore[union-attr]


def _reason(error: BaseException) -> str:
    """The first line of what was at the bottom of it."""
    while error.__cause__ is not None:
        error = error.__cause__
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return (lines or [type(error).__name__])[0][:300]


@contextmanager
def _quiet() -> Iterator[None]:
    """The exporter tells of packages that are not installed and of what it optimises."""
    logger = logging.getLogger('torch.onnx')
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter('ignore')
            yield
    finally:
        logger.setLevel(level)


def _noted(model: onnx.ModelProto, card: Card) -> onnx.ModelProto:
    onnx.helper.set_model_props(model, {KEY: card.to_json()})
    return model


def compared(network: Network, detector: Detector, images: Sequence[Picture]) -> Comparison:
    """Both on every image, one at a time."""
    scores, boxes, times = [0.0], [0.0], []
    for image in images:
        pixels = make_ready(image, detector.card).pixels
        with torch.no_grad():
            (expected, torch_ms), (found, onnx_ms) = (
                _timed(lambda x: [y.numpy() for y in network(torch.from_numpy(x))], pixels),
                _timed(detector.run, pixels),
            )
        seen = expected[1].max(axis=-1) > detector.card.score_thr
        scores.append(float(np.abs(found[1] - expected[1]).max()))
        boxes.append(float(np.abs(found[0] - expected[0])[seen].max(initial=0.0)))
        times.append((torch_ms, onnx_ms))
    return Comparison(max(scores), max(boxes), *map(median, zip(*times, strict=True)))


def _timed(run: Any, pixels: NDArray[np.float32]) -> tuple[Any, float]:
    """The result, and the milliseconds that it took the second time."""
    run(pixels)
    start = perf_counter()
    found = run(pixels)
    return found, 1e3 * (perf_counter() - start)


def _check(found: Comparison, precision: str) -> None:
    scores, boxes = TOLERANCES[precision]
    if not (found.scores <= scores and found.boxes <= boxes):  # nor where one is no number
        raise ValueError(
            f'ONNX Runtime gives other results than PyTorch: scores differ by {found.scores:.2g} '
            f'(at most {scores}), boxes by {found.boxes:.2g} pixels (at most {boxes}); nothing was '
            f'written; try another --opset, or --precision fp32'
        )


def _check_choice(inside: Detector, outside: Detector, images: Sequence[Picture]) -> None:
    """Raise ``ValueError`` where the graph's choice finds no best detection as the other does."""
    for image in images:
        (_, one, _), (_, other, _) = (
            detector.detect(make_ready(image, detector.card)) for detector in (inside, outside)
        )
        if abs(one.max(initial=0.0) - other.max(initial=0.0)) > 1e-4:
            raise ValueError('the model chooses other detections with --with-nms than without')
