"""What every space is: a seed architecture and the mutations that lead from one to the next."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, ClassVar

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks import Block
from pisnas_mm.blocks.fields import Kind, Number, mutable_fields
from pisnas_mm.spaces.extremes import Measure, extreme
from pisnas_mm.spaces.moves import (
    ChoiceMove,
    DepthMove,
    FamilyMove,
    InnerWidthMove,
    KernelMove,
    Move,
    WidthMove,
)
from pisnas_mm.spaces.seeds import check_seed, stem_length
from pisnas_mm.spaces.settings import Settings
from pisnas_mm.spaces.variations import Variations

Families = tuple[type[Block], ...]


@dataclass(eq=False)
class Space(Settings):
    """Architectures with the block types of a seed, differing in widths, depths and kernels.

    What mutates are the fields that a block family annotates so (``pisnas_mm.blocks.fields``).
    The rules are those of the released code.

    Args:
        seed: The architecture a search starts from, or its list of block dicts.

    Raises:
        ValueError: The seed is not in the space, or a setting is out of bounds.
    """

    families: ClassVar[Families]

    seed: Genotype

    def __post_init__(self) -> None:
        super().__post_init__()
        self.seed = _genotype(self.seed)
        self.places = self._places()
        """The families that may stand at each place of the architecture."""
        check_seed(self.seed, self)
        self._stem = stem_length(self.seed)
        self._moves = [
            {family: list(self._moves_of(i, family)) for family in place}
            for i, place in enumerate(self.places)
        ]
        self._variations = Variations(self._moves, self.seed.strides)

    def mutate(self, genotype: Genotype, rng: Random, times: int = 1) -> Genotype:
        """Change one field of one block, both drawn uniformly; the result is in the space."""
        blocks = list(genotype.blocks)
        for _ in range(times):
            i = int(rng.random() * len(blocks))
            moves = self._moves[i][type(blocks[i])]
            moves[int(rng.random() * len(moves))].mutate(blocks, rng)
        return genotype.replaced(blocks)

    def vary(self, genotype: Genotype, rng: Random) -> Genotype:
        """Change several fields that belong together; the result is in the space."""
        blocks = list(genotype.blocks)
        self._variations.vary(blocks, rng)
        return genotype.replaced(blocks)

    def ruin(self, genotype: Genotype, rng: Random) -> Genotype:
        """Take depths and widths away here and there; the result is in the space."""
        return genotype.replaced(self._variations.ruin(genotype.blocks, rng))

    def neighbourhood(self, genotype: Genotype) -> Iterator[Genotype]:
        """All that one small change leads to, then all that two do, each once."""
        seen = {genotype}
        for blocks in self._variations.neighbourhood(genotype.blocks):
            other = genotype.replaced(blocks)
            if other not in seen:
                seen.add(other)
                yield other

    def smallest(self, measure: Measure) -> Genotype:
        """The architecture with the least of everything, and of ``measure`` by its choices."""
        return extreme(self.examples().values(), self._moves, measure, largest=False)

    def largest(self, measure: Measure) -> Genotype:
        """The architecture with the most of everything, and of ``measure`` by its choices."""
        return extreme(self.examples().values(), self._moves, measure, largest=True)

    def examples(self) -> dict[str, Genotype]:
        """Architectures that show every family, and what to call them: the seed first."""
        return {'space.seed': self.seed}

    def _places(self) -> list[Families]:
        for i, block in enumerate(self.seed.blocks):
            if type(block) not in self.families:
                known = ', '.join(sorted(family.__name__ for family in self.families))
                raise ValueError(
                    f'seed[{i}] ({type(block).__name__}): {type(self).__name__} has the blocks '
                    f'{known}'
                )
        return [(type(block),) for block in self.seed.blocks]

    def _moves_of(self, place: int, family: type[Block]) -> Iterator[Move]:
        """What may change of a block of this family at this place, in the order of its fields."""
        for name, kind in mutable_fields(family).items():
            if kind is not Number.KERNEL or len(self.kernel_sizes) > 1:
                yield self._move(place, family, name, kind)
        if len(self.places[place]) > 1:
            yield FamilyMove(place, self.places[place], self)

    def _move(self, place: int, family: type[Block], name: str, kind: Kind) -> Move:
        match kind:
            case Number.WIDTH:
                return WidthMove(place, family, self, self._stem, len(self.places))
            case Number.INNER_WIDTH:
                return InnerWidthMove(place, name, self)
            case Number.DEPTH:
                first = self.max_first_depth if place == self._stem else None
                return DepthMove(place, name, self, min(first or self.max_depth, self.max_depth))
            case Number.KERNEL:
                return KernelMove(place, name, self.kernel_sizes)
            case _:
                return ChoiceMove(place, name, kind.values)


def _genotype(seed: Genotype | Iterable[Mapping[str, Any]]) -> Genotype:
    return seed if isinstance(seed, Genotype) else Genotype.from_list(seed)
