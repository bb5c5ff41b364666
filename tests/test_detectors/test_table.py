from pisnas_mm.detectors import comparison

SEED = {
    'score': 20.5,
    'params': 1_500_000,
    'macs': 250_000_000,
    'layers': 9,
    'bottleneck_entropy': 7.25,
    'stage_radii': [4.5, 10.0, 20.04, 100.0],
}


def test_the_seed_stands_beside_the_best() -> None:
    best = [SEED | dict(score=101.239, layers=12, pr_score=120.0), SEED | dict(score=99.0)]
    assert comparison({'seed': SEED, 'best': best}).splitlines() == [
        '           params     MACs  layers  H_btn  PR score   score  radii C2-C5 (px)',
        'seed      1.500 M  0.250 G       9  7.250         -   20.50  4.5, 10.0, 20.0, 100.0',
        'searched  1.500 M  0.250 G      12  7.250    120.00  101.24  4.5, 10.0, 20.0, 100.0',
    ]


def test_the_sampled_pr_score_stands_beside_the_closed_form():
    seed = SEED | dict(pr_score=99.5, verification=dict(pr_score=98.04, standard_error=None))
    best = SEED | dict(pr_score=120.0, verification=dict(pr_score=121.65, standard_error=0.849))
    assert comparison({'seed': seed, 'best': [best]}).splitlines() == [
        '           params     MACs  layers  H_btn  PR score  PR (Monte-Carlo)  score  '
        'radii C2-C5 (px)',
        'seed      1.500 M  0.250 G       9  7.250     99.50              98.0  20.50  '
        '4.5, 10.0, 20.0, 100.0',
        'searched  1.500 M  0.250 G       9  7.250    120.00       121.7 ± 0.8  20.50  '
        '4.5, 10.0, 20.0, 100.0',
    ]
