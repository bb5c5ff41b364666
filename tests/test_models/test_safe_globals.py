import builtins
import io
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import pytest
import torch
from mmengine.logging import HistoryBuffer

from pisnas_mm.models.safe_globals import allow_checkpoint_types, checkpoint_types, statistic

NAMES = {name for _, name in checkpoint_types()}


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """Each test allows the types itself; others find them as they were."""
    before = torch.serialization.get_safe_globals()
    torch.serialization.clear_safe_globals()
    yield
    torch.serialization.clear_safe_globals()
    torch.serialization.add_safe_globals(before)


def saved(content: Any, replace: tuple[bytes, bytes] = (b'', b'')) -> io.BytesIO:
    """A checkpoint's bytes, some of those in its pickle replaced."""
    original, changed = io.BytesIO(), io.BytesIO()
    torch.save(content, original)
    with zipfile.ZipFile(original) as source, zipfile.ZipFile(changed, 'w') as target:
        for name in source.namelist():
            data = source.read(name)
            target.writestr(name, data.replace(*replace) if name.endswith('data.pkl') else data)
    changed.seek(0)
    return changed


def load(file: io.BytesIO) -> Any:
    return torch.load(file, weights_only=True)


class Call:
    """Pickled as a call of any function."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self.call = function, args

    def __reduce__(self) -> Any:
        return self.call


@pytest.mark.parametrize('core', [b'numpy.core.', b'numpy._core.'])
def test_the_log_is_read_back(core: bytes) -> None:
    written = b'numpy._core.' if np.lib.NumpyVersion(np.__version__) >= '2.0.0' else b'numpy.core.'
    content = dict(loss=HistoryBuffer([3.0, 2.5], [1, 4]), eta=np.float64(7.5), step=np.int64(9))
    allow_checkpoint_types()
    read = load(saved(content, (written, core)))
    values, counts = read['loss'].data
    assert (values.tolist(), counts.tolist()) == ([3.0, 2.5], [1, 4])
    assert read['loss'].mean() == (3.0 + 2.5) / (1 + 4)
    assert read['loss'].statistics('min') == 2.5
    assert (read['eta'], read['step']) == (7.5, 9)


@pytest.mark.parametrize('dtype', ['float64', 'float32', 'float16', 'int64', 'int32', 'uint8', '?'])
def test_numbers_of_any_width_are_read_back(dtype: str) -> None:
    allow_checkpoint_types()
    read = load(saved(np.arange(6).reshape(2, 3).astype(dtype)))
    assert read.dtype == dtype
    assert read.tolist() == np.arange(6).reshape(2, 3).astype(dtype).tolist()


def test_nothing_is_read_unless_allowed() -> None:
    with pytest.raises(UnpicklingError, match='HistoryBuffer'):
        load(saved(HistoryBuffer([1.0], [1])))


@pytest.mark.parametrize('name', ['epoch_1.pth', 'epoch_2.pth', 'best_*.pth'])
def test_real_checkpoints_hold_nothing_else(tiny_run: Path, name: str) -> None:
    (path,) = tiny_run.glob(name)
    held = set(torch.serialization.get_unsafe_globals_in_checkpoint(path))
    assert 'mmengine.logging.history_buffer.HistoryBuffer' in held
    assert held <= NAMES


@pytest.mark.parametrize(
    'call',
    [
        Call(eval, '1 + 1'),
        Call(exec, 'pass'),
        Call(__import__, 'os'),
        Call(getattr, HistoryBuffer, '__init__'),
        Call(getattr, HistoryBuffer, 'register_statistics'),
        Call(getattr, np.ndarray, 'tofile'),
        Call(getattr, np.ndarray, 'min'),
        Call(getattr, Call(getattr, HistoryBuffer, 'min'), '__globals__'),
        Call(np.load, 'file.npy', None, True),
        Call(np.lib.format.open_memmap, 'file.npy'),
    ],
)
def test_calls_are_refused(call: Call) -> None:
    allow_checkpoint_types()
    with pytest.raises(UnpicklingError):
        load(saved(call))


@pytest.mark.parametrize('dtype', [object, 'V8', 'S3', 'M8[s]'])
def test_arrays_of_anything_but_numbers_are_refused(dtype: Any) -> None:
    allow_checkpoint_types()
    with pytest.raises(UnpicklingError, match='DType'):
        load(saved(np.zeros(3, dtype)))


def test_only_holders_of_numbers_are_allowed() -> None:
    for allowed, name in checkpoint_types():
        if isinstance(allowed, type):
            numeric = issubclass(allowed, np.dtype) and allowed is not np.dtype
            assert allowed in (HistoryBuffer, np.ndarray, np.dtype) or numeric
            assert allowed is np.dtype or not numeric or allowed().kind in 'iufb'
        else:
            assert name == 'builtins.getattr' or name.rpartition('.')[2] in (
                '_reconstruct',
                'scalar',
            )
    assert not any(allowed in vars(builtins).values() for allowed, _ in checkpoint_types())


@pytest.mark.parametrize('name', ['min', 'max', 'current', 'mean'])
def test_statistics_are_found(name: str) -> None:
    assert statistic(HistoryBuffer, name) is getattr(HistoryBuffer, name)


def test_allowing_twice_is_allowing_once() -> None:
    allow_checkpoint_types()
    once = set(torch.serialization.get_safe_globals())
    allow_checkpoint_types()
    assert set(torch.serialization.get_safe_globals()) == once


@pytest.mark.parametrize('version', ['2.3.1', '2.5.1'])
def test_older_torch_is_left_alone(monkeypatch: pytest.MonkeyPatch, version: str) -> None:
    monkeypatch.setattr(torch, '__version__', torch.torch_version.TorchVersion(version))
    monkeypatch.delattr(torch.serialization, 'add_safe_globals')
    allow_checkpoint_types()
