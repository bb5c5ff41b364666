"""The work directory of a search, and the names of all files in it."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class WorkDir:
    """Where a search's files lie, whether they have been written or not.

    ``name`` is the stem of the search config, which two of the files are named after.
    """

    folder: Path
    name: str = 'config'

    @classmethod
    def of(cls, folder: Path) -> 'WorkDir':
        """What lies there, under the name of the config in it, else that of the folder."""
        for path in sorted(folder.glob('*.py')):
            if path.name != 'backbone.py' and not path.name.endswith('_detector.py'):
                return cls(folder, path.stem)
        return cls(folder, folder.resolve().name)

    @property
    def begun(self) -> bool:
        """Whether there is a state to go on from."""
        return any(self.folder.glob('checkpoint*.json'))

    @property
    def config(self) -> Path:
        """The search config as it ran."""
        return self.folder / f'{self.name}.py'

    @property
    def history(self) -> Path:
        """A line a generation."""
        return self.folder / 'history.jsonl'

    @property
    def checkpoint(self) -> Path:
        """The last state; the one before is ``checkpoint.previous.json``."""
        return self.folder / 'checkpoint.json'

    @property
    def runs(self) -> Path:
        """When and how long processes searched here."""
        return self.folder / 'runs.jsonl'

    @property
    def log(self) -> Path:
        """What was said on the way."""
        return self.folder / 'search.log'

    @property
    def lock(self) -> Path:
        """Which process owns the folder."""
        return self.folder / 'search.lock'

    @property
    def best(self) -> Path:
        """The best architectures and the seed, with all their measures."""
        return self.folder / 'best.json'

    @property
    def backbone(self) -> Path:
        """The winner as a config fragment."""
        return self.folder / 'backbone.py'

    @property
    def detector(self) -> Path:
        """The detector around the winner, a config that trains."""
        return self.folder / f'{self.name}_detector.py'

    @property
    def report(self) -> Path:
        """The search as a page."""
        return self.folder / 'report.html'
