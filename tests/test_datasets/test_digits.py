import json
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import pisnas_mm.datasets.digits as digits
from pisnas_mm.datasets.digits import CLASSES, DigitsSettings, make_digits
from pisnas_mm.datasets.scenes import draw_background, overlap

ROOT = Path(__file__).parents[2]
SETTINGS = DigitsSettings(num_train=12, num_val=8, image_size=128)


@pytest.fixture(scope='module')
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small data set; not to be changed."""
    root = tmp_path_factory.mktemp('data') / 'digits'
    assert make_digits(root, SETTINGS)
    return root


@pytest.fixture(scope='module')
def originals() -> np.ndarray:
    return digits.load_originals()[0]


def scenes(split: str, originals: np.ndarray, count: int = 30, size: int = 128) -> list[Any]:
    settings = DigitsSettings(image_size=size)
    return [digits.draw_split_scene(split, i, settings, originals) for i in range(count)]


def content(root: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(root)): path.read_bytes() for path in root.rglob('*') if path.is_file()
    }


class TestBytes:
    def test_same_settings(self, root: Path, tmp_path: Path) -> None:
        make_digits(tmp_path / 'again', SETTINGS)
        assert content(tmp_path / 'again') == content(root)

    def test_another_seed(self, root: Path, tmp_path: Path) -> None:
        make_digits(tmp_path / 'other', DigitsSettings(1, 1, 128, seed=1))
        for name in ('train/train_000000.png', 'val/val_000000.png'):
            assert (tmp_path / 'other' / name).read_bytes() != (root / name).read_bytes()

    def test_more_images_begin_with_the_same(self, root: Path, tmp_path: Path) -> None:
        make_digits(tmp_path / 'fewer', DigitsSettings(2, 1, 128))
        for name in ('train/train_000001.png', 'val/val_000000.png'):
            assert (tmp_path / 'fewer' / name).read_bytes() == (root / name).read_bytes()

    def test_in_another_process(self, originals: np.ndarray) -> None:
        """Boxes as drawn when `_VERSION` was 1: with other ones, raise it and copy them here."""
        scene = digits.draw_split_scene('val', 0, SETTINGS, originals)
        assert scene.rows == [1691, 1623, 1602, 1648]
        assert scene.boxes == [
            (66, 25, 113, 99),
            (4, 65, 46, 126),
            (16, 10, 38, 56),
            (53, 83, 65, 127),
        ]


class TestSplits:
    def test_originals_are_disjoint_and_complete(self, originals: np.ndarray) -> None:
        train, val = map(set, digits.ORIGINALS.values())
        assert not train & val
        assert train | val == set(range(len(originals)))

    @pytest.mark.parametrize('split', digits.ORIGINALS)
    def test_scenes_show_their_own(self, split: str, originals: np.ndarray) -> None:
        rows = {row for scene in scenes(split, originals) for row in scene.rows}
        assert len(rows) > 100
        assert rows <= set(digits.ORIGINALS[split])

    def test_labels_are_the_originals(self, root: Path, originals: np.ndarray) -> None:
        labels = digits.load_originals()[1]
        written = json.loads((root / 'annotations/train.json').read_text())['annotations']
        found = [a['category_id'] - 1 for a in written if a['image_id'] == 1]
        scene = digits.draw_split_scene('train', 0, SETTINGS, originals)
        assert found == [labels[row] for row in scene.rows]

    def test_images_are_the_scenes(self, root: Path, originals: np.ndarray) -> None:
        from PIL import Image

        scene = digits.draw_split_scene('val', 3, SETTINGS, originals)
        png = np.asarray(Image.open(root / 'val/val_000003.png'))
        jpg = np.asarray(Image.open(root / 'voc/JPEGImages/val_000003.jpg'))
        assert np.array_equal(png, scene.image)
        assert np.abs(jpg.astype(int) - scene.image).mean() < 5


class TestBoxes:
    @pytest.mark.parametrize('split', digits.ORIGINALS)
    def test_tight_around_visible_ink(self, split: str, originals: np.ndarray) -> None:
        for index, scene in enumerate(scenes(split, originals)):
            rng = np.random.default_rng((0, digits.ORIGINALS[split].start, index))
            background = draw_background(rng, 128).round().clip(0, 255)
            ink = np.abs(scene.image - background).max(axis=-1)
            outside = np.ones_like(ink, dtype=bool)
            for x1, y1, x2, y2 in scene.boxes:
                assert 0 <= x1 < x2 <= 128
                assert 0 <= y1 < y2 <= 128
                outside[y1:y2, x1:x2] = False
                sides = ink[y1, x1:x2], ink[y2 - 1, x1:x2], ink[y1:y2, x1], ink[y1:y2, x2 - 1]
                assert min(side.max() for side in sides) >= 8
                assert ink[y1:y2, x1:x2].max() >= 40
            assert not ink[outside].any()

    def test_limited_overlap(self, originals: np.ndarray) -> None:
        overlaps = [
            overlap(a, b)
            for scene in scenes('train', originals)
            for i, a in enumerate(scene.boxes)
            for b in scene.boxes[:i]
        ]
        assert 0 < max(overlaps) <= 0.2

    @pytest.mark.parametrize(('size', 'kinds'), [(128, {0, 1}), (224, {0, 1, 2})])
    def test_many_sizes(self, originals: np.ndarray, size: int, kinds: set[int]) -> None:
        """COCO calls a box small under 32^2 pixels and large from 96^2."""
        boxes = [box for scene in scenes('train', originals, size=size) for box in scene.boxes]
        areas = np.array([(x2 - x1) * (y2 - y1) for x1, y1, x2, y2 in boxes])
        share = np.bincount(np.digitize(areas, [32**2, 96**2])) / len(areas)
        assert set(np.flatnonzero(share > 0.05)) == kinds

    def test_all_digits_in_several(self, root: Path) -> None:
        written = json.loads((root / 'annotations/train.json').read_text())
        assert {a['category_id'] for a in written['annotations']} == set(range(1, 11))
        assert 3 < len(written['annotations']) / len(written['images']) < 8


@pytest.fixture(scope='module', params=['digits', 'digits_voc'])
def config(request: pytest.FixtureRequest, root: Path) -> Any:
    return load_config(request.param, root)


def load_config(name: str, root: Path) -> Any:
    """The config of the data set in one of its forms, reading `root`."""
    mmengine = pytest.importorskip('mmengine.config')
    pytest.importorskip('mmdet')
    config = mmengine.Config.fromfile(ROOT / f'configs/_base_/datasets/{name}.py')
    for loader in (config.train_dataloader, config.val_dataloader):
        loader.dataset.data_root = str(root)
    if 'ann_file' in config.val_evaluator:
        config.val_evaluator.ann_file = str(root / 'annotations/val.json')
    return config


def build_dataset(config: Any) -> Any:
    from mmdet.registry import DATASETS
    from mmengine.registry import init_default_scope

    init_default_scope('mmdet')
    return DATASETS.build(config)


class TestMMDetection:
    @pytest.mark.parametrize(
        ('split', 'count'), [('train', SETTINGS.num_train), ('val', SETTINGS.num_val)]
    )
    def test_both_forms_read_the_same(self, root: Path, split: str, count: int) -> None:
        """But for VOCDataset's convention, by which a box ends at its last pixel's centre."""
        coco, voc = (
            build_dataset(load_config(name, root)[f'{split}_dataloader'].dataset)
            for name in ('digits', 'digits_voc')
        )
        assert coco.metainfo['classes'] == voc.metainfo['classes'] == CLASSES
        assert len(coco) == len(voc) == count
        for a, b in zip(coco, voc, strict=True):
            a, b = a['data_samples'], b['data_samples']
            assert a.img_shape == b.img_shape == (128, 128)
            assert Path(a.img_path).stem == Path(b.img_path).stem
            assert len(a.gt_instances) > 0
            assert np.array_equal(a.gt_instances.labels, b.gt_instances.labels)
            ends = np.array([0, 0, 1, 1])
            boxes = (x.gt_instances.bboxes.tensor.numpy() for x in (a, b))
            assert np.array_equal(next(boxes) - ends, next(boxes))

    def test_perfect_predictions(self, config: Any) -> None:
        assert set(self.evaluate(config, shift=0).values()) == {1}

    def test_shifted_predictions(self, config: Any) -> None:
        """A shift by a fifth of the width leaves IoU 2/3: right at COCO's first four of ten.

        In VOC's form both are reported, COCO's from the XML files.
        """
        expected = {'coco/bbox_mAP': 0.4}
        if config.val_dataloader.dataset.type == 'VOCDataset':
            expected['pascal_voc/mAP'] = 1.0
        assert self.evaluate(config, shift=0.2) == pytest.approx(expected, abs=0.05)
        assert max(self.evaluate(config, shift=0.5).values()) < 0.05

    def test_wrong_labels(self, config: Any) -> None:
        assert max(self.evaluate(config, shift=0, turn=1).values()) < 0.05

    @staticmethod
    def evaluate(config: Any, shift: float, turn: int = 0) -> dict[str, float]:
        """Return every mAP of the true boxes moved by `shift` widths, their labels by `turn`."""
        from mmengine.evaluator import Evaluator

        dataset = build_dataset(config.val_dataloader.dataset)
        evaluator = Evaluator(config.val_evaluator)
        evaluator.dataset_meta = dataset.metainfo
        for item in dataset:
            sample = item['data_samples'].to_dict()
            truth = sample['gt_instances']
            boxes, labels = truth['bboxes'].tensor.clone(), truth['labels']
            sample['gt_instances']['bboxes'] = truth['bboxes'].tensor
            sample['ignored_instances']['bboxes'] = sample['ignored_instances']['bboxes'].tensor
            boxes[:, ::2] += shift * (boxes[:, 2:3] - boxes[:, :1])
            sample['pred_instances'] = dict(
                bboxes=boxes, labels=(labels + turn) % 10, scores=boxes.new_ones(len(boxes))
            )
            evaluator.process([sample])
        results = evaluator.evaluate(len(dataset))
        return {key: float(value) for key, value in results.items() if key.endswith('mAP')}


class TestFolder:
    def test_second_call_does_nothing(self, root: Path) -> None:
        before = {path: path.stat().st_mtime_ns for path in root.rglob('*')}
        assert not make_digits(root, SETTINGS)
        assert before == {path: path.stat().st_mtime_ns for path in root.rglob('*')}

    def test_other_settings(self, tmp_path: Path) -> None:
        old, new = DigitsSettings(1, 1, 64), DigitsSettings(2, 1, 64)
        make_digits(tmp_path / 'digits', old)
        with pytest.raises(ValueError, match=r'"num_train": 1.*num_train=2.*overwrite'):
            make_digits(tmp_path / 'digits', new)
        assert make_digits(tmp_path / 'digits', new, overwrite=True)
        assert len(list((tmp_path / 'digits/train').iterdir())) == 2
        assert [path.name for path in tmp_path.iterdir()] == ['digits']

    def test_foreign_folder_is_kept(self, tmp_path: Path) -> None:
        (tmp_path / 'thesis.tex').write_text('precious')
        with pytest.raises(ValueError, match='name another folder'):
            make_digits(tmp_path, SETTINGS, overwrite=True)
        assert (tmp_path / 'thesis.tex').read_text() == 'precious'

    def test_interrupted(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def interrupt(split: str, *args: Any) -> Any:
            if split == 'val':
                raise KeyboardInterrupt
            return draw(split, *args)

        draw = digits.draw_split_scene
        monkeypatch.setattr(digits, 'draw_split_scene', interrupt)
        with pytest.raises(KeyboardInterrupt):
            make_digits(tmp_path / 'digits', SETTINGS)
        assert not list(tmp_path.iterdir())

    def test_empty_folder_and_missing_parents(self, tmp_path: Path) -> None:
        (tmp_path / 'empty').mkdir()
        assert make_digits(tmp_path / 'empty', DigitsSettings(1, 1, 64))
        assert make_digits(tmp_path / 'a/b/c', DigitsSettings(1, 1, 64))


class TestErrors:
    @pytest.mark.parametrize(
        ('name', 'value'),
        [('num_train', 0), ('num_val', -1), ('image_size', 63), ('seed', -1), ('seed', 0.5)],
    )
    def test_bounds(self, name: str, value: Any) -> None:
        with pytest.raises(ValueError, match=rf'{name} should be an integer >= .*got {value}'):
            DigitsSettings(**{name: value})

    def test_no_scikit_learn(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, 'sklearn.datasets', None)
        with pytest.raises(ImportError, match='pip install scikit-learn'):
            make_digits(tmp_path / 'digits', SETTINGS)

    def test_imports_nothing_heavy(self) -> None:
        modules = 'print({"torch", "mmdet", "sklearn"} & set(sys.modules))'
        code = [sys.executable, '-c', f'import sys, pisnas_mm.datasets as _; {modules}']
        done = subprocess.run(code, cwd=ROOT, capture_output=True, text=True)
        assert done.stdout == 'set()\n', done.stderr


class TestProgram:
    @pytest.fixture
    def main(self) -> Any:
        return runpy.run_path(str(ROOT / 'tools/make_digits.py'))['main']

    def test_makes_and_says_so(
        self, main: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        arguments = [str(tmp_path / 'd'), '--num-train=2', '--num-val=1', '--image-size=64']
        main(arguments)
        assert '2 training and 1 validation images of 64 x 64 pixels' in capsys.readouterr().out
        main(arguments)
        assert 'there already' in capsys.readouterr().out
        main([*arguments, '--seed=1', '--overwrite'])
        assert '2 training' in capsys.readouterr().out

    @pytest.mark.parametrize(
        ('arguments', 'message'),
        [
            (['--num-train=0'], 'num_train should be an integer >= 1, but got 0'),
            (['--num-train=many'], "invalid int value: 'many'"),
            (['--colour'], '--colour'),
            ([str(ROOT / 'tools')], 'name another folder'),
        ],
    )
    def test_refusals(
        self, main: Any, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(SystemExit) as refusal:
            main(arguments)
        error = capsys.readouterr().err
        assert refusal.value.code == 2
        assert message in error
        assert error.count('\n') == 1

    def test_no_scikit_learn(
        self,
        main: Any,
        tmp_path: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setitem(sys.modules, 'sklearn.datasets', None)
        with pytest.raises(SystemExit):
            main([str(tmp_path / 'd')])
        assert capsys.readouterr().err.endswith('pip install scikit-learn\n')
