"""Message entities: what a text's parts are, in UTF-16 code units."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(slots=True)
class Entity:
    """One MessageEntity."""

    type: str
    offset: int
    length: int
    url: str | None = None
    user_id: int | None = None
    language: str | None = None
    custom_emoji_id: str | None = None
    unix_time: int | None = None
    date_time_format: str | None = None

    @property
    def end(self) -> int:
        """Return the offset behind the last code unit."""
        return self.offset + self.length

    def wire(self, users: dict[int, dict[str, Any]] | None = None) -> dict[str, Any]:
        """Return the entity as it goes over the wire."""
        wire: dict[str, Any] = {"type": self.type, "offset": self.offset, "length": self.length}
        for name in ("url", "language", "custom_emoji_id", "unix_time", "date_time_format"):
            if (value := getattr(self, name)) is not None:
                wire[name] = value
        if self.user_id is not None:
            wire["user"] = (users or {})[self.user_id]
        return wire


def utf16_length(text: str | bytes | bytearray) -> int:
    """Return the length in UTF-16 code units of a text or of UTF-8 bytes."""
    if isinstance(text, str):
        return len(text) + sum(char > "\uffff" for char in text)
    return sum(1 + (byte >= 0xF0) for byte in text if byte & 0xC0 != 0x80)


def slice_utf16(text: str, offset: int, length: int) -> str:
    """Return the part of a text that an entity covers."""
    raw = text.encode("utf-16-le", "surrogatepass")
    return raw[2 * offset : 2 * (offset + length)].decode("utf-16-le", "replace")


# Where several begin and end together, the outermost comes first.
_RANK = {
    "blockquote": 0,
    "expandable_blockquote": 0,
    "pre": 11,
    "code": 20,
    "text_link": 49,
    "text_mention": 49,
    "bold": 90,
    "italic": 91,
    "underline": 92,
    "strikethrough": 93,
    "spoiler": 94,
    "custom_emoji": 99,
}


def sort_entities(entities: list[Entity]) -> list[Entity]:
    """Return entities in the order in which the server names them."""
    return sorted(entities, key=lambda e: (e.offset, -e.length, _RANK.get(e.type, 50)))


_HOST = re.compile(
    r"(?:[a-z0-9\u00a1-\uffff_](?:[a-z0-9\u00a1-\uffff_-]*[a-z0-9\u00a1-\uffff_])?\.)+"
    r"(?:[a-z\u00a1-\uffff]{2,}|xn--[a-z0-9-]+)"
    r"|\d{1,3}(?:\.\d{1,3}){3}|localhost",
    re.IGNORECASE,
)


def http_url(text: str) -> str | None:
    """Return the address in full when the text is a web address, else None."""
    text = text.strip() if text.strip() == text else ""
    if not text or re.search(r"[\s\x00-\x1f]", text):
        return None
    scheme, separator, _ = text.partition("://")
    if separator and scheme.lower() not in {"http", "https", "ton", "tonsite"}:
        return None
    full = text if separator else f"http://{text}"
    try:
        parts = urlsplit(full)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return None
    if not _HOST.fullmatch(host):
        return None
    return full if parts.path or parts.query or parts.fragment else f"{full}/"


def link_entity(entity: Entity, url: str) -> Entity | None:
    """Make a link or a mention of the entity; None when the address is none."""
    user = re.match(r"tg://user/?\?(.*)", url, re.IGNORECASE)
    if user:
        ids = parse_qs(user[1].partition("#")[0]).get("id", [""])
        if ids[0].isdigit() and int(ids[0]) > 0:
            entity.type, entity.user_id = "text_mention", int(ids[0])
            return entity
        return None
    if url.lower().startswith("tg:"):
        full: str | None = url if re.match(r"tg://[a-z0-9_-]+", url, re.IGNORECASE) else None
    else:
        full = http_url(url)
    if full is None:
        return None
    entity.type, entity.url = "text_link", full
    return entity


_DATE_FORMAT = re.compile(r"r|[tTdDwW]*")


def date_entity(entity: Entity, unix_time: int, date_format: str) -> Entity | None:
    """Make a date of the entity; None when the format is none."""
    if not _DATE_FORMAT.fullmatch(date_format) and date_format != "R":
        return None
    entity.type, entity.unix_time = "date_time", unix_time
    entity.date_time_format = date_format
    return entity
