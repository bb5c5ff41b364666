from pathlib import Path

import pytest

from pisnas_mm.utils.preconditions import check_checkpoint, check_writable


def test_work_dir_must_be_writable(tmp_path: Path) -> None:
    file = tmp_path / 'file'
    file.touch()
    with pytest.raises(ValueError, match=f'folder {file} cannot be written .*--work-dir'):
        check_writable(file, '--work-dir')
    check_writable(tmp_path / 'new' / 'folder', '--work-dir')
    assert list((tmp_path / 'new' / 'folder').iterdir()) == []


@pytest.mark.parametrize('path', ['https://host/a.pth', 'torchvision://resnet18', 's3://b/a.pth'])
def test_addresses_are_not_looked_up(path: str) -> None:
    check_checkpoint(path, '')
