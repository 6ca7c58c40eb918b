"""What is written about the project holds."""

import re
import subprocess
from pathlib import Path

import pytest

from casework.settings import PREFIX, Settings

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CHANGELOG.md",
    *sorted((ROOT / "docs").glob("*.md")),
]


def test_every_setting_stands_in_the_example_file() -> None:
    documented = set(re.findall(r"^#?\s?(ANLAUFSTELLE_\w+)=", _text(".env.example"), re.M))
    settings = {f"{PREFIX}{name.upper()}" for name in Settings.model_fields}
    assert settings <= documented
    assert documented - settings <= {"ANLAUFSTELLE_VERSION"}, "documented, but no setting"


def test_the_example_file_helps_with_every_setting() -> None:
    for name, field in Settings.model_fields.items():
        assert field.description, f"{name} has no help"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)
def test_every_make_command_that_a_document_names_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", _text("Makefile"), re.M))
    named = set(re.findall(r"(?:`|^)make ([a-z]+(?:-[a-z]+)*)", document.read_text(), re.M))
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda d: d.name)
def test_every_file_that_a_document_links_to_exists(document: Path) -> None:
    for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", document.read_text()):
        assert (document.parent / target).exists(), target


def test_make_help_lists_every_command_with_words() -> None:
    targets = set(re.findall(r"^\.PHONY: (.*)$", _text("Makefile"), re.M)[0].split())
    listed = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert targets == set(re.findall(r"make ([a-z-]+)", listed.stdout))


def _text(name: str) -> str:
    return (ROOT / name).read_text()
