from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pisnas_mm.datasets.broken import broken_images_named
from pisnas_mm.datasets.coco import read_coco
from pisnas_mm.datasets.pictures import look_at
from pisnas_mm.datasets.sources import Source
from tests import annotated


def in_folders(data: annotated.Content) -> None:
    for one in data['images'][:2]:
        one['file_name'] = f'sub/{one["file_name"]}'


def test_images_may_lie_in_folders(tmp_path: Path) -> None:
    found = read_coco(annotated.write(tmp_path, in_folders))
    assert look_at(found, tmp_path).missing == [f'{tmp_path}/sub/1.png', f'{tmp_path}/sub/2.png']
    (tmp_path / 'sub').mkdir()
    for name in ('1.png', '2.png'):
        (tmp_path / name).rename(tmp_path / 'sub' / name)
    assert look_at(found, tmp_path) == ([], [], [], [], 4)


def test_a_sample_is_spread_evenly(tmp_path: Path) -> None:
    found = read_coco(annotated.write(tmp_path))
    for name in ('1.png', '4.png'):
        (tmp_path / name).write_bytes(b'')
    seen = look_at(found, tmp_path, most=2)
    assert [path.split(' ')[0] for path in seen.broken] == [f'{tmp_path}/{n}.png' for n in (1, 4)]
    assert seen.opened == 2


@pytest.mark.parametrize('ending', ['jpg', 'png', 'bmp', 'webp'])
def test_what_follows_an_image_does_no_harm(tmp_path: Path, ending: str) -> None:
    """Cameras write more behind a JPEG's end."""
    found = read_coco(
        annotated.write(tmp_path, lambda data: data['images'][0].update(file_name=f'1.{ending}'))
    )
    Image.open(tmp_path / '1.png').save(tmp_path / f'1.{ending}')
    with open(tmp_path / f'1.{ending}', 'ab') as file:
        file.write(b'more' * 99)
    assert look_at(found, tmp_path).broken == []


# In the middle of a run


def source(root: Path) -> Source:
    return Source('train_dataloader.dataset', {}, 'coco', root / 'annotations.json', root, None)


def load(path: Path) -> None:
    from mmcv.transforms import LoadImageFromFile

    LoadImageFromFile()(dict(img_path=str(path)))


@pytest.mark.parametrize('content', [b'', b'no image'])
def test_the_broken_image_is_named(tmp_path: Path, content: bytes) -> None:
    found = read_coco(annotated.write(tmp_path))
    (tmp_path / '2.png').write_bytes(content)
    message = f'image {tmp_path}/2.png.* cannot be read'
    with pytest.raises(ValueError, match=message), broken_images_named([(source(tmp_path), found)]):
        load(tmp_path / '2.png')


def test_other_errors_stay_as_they_are(tmp_path: Path) -> None:
    found = read_coco(annotated.write(tmp_path))
    (tmp_path / '2.png').write_bytes(b'')
    error = RuntimeError('out of memory')
    with pytest.raises(RuntimeError) as raised, broken_images_named([(source(tmp_path), found)]):
        raise error
    assert raised.value is error


def test_nothing_is_said_of_a_run_that_ends_well(tmp_path: Path) -> None:
    with broken_images_named([]):
        load(annotated.write(tmp_path).parent / '1.png')
    assert np.asarray(Image.open(tmp_path / '1.png')).shape == (48, 64, 3)
