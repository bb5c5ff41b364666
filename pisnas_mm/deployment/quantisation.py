"""A model in 8 bits: convolutions' weights by channel, their inputs by what images give there."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import onnx
from onnxruntime.quantization import (
    CalibrationDataReader,
    QuantFormat,
    QuantType,
    quantize_static,
)

from pisnas_mm.deployment.card import KEY
from pisnas_mm.deployment.images import make_ready, read_image
from pisnas_mm.deployment.runtimes import open_model
from pisnas_mm.utils.files import write_bytes


class _Images(CalibrationDataReader):
    """What the model is given, one image after the other."""

    def __init__(self, model: Path, files: Sequence[Path]) -> None:
        self._inputs = self._ready(model, files)

    def _ready(self, model: Path, files: Sequence[Path]) -> Iterator[dict[str, Any]]:
        card = open_model(model).card
        for file in files:
            yield {'images': make_ready(read_image(file), card).pixels}

    def get_next(self) -> dict[str, Any] | None:
        return next(self._inputs, None)


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
    with TemporaryDirectory() as folder:
        file = Path(folder, 'int8.onnx')
        logging.disable(logging.WARNING)  # of a preparation that changes nothing here
        try:
            quantize_static(
                model,
                file,
                _Images(model, files),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=['Conv'],
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
            )
        finally:
            logging.disable(logging.NOTSET)
        found = onnx.load(file)
    text = card.to_json().replace('"precision": "fp32"', '"precision": "int8"')
    onnx.helper.set_model_props(found, {KEY: text})
    write_bytes(out, found.SerializeToString())
