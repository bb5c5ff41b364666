"""MAE-DET's search at ResNet-50's size with all settings of its authors' released configuration.

These are those of maedet_r50.py, and: at most 7 blocks a stage (a third of the 91 layers over 4
stages), widths that mutate without the factor 2, half the population and half the candidates.
(Their FLOPs count batch norms and activations, too, about 1 % that these MACs leave out.)
"""

_base_ = ['./maedet_r50.py']

space = dict(max_depth=7, channel_factors=(1.5, 1.25, 0.8, 0.6, 0.5))
search = dict(algorithm='released', num_candidates=100_000, population_size=256)
