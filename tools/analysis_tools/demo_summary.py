"""What the demo found: python tools/analysis_tools/demo_summary.py SEARCH_DIR TRAIN_DIR."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))  # runs from a checkout, too

from pisnas_mm.app.arguments import ArgumentParser
from pisnas_mm.app.errors import one_line_errors, user_error
from pisnas_mm.utils.work_dir import WorkDir

NUM_SHOWN = 6  # images in the picture of detections


def parse_args(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = ArgumentParser(
        description='Seed against searched backbone, what was verified, and the detector.'
    )
    parser.add_argument('search_dir', type=Path, help='work directory of tools/search.py')
    parser.add_argument('train_dir', type=Path, help='work directory of tools/train.py and test.py')
    return parser.parse_args(argv)


def evaluations(train_dir: Path) -> Iterator[dict[str, Any]]:
    """The evaluations of the last training, in order, from MMEngine's scalars."""
    *_, last = [None, *sorted(train_dir.glob('*/vis_data/scalars.json'))]
    for line in last.read_text().splitlines() if last else []:
        scalars = json.loads(line)
        if 'coco/bbox_mAP' in scalars and 'step' in scalars:
            yield scalars


def test_metrics(train_dir: Path) -> dict[str, Any]:
    """The metrics that tools/test.py wrote last.

    Raises:
        FileNotFoundError: It has not run.
    """
    files = sorted(file for file in train_dir.glob('*/*.json') if file.stem == file.parent.name)
    if not files:
        raise FileNotFoundError(f'no evaluation in {train_dir}; run tools/test.py first')
    return json.loads(files[-1].read_text())


def verdict_of(search_dir: Path) -> dict[str, Any] | None:
    """What a verification has said; None where there was none."""
    file = WorkDir(search_dir).verdict
    found: dict[str, Any] | None = (
        json.loads(file.read_text())['verdict'] if file.is_file() else None
    )
    return found


def detections(search_dir: Path, train_dir: Path) -> Path | None:
    """A picture of what ``tools/test.py --show-dir shown`` painted last; None where it did not."""
    from pisnas_mm.visualization.mosaic import mosaic

    folders = sorted(train_dir.glob('*/shown'))
    if not folders:
        return None
    path = search_dir / 'detections.png'
    mosaic(sorted(folders[-1].glob('*.png'))[:NUM_SHOWN]).save(path)
    return path


@one_line_errors()
def main(argv: Sequence[str] | None = None) -> None:
    args = parse_args(argv)

    from pisnas_mm.detectors import comparison

    best = args.search_dir / 'best.json'
    if not best.is_file():
        user_error(f'{best} not found; run tools/search.py first')
    metrics = test_metrics(args.train_dir)
    print('\nBackbone, seed against searched:')
    print(comparison(json.loads(best.read_text())))
    verdict = verdict_of(args.search_dir)
    if verdict:
        print(f'\nVerified, by a few steps of training: {verdict["sentence"]}')
    name = verdict['use'] if verdict else 'the searched backbone'
    print(f'\nDetector with {name}, trained from scratch, on held-out digits:')
    if 'coco/bbox_mAP' in metrics:
        print(f'COCO mAP {metrics["coco/bbox_mAP"]:.3f}  mAP50 {metrics["coco/bbox_mAP_50"]:.3f}')
    else:
        print('COCO mAP -  mAP50 -  (it detected nothing)')
    curve = [f'{s["coco/bbox_mAP"]:.3f} (epoch {s["step"]})' for s in evaluations(args.train_dir)]
    print(f'mAP while training: {", ".join(curve)}')
    print('\nFiles:')
    if (report := args.search_dir / 'report.html').is_file():
        print(f'report      {report} (open it in a browser)')
    if picture := detections(args.search_dir, args.train_dir):
        print(f'detections  {picture} (left: the truth, right: detected)')
    print(f'search      {args.search_dir}: best.json, backbone.py, history.jsonl, search.log')
    configs = sorted(args.search_dir.glob('*_detector.py'))  # a verified one comes last
    print(f'config      {configs[-1]}')
    print(f'detector    {(args.train_dir / "last_checkpoint").read_text().strip()}')
    if (exported := args.search_dir / 'detector.onnx').is_file():
        print(f'exported    {exported} (ONNX; tools/deployment/predict.py runs it without torch)')
    for painted in sorted((args.search_dir / 'predicted').glob('*.png')):
        print(f'predicted   {painted} (by the exported model)')
    print(f'logs        {args.train_dir}')


if __name__ == '__main__':
    main()
