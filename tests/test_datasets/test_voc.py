from pathlib import Path

import numpy as np
import pytest

from pisnas_mm.datasets.voc import VOCFolders, read_voc

SIZE = '<size><width>64</width><height>48</height><depth>3</depth></size>'
BOX = '<bndbox><xmin>1</xmin><ymin>5</ymin><xmax>10</xmax><ymax>24</ymax></bndbox>'


def written(root: Path, text: str) -> Path:
    (root / 'Annotations').mkdir(exist_ok=True)
    (root / 'Annotations/one.xml').write_text(f'<annotation>{text}</annotation>')
    (root / 'list.txt').write_text('one\n')
    return root / 'list.txt'


def test_boxes_are_counted_from_pixel_1_and_hold_the_last_one(tmp_path: Path) -> None:
    objects = ''.join(
        f'<object><name>{name}</name>{more}{BOX}</object>'
        for name, more in [('dog', '<difficult>1</difficult>'), ('cat', '')]
    )
    found = read_voc(written(tmp_path, SIZE + objects), VOCFolders(tmp_path))
    assert found.categories == ('cat', 'dog')
    assert (found.image_ids, found.file_names) == (('one',), ('JPEGImages/one.jpg',))
    assert found.sizes.tolist() == [[64, 48]]
    assert found.boxes.tolist() == [[0, 4, 10, 20]] * 2
    assert (found.category_of.tolist(), found.crowd.tolist()) == ([1, 0], [True, False])
    assert found.areas.tolist() == [200, 200]


def test_an_image_may_have_no_size_and_no_objects(tmp_path: Path) -> None:
    found = read_voc(written(tmp_path, ''), VOCFolders(tmp_path))
    assert np.isnan(found.sizes).all()
    assert (found.boxes.shape, found.categories) == ((0, 4), ())


@pytest.mark.parametrize(
    'text',
    [
        '<object>',
        f'{SIZE}<object>{BOX}</object>',
        f'{SIZE}<object><name>cat</name></object>',
        SIZE.replace('64', '64.5'),
        SIZE.replace('64', '9' * 400),
        SIZE.replace('<width>64</width>', ''),
        f'{SIZE}<object><name>cat</name>{BOX.replace("24", "nan")}</object>',
        f'{SIZE}<object><name>cat</name>{BOX.replace("24", "")}</object>',
        f'{SIZE}<object><name>cat</name><difficult>no</difficult>{BOX}</object>',
    ],
)
def test_what_mmdetection_could_not_read_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(ValueError, match=r"Annotations/one\.xml is not in VOC's form: "):
        read_voc(written(tmp_path, text), VOCFolders(tmp_path))


@pytest.mark.parametrize(
    ('names', 'message'),
    [
        ('', 'lists no image'),
        ('one\none\n', 'lists 1 images twice, such as one'),
        ('one\n\n', '1 lines are blank, such as line 2'),
        ('one.jpg\n', r'1 of 1 annotations are missing.*without their ending'),
        ('one -1\n', '1 of 1 annotations are missing'),
    ],
)
def test_lists_name_images_once_and_without_more(tmp_path: Path, names: str, message: str) -> None:
    written(tmp_path, SIZE).write_text(names)
    with pytest.raises(ValueError, match=message):
        read_voc(tmp_path / 'list.txt', VOCFolders(tmp_path))
