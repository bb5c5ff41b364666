"""24 architectures of equal MACs, two trainings each; the objective also in variants of itself."""

ranking = dict(
    num_architectures=24,
    stratify='bottleneck_entropy',
    least_use=dict(macs=0.95),
    training_seeds=(0, 1),
    metric='coco/bbox_mAP',
    scores={
        'PIS, omega 1': dict(type='PISScore', omega=1.0),
        'PIS, omega 100': dict(type='PISScore', omega=100.0),
        'PIS, std': dict(type='PISScore', dispersion='std'),
        'PR, C2 to C5': dict(type='PRScore', weights=(1, 1, 1, 1)),
        'PR, C2': dict(type='PRScore', weights=(1, 0, 0, 0)),
        'PR, threshold 0.03': dict(type='PRScore', threshold=0.03),
        'PR, threshold 0.3': dict(type='PRScore', threshold=0.3),
    },
)
