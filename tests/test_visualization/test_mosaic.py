import pytest
from PIL import Image

from pisnas_mm.visualization.mosaic import GAP, mosaic


def test_images_stand_row_by_row(tmp_path):
    colours = ['red', 'green', 'blue', 'yellow']
    paths = [tmp_path / f'{i}.png' for i in range(4)]
    for path, colour in zip(paths, colours, strict=True):
        Image.new('RGB', (10, 8), colour).save(path)
    whole = mosaic(paths, columns=3)
    assert whole.size == (3 * 10 + 2 * GAP, 2 * 8 + GAP)
    corners = [(0, 0), (10 + GAP, 0), (20 + 2 * GAP, 0), (0, 8 + GAP)]
    for corner, colour in zip(corners, colours, strict=True):
        assert whole.getpixel(corner) == Image.new('RGB', (1, 1), colour).getpixel((0, 0))
    assert whole.getpixel((10 + GAP, 8 + GAP)) == (255, 255, 255)
    assert mosaic(paths[:1]).size == (10, 8)


def test_no_images_are_refused():
    with pytest.raises(ValueError, match='at least one image'):
        mosaic([])
