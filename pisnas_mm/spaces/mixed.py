"""The mixed space: block families that take each other's place."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block
from pisnas_mm.checks import Problems, lines_of
from pisnas_mm.registry import SPACES
from pisnas_mm.spaces.choices import Choices, Families, families_by_place
from pisnas_mm.spaces.families import converted
from pisnas_mm.spaces.settings import CHANNEL_FACTORS, DEPTH_STEPS
from pisnas_mm.spaces.space import (
    FAMILY,
    MAX_REDUCTION,
    Space,
    changed,
    inner_widths,
    least_width,
)


@SPACES.register_module()
class MixedSpace(Space):
    """Blocks of any families. A mutation changes one field of one block, or its family.

    Another family takes over channels, stride, depth, kernel and whatever else both have, as far
    as it accepts them; the rest are its defaults. A value that a family refuses is not taken.

    Args:
        seed: The architecture a search starts from, as a list of block dicts.
        choices: Families that may take each other's place: ``['C2f', 'BottleneckStage']`` wherever
            the seed has one of them, or a list with an entry for every block of the seed, None
            where its family stays. A family without ``stride`` stands where the stride is 1, and
            one without ``num_blocks`` where the seed's has none, as the depths that scores compare
            are counted by place.
        max_channels: The widest a block may be.
        channel_factors: A mutated width is the old one times one of these.
        depth_steps: A mutated depth is the old one plus one of these.
        max_depth: The most inner blocks a block may repeat.
        kernel_sizes: Kernels to choose from.

    Raises:
        Problems: The seed or the choices are not possible, or a setting is out of bounds.
    """

    def __init__(
        self,
        seed: Iterable[Mapping[str, Any]],
        choices: Choices,
        max_channels: int = 2048,
        channel_factors: Sequence[float] = CHANNEL_FACTORS,
        depth_steps: Sequence[int] = DEPTH_STEPS,
        max_depth: int = 100,
        kernel_sizes: Sequence[int] = (3,),
    ) -> None:
        self._choices = choices
        super().__init__(seed, max_channels, channel_factors, depth_steps, max_depth, kernel_sizes)
        self._check_choices()

    def examples(self) -> dict[str, Genotype]:
        found = super().examples()
        families = dict.fromkeys(family for place in self.places for family in place)
        for family in families:
            blocks = list(self.seed.blocks)
            for i, place in enumerate(self.places):
                if family in place and type(blocks[i]) is not family:
                    self._set(blocks, i, FAMILY, family)
            genotype = self.seed.replaced(blocks)
            if genotype not in found.values():
                found[f'space.seed with {family.__name__}'] = genotype
        return found

    def _places(self) -> list[Families]:
        return families_by_place(self._choices, self.seed.blocks)

    def _set(self, blocks: list[Block], i: int, name: str, value: Any) -> None:
        before = blocks[i : i + 2]
        try:
            if name == FAMILY:
                blocks[i] = self._in_place(blocks[i], value)
            else:
                super()._set(blocks, i, name, value)
        except ValueError:  # a family refuses it
            blocks[i : i + 2] = before

    def _in_place(self, old: Block, family: type[Block]) -> Block:
        """A block of the family in the place of another, within the bounds of the space.

        Raises:
            ValueError: The family cannot stand there.
        """
        block = converted(old, family)
        high = block.out_channels
        low = least_width(high, MAX_REDUCTION)
        for name in inner_widths(family):
            width = least_width(getattr(block, name), 1)  # a multiple of 8
            block = changed(block, name, max(low, min(width, high)))
        return self._of_known_kernel(block) if 'kernel_size' in family.mutable else block

    def _of_known_kernel(self, block: Block) -> Block:
        """With its kernel, or the nearest one of the space that the block accepts."""
        old: int = block.kernel_size  # type: ignore[attr-defined]
        for kernel_size in sorted(self.kernel_sizes, key=lambda k: abs(k - old)):
            try:
                return changed(block, 'kernel_size', kernel_size)
            except ValueError:
                continue
        raise ValueError(
            f'{type(block).__name__} accepts none of the kernel_sizes {self.kernel_sizes}'
        )

    def _check_choices(self) -> None:
        """Raise ``Problems`` unless every family accepts each of its places, and its options."""
        problems: dict[str, None] = {}  # in order, each once
        for i, (old, place) in enumerate(zip(self.seed.blocks, self.places, strict=True)):
            for family in place:
                try:
                    block = old if type(old) is family else self._in_place(old, family)
                    for name, values in family.options.items():
                        for value in values:
                            changed(block, name, value)
                except ValueError as error:
                    of = f'choices: {family.__name__} in the place of seed[{i}]'
                    problems |= dict.fromkeys(f'{of}: {line}' for line in lines_of(error))
        if problems:
            raise Problems(problems)
