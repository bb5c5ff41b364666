"""A latency table: what was measured on a device, and what follows for an architecture.

The time of a backbone is taken for a sum over its kernels, each interpolated between widths, and
each kind corrected by a factor that whole backbones gave.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks.block import Block
from pisnas_mm.checks import check_number, check_whole, shown
from pisnas_mm.latency.interpolation import interpolated
from pisnas_mm.latency.kernels import Kernel, Widths, calls, kernels_of
from pisnas_mm.utils.files import write_text
from pisnas_mm.utils.safe_json import parse_json, read_limited

VERSION = 1
MAX_BYTES = 20_000_000
LEAST_ALIGNED = 8  # channels: fewer, as those of images, are a case of their own
REMEDY = 'measure it with tools/analysis_tools/measure_latency.py'


class Timed(NamedTuple):
    """A median of repeats in milliseconds, and their interquartile range as a share of it."""

    ms: float
    spread: float


@dataclass(frozen=True)
class Conditions:
    """What was measured on, and how. Tables of other conditions are not compared."""

    device: str  # as torch calls it: cpu, cuda:0
    backend: str
    threads: int
    precision: str
    image_size: int
    batch: int

    def differences(self, others: Mapping[str, Any]) -> list[str]:
        """In words, where these conditions are not the others."""
        return [
            f'{name.replace("_", " ")} {shown(getattr(self, name))} and not {shown(other)}'
            for name, other in others.items()
            if other is not None and getattr(self, name) != other
        ]


class Whole(NamedTuple):
    """A backbone that was measured as a whole."""

    arch: list[dict[str, Any]]
    timed: Timed

    @property
    def genotype(self) -> Genotype:
        return Genotype.from_list(self.arch)


class Correction(NamedTuple):
    """What whole backbones say of the sum over kernels: milliseconds, and factors by kind.

    Channels come in blocks on some devices: a width takes as long as the next multiple of
    ``aligned``.
    """

    aligned: int
    offset: float
    factors: Mapping[str, float]


@dataclass(eq=False)
class LatencyTable:
    """All that was measured under some conditions.

    Args:
        conditions: What was measured on, and how.
        about: Versions, hardware and dates, for the reader.
        kernels: Times by a kernel's name and its widths.
        wholes: Backbones measured as wholes, by which the sum is corrected.
        correction: What follows from them; None while measuring goes on.
        check: How well backbones are predicted that were not among them.
        source: The file's text, whose hash says which table this is.
    """

    conditions: Conditions
    about: dict[str, Any]
    kernels: dict[str, dict[Widths, Timed]] = field(default_factory=dict)
    wholes: list[Whole] = field(default_factory=list)
    correction: Correction | None = None
    check: dict[str, Any] | None = None
    source: str = ''

    def __call__(self, genotype: Genotype, image_size: int) -> float:
        """Milliseconds for a batch of images through the backbone.

        Raises:
            ValueError: The table is of another size, not complete, or lacks a kernel.
        """
        if image_size != self.conditions.image_size:
            raise ValueError(
                f'the latency table is of {self.conditions.image_size}x{self.conditions.image_size}'
                f' pixels, but is asked for {image_size}x{image_size}; {REMEDY}'
            )
        sides = genotype.sides(image_size)
        return self._corrected.offset + sum(map(self._of_block, genotype.blocks, sides))

    def _of_block(self, block: Block, side: int) -> float:
        """Remembered: a search asks for the same blocks all the time."""
        known = self._known.get((block, side))
        if known is None:
            factors = self._corrected.factors
            known = self._known[block, side] = sum(
                times * factors.get(kernel.kind, 1.0) * self.kernel(kernel, widths)
                for name, at, widths, times in kernels_of(block, side)
                for kernel in (Kernel(name, at),)
            )
        return known

    def kernel(self, kernel: Kernel, widths: Widths, aligned: int | None = None) -> float:
        """A kernel's milliseconds as measured alone, between the widths that were measured.

        Args:
            kernel: The kernel.
            widths: Its widths.
            aligned: See ``Correction``, which says it where this is None.
        """
        block = aligned or self.check_complete().aligned
        widths = tuple([-(-w // block) * block if w >= LEAST_ALIGNED else w for w in widths])
        found = self._times.get((kernel, widths))
        if found is None:
            measured = self._measured.get(str(kernel))
            if not measured:
                raise ValueError(
                    f'the latency table has nothing of {kernel}; {REMEDY}, from a config of the '
                    f'same space'
                )
            found = self._times[kernel, widths] = interpolated(widths, measured)
        return found

    def kinds(self, genotype: Genotype, aligned: int | None = None) -> dict[str, float]:
        """The sum over the kernels of each kind, as measured alone, in milliseconds."""
        sums: dict[str, float] = {}
        for kernel, widths, times, _ in calls(genotype, self.conditions.image_size):
            sums[kernel.kind] = sums.get(kernel.kind, 0.0) + times * self.kernel(
                kernel, widths, aligned
            )
        return sums

    @property
    def digest(self) -> str:
        """SHA-256 of the file."""
        return sha256(self.source.encode()).hexdigest()

    @cached_property
    def _known(self) -> dict[tuple[Block, int], float]:
        return {}

    @cached_property
    def _times(self) -> dict[tuple[Kernel, Widths], float]:
        return {}

    @cached_property
    def _measured(self) -> dict[str, dict[Widths, float]]:
        return {
            name: {widths: timed.ms for widths, timed in points.items()}
            for name, points in self.kernels.items()
        }

    @cached_property
    def _corrected(self) -> Correction:
        return self.check_complete()

    def check_complete(self) -> Correction:
        """The correction; ``ValueError`` where measuring has not come to it."""
        if self.correction is None:
            raise ValueError(
                'the latency table is not complete: the command that measures it goes on with it'
            )
        return self.correction

    def text(self) -> str:
        """As the file has it: a line for every kernel and every backbone."""
        data = {
            'version': VERSION,
            **asdict(self.conditions),
            'about': self.about,
            'correction': self.correction and self.correction._asdict(),
            'check': self.check,
            'kernels': {
                name: [[list(widths), *timed] for widths, timed in points.items()]
                for name, points in self.kernels.items()
            },
            'backbones': [[whole.arch, *whole.timed] for whole in self.wholes],
        }
        lines = []
        for key, value in data.items():
            if key == 'kernels':
                inner = ',\n'.join(f'  {json.dumps(k)}: {json.dumps(v)}' for k, v in value.items())
                lines.append(f' "kernels": {{\n{inner}\n }}')
            elif key == 'backbones':
                inner = ',\n'.join(f'  {json.dumps(one)}' for one in value)
                lines.append(f' "backbones": [\n{inner}\n ]')
            else:
                lines.append(f' {json.dumps(key)}: {json.dumps(value)}')
        return '{\n' + ',\n'.join(lines) + '\n}\n'

    def write(self, path: Path) -> None:
        """Write the file whole, or not at all."""
        write_text(path, self.text())


def read_table(path: Path) -> LatencyTable:
    """Read a table.

    Raises:
        ValueError: There is none, it is damaged, or of another version.
    """
    try:
        text = read_limited(path, MAX_BYTES)
        data = parse_json(text, MAX_BYTES)
    except OSError as error:
        raise ValueError(
            f'latency table {path} cannot be read ({error.strerror}); {REMEDY}'
        ) from error
    except ValueError as error:
        raise ValueError(f'latency table {path} is damaged: {error}; {REMEDY}') from error
    version = data.get('version') if isinstance(data, dict) else None
    if version != VERSION:
        raise ValueError(
            f'latency table {path} should have version {VERSION}, but has {shown(version)}; '
            f'{REMEDY}'
        )
    try:
        return _table(data, text)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        reason = ' '.join(str(error).split())
        raise ValueError(f'latency table {path} is damaged: {reason}; {REMEDY}') from error


def _table(data: Mapping[str, Any], text: str) -> LatencyTable:
    conditions = Conditions(**{f.name: data[f.name] for f in fields(Conditions)})
    for name in ('threads', 'image_size', 'batch'):
        check_whole(getattr(conditions, name), name, 1)
    correction = data['correction']
    if correction is not None:
        factors = {str(kind): _time(f, kind) for kind, f in correction['factors'].items()}
        aligned = check_whole(correction['aligned'], 'aligned', 1)
        correction = Correction(aligned, _time(correction['offset'], 'offset'), factors)
    kernels = {
        str(name): {tuple(map(_width, widths)): _timed(times) for widths, *times in points}
        for name, points in data['kernels'].items()
    }
    if any(not timed.ms for points in kernels.values() for timed in points.values()):
        raise ValueError('a kernel takes no time')
    wholes = [Whole(arch, _timed(times)) for arch, *times in data['backbones']]
    return LatencyTable(
        conditions, dict(data['about']), kernels, wholes, correction, data['check'], text
    )


def _timed(values: Sequence[Any]) -> Timed:
    ms, spread = values
    return Timed(_time(ms, 'a time'), _time(spread, 'a spread'))


def _time(value: Any, name: str) -> float:
    return float(check_number(value, name, 0))


def _width(value: Any) -> int:
    return check_whole(value, 'a width', 1)
