"""What is drawn of a search, an architecture or a detector's config: rows of receptive maps."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from pisnas_mm.architectures.files import Architecture, read_architectures
from pisnas_mm.architectures.tinynas_forms import TINYNAS
from pisnas_mm.utils.configs import import_modules, load_config, load_detector
from pisnas_mm.utils.preconditions import check_installed
from pisnas_mm.visualization.backbones import (
    Sampled,
    Sampling,
    build_backbone,
    sampled_backbone,
    sampled_genotype,
)
from pisnas_mm.visualization.seen import deepest, expected
from pisnas_mm.visualization.seen_figure import Row
from pisnas_mm.visualization.work_dir import read_search

DEFAULT_IMAGE_SIZE = 224
DEFAULT_DRAWS = 8  # of a backbone that has no closed form

HowToSample = Callable[..., Sampling]
"""Takes a ``size``, ``num_draws`` and perhaps a ``threshold``; the rest is settled."""


class Looked(NamedTuple):
    """Whose maps they are, at which side of the image in pixels, and the maps."""

    name: str
    image_size: int
    rows: list[Row]


def look_at_search(
    folder: Path, image_size: int | None, num_draws: int | None, how: HowToSample
) -> Looked:
    """What the seed and the winner of a search see from C3 to C5.

    Args:
        folder: The search's work directory.
        image_size: If not the search's own.
        num_draws: Sampled ones, beside the closed form.
        how: They are sampled.
    """
    search = read_search(folder)
    size = image_size or search.image_size
    rows = []
    for label, genotype in (('seed', search.seed), ('searched', search.winner)):
        rows.append(Row(label, deepest(expected(genotype, size, search.threshold))))
        if num_draws:
            check_installed('torch', 'mmcv', 'mmdet')
            maps = sampled_genotype(genotype, how(size, num_draws, threshold=search.threshold))
            rows.append(Row(f'{label}, Monte-Carlo', deepest(maps.on_previous)))
    return Looked(search.name, size, rows)


def look_at_file(
    path: str,
    image_size: int | None,
    num_draws: int | None,
    how: HowToSample,
    checkpoint: Path | None = None,
    form: str = TINYNAS,
) -> Looked:
    """What an architecture, or the backbone of a config, sees by every way there is.

    Args:
        path: See ``read_architectures``; or the config of any detector.
        image_size: If not what the file says.
        num_draws: Sampled ones; some also if None, where there is no closed form.
        how: They are sampled.
        checkpoint: Trained weights of that config.
        form: What a TinyNAS text is built as.
    """
    of = _architecture(path, form)
    size = image_size or (of and of.image_size) or DEFAULT_IMAGE_SIZE
    rows = []
    if of is not None:
        rows.append(Row('closed form,\non the level before', expected(of.genotype, size)))
    draws = num_draws or (DEFAULT_DRAWS if of is None or checkpoint else 0)
    if draws:
        check_installed('torch', 'mmcv', 'mmdet')
        maps = _sampled(path, of, how(size, draws), checkpoint)
        way = 'trained' if checkpoint else 'Monte-Carlo'
        rows.append(Row(f'{way},\non the level before', maps.on_previous))
        rows.append(Row(f'{way},\non the image', maps.on_image))
    return Looked(of.id if of else Path(path).stem, size, rows)


def _architecture(path: str, form: str) -> Architecture | None:
    """What has a closed form; None for the config of another backbone."""
    if Path(path).suffix == '.py':
        cfg = load_config(path)
        if 'arch' not in cfg.get('model', cfg).get('backbone', {}):
            return None
    return read_architectures(path, form)[0]


def _sampled(path: str, of: Architecture | None, how: Sampling, checkpoint: Path | None) -> Sampled:
    if of is not None and checkpoint is None:
        return sampled_genotype(of.genotype, how)
    cfg = load_detector(path)
    import_modules(cfg)
    return sampled_backbone(build_backbone(cfg, checkpoint), how, trained=checkpoint is not None)
