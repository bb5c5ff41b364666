import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from pisnas_mm import measures
from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.utils.configs import load_config

ROOT = Path(__file__).parents[2]
TOOL = ROOT / 'tools/analysis_tools/get_flops.py'
YOLO = ROOT / 'configs/yolov8/yolov8_n_500e_coco.py'


@pytest.fixture
def get_flops():
    return runpy.run_path(str(TOOL))['main']


def printed(capsys) -> tuple[str, dict[str, list[float]]]:
    """The first line, and millions and billions by part."""
    head, titles, *rows = capsys.readouterr().out.splitlines()
    assert titles.split() == ['params', 'MACs', 'FLOPs']
    parts = [re.findall(r'\S+', row) for row in rows]
    assert all(part[2::2] == ['M', 'G', 'G'] for part in parts)
    return head, {part[0]: [float(value) for value in part[1::2]] for part in parts}


def test_parts_are_printed(get_flops, capsys):
    get_flops([str(YOLO)])
    head, parts = printed(capsys)
    assert head == 'one image of 640 x 640 pixels'
    assert [*parts] == ['backbone', 'neck', 'bbox_head', 'total']
    assert parts['total'] == [3.157, 4.371, 8.743]
    backbone = load_config(YOLO).model.backbone
    genotype = Genotype.from_list(backbone.arch).extended(backbone.append)
    macs = measures.macs(genotype, 640) / 1e9
    assert parts['backbone'] == pytest.approx(
        [measures.params(genotype) / 1e6, macs, 2 * macs], abs=6e-4
    )


def test_the_shape_can_be_chosen(get_flops, capsys):
    get_flops([str(YOLO), '--shape', '320', '640'])
    head, parts = printed(capsys)
    assert head == 'one image of 320 x 640 pixels'
    assert parts['total'] == pytest.approx([3.157, 4.371 / 2, 8.743 / 2], abs=1e-3)


def test_the_padded_size_is_width_by_height(get_flops, capsys):
    option = 'test_dataloader.dataset.pipeline.2.size=(64, 128)'
    get_flops([str(YOLO), '--cfg-options', option])
    assert printed(capsys)[0] == 'one image of 128 x 64 pixels'


def test_without_a_padded_size(get_flops, tiny_config, capsys):
    get_flops([str(tiny_config)])
    assert printed(capsys)[0] == 'one image of 1280 x 800 pixels'


def test_the_mean_over_test_images(get_flops, tiny_config, capsys):
    """Images of 64² pixels are resized to 72 x 40 and padded to multiples of 32: 96 x 64."""
    get_flops([str(tiny_config), '--shape', '64', '96'])
    _, expected = printed(capsys)
    option = 'test_dataloader.dataset.pipeline.2.scale=(72, 40)'
    for number, used in (('3', 3), ('100', 8)):
        get_flops([str(tiny_config), '--num-images', number, '--cfg-options', option])
        head, parts = printed(capsys)
        assert head == f'mean over {used} images of 6144.0 pixels'
        assert parts == expected


@pytest.mark.parametrize(
    ('arguments', 'message'),
    [
        (['nothing.py'], 'error: config nothing.py not found'),
        ([YOLO, '--shape', '0', '640'], "should be a whole number >= 1, but got '0'"),
        ([YOLO, '--shape', '640'], 'argument --shape: expected 2 arguments'),
        ([YOLO, '--num-images', '-1'], 'whole number >= 1'),
        ([YOLO, '--num-images', '1', '--shape', '1', '1'], 'not allowed with argument'),
        ([YOLO, '--num-images', '1'], 'test_dataloader.dataset: ann_file .* not found'),
        ([ROOT / 'configs/pis_coco.py'], 'has no `model`'),
        (
            [YOLO, '--cfg-options', 'model.backbone.arch.0.stride=3'],
            r'arch\[0\]: ConvBNAct.stride should be one of',
        ),
    ],
)
def test_mistakes_are_one_line(get_flops, arguments, message, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as exit:
        get_flops([*map(str, arguments)])
    assert exit.value.code == 2
    error = capsys.readouterr().err
    assert error.count('\n') == 1
    assert re.search(message, error)


def test_help_needs_no_torch(tmp_path):
    command = [sys.executable, '-I', '-S', '-X', 'importtime', TOOL, '--help']
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert '--num-images' in done.stdout
    assert not {'torch', 'mmengine', 'numpy'} & set(done.stderr.split())
