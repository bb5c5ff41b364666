"""An exported model in 8 bits, for images like those that it was trained on."""

from collections.abc import Sequence
from pathlib import Path

import onnx

from pisnas_mm.deployment.card import KEY
from pisnas_mm.deployment.images import make_ready, read_image
from pisnas_mm.deployment.runtimes import open_model
from pisnas_mm.utils.files import write_bytes
from pisnas_mm.utils.int8 import in_int8


def quantise(model: Path, out: Path, files: Sequence[Path]) -> None:
    """Write a model's int8 form; what is no convolution stays in single precision.

    Args:
        model: An exported model.
        out: The file to write.
        files: Training images, which the ranges of values are taken from.

    Raises:
        ValueError: There are no images, or the model is not in single precision.
    """
    card = open_model(model).card
    if card.precision != 'fp32':
        raise ValueError(f'{model} is {card.precision}, but --int8 begins with one in fp32')
    if not files:
        raise ValueError('--int8 needs training images to take the ranges of values from')
    found = in_int8(model, ({'images': make_ready(read_image(f), card).pixels} for f in files))
    text = card.to_json().replace('"precision": "fp32"', '"precision": "int8"')
    onnx.helper.set_model_props(found, {KEY: text})
    write_bytes(out, found.SerializeToString())
