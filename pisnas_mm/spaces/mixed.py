"""The mixed space: block families that take each other's place."""

from dataclasses import dataclass

from pisnas_mm.architectures.genotype import Genotype
from pisnas_mm.blocks.block import changed
from pisnas_mm.blocks.fields import Choice, mutable_fields
from pisnas_mm.checks import Problems, lines_of
from pisnas_mm.registry import SPACES
from pisnas_mm.spaces.choices import Choices, families_by_place
from pisnas_mm.spaces.families import in_place_of
from pisnas_mm.spaces.space import Families, Space


@SPACES.register_module()
@dataclass(eq=False)
class MixedSpace(Space):
    """Blocks of any families. A mutation changes one field of one block, or its family.

    Another family takes over channels, stride, depth, kernel and whatever else both have, as far
    as it accepts them; the rest are its defaults. A value that a family refuses is not taken.

    Args:
        seed: The architecture a search starts from, or its list of block dicts.
        choices: Families that may take each other's place: ``['C2f', 'BottleneckStage']`` wherever
            the seed has one of them, or a list with an entry for every block of the seed, None
            where its family stays. A family without ``stride`` stands where the stride is 1, and
            one without ``num_blocks`` where the seed's has none, as the depths that scores compare
            are counted by place.

    Raises:
        Problems: The seed or the choices are not possible, or a setting is out of bounds.
    """

    choices: Choices

    def __post_init__(self) -> None:
        super().__post_init__()
        self._check_choices()

    def examples(self) -> dict[str, Genotype]:
        found = super().examples()
        families = dict.fromkeys(family for place in self.places for family in place)
        for family in families:
            blocks = [
                in_place_of(block, family, self) if family in place else block
                for block, place in zip(self.seed.blocks, self.places, strict=True)
            ]
            genotype = self.seed.replaced(blocks)
            if genotype not in found.values():
                found[f'space.seed with {family.__name__}'] = genotype
        return found

    def _places(self) -> list[Families]:
        return families_by_place(self.choices, self.seed.blocks)

    def _check_choices(self) -> None:
        """Raise ``Problems`` unless every family accepts each of its places, and its choices."""
        problems: dict[str, None] = {}  # in order, each once
        for i, (old, place) in enumerate(zip(self.seed.blocks, self.places, strict=True)):
            for family in place:
                try:
                    block = in_place_of(old, family, self)
                    for name, kind in mutable_fields(family).items():
                        for value in kind.values if isinstance(kind, Choice) else ():
                            changed(block, name, value)
                except ValueError as error:
                    of = f'choices: {family.__name__} in the place of seed[{i}]'
                    problems |= dict.fromkeys(f'{of}: {line}' for line in lines_of(error))
        if problems:
            raise Problems(problems)
