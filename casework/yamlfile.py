"""YAML files read into typed models, with file and line of every mistake; and written back."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from casework.errors import PackError

M = TypeVar("M", bound=BaseModel)

_WIDTH = 100


def read(path: Path, model: type[M]) -> M:
    """The file as a model; raises PackError with one `file:line: …` per mistake."""
    root = compose(path)
    try:
        return model.model_validate(_construct(path, root))
    except ValidationError as mistakes:
        raise PackError(describe(path, root, mistakes)) from None


def compose(path: Path) -> yaml.Node:
    """The file's tree with its line numbers; raises PackError where it is no YAML."""
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except OSError as problem:
        raise PackError([f"{path}: {problem.strerror}"]) from None
    except UnicodeDecodeError:
        raise PackError([f"{path}:1: not UTF-8"]) from None
    except yaml.YAMLError as problem:
        raise PackError([f"{path}:{_line_of(problem)}: {_reason_of(problem)}"]) from None
    if root is None:
        raise PackError([f"{path}:1: empty"])
    _refuse_doubles(path, root)
    return root


def describe(path: Path, root: yaml.Node, mistakes: ValidationError) -> list[str]:
    """Pydantic's errors as `file:line: place: what is wrong`."""
    return [
        f"{path}:{line(root, error['loc'])}: {_place(error['loc'])}{_message(error['msg'])}"
        for error in mistakes.errors(include_url=False, include_input=False)
    ]


def line(root: yaml.Node, place: Sequence[int | str]) -> int:
    """The line (from 1) of the deepest part of the tree that lies on the way to `place`."""
    node, found = root, root.start_mark.line + 1
    for step in place:
        child = _child(node, step)
        if child is None:
            continue  # a name that pydantic adds, such as a union's member
        key, node = child
        found = key.start_mark.line + 1
    return found


def _child(node: yaml.Node, step: int | str) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        item = node.value[step]
        return item, item
    return None


def _construct(path: Path, root: yaml.Node) -> Any:
    loader = yaml.SafeLoader("")
    try:
        return loader.construct_document(root)
    except yaml.YAMLError as problem:
        raise PackError([f"{path}:{_line_of(problem)}: {_reason_of(problem)}"]) from None
    finally:
        loader.dispose()


def _refuse_doubles(path: Path, root: yaml.Node) -> None:
    """YAML takes the last of two equal keys in silence; here that is a mistake."""
    problems: list[str] = []
    pending = [root]
    while pending:
        node = pending.pop()
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if key.value in seen:
                    problems.append(f"{path}:{key.start_mark.line + 1}: {key.value} is there twice")
                seen.add(str(key.value))
                pending.append(value)
        elif isinstance(node, yaml.SequenceNode):
            pending.extend(node.value)
    if problems:
        raise PackError(sorted(problems))


def _line_of(problem: yaml.YAMLError) -> int:
    mark = getattr(problem, "problem_mark", None)
    return mark.line + 1 if mark is not None else 1


def _reason_of(problem: yaml.YAMLError) -> str:
    return str(getattr(problem, "problem", None) or "no YAML")


def _place(place: Sequence[int | str]) -> str:
    return ".".join(str(step) for step in place) + ": " if place else ""


def _message(message: str) -> str:
    return message.removeprefix("Value error, ")


class Folded(str):
    """A text that is written as a folded block."""

    __slots__ = ()


class InOneLine(list[str]):
    """A list that is written between brackets."""


def dumped(tree: Any) -> str:
    """The tree as text, the same for the same tree."""
    return yaml.dump(
        tree,
        Dumper=_Dumper,
        allow_unicode=True,
        default_flow_style=False,
        sort_keys=False,
        width=_WIDTH,
    )


def replaced(path: Path, content: str) -> bool:
    """Write a file whose content is another one; whether it was."""
    if path.is_file() and path.read_text(encoding="utf-8") == content:
        return False
    path.write_text(content, encoding="utf-8")
    return True


class _Dumper(yaml.SafeDumper):
    """Indents list items below their key, as people write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def choose_scalar_style(self) -> str:
        style = str(super().choose_scalar_style() or "")
        return '"' if style == "'" else style


_Dumper.add_representer(
    Folded, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style=">")
)
_Dumper.add_representer(
    InOneLine,
    lambda dumper, items: dumper.represent_sequence(
        "tag:yaml.org,2002:seq", items, flow_style=True
    ),
)
