"""The objective and the search of the released code, with the paper's variance in the penalty.

A config may add ``verify = True``: finalists are then judged again by the scores that predict
detectors best; ``dict(type='MonteCarloPRScore', top_k=5, num_draws=16)`` samples instead (torch).
"""

score = dict(
    type='PISScore',
    pr_score=dict(type='PRScore', weights=(0, 1, 1, 1), threshold=0.1),
    omega=8.0,
    gamma=(1, 2, 2, 1),
    dispersion='variance',
)
search = dict(
    num_candidates=100_000,
    population_size=512,
    num_mutations=2,
    tie_breakers=('bottleneck_entropy', '-macs'),
    seed=0,
    top_k=10,
)
