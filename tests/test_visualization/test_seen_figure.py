from pisnas_mm.visualization.png import save
from pisnas_mm.visualization.seen import deepest, expected
from pisnas_mm.visualization.seen_figure import Row, draw_seen
from tests import reference

MAPS = expected(reference.genotype(reference.RESIDUAL[0]), 224)


def test_every_map_is_on_the_whole_image_and_on_one_scale():
    figure = draw_seen([Row('all', MAPS), Row('some', deepest(MAPS))], 'title')
    panels = [axes for axes in figure.axes if axes.images]
    assert len(panels) == 7
    for axes in panels:
        (image,) = axes.images
        assert image.get_clim() == (0, 1)
        assert image.get_extent() == [0, 224, 224, 0]
        assert (axes.get_xlim(), axes.get_ylim()) == ((0, 224), (224, 0))
    assert [axes.get_title() for axes in panels[:4]] == [
        f'{of.level}: {of.radius:.0f} px' for of in MAPS
    ]
    assert panels[0].get_ylabel() == 'all\ny (px)'
    assert panels[0].patches[0].radius == MAPS[0].radius


def test_a_figure_is_the_same_bytes_again(tmp_path):
    for name in 'ab':
        save(draw_seen([Row('a', MAPS)], 'title'), tmp_path / f'{name}.png')
    assert (tmp_path / 'a.png').read_bytes() == (tmp_path / 'b.png').read_bytes()
