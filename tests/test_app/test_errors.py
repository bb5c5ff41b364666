import io
import sys

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


@pytest.mark.parametrize('encoding', ['ascii', 'latin-1', 'cp1252', 'utf-8'])
def test_no_encoding_loses_a_result(monkeypatch: pytest.MonkeyPatch, encoding: str) -> None:
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding) for name in ('stdout', 'stderr')}
    for name, stream in streams.items():
        monkeypatch.setattr(sys, name, stream)

    @one_line_errors()
    def main() -> None:
        print('12.3 ± 0.4 ≤ ρ')
        print('größe_测试.jpg', file=sys.stderr)

    main()
    for stream, text in zip(streams.values(), ('12.3 ± 0.4 ≤ ρ', 'größe_测试.jpg'), strict=True):
        stream.flush()
        assert stream.buffer.getvalue().decode(encoding) == (
            text.encode(encoding, 'backslashreplace').decode(encoding) + '\n'
        )
