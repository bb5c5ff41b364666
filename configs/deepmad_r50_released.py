"""DeepMAD's search at ResNet-50's size with all settings of its authors' released configuration.

These are those of deepmad_r50.py, and: a penalty on the depths of the last three stages only,
widths that mutate without the factor 2, half the population and 500 000 candidates. (Their FLOPs
count batch norms and activations, too, about 1 % that these MACs leave out.)
"""

_base_ = ['./deepmad_r50.py']

space = dict(channel_factors=(1.5, 1.25, 0.8, 0.6, 0.5))
score = dict(num_depths=3)
search = dict(algorithm='released', num_candidates=500_000, population_size=256)
