"""What the classes of a TinyNAS text are built as, by those who publish such texts.

The abbreviations (class, in, out, k, s, L, n, btn, act, g, p) live in this file only. Classes of
TinyNAS itself mean one network. Those of DAMO-YOLO's texts mean three, and a form says which:
``damo-yolo`` (its T and S: residual), ``damo-yolo-csp`` (M and L) and ``damo-yolo-nano``. All three
begin with space-to-depth. Pyramid pooling at the end, which they train with, is no part of it here:
``PISBackbone.append`` puts it on.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

from pisnas_mm.blocks import (
    BasicStage,
    Block,
    BottleneckStage,
    C2f,
    ConvBNAct,
    Focus,
    MobileStage,
    PointwiseBasicStage,
    PointwiseResConvStage,
    ResConvCSP,
    ResConvStage,
)
from pisnas_mm.checks import check_whole, shown
from pisnas_mm.registry import suggest

TINYNAS = 'tinynas'
FORMS = (TINYNAS, 'damo-yolo', 'damo-yolo-csp', 'damo-yolo-nano')

Spec = Mapping[str, Any]

_CONV = ('class', 'in', 'out', 'k', 's', 'act', 'g', 'p', 'nbitsA', 'nbitsW')
_RESIDUAL = (*_CONV, 'btn', 'L', 'inner_class')
_KEYS = {'ConvKXBNRELU': _CONV, 'C2f': ('class', 'in', 'out', 'k', 's', 'n', 'act')}
_DAMO_YOLO = ('SuperResConvK1KX', 'SuperResConvKXKX')
_ACTS = {'swish': 'silu'}
# Classes that are published and not built here, by what their names hold.
_NOT_BUILT = {
    'Quant': 'its convolutions are quantised',
    '3D': 'its convolutions are those of videos',
    'SE': 'its gates have batch norms and its shortcuts pool',
    'DW': 'its shortcuts pool and do not project',
}


def blocks_of(structure: list[Any], form: str, place: str) -> tuple[Block, ...]:
    """The blocks that a structure means in a form.

    Raises:
        ValueError: The form or a class is unknown or not built here, or an entry is not valid.
    """
    if form not in FORMS:
        raise ValueError(f'form {shown(form)} is unknown; known: {", ".join(FORMS)}')
    theirs = [spec for spec in structure if isinstance(spec, Mapping) and _is_damo_yolo(spec)]
    if form == TINYNAS and theirs:
        raise ValueError(
            f'DAMO-YOLO builds {theirs[0]["class"]} in three ways; say which with --form: '
            f'damo-yolo (T, S), damo-yolo-csp (M, L) or damo-yolo-nano'
        )
    places = [f'{place}[{i}]' for i in range(len(structure))]
    for spec, where in zip(structure, places, strict=True):
        _check(spec, form, where)
    if form == 'damo-yolo-csp':
        return tuple(_at(places[0], lambda: list(_csp(structure))))
    return tuple(
        _at(where, partial(_read, spec, form, i))
        for i, (spec, where) in enumerate(zip(structure, places, strict=True))
    )


def _is_damo_yolo(spec: Spec) -> bool:
    return spec.get('class') in _DAMO_YOLO


def _at(place: str, read: Callable[[], Any]) -> Any:
    try:
        return read()
    except ValueError as error:
        raise ValueError(f'{place}: {error}') from error


def _check(spec: Any, form: str, place: str) -> None:
    """Raise ``ValueError`` unless all that a spec says is read in this form."""
    name = spec.get('class') if isinstance(spec, Mapping) else spec
    known = ('ConvKXBNRELU', 'C2f', *_FAMILIES, *_DAMO_YOLO)
    if not isinstance(spec, Mapping) or not isinstance(name, str) or name not in known:
        why = next((why for part, why in _NOT_BUILT.items() if part in str(name)[:100]), None)
        raise ValueError(
            f'{place}: TinyNAS class {shown(name)} is '
            + (f'not built here: {why}' if why else f'unknown; {suggest(name, known)}')
        )
    keys = _KEYS.get(name, _RESIDUAL)
    for key in spec:
        if key not in keys:
            raise ValueError(f'{place}: {name} takes no {shown(key)}; {suggest(key, keys)}')
    for key in ('in', 'out', 'k', *(['btn'] if keys is _RESIDUAL else [])):
        if key not in spec:
            raise ValueError(f'{place}: {name} needs {key!r}')
    if spec.get('g', 1) != 1:
        raise ValueError(f'{place}: groups are not built here: g is {shown(spec["g"])}')
    for key in ('L', 'k'):
        if key in spec:
            check_whole(spec[key], f'{place}: {name}: {key}', 1)
    if 'p' in spec and spec['p'] != (spec['k'] - 1) // 2:
        raise ValueError(f'{place}: p should be half of k - 1, but got {shown(spec["p"])}')
    inner = spec.get('inner_class')
    if inner is not None and f'Super{inner}' != name:
        raise ValueError(f'{place}: {name} is of another inner_class than {shown(inner)}')
    if form == TINYNAS and ('nbitsA' in spec or 'nbitsW' in spec):
        raise ValueError(f'{place}: quantised convolutions (nbitsA, nbitsW) are not built here')


def _read(spec: Spec, form: str, i: int) -> Block:
    name = spec['class']
    if form == TINYNAS:
        if name == 'ConvKXBNRELU':
            return ConvBNAct(spec['in'], spec['out'], spec['k'], spec.get('s', 1), _act(spec))
        return _c2f(spec) if name == 'C2f' else _tinynas_stage(spec)
    if i == 0:
        return _focus(spec, 'relu' if form == 'damo-yolo' else 'silu')
    _check_stage(spec)
    if form == 'damo-yolo-nano':
        # Whatever its text says of inner widths and kernels.
        sizes = dict(num_blocks=spec.get('L', 1), stride=spec.get('s', 1))
        return MobileStage(spec['in'], spec['out'], **sizes, act=_act(spec, 'silu'))
    return _stage(PointwiseResConvStage if name.endswith('K1KX') else ResConvStage, spec)


def _tinynas_stage(spec: Spec) -> Block:
    family = _FAMILIES[spec['class']]
    pools = spec.get('s', 1) == 2 and spec['in'] == spec['out']
    if family is not BottleneckStage and pools:
        raise ValueError(
            f'{spec["class"]} of stride 2 with as many channels out as in has a shortcut that only '
            f'pools, which is not built here'
        )
    return _stage(family, spec)


def _stage(family: Callable[..., Block], spec: Spec) -> Block:
    widths = spec['in'], spec['out'], spec['btn']
    return family(*widths, spec.get('L', 1), spec['k'], spec.get('s', 1), _act(spec))


def _c2f(spec: Spec) -> Block:
    if spec.get('s', 1) != 1:
        raise ValueError(f'C2f has stride 1, but s is {shown(spec["s"])}')
    return C2f(spec['in'], spec['out'], spec.get('n', 1), spec['k'], _act(spec))


def _focus(spec: Spec, act: str) -> Block:
    """DAMO-YOLO's stem; a search of TinyNAS writes it with the channels after space-to-depth."""
    if spec['class'] != 'ConvKXBNRELU' or spec.get('s', 1) != 1:
        raise ValueError(
            f'a structure of DAMO-YOLO should begin with a ConvKXBNRELU of stride 1, but got '
            f'{spec["class"]} of s {shown(spec.get("s", 1))}'
        )
    channels = 3 if spec['in'] == 12 else spec['in']
    return Focus(channels, spec['out'], spec['k'], _act(spec, act))


def _check_stage(spec: Spec) -> None:
    if 'KX' not in spec['class'] or spec['class'].endswith(('K1KXK1', 'RELU')):
        raise ValueError(f'DAMO-YOLO has no {spec["class"]} after the stem')


def _csp(structure: list[Spec]) -> Iterator[Block]:
    """A stem, and for every stage a strided convolution and a cross-stage block."""
    stem, *stages = structure
    yield _focus(stem, 'silu')
    strides = [spec.get('s', 1) for spec in stages]
    if strides != [2, 2, 2, 1, 2] or any(not s['class'].endswith('KXKX') for s in stages):
        raise ValueError(
            'damo-yolo-csp should be a stem and five stages of SuperResConvKXKX, of strides 2, 2, '
            '2, 1 and 2'
        )
    first, second, third, beside, last = stages
    if any(third[key] != beside[key] for key in ('out', 'btn', 'k')):
        raise ValueError(
            'the third and the fourth stage should agree in out, btn and k: they are one'
        )
    whole = {**third, 'L': third.get('L', 1) + beside.get('L', 1)}
    for spec in (first, second, whole, last):
        channels, act = spec['out'], _act(spec, 'silu')
        yield ConvBNAct(spec['in'], channels, 3, 2, act)
        if (num_blocks := spec.get('L', 1) - 1) > 0:
            yield ResConvCSP(channels, channels, spec['btn'], num_blocks, spec['k'], act)


def _act(spec: Spec, default: str = 'relu') -> str:
    act = spec.get('act', default)
    return _ACTS.get(act, act) if isinstance(act, str) else act


_FAMILIES: dict[str, Callable[..., Block]] = {
    'SuperResK1KXK1': BottleneckStage,
    'SuperResKXKX': BasicStage,
    'SuperResK1KX': PointwiseBasicStage,
}
