from pisnas_mm.scores.sampled import with_error


def test_a_mean_and_its_error_in_words():
    assert with_error(221.64, 0.849) == '221.6 ± 0.8'
    assert with_error(221.64, None) == '221.6'
