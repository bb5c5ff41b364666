import re
from xml.etree import ElementTree

from pisnas_mm.visualization.diagram import WIDTH, pyramid_svg, scale_of
from pisnas_mm.visualization.levels import levels
from tests import reference


def attributes(svg, kind, name):
    root = ElementTree.fromstring(svg)
    return [float(e.get(name)) for e in root.iter() if e.get('class') == kind]


def test_slabs_narrow_with_the_level_and_bars_are_to_scale():
    line = reference.RESIDUAL[0]
    of = levels(reference.genotype(line), line['image_size'])
    svg = pyramid_svg(of, scale_of([of]), 'one & all')
    widths = attributes(svg, 'slab', 'width')
    assert widths == sorted(widths)  # C5 comes first
    bars = attributes(svg, 'bar', 'width')
    assert 90 < max(bars) <= WIDTH - 320
    shares = [level.macs / max(one.macs for one in of) for level in reversed(of)]
    for bar, share in zip(bars, shares, strict=True):
        assert abs(bar / max(bars) - share) < 0.02
    stripes = [
        e.get('d') for e in ElementTree.fromstring(svg).iter() if e.get('class') == 'stripes'
    ]
    assert [len(re.findall('M', d)) + 1 for d in stripes] == [
        level.layers for level in reversed(of)
    ]
    assert 'one &amp; all' in svg


def test_nothing_leaves_the_drawing():
    for line in (*reference.RESIDUAL[:3], *reference.C2F[:3]):
        of = levels(reference.genotype(line), line['image_size'])
        svg = pyramid_svg(of, scale_of([of]), 'x')
        root = ElementTree.fromstring(svg)
        height = float(root.get('viewBox').split()[-1])
        for rect in (e for e in root.iter() if e.tag == 'rect'):
            x, y, w, h = (float(rect.get(key)) for key in ('x', 'y', 'width', 'height'))
            assert 0 <= x <= x + w <= WIDTH
            assert 0 <= y <= y + h <= height


def test_the_macs_of_a_large_level_stay_short_enough_for_the_drawing():
    line = reference.C2F[0]
    small = levels(reference.genotype(line), line['image_size'])
    large = [level._replace(macs=10_302_300_000 + i) for i, level in enumerate(small)]
    for of, longest in ((small, 13), (large, 13)):
        words = re.findall(r'>([\d,.]+ M MACs)<', pyramid_svg(of, scale_of([of]), 'x'))
        assert len(words) == len(of)
        assert max(map(len, words)) <= longest
    assert '10,302 M MACs' in words
