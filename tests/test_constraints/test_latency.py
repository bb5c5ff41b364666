import pytest

from pisnas_mm.constraints import Latency, build_constraints
from pisnas_mm.measures import MEASURES, known_at, summary
from pisnas_mm.utils.configs import load_config
from tests.tables import made_up
from tests.test_search import small

ALL = small.everything()


@pytest.fixture
def path(tmp_path):
    made_up(tmp_path / 'table.json', ALL)
    yield tmp_path / 'table.json'
    build_constraints({}, 64)
    assert 'latency' not in MEASURES


def budget(path, **changes):
    return dict(type='Latency', max=1.0, table=str(path)) | changes


def test_it_bounds_what_the_table_predicts(path) -> None:
    latency = Latency(max=1.0, table=str(path), image_size=64)
    values = sorted(latency.measure(genotype) for genotype in ALL)
    assert values[0] == min(latency.table(genotype, 64) for genotype in ALL)
    between = Latency(max=(values[0] + values[-1]) / 2, table=str(path), image_size=64)
    assert between.allows(values[0])
    assert not between.allows(values[-1])
    assert latency.of.title == 'latency (ms)'


def test_latency_is_a_measure_while_a_config_names_a_table(path) -> None:
    assert 'latency' not in MEASURES
    built = build_constraints({'time': budget(path)}, 64)
    assert built['time'].of is MEASURES['latency']
    genotype = ALL[0]
    assert summary(genotype, 64)['latency'] == built['time'].measure(genotype)
    assert MEASURES['latency'].written(12.3456) == '12.346'
    assert MEASURES['latency'] in known_at(64)
    assert MEASURES['latency'] not in known_at(128)
    assert 'latency' not in summary(genotype, 128)
    build_constraints({}, 64)
    assert 'latency' not in MEASURES


@pytest.mark.parametrize(
    ('changes', 'message'),
    [
        (dict(device='cuda:0'), "has device 'cpu' and not 'cuda:0'"),
        (dict(backend='openvino', threads=4), "'onnxruntime' and not 'openvino', threads 1 and"),
        (dict(precision='fp16'), "has precision 'fp32' and not 'fp16'"),
        (dict(batch=8), 'has batch 1 and not 8'),
        (dict(table='none.json'), 'latency table none.json cannot be read'),
        (dict(table=3), 'table should be a file, but got 3'),
        (dict(max=0), 'max should be a number > 0'),
        (dict(finalists=-1), 'finalists should be a whole number >= 0'),
    ],
)
def test_a_table_that_does_not_fit_is_one_line(path, changes, message) -> None:
    with pytest.raises(ValueError, match=r'^constraints\.time: ') as error:
        build_constraints({'time': budget(path, **changes)}, 64)
    assert message in str(error.value)
    assert '\n' not in str(error.value)
    build_constraints({'time': budget(path, device='cpu', batch=1, precision='fp32')}, 64)


def test_another_image_size_is_refused(path) -> None:
    with pytest.raises(ValueError, match='has image size 64 and not 128'):
        build_constraints({'time': budget(path)}, 128)


def test_its_file_is_looked_up_beside_the_config(path, tmp_path) -> None:
    (tmp_path / 'base').mkdir()
    (tmp_path / 'base/config.py').write_text("constraints = dict(time=dict(table='table.json'))")
    (tmp_path / 'heir').mkdir()
    (tmp_path / 'heir/config.py').write_text("_base_ = ['../base/config.py']")
    for folder, expected in (('base', 'base'), ('heir', 'heir')):
        cfg = load_config(tmp_path / folder / 'config.py')
        assert cfg.constraints.time.table == str(tmp_path / expected / 'table.json')
    path.rename(tmp_path / 'base/table.json')
    cfg = load_config(tmp_path / 'heir/config.py')
    assert cfg.constraints.time.table == str(tmp_path / 'base/table.json')
    (tmp_path / 'base/table.json').rename(path)
