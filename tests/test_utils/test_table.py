from pisnas_mm.utils.table import text_table


def test_columns_are_aligned():
    rows = [['', 'size', 'note'], ['a', '1', 'x'], ['long', '1000', 'yes']]
    assert text_table(rows, left=(0, 2)).splitlines() == [
        '      size  note',
        'a        1  x',
        'long  1000  yes',
    ]
