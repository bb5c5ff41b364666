import re

import pytest

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import C2f, RepVGGBlock
from pisnas_mm.blocks.rewriting import branches_of
from pisnas_mm.latency.kernels import Kernel, block_calls, calls, work
from pisnas_mm.measures import macs
from tests.samples import SAMPLES


def test_a_c2f_is_these_kernels() -> None:
    found = [
        (str(kernel), widths, times) for kernel, widths, times, _ in block_calls(C2f(6, 12), 8)
    ]
    assert found == [
        ('conv1/1 silu @8', (6, 12), 1),
        ('chunk @8', (6,), 1),
        ('chunk @8', (6,), 1),
        ('conv3/1 silu @8', (6, 6), 1),
        ('conv3/1 silu @8', (6, 6), 1),
        ('add @8', (6,), 1),
        ('concat @8', (18,), 1),
        ('conv1/1 silu @8', (18, 12), 1),
    ]


def test_branches_are_merged_as_they_are_when_deployed() -> None:
    found = [str(call.kernel) for call in block_calls(RepVGGBlock(8, 8), 8)]
    assert found == ['conv3/1 linear @8', 'relu @8']


@pytest.mark.parametrize(
    'spec', [spec for spec in SAMPLES if not branches_of(spec.graph())], ids=str
)
def test_names_and_widths_say_all_that_macs_depend_on(spec) -> None:
    total = 0
    for kernel, widths, times, _ in calls(Genotype((spec,), spec.in_channels), 21):
        if match := re.match(r'(conv|depthwise)(\d+)/(\d)', kernel.name):
            kernel_size, stride = int(match[2]), int(match[3])
            groups = int((re.search(r'in (\d+) groups', kernel.name) or [0, 1])[1])
            side = -(-kernel.side // stride)
            total += times * work(widths) // groups * kernel_size**2 * side**2
        elif kernel.name.startswith('dense'):
            assert kernel.side == 1
            total += times * work(widths)
    assert total == macs(Genotype((spec,), spec.in_channels), 21)


def test_kinds_are_corrected_alike() -> None:
    kinds = {
        'conv3/1 silu': 'conv',
        'conv1/1 silu': 'pointwise',
        'conv1/2 linear': 'conv',
        'conv11/1 relu': 'conv',
        'depthwise5/1 relu': 'depthwise',
        'concat': 'other',
    }
    assert {name: Kernel(name, 8).kind for name in kinds} == kinds
