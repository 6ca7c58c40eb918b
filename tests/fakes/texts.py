"""Turns the text of a request into a message's text and entities."""

from __future__ import annotations

import re
from typing import Any

from tests.fakes.entities import Entity, http_url, slice_utf16, sort_entities, utf16_length
from tests.fakes.errors import bad_request
from tests.fakes.html_markup import MarkupError, parse_html
from tests.fakes.markdown_markup import parse_markdown_v2

MAX_TEXT = 4096
MAX_CAPTION = 1024
MAX_ENTITIES = 100


def read_text(
    text: str, parse_mode: str | None, given: list[dict[str, Any]] | None, what: str = "message"
) -> tuple[str, list[Entity]]:
    """Return text and entities as they will stand in the message.

    Raises ApiError for markup that cannot be parsed and for a text that is too long; lengths are
    counted in UTF-16 code units.
    """
    plain, entities = _parsed(text, parse_mode, given or [])
    plain, entities = _trimmed(_without_controls(plain), entities)
    limit = MAX_CAPTION if what == "caption" else MAX_TEXT
    if utf16_length(plain) > limit:
        raise bad_request(f"{'message caption' if what == 'caption' else 'message'} is too long")
    return plain, sort_entities(_with_found(plain, _settled(entities)))[:MAX_ENTITIES]


def _parsed(
    text: str, parse_mode: str | None, given: list[dict[str, Any]]
) -> tuple[str, list[Entity]]:
    mode = (parse_mode or "").lower()
    try:
        if mode == "html":
            return parse_html(text)
        if mode == "markdownv2":
            return parse_markdown_v2(text)
    except MarkupError as error:
        raise bad_request(f"can't parse entities: {error}") from None
    if mode == "markdown":
        raise bad_request("parse_mode Markdown is legacy; this server takes HTML and MarkdownV2")
    if mode:
        raise bad_request("unsupported parse_mode")
    return text, [_given_entity(text, one) for one in given]


_GIVEN = {
    "bold",
    "italic",
    "underline",
    "strikethrough",
    "spoiler",
    "blockquote",
    "expandable_blockquote",
    "code",
    "pre",
    "text_link",
    "text_mention",
    "custom_emoji",
    "date_time",
    "mention",
    "hashtag",
    "cashtag",
    "bot_command",
    "url",
    "email",
    "phone_number",
}


def _given_entity(text: str, one: dict[str, Any]) -> Entity:
    if one["type"] not in _GIVEN:
        raise bad_request("can't parse MessageEntity: unsupported type specified")
    entity = Entity(one["type"], one["offset"], one["length"])
    if entity.offset < 0 or entity.length <= 0 or entity.end > utf16_length(text):
        raise bad_request(
            f"entity beginning at UTF-16 offset {entity.offset} ends after the end of the text "
            f"at UTF-16 offset {entity.end}"
        )
    for name in ("url", "language", "custom_emoji_id", "unix_time", "date_time_format"):
        setattr(entity, name, one.get(name))
    if entity.type == "text_mention":
        entity.user_id = one.get("user", {}).get("id")
    if entity.type == "text_link":
        entity.url = http_url(one.get("url", ""))
        if entity.url is None:
            raise bad_request("can't parse MessageEntity: wrong HTTP URL")
    return entity


def _without_controls(text: str) -> str:
    """Replace the control characters that the server turns into spaces."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", " ", text)


def _trimmed(text: str, entities: list[Entity]) -> tuple[str, list[Entity]]:
    """Cut white space at both ends and shift the entities."""
    start = utf16_length(text) - utf16_length(text.lstrip())
    text = text.strip()
    length = utf16_length(text)
    kept = []
    for entity in entities:
        begin = max(0, entity.offset - start)
        end = min(length, entity.end - start)
        if end > begin:
            entity.offset, entity.length = begin, end - begin
            kept.append(entity)
    return text, kept


_UNBROKEN = {"pre", "code"}


def _settled(entities: list[Entity]) -> list[Entity]:
    """Drop what stands inside code and joins that cannot be nested."""
    code = [entity for entity in entities if entity.type in _UNBROKEN]
    return [
        entity
        for entity in entities
        if entity.type in {*_UNBROKEN, "blockquote", "expandable_blockquote"}
        or not any(entity.offset < one.end and one.offset < entity.end for one in code)
    ]


_EMAIL = r"(?P<email>[a-zA-Z0-9._%+-]{1,64}@(?:[a-zA-Z0-9-]+\.)+[a-zA-Z]{2,})"
_URL = (
    r"(?P<url>(?:https?://[^\s<>\"«»]+"
    r"|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|org|net|de|eu|info|gov|edu|io|me|dog)(?:/[^\s<>\"«»]*)?)"
    r"(?<![.,:;!?)'\]}]))"
)
_FOUND = re.compile(
    rf"{_EMAIL}|{_URL}"
    r"|(?<!\w)(?P<mention>@[a-zA-Z]\w{3,31})\b"
    r"|(?<![\w/])(?P<bot_command>/[a-zA-Z0-9_]{1,64}(?:@\w{3,32})?)(?![\w/])"
    r"|(?<!\w)(?P<hashtag>#(?!\d+\b)\w+)",
    re.IGNORECASE,
)
_NOT_OVER = {"text_link", "text_mention", "pre", "code", "url", "email", "mention", "bot_command"}


def _with_found(text: str, entities: list[Entity]) -> list[Entity]:
    """Add the addresses, commands, mentions and hashtags that the server finds by itself."""
    taken = [entity for entity in entities if entity.type in _NOT_OVER]
    found = []
    for match in _FOUND.finditer(text):
        kind = match.lastgroup or ""
        offset = utf16_length(text[: match.start()])
        entity = Entity(kind, offset, utf16_length(match[0]))
        if not any(entity.offset < one.end and one.offset < entity.end for one in taken):
            found.append(entity)
    return [*entities, *found]


def covered(text: str, entity: dict[str, Any]) -> str:
    """Return the part of a message's text that an entity covers."""
    return slice_utf16(text, entity["offset"], entity["length"])
