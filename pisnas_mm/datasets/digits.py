"""A detection data set of real handwritten digits, made on the spot without a download.

The digits are scikit-learn's: 1797 images of 8 x 8 pixels from the UCI set "Optical Recognition of
Handwritten Digits". They are drawn into scenes and written in COCO's and in Pascal VOC's form:

    train/*.png, val/*.png, annotations/{train,val}.json
    voc/{JPEGImages/*.jpg,Annotations/*.xml,ImageSets/Main/{trainval,test}.txt}
    digits.json                             the settings

VOC's images are JPEG because MMDetection's VOCDataset opens ``.jpg`` only.
"""

import json
import tempfile
import zlib
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pisnas_mm.datasets.formats import Annotation, to_coco, to_voc
from pisnas_mm.datasets.scenes import MIN_SIZE, Scene, draw_scene

CLASSES = tuple('0123456789')

ORIGINALS = {'train': range(1437), 'val': range(1437, 1797)}
"""Rows of the originals that a split's scenes may show; the later rows have other writers."""

_VOC_SPLITS = {'train': 'trainval', 'val': 'test'}
_MANIFEST = 'digits.json'
_VERSION = 1  # goes up when the same settings come to give other scenes


@dataclass(frozen=True)
class DigitsSettings:
    """What decides the data set's bytes: numbers of images, their side in pixels, the seed.

    Raises:
        ValueError: A number is out of its bounds.
    """

    num_train: int = 1200
    num_val: int = 200
    image_size: int = 128
    seed: int = 0

    def __post_init__(self) -> None:
        bounds = dict(num_train=1, num_val=1, image_size=MIN_SIZE, seed=0)
        for name, least in bounds.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise ValueError(
                    f'DigitsSettings.{name} should be an integer >= {least}, but got {value!r}'
                )


def make_digits(
    root: str | Path, settings: DigitsSettings = DigitsSettings(), overwrite: bool = False
) -> bool:
    """Write the data set, whole or not at all.

    Args:
        root: Folder to be made.
        overwrite: Replace a data set of other settings.

    Returns:
        False if the data set is there already.

    Raises:
        ValueError: There is another data set, or something else, at ``root``.
        ImportError: scikit-learn is not installed.
    """
    root = Path(root).resolve()
    if _is_there(root, settings, overwrite):
        return False
    originals, labels = load_originals()
    root.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root.parent, prefix=f'.{root.name}-') as scratch:
        new = Path(scratch, 'new')
        for split in ORIGINALS:
            _write_split(new, split, settings, originals, labels)
        (new / _MANIFEST).write_text(_manifest(settings))
        if root.exists():
            root.rename(Path(scratch, 'old'))
        new.rename(root)
    return True


def load_originals() -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return scikit-learn's digits (1797 x 8 x 8, 0 to 16) and their labels."""
    try:
        from sklearn.datasets import load_digits
    except ImportError:
        raise ImportError(
            'the digits come with scikit-learn, which is not installed: pip install scikit-learn'
        ) from None
    digits = load_digits()
    return digits.images.astype(np.uint8), digits.target


def draw_split_scene(
    split: str, index: int, settings: DigitsSettings, originals: NDArray[np.uint8]
) -> Scene:
    """Draw a scene that depends on the split, its index, the seed and the image size alone."""
    rows = ORIGINALS[split]
    rng = np.random.default_rng((settings.seed, rows.start, index))
    return draw_scene(rng, originals, rows, settings.image_size)


def _manifest(settings: DigitsSettings) -> str:
    return json.dumps(dict(version=_VERSION, **asdict(settings))) + '\n'


def _is_there(root: Path, settings: DigitsSettings, overwrite: bool) -> bool:
    """Tell whether ``root`` is this very data set; refuse what must not be replaced."""
    if not root.exists() or (root.is_dir() and not any(root.iterdir())):
        return False
    manifest = root / _MANIFEST
    if not manifest.is_file():
        raise ValueError(f'{root} holds something other than digits: name another folder')
    found = manifest.read_text()
    if found == _manifest(settings):
        return True
    if not overwrite:
        raise ValueError(
            f'{root} holds digits with the settings {found.strip()}, not {settings}: '
            'overwrite them or name another folder'
        )
    return False


def _write_split(
    root: Path,
    split: str,
    settings: DigitsSettings,
    originals: NDArray[np.uint8],
    labels: NDArray[np.int64],
) -> None:
    images, voc = root / split, root / 'voc'
    for folder in ('JPEGImages', 'Annotations', 'ImageSets/Main'):
        (voc / folder).mkdir(parents=True, exist_ok=True)
    (root / 'annotations').mkdir(exist_ok=True)
    images.mkdir()
    names, annotations = [], []
    for index in range(getattr(settings, f'num_{split}')):
        name = f'{split}_{index:06}'
        scene = draw_split_scene(split, index, settings, originals)
        image = Image.fromarray(scene.image)
        image.save(images / f'{name}.png', compress_type=zlib.Z_HUFFMAN_ONLY)  # twice as fast
        image.save(voc / f'JPEGImages/{name}.jpg', quality=95)
        annotation = Annotation(
            f'{name}.png', settings.image_size, scene.boxes, labels[scene.rows].tolist()
        )
        xml = to_voc(annotation._replace(file_name=f'{name}.jpg'), CLASSES)
        (voc / f'Annotations/{name}.xml').write_bytes(xml)
        names.append(name)
        annotations.append(annotation)
    (voc / f'ImageSets/Main/{_VOC_SPLITS[split]}.txt').write_text('\n'.join([*names, '']))
    (root / f'annotations/{split}.json').write_text(json.dumps(to_coco(annotations, CLASSES)))
