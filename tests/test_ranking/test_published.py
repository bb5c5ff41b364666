from pathlib import Path

import pytest

from pisnas_mm.ranking.published import Key, read_published

RESULTS = (
    'model_name,precision,mAP_0.5:0.95,ov_latency\n'
    'yolo8s_320,0.7,0.55,0.01\n'
    'yolo6s-d1w5_320,,0.5,\n'
)
LATENCIES = 'model_name,a40_trt_latency,nano_gpu_latency\nyolo8s_320,0.001,0.02\n'


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        (folder / f'{name}.csv').write_text(text)
    return folder


def test_tables_are_read_by_what_they_hold(tmp_path: Path) -> None:
    found = read_published(
        write(tmp_path, VOC=RESULTS, COCO=RESULTS, latency=LATENCIES, odd='a\n1\n')
    )
    small, other = Key('yolo8s', 320), Key('yolo6s-d1w5', 320)
    accuracies = {small: 0.55, other: 0.5}
    assert found.accuracies == {'COCO': accuracies, 'VOC': accuracies}
    assert found.costs == {'a40_trt': {small: 0.001}, 'nano_gpu': {small: 0.02}}


@pytest.mark.parametrize(
    ('text', 'said'),
    [
        (RESULTS + 'yolo8s_320,0.7,0.55,0.01\n', 'VOC.csv:4: yolo8s_320 stands there twice'),
        (RESULTS + 'yolo8s,0.7,0.55,0.01\n', "VOC.csv:4: model_name should be .* 'yolo8s'"),
        (RESULTS + 'yolo8m_320,0.7,good,0.01\n', "VOC.csv:4: mAP_0.5:0.95 should be .* 'good'"),
        (RESULTS + 'yolo8m_320,0.7\n', 'VOC.csv:4 should have as many cells'),
        (RESULTS + 'yolo8m_320,1,2,3,4\n', 'VOC.csv:4 should have as many cells'),
        ('model_name,recall\nyolo8s_320,1\n', 'holds no table of results'),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        read_published(write(tmp_path, VOC=text))
