from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from pisnas_mm.datasets import cache
from pisnas_mm.datasets.annotations import Annotations
from pisnas_mm.datasets.coco import read_coco
from tests import annotated


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv('PISNAS_MM_CACHE', str(tmp_path / 'cache'))
    monkeypatch.setattr(cache, 'LEAST_BYTES', 0)
    return cache.cache_folder()


def must_not() -> Annotations:
    raise AssertionError('it was read again')


def assert_same(one: Annotations, other: Annotations) -> None:
    for field in fields(Annotations):
        left, right = getattr(one, field.name), getattr(other, field.name)
        if isinstance(left, np.ndarray):
            assert left.dtype == right.dtype, field.name
            np.testing.assert_array_equal(left, right, field.name)
        else:
            assert left == right, field.name


def test_the_second_reading_is_the_first(tmp_path: Path, folder: Path) -> None:
    file = annotated.write(
        tmp_path / 'data',
        lambda data: (data['annotations'][0].pop('area'), data['images'][0].update(id='text')),
    )
    first = cache.cached([file], lambda: read_coco(file))
    assert_same(cache.cached([file], must_not), first)
    assert len(list(folder.iterdir())) == 1


def test_another_file_is_read(tmp_path: Path) -> None:
    file = annotated.write(tmp_path / 'data')
    cache.cached([file], lambda: read_coco(file))
    file.write_text(file.read_text() + ' ')
    with pytest.raises(AssertionError):
        cache.cached([file], must_not)


@pytest.mark.parametrize('damage', [b'', b'PK nothing'])
def test_a_damaged_cache_is_written_anew(tmp_path: Path, folder: Path, damage: bytes) -> None:
    file = annotated.write(tmp_path / 'data')
    first = cache.cached([file], lambda: read_coco(file))
    (place,) = folder.iterdir()
    place.write_bytes(damage)
    assert_same(cache.cached([file], lambda: read_coco(file)), first)
    assert_same(cache.cached([file], must_not), first)


def test_a_cache_that_cannot_be_written_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / 'taken').touch()
    monkeypatch.setenv('PISNAS_MM_CACHE', str(tmp_path / 'taken'))
    file = annotated.write(tmp_path / 'data')
    assert_same(cache.cached([file], lambda: read_coco(file)), read_coco(file))


def test_small_files_are_not_kept(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, 'LEAST_BYTES', 10**6)
    file = annotated.write(tmp_path / 'data')
    cache.cached([file], lambda: read_coco(file))
    assert not folder.exists()


def test_pickles_in_a_cache_are_not_read(tmp_path: Path, folder: Path) -> None:
    file = annotated.write(tmp_path / 'data')
    first = cache.cached([file], lambda: read_coco(file))
    (place,) = folder.iterdir()
    np.savez(place, text=np.array([dict()], dtype=object), boxes=np.array([print], dtype=object))
    assert_same(cache.cached([file], lambda: replace(first)), first)
