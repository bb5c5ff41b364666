import csv
import json
import subprocess
import sys
from pathlib import Path

TOOL = Path(__file__).parents[2] / 'tools/reproduce.py'
CONFIG = 'gfl_pis-s_fpn_scratch-ms-6x_coco'


def run(*args: object, cwd: Path, code: int = 0) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(TOOL), *map(str, args)]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    return done


def train(work_dirs: Path, name: str, epoch: int, **metrics: float) -> None:
    """As much of a training as is read."""
    log = work_dirs / name / '20260101_000000' / 'vis_data' / 'scalars.json'
    log.parent.mkdir(parents=True)
    log.write_text(json.dumps({'coco/bbox_mAP': metrics['ap'], 'step': epoch}) + '\n')


def test_the_list_says_what_there_is_and_writes_nothing(tmp_path: Path) -> None:
    train(tmp_path / 'runs', CONFIG, 72, ap=0.4)
    done = run('--list', '--work-dirs', 'runs', '--out', 'out', cwd=tmp_path)
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[0] for line in lines] == ['item', 'table1', 'fig2', 'fig3', 'fig4', 'fig5']
    trained = {line[0]: line[4] for line in lines[1:]}
    assert (trained['table1'], trained['fig2'], trained['fig3']) == ('1', '0', '1')
    assert not (tmp_path / 'out').exists()


def test_only_some_items_are_written_with_what_was_trained(tmp_path: Path) -> None:
    train(tmp_path / 'work_dirs', CONFIG, 40, ap=0.4321)
    done = run('--only', 'fig3', 'fig5', '--out', 'out', cwd=tmp_path)
    names = {f'{item}.{end}' for item in ('fig3', 'fig5') for end in ('md', 'csv', 'png')}
    assert {path.name for path in (tmp_path / 'out').iterdir()} == names
    with open(tmp_path / 'out/fig3.csv', newline='') as file:
        rows = {row['config'].rpartition('/')[2]: row for row in csv.DictReader(file)}
    assert rows[CONFIG]['mAP ours'] == '43.2 (epoch 40)'
    assert rows[CONFIG]['mAP claimed'] == '42.3'
    others = [row['mAP ours'] for name, row in rows.items() if name != CONFIG]
    assert others == [''] * 7
    resnet = rows['gfl_r101_fpn_scratch-ms-6x_coco']
    # The paper's convention, found again: every ResNet within 1 G.
    assert abs(float(resnet['MACs ours (G)']) - float(resnet['MACs claimed (G)'])) < 1
    assert abs(float(resnet['params ours (M)']) - float(resnet['params claimed (M)'])) < 0.1
    page = (tmp_path / 'out/fig3.md').read_text()
    assert '![Figure 3. COCO: mAP over MACs and params](fig3.png)' in page
    assert '43.2 (epoch 40)' in done.stdout
    assert 'By its own points PIS-NAS is below the ResNets here' in done.stdout


def test_an_unknown_item_is_refused(tmp_path: Path) -> None:
    done = run('--only', 'fig1', cwd=tmp_path, code=2)
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: argument --only: invalid choice: 'fig1'")
