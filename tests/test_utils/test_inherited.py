from pathlib import Path

import pytest

from pisnas_mm.utils.configs import load_config


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """A search config in one folder whose heirs lie in another, and files of the same names."""
    for folder in ('one', 'two'):
        (tmp_path / folder).mkdir()
        for name in ('gfl.py', 'data.py'):
            (tmp_path / folder / name).write_text('model = dict()\n')
    (tmp_path / 'one/search.py').write_text("detector = dict(base=['gfl.py', 'data.py'])\n")
    return tmp_path


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('', ['{one}/gfl.py', '{one}/data.py']),
        ("detector = dict(base=['own.py'])", ['own.py']),
        (
            "detector = dict(base=[_base_.detector.base[0], 'own.py', 'mmdet::gfl/gfl.py'])",
            ['{one}/gfl.py', 'own.py', 'mmdet::gfl/gfl.py'],
        ),
        ('detector = dict(options=dict(a=1))', ['{one}/gfl.py', '{one}/data.py']),
    ],
)
def test_files_lie_beside_the_config_that_wrote_them(
    folders: Path, text: str, expected: list[str]
) -> None:
    heir = folders / 'two/heir.py'
    heir.write_text(f"_base_ = ['../one/search.py']\n{text}\n")
    wanted = [name.format(one=folders / 'one') for name in expected]
    assert load_config(str(heir)).detector.base == wanted
    grandchild = folders / 'grandchild.py'
    grandchild.write_text("_base_ = 'two/heir.py'\n")
    wanted = [str(folders / 'two/own.py') if name == 'own.py' else name for name in wanted]
    assert load_config(str(grandchild)).detector.base == wanted


def test_options_are_beside_the_config_that_is_read(folders: Path) -> None:
    heir = folders / 'two/heir.py'
    heir.write_text("_base_ = ['../one/search.py']\n")
    cfg = load_config(str(heir), {'detector.base': ['gfl.py']})
    assert cfg.detector.base == ['gfl.py']


@pytest.mark.parametrize('text', ['detector = 5', 'detector = dict(base=5)', 'detector = None'])
def test_what_is_no_list_is_left_to_the_checks(tmp_path: Path, text: str) -> None:
    (tmp_path / 'base.py').write_text(f'{text}\n')
    (tmp_path / 'heir.py').write_text("_base_ = 'base.py'\n")
    load_config(str(tmp_path / 'heir.py'))
