"""An ONNX model in 8 bits: convolutions' weights by channel, their inputs by what comes there."""

import logging
from collections.abc import Iterable
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

Inputs = dict[str, Any]
"""Arrays by the names of a model's inputs."""


class _Reader(CalibrationDataReader):
    def __init__(self, inputs: Iterable[Inputs]) -> None:
        self._inputs = iter(inputs)

    def get_next(self) -> Inputs | None:
        return next(self._inputs, None)


def in_int8(model: Path | onnx.ModelProto, inputs: Iterable[Inputs]) -> onnx.ModelProto:
    """The int8 form of a model; what is no convolution stays in single precision.

    Args:
        model: In single precision, with convolutions.
        inputs: The ranges of values are taken from these, one after the other.
    """
    with TemporaryDirectory() as folder:
        file = Path(folder, 'int8.onnx')
        logging.disable(logging.WARNING)  # of a preparation that changes nothing here
        try:
            quantize_static(
                model,
                file,
                _Reader(inputs),
                quant_format=QuantFormat.QDQ,
                op_types_to_quantize=['Conv'],
                per_channel=True,
                activation_type=QuantType.QUInt8,
                weight_type=QuantType.QInt8,
            )
        finally:
            logging.disable(logging.NOTSET)
        return onnx.load(file)
