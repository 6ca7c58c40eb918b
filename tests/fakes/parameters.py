"""Reads a request's parameters into values of the types that the schema names."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.fakes.errors import ApiError, bad_request
from tests.fakes.schema import METHODS, OBJECTS, REPLY_MARKUPS, UNIONS, UNSUPPORTED, Field, Fields

MAX_INTEGER = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came with the request."""

    name: str
    mime_type: str
    content: bytes


_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "action": "wrong parameter action in request",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "voice": "there is no voice in the request",
    "user_id": "invalid user_id specified",
    "message_ids": "message identifiers are not specified",
}


def read_parameters(method: str, raw: dict[str, Any], uploads: dict[str, Upload]) -> dict[str, Any]:
    """Return the parameters of a method, checked and typed; raise ApiError when one is wrong."""
    fields = METHODS[method]
    for name in (*raw, *uploads):
        if name not in fields and not _is_attached(name, raw):
            raise bad_request(f'{method} has no parameter "{name}" (the real server ignores it)')
    values: dict[str, Any] = {}
    for field in fields.values():
        value = _value(field, raw, uploads)
        if value is not None:
            values[field.name] = value
        elif field.required and not (method == "setWebhook" and field.name == "url"):
            raise _missing(field)
    return values


def _is_attached(name: str, raw: dict[str, Any]) -> bool:
    return any(f"attach://{name}" in str(value) for value in raw.values())


def _missing(field: Field) -> ApiError:
    return bad_request(_MISSING.get(field.name, f'parameter "{field.name}" is required'))


def _value(field: Field, raw: dict[str, Any], uploads: dict[str, Upload]) -> Any:
    if "InputFile" in field.types:
        return _file(field, raw, uploads)
    value = raw.get(field.name)
    if value is None or value == "":
        return None
    return _typed(field, value)


def _file(field: Field, raw: dict[str, Any], uploads: dict[str, Upload]) -> Upload | str | None:
    if field.name in uploads:
        return uploads[field.name]
    value = raw.get(field.name)
    if isinstance(value, str) and value.startswith("attach://"):
        if (name := value.removeprefix("attach://")) not in uploads:
            raise bad_request(f'file "{name}" is not attached')
        return uploads[name]
    if value in (None, ""):
        return None
    if "String" not in field.types or not isinstance(value, str):
        raise bad_request(f"{field.name} must be uploaded as an InputFile")
    return value


def _typed(field: Field, value: Any) -> Any:
    kind = field.types[0]
    if field.types == ("Integer", "String"):
        return _chat_address(value)
    if kind in _SCALARS:
        return _SCALARS[kind](field.name, value)
    return check_object(field.name, _from_json(field.name, value), field.types)


def _chat_address(value: Any) -> int | str:
    text = str(value)
    if text.removeprefix("-").isascii() and text.removeprefix("-").isdigit():
        return int(text)
    if text.startswith("@"):
        return text
    raise bad_request("chat not found")


def _integer(name: str, value: Any) -> int:
    text = str(value)
    digits = text.removeprefix("-")
    if isinstance(value, bool) or not (digits.isascii() and digits.isdigit()):
        raise bad_request(f'parameter "{name}" must be of type Integer')
    if abs(int(text)) > MAX_INTEGER:
        raise bad_request(f'parameter "{name}" is out of range')
    return int(text)


def _number(name: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise bad_request(f'parameter "{name}" must be of type Float') from None


def _boolean(name: str, value: Any) -> bool:
    text = str(value).lower()
    if text not in {"true", "false", "1", "0", "yes", "no"}:
        raise bad_request(f'parameter "{name}" must be of type Boolean')
    return text in {"true", "1", "yes"}


def _string(name: str, value: Any) -> str:
    if isinstance(value, dict | list | bool):
        raise bad_request(f'parameter "{name}" must be of type String')
    text = str(value)
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise bad_request("strings must be encoded in UTF-8")
    return text


_SCALARS = {"Integer": _integer, "Float": _number, "Boolean": _boolean, "String": _string}

_JSON_NAMES = {
    "reply_markup": "reply keyboard markup JSON object",
    "commands": "commands JSON object",
    "entities": "entities JSON object",
    "caption_entities": "entities JSON object",
    "link_preview_options": "link preview options JSON object",
    "reply_parameters": "reply parameters JSON object",
    "scope": "BotCommandScope JSON object",
    "menu_button": "menu button JSON object",
    "allowed_updates": "allowed updates JSON object",
}


def _from_json(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        raise bad_request(f"can't parse {_JSON_NAMES.get(name, f'{name} JSON object')}") from None


def check_object(name: str, value: Any, types: tuple[str, ...]) -> Any:
    """Return the JSON value when it is of one of the types, else raise ApiError."""
    if len(types) > 1:
        return _one_of(name, value, types)
    kind = types[0]
    if kind.endswith("[]"):
        if not isinstance(value, list):
            raise _not_of_type(name, "Array")
        return [check_object(name, item, (kind[:-2],)) for item in value]
    if kind in _JSON_TYPES:
        if not _is_scalar(kind, value):
            raise _not_of_type(name, kind)
        return value
    if not isinstance(value, dict):
        raise _not_of_type(name, "Object")
    return _checked_fields(kind, value)


_JSON_TYPES: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (int, float),
    "String": (str,),
    "Boolean": (bool,),
}


def _is_scalar(kind: str, value: Any) -> bool:
    if isinstance(value, bool):
        return kind == "Boolean"
    return isinstance(value, _JSON_TYPES[kind])


def _not_of_type(name: str, kind: str) -> ApiError:
    return bad_request(f'field "{name}" must be of type {kind}')


def _one_of(name: str, value: Any, types: tuple[str, ...]) -> Any:
    if set(types) <= set(_JSON_TYPES):
        if not any(_is_scalar(kind, value) for kind in types):
            raise _not_of_type(name, " or ".join(types))
        return value
    if not isinstance(value, dict):
        raise bad_request("object expected as reply markup")
    for key, kind in REPLY_MARKUPS.items():
        if key in value and kind in types:
            return check_object(name, value, (kind,))
    raise bad_request("can't parse reply markup: no known kind of keyboard")


def _checked_fields(kind: str, value: dict[str, Any]) -> dict[str, Any]:
    if kind in UNSUPPORTED:
        raise bad_request(f"{kind} is not supported by this server")
    if kind in UNIONS:
        chosen = UNIONS[kind].get(value.get("type", ""))
        if chosen is None:
            raise bad_request(f"can't parse {kind}: unsupported type specified")
        kind = chosen
    return _object_of(kind, value, OBJECTS[kind])


def _object_of(kind: str, value: dict[str, Any], fields: Fields) -> dict[str, Any]:
    for name in value:
        if name not in fields:
            raise bad_request(f'{kind} has no field "{name}" (the real server ignores it)')
    for field in fields.values():
        if field.required and field.name not in value:
            raise bad_request(f"can't parse {kind}: can't find field \"{field.name}\"")
    return {
        name: check_object(name, item, fields[name].types)
        for name, item in value.items()
        if item is not None
    }
