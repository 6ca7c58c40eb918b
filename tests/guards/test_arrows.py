"""The one direction of dependency, as drawn in docs/architecture.md."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
OURS = {"casework", "bot", "actions", "desk", "app"}
MAY_IMPORT = {
    "casework": {"casework"},
    "bot": {"bot", "casework"},
    "actions": {"actions", "casework"},
    "desk": {"desk", "casework"},
    "app": OURS,
}
ONLY_IN = {"telegram": "bot", "rasa_sdk": "actions"}


def _imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _uses(package: str) -> set[tuple[str, str]]:
    files = sorted((ROOT / package).rglob("*.py"))
    assert files, f"{package} has no code"
    return {(str(file.relative_to(ROOT)), name) for file in files for name in _imports(file)}


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_a_package_imports_only_what_the_arrows_allow(package: str) -> None:
    wrong = {(f, n) for f, n in _uses(package) if n in OURS and n not in MAY_IMPORT[package]}
    assert not wrong


@pytest.mark.parametrize("library", sorted(ONLY_IN))
def test_a_front_s_library_stays_in_its_front(library: str) -> None:
    wrong = {use for p in OURS - {ONLY_IN[library]} for use in _uses(p) if use[1] == library}
    assert not wrong


def test_rasa_s_project_imports_nothing_of_ours() -> None:
    files = [f for f in (ROOT / "nlu").rglob("*.py") if ".venv" not in f.parts]
    assert not {(f.name, n) for f in files for n in _imports(f) if n in OURS | {"tests"}}


def test_importing_any_module_does_nothing_but_define_things() -> None:
    """No client, engine, file or network at import: calls at module level are of these kinds."""
    allowed = {"open", "create_async_engine", "AsyncClient", "Database", "load_settings", "connect"}
    for package in OURS:
        for file in (ROOT / package).rglob("*.py"):
            if "migrations" in file.parts:
                continue
            for statement in ast.parse(file.read_text()).body:
                if isinstance(statement, ast.Assign | ast.Expr | ast.AnnAssign):
                    called = {
                        getattr(c.func, "id", getattr(c.func, "attr", ""))
                        for c in ast.walk(statement)
                        if isinstance(c, ast.Call)
                    }
                    assert not called & allowed, f"{file}: {called & allowed} at import"
