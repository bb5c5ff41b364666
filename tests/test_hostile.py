"""Files that somebody made to do harm, or that a machine broke: refused at once, in one line."""

import json
import random
import time
import warnings

import pytest

from pisnas_mm.architectures.files import read_architectures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.architectures.tinynas import genotype_from_tinynas
from pisnas_mm.utils.safe_json import parse_json
from tests import reference

LINE = reference.C2F[0]
ARCH = reference.genotype(LINE).to_list()
BEST = json.dumps({'best': [{'arch': ARCH}]})
STRUCTURE = str(LINE['structure'])


def with_block(**change: object) -> str:
    return json.dumps({'best': [{'arch': [{**ARCH[0], **change}, *ARCH[1:]]}]})


@pytest.mark.parametrize(
    ('name', 'text', 'message'),
    [
        ('a.json', '[' * 10**6, 'nested deeper'),
        ('a.json', '{"a":' * 10**6, 'nested deeper'),
        ('a.json', '[' * 40 + ']' * 40, 'nested deeper than 32'),
        ('a.json', '{"best": ' + '9' * 10**6 + '}', 'more than 20 digits'),
        ('a.json', '{"best": 1e99999}', 'too large a number'),
        ('a.json', '{"best": NaN}', 'NaN is no number'),
        ('a.json', '{"best": -Infinity}', '-Infinity is no number'),
        ('a.json', '{"best": [], "best": []}', "'best' stands twice"),
        ('a.json', f'{{"best": "{"x" * 9_000_000}"}}', 'a string has more than 10000 characters'),
        ('a.json', f'{{"best": "{"x" * 10**7}"}}', 'more than 10000000 bytes'),
        ('a.json', json.dumps({'best': [{'arch': ARCH[:1] * 2000}]}), 'at most 1000 blocks'),
        ('a.json', with_block(out_channels=10**15), 'out_channels should be at most'),
        ('a.json', with_block(kernel_size=10**9 + 1), 'kernel_size should be at most'),
        ('a.json', with_block(stride=True), 'stride should be one of'),
        ('a.json', with_block(stride=2.0), 'stride should be one of'),
        ('a.json', with_block(stride=[2]), 'stride should be one of'),
        ('a.json', with_block(type=['C2f']), 'should be a dict with a `type`'),
        ('a.json', with_block(type='__class__'), 'is unknown'),
        ('a.jsonl', json.dumps({'id': '../../etc/passwd', 'arch': ARCH}), 'id should be at most'),
        ('a.jsonl', json.dumps({'id': '/etc/passwd', 'arch': ARCH}), 'id should be at most'),
        ('a.jsonl', json.dumps({'id': 'a\x1b[2J', 'arch': ARCH}), 'id should be at most'),
        ('a.jsonl', json.dumps({'id': 'x' * 9999, 'arch': ARCH}), 'id should be at most'),
        ('a.jsonl', json.dumps({'arch': ARCH, 'image_size': 10**9}), 'image_size should be'),
        ('a.txt', '[' * 5000, 'nested deeper than 16'),
        ('a.txt', '-' * 900_000 + '1', "unexpected '---"),
        ('a.txt', '(' * 900_000, 'nested deeper'),
        ('a.txt', '9' * 900_000, "unexpected '999"),
        ('a.txt', f'"{"x" * 900_000}"', 'unexpected'),
        ('a.txt', f'[{"1," * 400_000}]', 'longer than 100000 tokens'),
        ('a.txt', '[{"class": "C2f", "class": "C2f"}]', "the key 'class' stands twice"),
        ('a.txt', '[{"class": ["C2f"]}]', 'is unknown'),
        ('a.txt', '{"best_structures": 5}', 'should be a list of dicts'),
        ('a.txt', '{"best_structures": {0: []}}', 'should be a list of dicts'),
        ('a.txt', '{[]: 1}', 'no Python literal'),
        ('a.txt', '[].__class__', "unexpected '.__class__'"),
        ('a.txt', 'f"{1}"', 'unexpected'),
        ('a.txt', '[1 for x in y]', 'unexpected'),
        ('a.txt', STRUCTURE.replace("'n': 1", "'n': 10000000"), 'num_blocks should be at most'),
        ('a.txt', '', 'no Python literal'),
        ('a.txt', '\0', 'unexpected'),
    ],
)
def test_a_hostile_file_is_refused_at_once_in_one_line(tmp_path, name, text, message):
    path = tmp_path / name
    path.write_text(text)
    start = time.process_time()
    with pytest.raises(ValueError, match=message) as refusal:
        read_architectures(str(path))
    assert time.process_time() - start < 2
    assert len(str(refusal.value).splitlines()) == 1
    assert len(str(refusal.value)) < 1500


def test_a_device_is_no_file():
    with pytest.raises(ValueError, match='not found'):
        read_architectures('/dev/zero')


def test_everything_ordinary_is_read():
    assert parse_json('{"a": [1, -2.5e-3, "x", null, true]}') == {
        'a': [1, -0.0025, 'x', None, True]
    }
    assert genotype_from_tinynas(STRUCTURE) == reference.genotype(LINE)
    assert genotype_from_tinynas(json.dumps(LINE['structure'])) == reference.genotype(LINE)


PIECES = [
    *'[]{}(),:\'"-+.\\\n\t 0123456789eE_*#\0\x1bé∞',
    *('None', 'True', 'null', 'NaN', 'Infinity', '1e999', '--1', '9' * 30, '0x1f', 'b"x"', '{**a}'),
    *("'class'", "'C2f'", '"arch"', '"type"', '"best"', "'in': 3", '"stride": 2', 'lambda: 0'),
    *('../..', '__import__("os")', 'f"{x}"', '[' * 40, '{"a":' * 9, "'k': 10**9", '[[]]*9'),
]


def broken(text: str, rng: random.Random) -> str:
    """With some pieces cut out, doubled, exchanged or put in."""
    for _ in range(rng.randint(1, 4)):
        a, b = sorted(rng.randrange(len(text) + 1) for _ in range(2))
        b = min(b, a + rng.choice([0, 1, 3, 30]))
        text = text[:a] + rng.choice([rng.choice(PIECES), text[a:b] * 2, '']) + text[b:]
    return text


def values(rng: random.Random):
    return rng.choice(
        [
            None,
            True,
            0,
            -1,
            1,
            2,
            7,
            8,
            64,
            10**9,
            2**70,
            1.5,
            float('nan'),
            'x',
            '',
            [],
            {},
            [3],
            (),
        ]
    )


@pytest.mark.parametrize('form', ['tinynas', 'json', 'jsonl'])
def test_no_broken_text_is_a_traceback(form):
    rng, refused = random.Random(0), []
    read = {
        'tinynas': genotype_from_tinynas,
        'json': lambda text: Genotype.from_list(parse_json(text)),
        'jsonl': lambda text: Genotype.from_list(parse_json(text)),
    }[form]
    whole = STRUCTURE if form == 'tinynas' else json.dumps(ARCH)
    for _ in range(2500):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter('error')
                read(broken(whole, rng))
        except ValueError as error:
            refused.append(str(error))
    assert len(refused) > 1000
    assert max(map(len, refused)) < 1500


def test_no_wrong_value_is_a_traceback():
    rng, refused = random.Random(1), []
    for _ in range(2500):
        ours = rng.random() < 0.5
        blocks = [dict(spec) for spec in (ARCH if ours else LINE['structure'])]
        for _ in range(rng.randint(1, 3)):
            block = rng.choice(blocks)
            block[rng.choice([*block, 'new'])] = values(rng)
        if rng.random() < 0.1:
            blocks[rng.randrange(len(blocks))] = values(rng)
        try:
            Genotype.from_list(blocks) if ours else genotype_from_tinynas(blocks)
        except ValueError as error:
            refused.append(str(error))
    assert len(refused) > 1000
    assert not any('\n' in message for message in refused)
