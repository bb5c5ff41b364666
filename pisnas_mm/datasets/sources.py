"""What a config reads: its data sets' annotation files, however wrapped, and its evaluators'."""

from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from pisnas_mm.checks import shown
from pisnas_mm.datasets.annotations import Annotations
from pisnas_mm.datasets.cache import cached
from pisnas_mm.datasets.class_names import COCO, VOC
from pisnas_mm.datasets.coco import read_coco
from pisnas_mm.datasets.voc import VOCFolders, read_voc, voc_files

FORMS = {'CocoDataset': 'coco', 'VOCDataset': 'voc', 'XMLDataset': 'voc'}
_CLASSES = {'CocoDataset': COCO, 'VOCDataset': VOC}
WRAPPERS = ('RepeatDataset', 'ConcatDataset', 'ClassBalancedDataset', 'MultiImageMixDataset')
OF_DATA_SETS = ('ann_file', 'data_root', 'data_prefix', 'metainfo')
"""Keys that a wrapper does not take."""


class Source(NamedTuple):
    """A data set of a config, in one of the forms that are read here.

    Attributes:
        place: Where it stands in the config.
        entry: That entry, which may be changed.
        form: ``'coco'`` or ``'voc'``.
        ann_file: The file.
        folder: What the images' names are relative to.
        classes: The names that labels stand for; None where they are not known.
    """

    place: str
    entry: Any
    form: str
    ann_file: Path
    folder: Path
    classes: tuple[str, ...] | None

    def read(self) -> Annotations:
        """Its annotations; ``ValueError`` where there are none, or not in that form."""
        if not self.ann_file.is_file():
            raise ValueError(f'ann_file {self.ann_file.absolute()} not found')
        if self.form == 'coco':
            return cached([self.ann_file], lambda: read_coco(self.ann_file))
        folders = VOCFolders(
            self.folder,
            self.entry.get('img_subdir', 'JPEGImages'),
            self.entry.get('ann_subdir', 'Annotations'),
        )
        files = voc_files(self.ann_file, folders)[1]
        return cached([self.ann_file, *files], lambda: read_voc(self.ann_file, folders))


def sources(cfg: Mapping[str, Any], part: str, *, stock: bool = False) -> Iterator[Source]:
    """The data sets of a dataloader that lie on this machine in a form that is read here.

    Args:
        cfg: The whole config.
        part: The dataloader's name.
        stock: Only MMDetection's own classes, for which nothing needs to be imported.

    Raises:
        ValueError: An entry is not of its type, classes are not a list of names, or COCO's images
            have no folder.
    """
    for place, entry in data_sets(as_dict(cfg.get(part), part).get('dataset'), f'{part}.dataset'):
        form = FORMS.get(_name(entry)) if stock else _form(entry)
        name = as_text(entry.get('ann_file'), f'{place}.ann_file')
        root = as_text(entry.get('data_root'), f'{place}.data_root')
        if not form or not name or '://' in f'{root}{name}' or entry.get('backend_args'):
            continue
        prefixes = as_dict(entry.get('data_prefix'), f'{place}.data_prefix')
        if form == 'coco' and 'img' not in prefixes:
            raise ValueError(f'{place}: where are the images? Say data_prefix=dict(img=FOLDER)')
        key = 'img' if form == 'coco' else 'sub_data_root'
        prefix = as_text(prefixes.get(key), f'{place}.data_prefix.{key}')
        yield Source(
            place, entry, form, Path(root, name), Path(root, prefix), class_names(entry, place)
        )


def data_sets(entry: Any, place: str) -> Iterator[tuple[str, Any]]:
    """The data sets within wrappers, and where they stand."""
    if not isinstance(entry, Mapping):
        return
    inner = entry.get('dataset'), *(entry.get('datasets') or ())
    places = f'{place}.dataset', *(f'{place}.datasets.{i}' for i in range(len(inner) - 1))
    for child, at in zip(inner, places, strict=True):
        yield from data_sets(child, at)
    if 'dataset' not in entry and 'datasets' not in entry:
        yield place, entry


def misplaced(entry: Any, place: str) -> Iterator[str]:
    """A complaint about each wrapper with keys that are its data set's."""
    if not isinstance(entry, Mapping):
        return
    keys = [key for key in OF_DATA_SETS if key in entry]
    if keys and _name(entry) in WRAPPERS:
        (inner, _), *_ = [*data_sets(entry, place), (f'{place}.dataset', None)]
        yield (
            f'{place} is a {_name(entry)}, to which {", ".join(keys)} mean nothing: they belong '
            f'to {inner}; for data of your own say detector.data=dict(root=..., train=..., val=...)'
        )
    for child in entry.get('dataset'), *(entry.get('datasets') or ()):
        yield from misplaced(child, f'{place}.dataset')


def class_names(entry: Mapping[str, Any], place: str) -> tuple[str, ...] | None:
    """What labels stand for, by the config or else by MMDetection's class.

    Raises:
        ValueError: The config names them in a way that means something else.
    """
    metainfo = as_dict(entry.get('metainfo'), f'{place}.metainfo')
    names = metainfo.get('classes')
    if names is None:
        if 'CLASSES' in metainfo:
            raise ValueError(f'{place}.metainfo: `CLASSES` is read by nobody; write `classes`')
        if known := _CLASSES.get(_name(entry)):
            return known
        names = (getattr(_registered(entry), 'METAINFO', None) or {}).get('classes')
        return None if names is None else tuple(names)
    if isinstance(names, str) and Path(names).is_file():
        names = Path(names).read_text(encoding='utf-8').splitlines()
    is_list = isinstance(names, list | tuple) and all(isinstance(name, str) for name in names)
    if not is_list or not names or len(set(names)) < len(names):
        remedy = f'; write ({names!r},)' if isinstance(names, str) else ''
        raise ValueError(
            f'{place}.metainfo.classes should be a list of different names, but got '
            f'{shown(names)}{remedy}'
        )
    return tuple(names)


def evaluators(cfg: Mapping[str, Any], part: str) -> Iterator[tuple[str, Any]]:
    """COCO's evaluators with a file of their own, and where they stand."""
    entry = cfg.get(part) or []
    several = isinstance(entry, list | tuple)
    for i, one in enumerate(entry if several else [entry]):
        place = f'{part}.{i}' if several else part
        if _name(as_dict(one, place)) == 'CocoMetric':
            file = as_text(one.get('ann_file'), f'{place}.ann_file')
            if file and '://' not in file and not one.get('backend_args'):
                yield place, one


def heads(model: Any, place: str = 'model') -> Iterator[tuple[str, Any]]:
    """Every part with a ``num_classes`` that counts the data's classes, and where it stands.

    Those of backbones, of proposals (one class) and of semantic maps count something else, and
    where a language model reads the classes, there is no number of them.
    """
    if isinstance(model, Mapping):
        if 'language_model' in model:
            return
        if type(model.get('num_classes')) is int:
            yield place, model
        for key, child in model.items():
            if key not in _OTHER_CLASSES:
                yield from heads(child, f'{place}.{key}')
    elif isinstance(model, list | tuple):
        for i, child in enumerate(model):
            yield from heads(child, f'{place}.{i}')


_OTHER_CLASSES = ('backbone', 'neck', 'rpn_head', 'semantic_head')


def _name(entry: Any) -> str:
    """The type's name without its scope."""
    kind = entry.get('type')
    return (kind if isinstance(kind, str) else getattr(kind, '__name__', '')).rpartition('.')[2]


def _form(entry: Mapping[str, Any]) -> str | None:
    """The form of a data set, also of one whose class inherits its reading."""
    if known := FORMS.get(_name(entry)):
        return known
    cls = _registered(entry)
    for base in getattr(cls, '__mro__', ()):
        if 'load_data_list' in vars(base):
            return FORMS.get(base.__name__)
    return None


def _registered(entry: Mapping[str, Any]) -> Any:
    """MMDetection's class, where that is installed; None where nothing is known by that name."""
    kind = entry.get('type')
    if not isinstance(kind, str):
        return kind
    with suppress(Exception):  # a registry raises this and that for odd names
        from mmdet.registry import DATASETS

        return DATASETS.get(kind)
    return None


def as_dict(value: Any, place: str) -> Any:
    """The value, if it is a dict, and an empty one for None; ``ValueError`` for anything else."""
    if value is not None and not isinstance(value, Mapping):
        raise ValueError(f'{place} should be a dict, but got {shown(value)}')
    return {} if value is None else value


def as_text(value: Any, place: str) -> str:
    """The value, if it is text, and none for None; ``ValueError`` for anything else."""
    if value is not None and (not isinstance(value, str) or '\0' in value):
        raise ValueError(f'{place} should be text, but got {shown(value)}')
    return value or ''
