"""Where the data lies that lives beside the repository and that no test may need."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Read here and not in the test, because the tests run without the machine's own settings.
FOLDER = Path(os.environ.get("ANLAUFSTELLE_SHARED_DATA", ROOT.parent / "shared" / "data"))


def shared_file(name: str) -> Path:
    """Return a file of the shared data, or skip the test when it is not there."""
    if not (FOLDER / name).is_file():
        pytest.skip(f"{name} is not in {FOLDER}; set ANLAUFSTELLE_SHARED_DATA to its folder")
    return FOLDER / name
