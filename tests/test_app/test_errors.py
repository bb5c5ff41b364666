import pytest

from pisnas_mm.app.errors import one_line_errors


@pytest.mark.parametrize('error', [ValueError('two\n  lines'), FileNotFoundError('two\nlines')])
def test_own_refusals_are_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_: object) -> None:
        raise error

    monkeypatch.setitem(refuse.__globals__, '__name__', 'pisnas_mm.somewhere')
    with pytest.raises(SystemExit) as leaving, one_line_errors():
        refuse()
    assert leaving.value.code == 2
    assert capsys.readouterr().err == 'error: two lines\n'


@pytest.mark.parametrize('error', [ValueError('x'), KeyError('x'), OSError('x')])
def test_other_errors_keep_their_traceback(error: Exception) -> None:
    @one_line_errors()
    def main() -> None:
        raise error

    with pytest.raises(type(error)) as raised:
        main()
    assert raised.value is error


@pytest.mark.parametrize('error', [KeyError('x'), AssertionError('x'), TypeError('x')])
def test_own_bugs_keep_their_traceback(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setitem(fail.__globals__, '__name__', 'pisnas_mm.somewhere')
    with pytest.raises(type(error)), one_line_errors():
        fail()
