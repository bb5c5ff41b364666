"""Images of a folder as one: the first of them, not the best."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

GAP = 6  # pixels between images


def mosaic(paths: Sequence[Path], columns: int = 3) -> Image.Image:
    """Images row by row, each in a cell of the largest one's size.

    Raises:
        ValueError: There are none.
    """
    if not paths:
        raise ValueError('a mosaic should be of at least one image, but got none')
    images = [Image.open(path).convert('RGB') for path in paths]
    width = GAP + max(image.width for image in images)
    height = GAP + max(image.height for image in images)
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    whole = Image.new('RGB', (columns * width - GAP, rows * height - GAP), 'white')
    for i, image in enumerate(images):
        whole.paste(image, (i % columns * width, i // columns * height))
    return whole
