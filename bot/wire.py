"""Button payloads on the wire: Telegram gives 64 bytes, so they travel without JSON's marks.

`/inform{"offer_kind":"sports"}` asked in the form `offer` at `offer_kind` travels as
`inform?offer_kind=sports#offer.offer_kind`; the part behind `#` tells whether the question still
stands when the button is pressed.
"""

import json
import re
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote, urlencode
from zlib import crc32

#: Telegram's limit for a button's data, in bytes.
LIMIT = 64
#: What a press means depends on the question only for these.
_ANSWERS = frozenset({"affirm", "deny", "skip", "done", "inform", "change"})
_PAYLOAD = re.compile(r"/(?P<intent>[a-z_]+)(?P<values>\{.*\})?")
_DATA = re.compile(r"(?P<intent>[a-z_]+)(?:\?(?P<values>[^#]*))?(?:#(?P<asked>\w+))?")


@dataclass(frozen=True, slots=True)
class Pressed:
    """A button as it comes back: its payload, and the mark of the question it belonged to."""

    payload: str
    asked: str | None = None


def question_mark(form: str, slot: str) -> str:
    """Return the short mark of a form's question."""
    return format(crc32(f"{form}.{slot}".encode()) & 0xFFFFF, "x")


def encode(payload: str, asked: str | None = None) -> str | None:
    """Return the data for a button; None where it does not fit into 64 bytes."""
    found = _PAYLOAD.fullmatch(payload)
    if found is None:
        raise ValueError(f"not a payload: {payload}")
    values = json.loads(found["values"]) if found["values"] else {}
    data = found["intent"]
    if values:
        data += "?" + urlencode(values, quote_via=quote, safe="/:_-.")
    if asked and found["intent"] in _ANSWERS:
        data += f"#{asked}"
    return data if len(data.encode()) <= LIMIT else None


def decode(data: str) -> Pressed | None:
    """Return what a button stands for; None where the data is not ours."""
    found = _DATA.fullmatch(data)
    if found is None:
        return None
    values = dict(parse_qsl(found["values"] or "", keep_blank_values=True))
    tail = json.dumps(values, ensure_ascii=False, separators=(",", ":")) if values else ""
    return Pressed(f"/{found['intent']}{tail}", found["asked"])


def intent_of(payload: str) -> str:
    """Return a payload's intent."""
    found = _PAYLOAD.fullmatch(payload)
    return found["intent"] if found else ""


def values_of(payload: str) -> dict[str, str]:
    """Return a payload's values."""
    found = _PAYLOAD.fullmatch(payload)
    if found is None or not found["values"]:
        return {}
    try:
        values = json.loads(found["values"])
    except ValueError:
        return {}
    return {str(key): str(value) for key, value in values.items()}
