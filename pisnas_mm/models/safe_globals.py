"""Resuming with PyTorch's safe loading on.

Since version 2.6 ``torch.load`` builds known types only, and refuses MMEngine's checkpoints for the
training log in them: ``HistoryBuffer`` objects, which hold NumPy numbers and name their statistics.
These join the known types here; whatever could run code stays refused.
"""

from collections.abc import Callable
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch
from mmengine.logging import HistoryBuffer

STATISTICS = ('min', 'max', 'current', 'mean')


def statistic(owner: object, name: str) -> Callable[..., Any]:
    """Stand in for ``getattr``, by which a ``HistoryBuffer`` pickles references to its methods.

    Raises:
        UnpicklingError: Anything else is asked for.
    """
    if owner is not HistoryBuffer or name not in STATISTICS:
        raise UnpicklingError(f'a checkpoint may not look up {name!r} of {owner!r}')
    return getattr(HistoryBuffer, name)


def checkpoint_types() -> list[tuple[Callable[..., Any], str]]:
    """What MMEngine's checkpoints hold beyond tensors and built-in types, with its pickled name."""
    reconstruct, scalar = np.ndarray(0).__reduce__()[0], np.float64(0).__reduce__()[0]
    numbers = np.typecodes['AllInteger'] + np.typecodes['Float'] + '?'
    classes = [HistoryBuffer, np.ndarray, np.dtype, *{type(np.dtype(code)) for code in numbers}]
    return [
        *((cls, f'{cls.__module__}.{cls.__qualname__}') for cls in classes),
        *((reconstruct, f'numpy.{core}.multiarray._reconstruct') for core in ('core', '_core')),
        *((scalar, f'numpy.{core}.multiarray.scalar') for core in ('core', '_core')),
        (statistic, 'builtins.getattr'),
    ]


def allow_checkpoint_types() -> None:
    """Let ``torch.load`` build them; before version 2.6 it refuses nothing by itself."""
    if torch.__version__ >= '2.6':
        torch.serialization.add_safe_globals([*checkpoint_types()])
