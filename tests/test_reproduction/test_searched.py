import json
import re
import shutil
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from mmengine.config import Config

from pisnas_mm import measures
from pisnas_mm.architectures.files import read_architectures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.constraints import build_constraints
from pisnas_mm.reproduction import comparison
from pisnas_mm.reproduction.plan import SEARCHES
from pisnas_mm.reproduction.searched import (
    BACKBONE,
    METAFILE,
    Searched,
    check_in,
    config_and_rank,
    read_all,
    read_metafile,
)
from pisnas_mm.scores import PRScore
from pisnas_mm.search.feasibility import violations
from pisnas_mm.utils.configs import load_config

CONFIGS = Path(__file__).parents[2] / 'configs'
FOUND = read_all(CONFIGS / 'searched')


def genotype(name: str) -> Genotype:
    (architecture,) = read_architectures(str(CONFIGS / 'searched' / name / BACKBONE))
    return architecture.genotype


def test_every_search_that_something_is_trained_or_claimed_of_lies_there() -> None:
    used = {
        base.parts[1]
        for path in CONFIGS.glob('*/*.py')
        for base in map(Path, re.findall(r"'\.\./(searched/.*?)'", path.read_text()))
    }
    assert {*SEARCHES, *comparison.SEARCHES, *used} <= set(FOUND)
    assert all((CONFIGS / f'{config_and_rank(name)[0]}.py').is_file() for name in FOUND)


@pytest.mark.parametrize('name', FOUND)
def test_the_metafile_says_what_the_backbone_is(name: str) -> None:
    found, arch = FOUND[name], genotype(name)
    assert found.params == measures.params(arch)
    assert found.macs == measures.macs(arch, found.image_size)
    floor = measures.bottleneck_entropy(arch, found.image_size)
    assert found.bottleneck_entropy == pytest.approx(floor, abs=1e-4)
    assert found.pr_score == pytest.approx(PRScore(found.image_size)(arch), abs=1e-3)


@pytest.mark.parametrize('name', FOUND)
def test_it_is_what_the_search_config_asks_for(name: str) -> None:
    found, arch = FOUND[name], genotype(name)
    config, _ = config_and_rank(name)
    cfg = load_config(str(CONFIGS / f'{config}.py'))
    assert found.seed == cfg.search.seed
    assert found.candidates == cfg.search.num_candidates
    assert found.image_size == cfg.image_size
    assert violations(arch, build_constraints(cfg.constraints.to_dict(), cfg.image_size)) == {}
    backbone = Config.fromfile(CONFIGS / 'searched' / name / BACKBONE)
    assert backbone.neck_channels == list(arch.out_channels[2:])
    for key, value in cfg.detector.backbone.items():
        assert backbone.backbone[key] == value


@pytest.mark.parametrize('name', FOUND)
def test_nothing_of_a_machine_is_in_it(name: str) -> None:
    folder = CONFIGS / 'searched' / name
    assert {path.name for path in folder.iterdir()} == {BACKBONE, METAFILE}
    for path in folder.iterdir():
        text = path.read_text()
        assert '/home' not in text
        assert '/tmp' not in text
        assert max(map(len, text.splitlines())) <= 110  # a command is one line


def result() -> dict[str, Any]:
    arch = genotype('pis_yolov8_n_coco')
    return {'best': [{'score': 1.5, **measures.summary(arch, 128), 'arch': arch.to_list()}]}


def test_what_is_checked_in_reads_back(tmp_path: Path) -> None:
    work_dir = tmp_path / 'pis_yolov8_n_coco'
    work_dir.mkdir()
    (work_dir / 'best.json').write_text(json.dumps(result()))
    cfg = load_config(str(CONFIGS / 'pis_yolov8_n_coco.py')).to_dict()
    found = check_in(work_dir, cfg, tmp_path / 'searched', 12.34, 'one core')
    folder = tmp_path / 'searched' / 'pis_yolov8_n_coco'
    assert read_metafile(folder / METAFILE) == found
    assert found.seconds == 12.3
    assert found.command == 'python tools/search.py configs/pis_yolov8_n_coco.py'
    again = read_architectures(str(folder / BACKBONE))[0].genotype
    assert again == genotype('pis_yolov8_n_coco')
    content = yaml.safe_load((folder / METAFILE).read_text())
    assert [c['Name'] for c in content['Collections']] == ['PIS-NAS']
    assert content['Models'][0]['Config'].endswith('searched/pis_yolov8_n_coco/backbone.py')


@pytest.mark.parametrize(
    ('name', 'command'),
    [
        ('pis_coco', 'python tools/search.py configs/pis_coco.py'),
        (
            'pis_coco_rank2',
            'python tools/search.py configs/pis_coco.py --cfg-options search.top_k=2',
        ),
    ],
)
def test_a_search_says_how_it_is_done_again(name: str, command: str) -> None:
    assert replace(next(iter(FOUND.values())), name=name).command == command


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(seconds=0.0), 'seconds should be > 0, but got 0.0'),
        (dict(params='9 M'), "params should be of type int, but got '9 M'"),
        (dict(seed=True), 'seed should be of type int, but got True'),
        (dict(score=None), 'score should be of type float, but got None'),
    ],
)
def test_wrong_values_are_refused(change: dict[str, Any], message: str) -> None:
    good = next(iter(FOUND.values()))
    assert Searched(**asdict(good)) == good
    with pytest.raises(ValueError, match=message):
        replace(good, **change)


@pytest.mark.parametrize(
    ('old', 'new'), [('Parameters:', 'Params:'), ('Models:', 'Model:'), ('Seed: 0', 'Seed: x')]
)
def test_a_damaged_metafile_is_named(tmp_path: Path, old: str, new: str) -> None:
    path = tmp_path / METAFILE
    shutil.copy(CONFIGS / 'searched' / 'pis_coco' / METAFILE, path)
    read_metafile(path)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ValueError, match=r'metafile.yml is not the metafile of a search'):
        read_metafile(path)
