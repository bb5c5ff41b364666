"""Files that are written whole or not at all."""

import json
import os
from pathlib import Path
from typing import Any


def write_text(path: Path, text: str) -> None:
    """Replace a file at once, so that a reader or a crash never meets half of it."""
    temporary = path.with_name(f'.{path.name}.tmp')
    with open(temporary, 'w', encoding='utf-8') as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def write_json(path: Path, data: Any) -> None:
    """``write_text`` of readable JSON."""
    write_text(path, json.dumps(data, indent=1) + '\n')
