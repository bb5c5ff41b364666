from pathlib import Path
from typing import Any

import pytest
from mmengine.config import Config

from pisnas_mm.utils.configs import import_modules, load_config, load_detector, set_work_dir


def test_options_are_merged(tmp_path: Path) -> None:
    path = tmp_path / 'c.py'
    path.write_text('a = dict(b=1, c=[dict(d=1), dict(d=2)])')
    cfg = load_config(str(path), {'a.b': 5, 'a.c.1.d': 7, 'new.key': 'x'})
    assert (cfg.a.b, cfg.a.c, cfg.new.key) == (5, [{'d': 1}, {'d': 7}], 'x')


@pytest.mark.parametrize(
    ('text', 'options', 'message'),
    [
        ('a = (', {}, 'cannot be read: SyntaxError: '),
        ('a = b', {}, "cannot be read: NameError: name 'b' is not defined"),
        ('_base_ = "no.py"', {}, 'cannot be read: FileNotFoundError: '),
        ('a = [1]', {'a.3': 1}, '--cfg-options do not fit config '),
        ('a = 1', {'a.b': 1}, '--cfg-options do not fit config '),
    ],
)
def test_bad_configs_are_refused(
    tmp_path: Path, text: str, options: dict[str, Any], message: str
) -> None:
    path = tmp_path / 'c.py'
    path.write_text(text)
    with pytest.raises(ValueError, match='config') as refusal:
        load_config(str(path), options)
    assert message in str(refusal.value)
    assert str(path) in str(refusal.value)
    assert '\n' not in str(refusal.value)


def test_a_search_config_is_no_detector(tmp_path: Path) -> None:
    path = tmp_path / 'c.py'
    path.write_text('search = dict(seed=0)')
    with pytest.raises(ValueError, match=f'^config {path} has no `model`; .* tools/search.py$'):
        load_detector(str(path))
    assert load_detector(str(path), {'model.type': 'GFL'}).model.type == 'GFL'


@pytest.mark.parametrize(
    ('wanted', 'message'),
    [
        (dict(imports='no_such_module'), 'no_such_module .*No module named .* PYTHONPATH names'),
        (dict(imports=['os', 'no_such_module']), 'Failed to import no_such_module'),
        (['os'], r"custom_imports should be a dict such as .* but got \['os'\]"),
    ],
)
def test_a_module_that_cannot_be_imported_is_told_in_a_line(wanted, message):
    with pytest.raises(ValueError, match=message) as raised:
        import_modules({'custom_imports': wanted})
    assert '\n' not in str(raised.value)


def test_a_package_can_wait():
    import_modules({'custom_imports': dict(imports='no_such_module.part')}, 'no_such_module')


@pytest.mark.parametrize('kind', [dict, Config])
def test_a_config_that_was_read_is_copied(kind: Any) -> None:
    given = kind(dict(a=dict(b=1)))
    cfg = load_config(given, {'a.b': 2, 'c': 3})
    assert (cfg.a.b, cfg.c, given['a']['b'], 'c' in given) == (2, 3, 1, False)


def test_a_config_without_a_file_has_a_work_dir(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert set_work_dir(load_config({})) == Path('work_dirs/config')
    assert set_work_dir(load_config({'work_dir': 'own'})) == Path('own')
    assert set_work_dir(load_config({'work_dir': 'own'}), 'given') == Path('given')
    with pytest.raises(ValueError, match=r'^the config has no `model`'):
        load_detector({})
