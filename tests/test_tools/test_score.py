import importlib.util
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from pisnas_mm import measures
from pisnas_mm.architectures.files import read_architectures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.scores import MonteCarloPRScore, PRScore, RandomScore, ZenScore
from tests import reference

TOOL = Path(__file__).parents[2] / 'tools/analysis_tools/score.py'
SMALL = [
    dict(type='ConvBNAct', in_channels=3, out_channels=8, stride=2),
    dict(type='BottleneckStage', in_channels=8, out_channels=16, mid_channels=8, stride=2),
]


@pytest.fixture
def score():
    spec = importlib.util.spec_from_file_location('score', TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / 'some.jsonl'
    chosen = [reference.RESIDUAL[0], reference.C2F[0]]
    path.write_text(''.join(json.dumps(line) + '\n' for line in chosen))
    return path


def printed(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_every_measure_is_printed(score, lines, capsys):
    score([str(lines), '--json'])
    for line, entry in zip([reference.RESIDUAL[0], reference.C2F[0]], printed(capsys), strict=True):
        genotype, size = reference.genotype(line), line['image_size']
        assert entry == {
            'id': line['id'],
            'image_size': size,
            'params': line['params'],
            'macs': measures.macs(genotype, size),
            'layers': line['layers'],
            'activations': measures.MEASURES['activations'](genotype, size),
            'bottleneck_entropy': pytest.approx(line['bottleneck_entropy']),
            'bottleneck_entropy_paper': measures.bottleneck_entropy(genotype, size, 'paper'),
            'effectiveness': pytest.approx(line['efficient_score']),
            'stage_radii': list(measures.stage_radii(genotype, size)),
            'pr_score': PRScore(size)(genotype),
            'maedet_stages': list(measures.maedet_stages(genotype)),
            'deepmad_stages': pytest.approx(line['deepmad_stages']),
        }


def test_the_image_size_can_be_chosen(score, lines, capsys):
    score([str(lines), '--json', '--image-size', '96'])
    entry = printed(capsys)[0]
    assert entry['image_size'] == 96
    assert entry['macs'] == measures.macs(reference.genotype(reference.RESIDUAL[0]), 96)


def test_draws_are_those_of_the_monte_carlo_score(score, tmp_path, capsys):
    path = tmp_path / 'small.jsonl'
    path.write_text(json.dumps({'arch': [*SMALL, SMALL[1] | {'in_channels': 16}]}))
    command = [str(path), '--image-size', '32', '--monte-carlo', '3', '--batch-size', '2']
    score([*command, '--seed', '5', '--json'])
    (entry,) = printed(capsys)
    (architecture,) = read_architectures(str(path))
    sampling = MonteCarloPRScore(32, num_draws=3, batch_size=2, seed=5)
    draws = sampling.draws(architecture.genotype)
    assert entry['stage_radii_mc'] == [list(draw) for draw in draws]
    assert entry['pr_score_mc'] == [sum(draw[1:]) for draw in draws]
    assert len(entry['mean_map_radii']) == 2

    score(command)
    assert 'PR (Monte-Carlo)' in capsys.readouterr().out


def test_scores_are_those_of_searches(score, tmp_path, capsys):
    path = tmp_path / 'small.jsonl'
    arch = [*SMALL, SMALL[1] | {'in_channels': 16}]
    path.write_text(json.dumps({'arch': arch}))
    names = ['ZenScore', 'ParamsScore', 'RandomScore']
    command = [str(path), '--image-size', '64', '--seed', '3', '--score', *names]
    score([*command, '--json', '--num-draws', '2', '--batch-size', '4'])
    genotype = Genotype.from_list(arch)
    expected = {
        'ZenScore': ZenScore(64, num_draws=2, batch_size=4, seed=3)(genotype),
        'ParamsScore': measures.params(genotype),
        'RandomScore': RandomScore(3)(genotype),
    }
    assert printed(capsys)[0]['scores'] == expected

    score([*command, '--num-draws', '2', '--batch-size', '4'])
    head, row = capsys.readouterr().out.splitlines()
    assert ' '.join(names) in ' '.join(head.split())
    assert f'{expected["ZenScore"]:.6g}' in row.split()
    score(command)  # 16 inputs for one network, as the score has it
    own = ZenScore(64, seed=3)(genotype)
    assert f'{own:.6g}' in capsys.readouterr().out.split()


def test_a_table_is_printed(score, lines, capsys):
    score([str(lines)])
    head, *rows = capsys.readouterr().out.splitlines()
    titles = (
        'pixels params MACs layers activations H_btn H_btn (paper) rho PR score radii C2-C5 (px)'
    )
    assert ' '.join(head.split()) == titles
    params = f'{reference.RESIDUAL[0]["params"] / 1e6:.3f}'
    assert rows[0].split()[:3] == [reference.RESIDUAL[0]['id'], '224', params]


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['nothing.txt'], 'error: nothing.txt not found'),
        (['a.txt', '--monte-carlo', '0'], 'should be a whole number >= 1, but got .0.'),
        (['a.txt', '--num-draws', '0'], 'should be a whole number >= 1, but got .0.'),
        (
            ['nothing.txt', '--score', 'ZenScor'],
            "--score: score 'ZenScor' is unknown; did you mean 'ZenScore'?",
        ),
        (['a.txt', '--image-size', 'big'], "should be a whole number >= 1, but got 'big'"),
        ([], 'the following arguments are required: arch'),
    ],
)
def test_mistakes_are_one_line(score, arguments, message, capsys):
    with pytest.raises(SystemExit) as exit:
        score(arguments)
    assert exit.value.code == 2
    error = capsys.readouterr().err
    assert error.count('\n') == 1
    assert re.search(message, error)


def test_a_reader_that_has_seen_enough_is_no_error(lines):
    command = f'{sys.executable} {TOOL} {" ".join([str(lines)] * 200)} --json | head -n 1'
    done = subprocess.run(['bash', '-c', command], capture_output=True, text=True, check=True)
    assert done.stderr == ''
    assert json.loads(done.stdout)['id'] == reference.RESIDUAL[0]['id']


def test_texts_of_damo_yolo_need_a_form(score, tmp_path, capsys):
    stem = {'class': 'ConvKXBNRELU', 'in': 3, 'out': 16, 'k': 3, 's': 1}
    stage = {'class': 'SuperResConvK1KX', 'k': 3, 's': 2, 'L': 2, 'btn': 16}
    text = [stem, stage | {'in': 16, 'out': 24}, stage | {'in': 24, 'out': 32}]
    path = tmp_path / 'l20.txt'
    path.write_text(repr(text))
    with pytest.raises(SystemExit):
        score([str(path)])
    assert 'say which with --form: damo-yolo (T, S)' in capsys.readouterr().err
    params = []
    for form in ('damo-yolo', 'damo-yolo-nano'):
        score([str(path), '--form', form, '--json'])
        (entry,) = printed(capsys)
        (architecture,) = read_architectures(str(path), form)
        assert entry['params'] == measures.params(architecture.genotype)
        params.append(entry['params'])
    assert params[0] != params[1]
    with pytest.raises(SystemExit):
        score([str(path), '--form', 'damo'])
    assert "form 'damo' is unknown; known: tinynas, damo-yolo" in capsys.readouterr().err
