"""From a genotype to the backbone's entry in an MMDetection config."""

from collections.abc import Mapping, Sequence
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.checks import Problems, lines_of, shown
from pisnas_mm.registry import suggest

PYRAMID = (2, 3, 4)  # C3, C4 and C5
# What `PISBackbone` takes besides the architecture, said here as well: that one imports torch.
OPTIONS = (
    'in_channels',
    'out_indices',
    'frozen_stages',
    'conv_cfg',
    'norm_cfg',
    'norm_eval',
    'with_cp',
    'zero_init_residual',
    'append',
    'deploy',
    'init_cfg',
)
_SWITCHES = ('norm_eval', 'with_cp', 'zero_init_residual', 'deploy')


def backbone_config(genotype: Genotype, options: Mapping[str, Any]) -> dict[str, Any]:
    """The ``backbone`` of a detector config, its architecture in plain sight.

    Args:
        genotype: The architecture.
        options: Further arguments of ``PISBackbone``, for example ``out_indices``.
    """
    image = {} if genotype.in_channels == 3 else {'in_channels': genotype.in_channels}
    return {'type': 'PISBackbone', 'arch': genotype.to_list(), **image, **options}


def check_backbone(options: Mapping[str, Any], genotype: Genotype | None) -> None:
    """Raise ``Problems`` where a backbone does not take these options.

    Args:
        options: The entry ``detector.backbone`` of a search config.
        genotype: An architecture to try them with, if there is one.
    """
    if options.get('type', 'PISBackbone') != 'PISBackbone':
        return  # a user's own, whose arguments nobody knows here
    problems = [
        f'unknown key `detector.backbone.{str(key)[:100]}`; {suggest(key, OPTIONS)}'
        for key in options
        if key not in (*OPTIONS, 'type')
    ]
    problems += [
        f'detector.backbone.{key} should be True or False, but got {shown(options[key])}'
        for key in _SWITCHES
        if type(options.get(key, True)) is not bool
    ]
    if genotype:
        try:
            _check_stages(options, genotype)
        except ValueError as error:
            problems += [f'detector.backbone.{line}' for line in lines_of(error)]
    if problems:
        raise Problems(problems)


def _check_stages(options: Mapping[str, Any], genotype: Genotype) -> None:
    if options.get('in_channels', genotype.in_channels) != genotype.in_channels:
        raise ValueError(
            f'in_channels should be {genotype.in_channels}, as space.seed has them, but got '
            f'{shown(options["in_channels"])}'
        )
    whole = genotype.extended(options.get('append', ()))
    neck_channels(whole, options.get('out_indices', PYRAMID))
    frozen, last = options.get('frozen_stages', -1), len(whole.stages) - 1
    if type(frozen) is not int or not -1 <= frozen <= last:
        raise ValueError(f'frozen_stages should be from -1 to {last}, but got {shown(frozen)}')


def neck_channels(genotype: Genotype, out_indices: Sequence[int]) -> list[int]:
    """Channels that the neck gets from the stages ``out_indices`` (0 is the stem).

    Raises:
        ValueError: There is no such stage.
    """
    channels = genotype.out_channels
    stages = range(len(channels))
    listed = isinstance(out_indices, list | tuple) and out_indices
    if not listed or not all(type(i) is int and i in stages for i in out_indices):
        raise ValueError(
            f'out_indices should be from 0 to {stages[-1]}, as the backbone has {len(stages)} '
            f'stages, but got {shown(out_indices)}'
        )
    return [channels[i] for i in out_indices]
