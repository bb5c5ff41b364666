"""The work directory of a search, and the names of all files in it."""

from pathlib import Path


class WorkDir:
    """Where a search's files lie, whether they have been written or not.

    Args:
        folder: The directory.
        name: Stem of the search config.
    """

    def __init__(self, folder: Path, name: str = 'config') -> None:
        self.folder = folder
        self.name = name
        self.config = folder / f'{name}.py'  # as it ran
        self.history = folder / 'history.jsonl'  # a line a generation
        self.checkpoint = folder / 'checkpoint.json'  # the last state; the one before lies beside
        self.runs = folder / 'runs.jsonl'  # when and how long processes searched
        self.log = folder / 'search.log'
        self.lock = folder / 'search.lock'  # which process owns the folder
        self.best = folder / 'best.json'  # the best architectures and the seed, measured
        self.backbone = folder / 'backbone.py'  # the winner as a config fragment
        self.detector = folder / f'{name}_detector.py'  # around the winner; trains as it is
        self.report = folder / 'report.html'
        self.front = folder / 'front.json'  # the best within each budget, and the family
        self.verification = folder / 'verification'  # brief trainings of finalists and baselines
        self.verdict = folder / 'verification.json'  # what they have come to
        self.verified = folder / f'{name}_verified_detector.py'  # what that says to train

    def member(self, name: str) -> 'WorkDir':
        """The folder of a member of the family."""
        return WorkDir(self.folder / name, f'{self.name}_{name}')

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
