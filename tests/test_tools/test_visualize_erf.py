import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from pisnas_mm.receptive import receptive_map
from pisnas_mm.receptive.radii import map_radius
from tests import reference
from tests.test_visualization import searched

TOOL = Path(__file__).parents[2] / 'tools/analysis_tools/visualize_erf.py'


@pytest.fixture
def draw(capsys):
    spec = importlib.util.spec_from_file_location('visualize_erf', TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def run(*args):
        module.main([*map(str, args)])
        return capsys.readouterr().out.splitlines()

    return run


@pytest.fixture
def arch(tmp_path):
    path = tmp_path / 'some.jsonl'
    path.write_text(json.dumps(reference.RESIDUAL[0]))
    return path


def test_the_closed_form_is_drawn_without_torch(arch, tmp_path):
    program = (
        'import runpy, sys\n'
        f'sys.argv = ["erf", {str(arch)!r}, "--out", "a.png"]\n'
        f'runpy.run_path({str(TOOL)!r}, run_name="__main__")\n'
        'assert "torch" not in sys.modules\n'
    )
    command = [sys.executable, '-c', program]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    genotype = reference.genotype(reference.RESIDUAL[0])
    radius = map_radius(receptive_map(genotype, 2, 224), 224)
    assert f'C3 {radius:.1f},' in done.stdout
    with Image.open(tmp_path / 'a.png') as image:
        assert image.width > 1000


def test_sampling_adds_two_rows(draw, arch, tmp_path):
    options = ('--image-size', 64, '--batch-size', 2, '--monte-carlo', 1)
    lines = draw(arch, *options, '--out', tmp_path / 'a.png')
    assert [line.partition(':')[0] for line in lines[:3]] == [
        'closed form, on the level before',
        'Monte-Carlo, on the level before',
        'Monte-Carlo, on the image',
    ]


def test_a_search_is_its_seed_and_its_winner(draw, tmp_path):
    searcher = searched.run(tmp_path / 'work')
    lines = draw(tmp_path / 'work', '--out', tmp_path / 'a.png')
    genotypes = (searcher.evolution.space.seed, searcher.evolution.population[0].genotype)
    for line, label, genotype in zip(lines, ('seed', 'searched'), genotypes, strict=False):
        radii = [map_radius(receptive_map(genotype, stage, 64), 64) for stage in (1, 2)]
        assert line == f'{label}: radii C2 {radii[0]:.1f}, C3 {radii[1]:.1f} px'
    options = ('--monte-carlo', 1, '--batch-size', 2, '--out', tmp_path / 'b.png')
    lines = draw(tmp_path / 'work', *options)
    assert [line.partition(':')[0] for line in lines[1::2]] == [
        'seed, Monte-Carlo',
        'searched, Monte-Carlo',
    ]


def test_any_backbone_untrained_and_trained(draw, tiny_config, tiny_run, tmp_path):
    options = ('--image-size', 64, '--batch-size', 2, '--monte-carlo', 2)
    untrained = draw(tiny_config, *options, '--out', tmp_path / 'a.png')
    trained = draw(
        *(tiny_config, *options, '--out', tmp_path / 'b.png'),
        *('--checkpoint', tiny_run / 'epoch_2.pth'),
    )
    assert untrained[0].startswith('Monte-Carlo, on the level before: radii C3')
    assert trained[0].startswith('trained, on the level before: radii C3')
    assert (tmp_path / 'a.png').read_bytes() != (tmp_path / 'b.png').read_bytes()


@pytest.mark.parametrize(
    ('args', 'message'),
    [
        (['nothing.json'], 'nothing.json not found'),
        (['nothing.py'], 'config nothing.py not found'),
        (['{arch}', '--checkpoint', 'a.pth'], '--checkpoint needs the config of a detector'),
        (['{arch}', '--out', 'a.jpg'], '--out should end in .png, but got a.jpg'),
        (['{config}', '--checkpoint', 'a.pth'], 'checkpoint a.pth not found'),
        (['{config}', '--checkpoint', '{other}'], 'does not fit the backbone: it has no '),
    ],
)
def test_mistakes_are_one_line(args, message, draw, arch, tiny_config, tmp_path, capsys):
    import torch

    other = tmp_path / 'other.pth'
    torch.save({'state_dict': {'backbone.no': torch.zeros(1)}}, other)
    with pytest.raises(SystemExit) as leaving:
        draw(*(arg.format(arch=arch, config=tiny_config, other=other) for arg in args))
    assert leaving.value.code == 2
    error = capsys.readouterr().err
    assert error.count('\n') == 1
    assert re.search(re.escape(message), error)
