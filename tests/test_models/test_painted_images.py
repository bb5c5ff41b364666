import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pisnas_mm.models.hooks.painted_images import common_folder


@pytest.mark.parametrize(
    ('paths', 'folder'),
    [
        (['/a/b/1.jpg', '/a/b/2.jpg'], '/a/b'),
        (['/a/b/1.jpg', '/a/c/1.jpg', '/a/1.jpg'], '/a'),
        (['a/1.jpg', 'a/b/1.jpg'], 'a'),
        (['1.jpg'], '.'),
    ],
)
def test_common_folder(paths: list[str], folder: str) -> None:
    assert common_folder(paths) == folder


@pytest.mark.parametrize('relative', [False, True])
def test_images_of_one_name_are_all_painted(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    tiny_coco: Path,
    tiny_config: Path,
    tiny_run: Path,
    run_tool: Callable[..., None],
    relative: bool,
) -> None:
    monkeypatch.chdir(tmp_path)
    data: dict[str, Any] = json.loads((tiny_coco / 'annotations.json').read_text())
    for i, image in enumerate(data['images']):
        (tmp_path / f'images/{i % 4}').mkdir(parents=True, exist_ok=True)
        name = f'{i % 4}/same{i // 4}.png'
        (tmp_path / 'images' / name).symlink_to(tiny_coco / 'images' / image['file_name'])
        image['file_name'] = name
    (tmp_path / 'annotations.json').write_text(json.dumps(data))
    config = tmp_path / 'config.py'
    config.write_text(
        f'_base_ = {str(tiny_config)!r}\n'
        f'test_dataloader = dict(dataset=dict(data_root={str(tmp_path)!r}))\n'
        f'test_evaluator = dict(ann_file={str(tmp_path / "annotations.json")!r})\n'
    )
    work_dir = Path('work') if relative else tmp_path / 'work'
    args = ['--work-dir', work_dir, '--show-dir', 'painted']
    run_tool('test', config, tiny_run / 'epoch_2.pth', *args)
    painted = {path.parts[-2] + '/' + path.name for path in tmp_path.rglob('painted/*/*.png')}
    assert painted == {f'{i}/same{j}.png' for i in range(4) for j in range(2)}
