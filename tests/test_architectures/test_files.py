import json

import pytest

from pisnas_mm.architectures.files import read_architectures
from tests import reference

LINE = reference.C2F[0]
GENOTYPE = reference.genotype(LINE)
ARCH = GENOTYPE.to_list()
CONFIG = f'model = dict(backbone=dict(type="PISBackbone", arch={ARCH!r}))\n'


def written(folder, name, text):
    path = folder / name
    path.write_text(text)
    return str(path)


@pytest.mark.parametrize(
    ('name', 'text', 'ids', 'image_size'),
    [
        ('net.txt', str(LINE['structure']), ['net'], None),
        ('net', str({'best_structures': [LINE['structure']], 'scores': [1]}), ['net'], None),
        ('det.py', CONFIG, ['det'], None),
        (
            'best_structure.json',
            json.dumps({'best_structures': [LINE['structure']], 'space_arch': 'CnnNet'}),
            ['best_structure'],
            None,
        ),
        (
            'two.json',
            json.dumps({'best_structures': [LINE['structure']] * 2}),
            ['two-0', 'two-1'],
            None,
        ),
        ('plain.json', json.dumps(LINE['structure']), ['plain'], None),
        (
            'best.json',
            json.dumps({'best': [{'arch': ARCH, 'image_size': 96}] * 2}),
            ['run-0', 'run-1'],
            96,
        ),
        (
            'some.jsonl',
            f'{json.dumps({"structure": LINE["structure"], "image_size": 96})}\n\n'
            f'{json.dumps({"id": "mine", "arch": ARCH, "image_size": 96})}\n',
            ['some-1', 'mine'],
            96,
        ),
    ],
)
def test_every_form_is_read(tmp_path, name, text, ids, image_size):
    folder = tmp_path / 'run'
    folder.mkdir()
    found = read_architectures(written(folder, name, text))
    assert [a.id for a in found] == ids
    assert all(a.genotype == GENOTYPE and a.image_size == image_size for a in found)


@pytest.mark.parametrize(
    ('name', 'text', 'message'),
    [
        ('a.txt', 'import os', 'a.txt: the structure is no Python literal'),
        ('a.txt', '[{"class": "Conv9"}]', "a.txt: structure.0.: TinyNAS class 'Conv9' is unknown"),
        ('a.py', 'space = dict()', 'a.py has no model.backbone.arch; give a config that tools/'),
        ('a.py', 'model = dict(', 'config .*a.py cannot be read'),
        ('a.json', '{"arch": []}', 'a.json has no `best`; give the best.json of a search, or'),
        ('a.json', '{"best": []}', 'a.json: `best` should be a list of architectures'),
        ('a.json', '{"best"', 'a.json is no JSON'),
        ('a.jsonl', '{"arch": []}\n', 'a.jsonl:1: an architecture should have at least one block'),
        ('a.jsonl', '\n{"id": 1}\n', 'a.jsonl:2 should have an `arch` or a `structure`'),
        ('a.jsonl', '{"arch": [], "arch"', 'a.jsonl:1 is no JSON'),
        (
            'a.jsonl',
            json.dumps({'arch': ARCH, 'image_size': '64'}),
            "a.jsonl:1: image_size should be a whole number, but got '64'",
        ),
    ],
)
def test_what_is_wrong_is_named(tmp_path, name, text, message):
    with pytest.raises(ValueError, match=message):
        read_architectures(written(tmp_path, name, text))


def test_a_missing_and_a_binary_file_are_refused(tmp_path):
    with pytest.raises(ValueError, match=r'nothing.json not found; looked for /'):
        read_architectures('nothing.json')
    (tmp_path / 'weights.pth').write_bytes(b'\x80\x02\xff')
    with pytest.raises(ValueError, match=r'weights.pth is no text file'):
        read_architectures(str(tmp_path / 'weights.pth'))
