from typing import Any

import pytest
from mmengine.config import DictAction

from pisnas_mm.utils.cfg_options import parse_options, parse_value

ALIKE = [
    '1', '-2', '1e-3', 'nan?', 'true', 'False', 'None', 'none', 'text', "'text'", '"3"', '',
    '1,2', '1,', '[1,2]', '(1,2)', '[1, 2]', '[]', '()', '[(1,2),[a,b],c]', '((1,2),(3,4))',
    '"[64,128]"', '[\'a\', "b"]', 'a=b', 's3://bucket/x', '[None,true]',
]  # fmt: skip


@pytest.mark.parametrize('text', ALIKE)
def test_values_are_mmengines(text: str) -> None:
    found, expected = parse_value(text), DictAction._parse_iterable(text)
    assert (found, type(found)) == (expected, type(expected))


@pytest.mark.parametrize(
    ('text', 'value'),
    [
        ('/my boxes/train set/', '/my boxes/train set/'),
        ("'/my boxes/'", '/my boxes/'),
        (' /my boxes/ ', '/my boxes/'),
        ('/boxes (2)/a', '/boxes (2)/a'),
        ('/boxes )', '/boxes )'),
        ('[/my boxes/, b c]', ['/my boxes/', 'b c']),
        ('(traffic light,hot dog)', ('traffic light', 'hot dog')),
        ('traffic light, dog', ['traffic light', 'dog']),
    ],
)
def test_blanks_are_kept(text: str, value: Any) -> None:
    assert parse_value(text) == value


@pytest.mark.parametrize('pair', ['a', '=1', 'a=[(1,2]', 'a=[1)]', 'a=1),(2'])
def test_what_is_no_pair_is_refused(pair: str) -> None:
    with pytest.raises(ValueError, match=r'is no key=value|brackets do not match'):
        parse_options(['b=1', pair])


def test_only_the_first_equals_sign_counts() -> None:
    assert parse_options(['a.b=c=d', 'e=1']) == {'a.b': 'c=d', 'e': 1}
