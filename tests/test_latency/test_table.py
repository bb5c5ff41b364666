import json

import pytest

from pisnas_mm.blocks import C2f
from pisnas_mm.latency.kernels import Kernel, calls
from pisnas_mm.latency.table import Conditions, LatencyTable, read_table
from tests.tables import CONDITIONS, FACTORS, OFFSET, formula, made_up
from tests.test_search import small

ALL = small.everything()


@pytest.fixture
def table(tmp_path):
    return made_up(tmp_path / 'table.json', ALL)


def test_a_backbone_takes_the_sum_over_its_kernels(table) -> None:
    for genotype in ALL[::50]:
        expected = OFFSET + sum(
            times * FACTORS[kernel.kind] * formula(kernel, widths)
            for kernel, widths, times, _ in calls(genotype, 64)
        )
        assert table(genotype, 64) == pytest.approx(expected)
        assert sum(
            FACTORS[kind] * ms for kind, ms in table.kinds(genotype).items()
        ) == pytest.approx(expected - OFFSET)


def test_blocks_are_remembered(table) -> None:
    first = table(ALL[0], 64)
    table.kernels.clear()
    table._measured.clear()
    assert table(ALL[0], 64) == first


def test_what_is_written_is_read(table, tmp_path) -> None:
    again = read_table(tmp_path / 'table.json')
    for name in ('conditions', 'about', 'kernels', 'wholes', 'correction', 'check'):
        assert getattr(again, name) == getattr(table, name)
    assert again.digest == table.digest
    again.correction = None
    again.write(tmp_path / 'other.json')
    assert read_table(tmp_path / 'other.json').digest != table.digest


def test_a_table_cut_in_half_is_one_line(table, tmp_path) -> None:
    path = tmp_path / 'table.json'
    text = path.read_text()
    for length in range(0, len(text), len(text) // 20):
        path.write_text(text[:length])
        with pytest.raises(ValueError, match=r'latency table .* is damaged: .*measure') as error:
            read_table(path)
        assert '\n' not in str(error.value)


@pytest.mark.parametrize(
    ('key', 'value'),
    [
        ('kernels', {'conv3/1 silu @8': [[[8, 8], -1.0, 0.1]]}),
        ('kernels', {'conv3/1 silu @8': [[[8, 0], 1.0, 0.1]]}),
        ('kernels', {'conv3/1 silu @8': [[[8, 8], 0.0, 0.1]]}),
        ('kernels', [1]),
        ('backbones', [[[], 1.0]]),
        ('correction', {'offset': 'a', 'factors': {}}),
        ('threads', 0),
        ('about', None),
    ],
)
def test_damage_of_any_kind_is_one_line(table, tmp_path, key, value) -> None:
    path = tmp_path / 'table.json'
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(ValueError, match='is damaged') as error:
        read_table(path)
    assert '\n' not in str(error.value)


@pytest.mark.parametrize('version', [0, 2, None, '1'])
def test_another_version_is_refused(table, tmp_path, version) -> None:
    path = tmp_path / 'table.json'
    path.write_text(json.dumps(json.loads(path.read_text()) | {'version': version}))
    with pytest.raises(ValueError, match=f'should have version 1, but has {version!r}'):
        read_table(path)


def test_no_file_is_one_line(tmp_path) -> None:
    with pytest.raises(ValueError, match=r'cannot be read \(No such file'):
        read_table(tmp_path / 'none.json')


def test_what_it_cannot_know_it_says(table) -> None:
    with pytest.raises(ValueError, match='of 64x64 pixels, but is asked for 128x128'):
        table(ALL[0], 128)
    with pytest.raises(ValueError, match=r'has nothing of conv7/1 silu @16'):
        table._of_block(C2f(8, 8, kernel_size=7), 16)
    with pytest.raises(ValueError, match='is not complete'):
        LatencyTable(Conditions(**CONDITIONS), {}, table.kernels)(ALL[0], 64)
    assert table.kernel(Kernel('add', 16), (12,)) > 0
