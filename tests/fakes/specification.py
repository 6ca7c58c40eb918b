"""Compares objects and tables with the machine-readable Bot API, where that is at hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

SCALARS: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (int, float),
    "String": (str,),
    "Boolean": (bool,),
}


class Specification:
    """The Bot API's methods and types as its own documentation lists them."""

    def __init__(self, path: Path) -> None:
        content = json.loads(path.read_text())
        self.version: str = content["version"]
        self.methods: dict[str, Any] = content["methods"]
        self.types: dict[str, Any] = content["types"]

    def problems_of_result(self, method: str, value: Any) -> list[str]:
        """Return what is wrong with a method's result."""
        return self._first_fit(self.methods[method]["returns"], value, method)

    def problems_of(self, kind: str, value: Any) -> list[str]:
        """Return what is wrong with an object that should be of that type."""
        return list(self._check(kind, value, kind))

    def _first_fit(self, kinds: list[str], value: Any, path: str) -> list[str]:
        """Return the problems under the alternative that fits best."""
        return min((list(self._check(kind, value, path)) for kind in kinds), key=len)

    def _check(self, kind: str, value: Any, path: str) -> Iterator[str]:
        if kind.startswith("Array of "):
            if not isinstance(value, list):
                yield f"{path}: {value!r} is no array"
                return
            for number, item in enumerate(value):
                yield from self._check(kind.removeprefix("Array of "), item, f"{path}[{number}]")
        elif kind in SCALARS:
            if not isinstance(value, SCALARS[kind]) or (
                isinstance(value, bool) and kind != "Boolean"
            ):
                yield f"{path}: {value!r} is no {kind}"
        elif not isinstance(value, dict):
            yield f"{path}: {value!r} is no {kind}"
        elif subtypes := self.types[kind].get("subtypes"):
            yield from self._first_fit(subtypes, value, path)
        else:
            yield from self._check_fields(kind, value, path)

    def _check_fields(self, kind: str, value: dict[str, Any], path: str) -> Iterator[str]:
        fields = {field["name"]: field for field in self.types[kind].get("fields", [])}
        for name in value.keys() - fields.keys():
            yield f"{path}: {kind} has no field {name}"
        for name, field in fields.items():
            if name in value:
                yield from self._first_fit(field["types"], value[name], f"{path}.{name}")
            elif field["required"]:
                yield f"{path}: {kind} lacks {name}"
        constant = str(fields.get("type", fields.get("status", {})).get("description", ""))
        for phrase in ("must be ", "always “", 'always "'):
            if phrase in constant:
                wanted = constant.split(phrase)[1].split(maxsplit=1)[0].strip("\"”'.,")
                given = value.get("type", value.get("status"))
                if given != wanted:
                    yield f"{path}: {kind} with {given!r} instead of {wanted!r}"
