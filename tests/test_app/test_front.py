"""Fronts and families from their config to their files."""

import json
from pathlib import Path

import pytest
from mmengine.config import Config

from pisnas_mm import search_backbone
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.measures import bottleneck_entropy, params
from pisnas_mm.visualization.front import points
from tests.test_search import small

REPOSITORY = Path(__file__).parents[2]
BASE = str(REPOSITORY / 'configs/_base_/detectors/gfl_fpn.py')
FLOORS = {'n': 4.6, 's': 4.65, 'm': 4.7}
LIMITS = {'n': 12_000, 's': 19_000, 'm': 30_000}


def config(**search):
    given = dict(num_candidates=2000, objectives=['score', '-params'], num_budgets=8)
    return small.config(**given | search) | dict(
        detector=dict(base=[BASE], backbone=dict(out_indices=(0, 1, 2)))
    )


def family(**more):
    return {
        name: dict(params=LIMITS[name], bottleneck_entropy=FLOORS[name]) for name in LIMITS
    } | more


def test_a_front_is_written_and_said(tmp_path):
    result = search_backbone(config(), work_dir=tmp_path)
    front = json.loads((tmp_path / 'front.json').read_text())
    assert front == json.loads(json.dumps(result.front))
    assert 'family' not in front
    scores = [point['score'] for point in front['points']]
    assert len(scores) > 3
    assert scores == sorted(scores)
    for point in front['points']:
        genotype = Genotype.from_list(point['arch'])
        assert params(genotype) == point['params'] <= point['budget']['params']
    assert f'front               {tmp_path}/front.json' in repr(result)
    assert front['points'][-1]['arch'] == result.best[0]['arch']
    assert [p.score for p in points(front)] == scores


@pytest.mark.parametrize('grow', [False, True])
def test_a_family_has_a_folder_for_each_member(tmp_path, grow):
    cfg = config() | dict(family=family(grow=grow))
    cfg['family']['m']['base'] = [str(REPOSITORY / 'configs/_base_/detectors/fcos_fpn.py')]
    result = search_backbone(cfg, work_dir=tmp_path)
    before = None
    for name, member in result.front['family'].items():
        genotype = Genotype.from_list(member['arch'])
        assert params(genotype) <= LIMITS[name]
        assert bottleneck_entropy(genotype, 64) >= FLOORS[name]
        detector = Config.fromfile(
            tmp_path / name / f'config_{name}_detector.py', import_custom_modules=False
        )
        assert detector.model.type == ('FCOS' if name == 'm' else 'GFL')
        assert Genotype.from_list(detector.model.backbone.arch) == genotype
        (best,) = json.loads((tmp_path / name / 'best.json').read_text())['best']
        assert best['score'] == member['score']
        if grow and before:
            for small_one, large in zip(before.blocks, genotype.blocks, strict=True):
                assert small_one.out_channels <= large.out_channels
                assert (small_one.num_blocks or 0) <= (large.num_blocks or 0)
        before = genotype
    assert f'{tmp_path}/s/config_s_detector.py' in repr(result)


def test_nothing_is_written_where_something_is_wrong(tmp_path):
    cfg = config() | dict(family=family(s=dict(params=5, base=['nowhere.py'])))
    with pytest.raises(ValueError, match=r'family\.s') as error:
        search_backbone(cfg, work_dir=tmp_path / 'out')
    assert 'nowhere.py not found' in str(error.value)
    assert not (tmp_path / 'out').exists()


def test_the_shipped_family_has_the_budgets_of_its_searches():
    """Each member as the search config of its size."""
    shipped = Config.fromfile(REPOSITORY / 'configs/pis_yolov8_family_coco.py')
    for name, member in shipped.family.items():
        single = Config.fromfile(REPOSITORY / f'configs/pis_yolov8_{name}_coco.py')
        own = {key: bound for key, bound in member.items() if key != 'base'}
        for key, constraint in single.constraints.items():
            bound = own.pop(key) if key in own else shipped.constraints[key].max
            assert bound == constraint.get('max', constraint.get('min'))
        assert not own
        assert member.base == single.detector.base
