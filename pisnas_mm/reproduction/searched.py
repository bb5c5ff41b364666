"""Backbones that a search found, as they stand in `configs/searched/NAME/`.

`backbone.py` is a base file for detector configs and holds the architecture (the import of
`pisnas_mm.models` is left to them: two base files must not both have it). `metafile.yml`, in
MMDetection's form, says how it was found and what it measures. Both are written from a search's
work directory and hold none of the machine's paths.
"""

import json
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.detectors import backbone_config, neck_channels
from pisnas_mm.detectors.backbone import PYRAMID
from pisnas_mm.measures.entropy import bottleneck_entropy
from pisnas_mm.scores import PRScore
from pisnas_mm.utils.files import write_text
from pisnas_mm.utils.work_dir import WorkDir

BACKBONE, METAFILE = 'backbone.py', 'metafile.yml'

# The keys of a metafile's `Metadata`, and the fields that they fill.
_METADATA = {
    'Image Size': 'image_size',
    'Parameters': 'params',
    'MACs': 'macs',
    'Score': 'score',
    'PR Score': 'pr_score',
    'Bottleneck Entropy': 'bottleneck_entropy',
    'Seed': 'seed',
    'Candidates': 'candidates',
    'Search Time (s)': 'seconds',
    'Search Hardware': 'device',
}


@dataclass(frozen=True)
class Searched:
    """What is known of a searched backbone.

    MACs, PR score (closed form, pixels) and H_btn (nats) are those at ``image_size``² pixels. The
    time is the processor's for the whole search, on ``device``.
    """

    name: str
    collection: str
    image_size: int
    params: int
    macs: int
    score: float
    pr_score: float
    bottleneck_entropy: float
    seed: int
    candidates: int
    seconds: float
    device: str

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            kind: Any = (int, float) if field.type is float else field.type
            if isinstance(value, bool) or not isinstance(value, kind):
                name = getattr(field.type, '__name__', field.type)
                raise ValueError(f'{field.name} should be of type {name}, but got {value!r}')
        if self.seconds <= 0:
            raise ValueError(f'seconds should be > 0, but got {self.seconds}')

    @property
    def command(self) -> str:
        """What finds the backbone again."""
        config, rank = config_and_rank(self.name)
        option = f' --cfg-options search.top_k={rank}' if rank > 1 else ''
        return f'python tools/search.py configs/{config}.py{option}'


def config_and_rank(name: str) -> tuple[str, int]:
    """The stem of a search's config, and which of what it found: ``pis_coco_rank2`` is the second.

    That is the last of ``best.json`` if the search's ``top_k`` is the rank.
    """
    config, _, rank = name.partition('_rank')
    return config, int(rank or 1)


def searched(
    name: str, cfg: Mapping[str, Any], result: Mapping[str, Any], seconds: float, device: str
) -> Searched:
    """Gather it from a search.

    Args:
        name: Stem of the search config.
        cfg: The search config as plain data.
        result: What ``best.json`` holds.
        seconds: How long the search took.
        device: What it ran on, in words.
    """
    winner = result['best'][config_and_rank(name)[1] - 1]
    genotype, image_size = Genotype.from_list(winner['arch']), winner['image_size']
    return Searched(
        name=name,
        collection=collection_of(cfg['score']['type']),
        image_size=image_size,
        params=winner['params'],
        macs=winner['macs'],
        score=round(winner['score'], 4),
        pr_score=round(PRScore(image_size)(genotype), 4),
        bottleneck_entropy=round(bottleneck_entropy(genotype, image_size), 4),
        seed=cfg['search']['seed'],
        candidates=cfg['search']['num_candidates'],
        seconds=round(seconds, 1),
        device=device,
    )


def collection_of(score: str) -> str:
    """The method that a score belongs to, as the metafile's collection."""
    return {'MAEDETScore': 'MAE-DET', 'DeepMADScore': 'DeepMAD'}.get(score, 'PIS-NAS')


def backbone_text(found: Searched, genotype: Genotype, options: Mapping[str, Any]) -> str:
    """The content of ``backbone.py``.

    Args:
        found: What is known of the backbone.
        genotype: Its architecture.
        options: The entry ``detector.backbone`` of the search config.
    """
    backbone = backbone_config(genotype, {'out_indices': PYRAMID, **options})
    blocks = [_block(block) for block in backbone.pop('arch')]
    config, rank = config_and_rank(found.name)
    which = f'Number {rank} of what' if rank > 1 else 'The backbone that'
    return '\n'.join(
        [
            f'"""{which} `python tools/search.py configs/{config}.py` finds.',
            '',
            f'{found.params / 1e6:.3f} M params, {found.macs / 1e9:.3f} G MACs at '
            f'{found.image_size} x {found.image_size}, H_btn {found.bottleneck_entropy:.3f}, '
            f'PR score {found.pr_score:.1f}.',
            'Written by tools/dev/search_all.py; see metafile.yml.',
            '"""',
            '',
            '# fmt: off',
            'backbone = dict(',
            *(_wrapped(f'{key}={value!r},', 4) for key, value in backbone.items()),
            '    arch=[',
            *blocks,
            '    ],',
            ')',
            f'neck_channels = {neck_channels(genotype, backbone["out_indices"])}',
            '',
        ]
    )


def metafile_text(found: Searched) -> str:
    """The content of ``metafile.yml``."""
    model = {
        'Name': found.name,
        'In Collection': found.collection,
        'Config': f'configs/searched/{found.name}/{BACKBONE}',
        'Search Config': f'configs/{config_and_rank(found.name)[0]}.py',
        'Command': found.command,
        'Metadata': {key: getattr(found, field) for key, field in _METADATA.items()},
    }
    content = {'Collections': [{'Name': found.collection}], 'Models': [model]}
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100)
    return text


def read_metafile(path: Path) -> Searched:
    """Read what ``metafile_text`` wrote.

    Raises:
        ValueError: It is no such file; the message names the place.
    """
    try:
        (model,) = yaml.safe_load(path.read_text(encoding='utf-8'))['Models']
        data = model['Metadata']
        values = {field: data[key] for key, field in _METADATA.items()}
        return Searched(name=model['Name'], collection=model['In Collection'], **values)
    except (yaml.YAMLError, KeyError, TypeError, ValueError) as error:
        raise ValueError(
            f'{path} is not the metafile of a search ({type(error).__name__}: {error}); '
            f'write it anew with tools/dev/search_all.py'
        ) from error


def read_all(folder: Path) -> dict[str, Searched]:
    """All backbones in a folder such as ``configs/searched``, by name."""
    files = sorted(folder.glob(f'*/{METAFILE}'))
    return {found.name: found for found in map(read_metafile, files)}


def check_in(
    work_dir: Path, cfg: Mapping[str, Any], folder: Path, seconds: float, device: str
) -> Searched:
    """Write the winner of a finished search into ``folder / name``.

    Args:
        work_dir: Of the search; its name is that of the search config.
        cfg: The search config as plain data.
        folder: Such as ``configs/searched``.
        seconds: How long the search took.
        device: What it ran on, in words.
    """
    name = work_dir.name
    result = json.loads(WorkDir(work_dir).best.read_text(encoding='utf-8'))
    found = searched(name, cfg, result, seconds, device)
    winner = result['best'][config_and_rank(name)[1] - 1]
    genotype = Genotype.from_list(winner['arch'])
    options = cfg['detector'].get('backbone', {})
    (folder / name).mkdir(parents=True, exist_ok=True)
    write_text(folder / name / BACKBONE, backbone_text(found, genotype, options))
    write_text(folder / name / METAFILE, metafile_text(found))
    return found


def _block(block: Mapping[str, Any]) -> str:
    """A block as it is written in a config."""
    arguments = ', '.join(f'{key}={value!r}' for key, value in block.items())
    return _wrapped(f'dict({arguments}),', 8)


def _wrapped(text: str, indent: int) -> str:
    """On lines of at most 100 characters."""
    first, next_ones = ' ' * indent, ' ' * (indent + 5)
    return textwrap.fill(
        text, 100, initial_indent=first, subsequent_indent=next_ones, break_on_hyphens=False
    )
