from pisnas_mm.app.log import search_log


def test_the_file_is_open_as_long_as_it_is_written(tmp_path, capsys):
    path = tmp_path / 'a.log'
    for word in ('first', 'second'):
        with search_log(path) as logger:
            to_file, _ = logger.handlers
            logger.info(word)
        assert to_file.stream is None
        assert logger.handlers == []
    assert [line.split()[-1] for line in path.read_text().splitlines()] == ['first', 'second']
    assert capsys.readouterr().out == 'first\nsecond\n'


def test_a_silent_process_leaves_no_trace(tmp_path, capsys):
    with search_log(tmp_path / 'a.log', silent=True) as logger:
        logger.error('unheard')
    assert not list(tmp_path.iterdir())
    assert capsys.readouterr() == ('', '')
