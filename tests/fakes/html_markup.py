"""Parses `parse_mode=HTML` as the server does: same entities, same error texts.

Works on UTF-8 bytes because the server names byte offsets in its errors; offsets and lengths of
entities are in UTF-16 code units.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from tests.fakes.entities import Entity, date_entity, link_entity, sort_entities, utf16_length


class MarkupError(Exception):
    """A text that cannot be parsed; the message is the server's."""


TAGS = {
    "a": "text_link",
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
    "tg-emoji": "custom_emoji",
    "tg-time": "date_time",
    "pre": "pre",
    "code": "code",
    "blockquote": "blockquote",
}
_SPACE = b" \t\r\n\v\0"
_REFERENCE = re.compile(rb"&(?:#(?:x([0-9a-fA-F]+)|([0-9]+))|(lt|gt|amp|quot)(?![a-zA-Z]));?")
_NAMED = {b"lt": b"<", b"gt": b">", b"amp": b"&", b"quot": b'"'}
_LAST_CODE_POINT = 0x10FFFF


@dataclass(slots=True)
class _Open:
    tag: str
    attributes: dict[str, str]
    start: int
    output_start: int


def parse_html(text: str) -> tuple[str, list[Entity]]:
    """Return the plain text and its entities."""
    return _HtmlParser(text.encode()).parse()


class _HtmlParser:
    def __init__(self, source: bytes) -> None:
        self.source = source
        self.at = 0
        self.output = bytearray()
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            if self.source[self.at : self.at + 1] == b"<":
                self._tag()
            else:
                self._characters()
        if self.open:
            raise MarkupError(
                f'Can\'t find end tag corresponding to start tag "{self.open[-1].tag}"'
            )
        return self._text(self.output), sort_entities(_joined_code(self.entities))

    @staticmethod
    def _text(raw: bytes | bytearray) -> str:
        try:
            return raw.decode()
        except UnicodeDecodeError:
            raise MarkupError(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            ) from None

    def _characters(self) -> None:
        reference = self._reference()
        if reference is None:
            width = _width(self.source[self.at])
            reference = self.source[self.at : self.at + width]
            self.at += width
        self.output += reference
        self.offset += utf16_length(reference)

    def _reference(self) -> bytes | None:
        """Return what the reference at this place stands for and step over it."""
        match = _REFERENCE.match(self.source, self.at)
        if match is None:
            return None
        hexadecimal, decimal, name = match.groups()
        if name:
            decoded = _NAMED[name]
        else:
            code = int(hexadecimal, 16) if hexadecimal else int(decimal)
            if not 0 < code < _LAST_CODE_POINT:
                return None
            decoded = chr(code).encode(errors="surrogatepass")
        self.at = match.end()
        return decoded

    def _tag(self) -> None:
        begin = self.at
        self.at += 1
        if self._peek() == b"/":
            self.at += 1
            self._end_tag(begin)
        else:
            self._start_tag(begin)

    def _peek(self) -> bytes:
        """Return the byte at this place; NUL, which counts as space, at the end."""
        return self.source[self.at : self.at + 1] or b"\0"

    def _until(self, stops: bytes) -> bytes:
        begin = self.at
        while self._peek() not in _SPACE and self._peek() not in stops:
            self.at += 1
        return self.source[begin : self.at]

    def _skip_space(self) -> None:
        while self.at < len(self.source) and self._peek() in _SPACE:
            self.at += 1

    def _start_tag(self, begin: int) -> None:
        tag = self._until(b">").decode().lower()
        if self.at >= len(self.source):
            raise MarkupError(f"Unclosed start tag at byte offset {begin}")
        if tag not in TAGS:
            raise MarkupError(f'Unsupported start tag "{tag}" at byte offset {begin}')
        attributes = self._attributes(tag, begin)
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {begin}')
        self.open.append(_Open(tag, attributes, self.offset, len(self.output)))

    def _attributes(self, tag: str, begin: int) -> dict[str, str]:
        attributes: dict[str, str] = {}
        self._skip_space()
        while self._peek() != b">":
            name = self._until(b"=>").decode().lower()
            if not name:
                raise MarkupError(f'Empty attribute name in the tag "{tag}" at byte offset {begin}')
            self._skip_space()
            attributes[name] = ""
            if self._peek() == b"=":
                self.at += 1
                self._skip_space()
                attributes[name] = self._attribute_value(tag, begin)
            self._skip_space()
        self.at += 1
        return attributes

    def _attribute_value(self, tag: str, begin: int) -> str:
        if self.at >= len(self.source):
            raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {begin}')
        quote = self._peek()
        if quote not in (b'"', b"'"):
            return self._token()
        self.at += 1
        value = bytearray()
        while self.at < len(self.source) and self._peek() != quote:
            reference = self._reference()
            if reference is None:
                reference = self._peek()
                self.at += 1
            value += reference
        if self.at >= len(self.source):
            raise MarkupError(f"Unclosed start tag at byte offset {begin}")
        self.at += 1
        return self._text(value)

    def _token(self) -> str:
        begin = self.at
        token = re.compile(rb"[a-zA-Z0-9.-]*").match(self.source, begin)
        self.at = token.end() if token else begin
        if self._peek() not in _SPACE + b">" or self.at >= len(self.source):
            raise MarkupError(f"Unexpected end of name token at byte offset {begin}")
        return self.source[begin : self.at].decode().lower()

    def _end_tag(self, begin: int) -> None:
        if not self.open:
            raise MarkupError(f"Unexpected end tag at byte offset {begin}")
        tag = self._until(b">").decode().lower()
        self._skip_space()
        if self._peek() != b">":
            raise MarkupError(f"Unclosed end tag at byte offset {begin}")
        self.at += 1
        opened = self.open.pop()
        if tag and tag != opened.tag:
            raise MarkupError(
                f"Unmatched end tag at byte offset {begin}, "
                f'expected "</{opened.tag}>", found "</{tag}>"'
            )
        if self.offset > opened.start:
            self._close(opened)

    def _close(self, opened: _Open) -> None:
        entity = Entity(TAGS[opened.tag], opened.start, self.offset - opened.start)
        attributes = opened.attributes
        match opened.tag:
            case "a":
                text = self._text(self.output[opened.output_start :])
                linked = link_entity(entity, attributes.get("href") or text)
                self.entities += [linked] if linked else []
            case "tg-emoji":
                entity.custom_emoji_id = attributes.get("emoji-id", "")
                if not _is_positive(entity.custom_emoji_id):
                    raise MarkupError("Invalid custom emoji identifier specified")
                self.entities.append(entity)
            case "tg-time":
                self.entities.append(_date(entity, attributes))
            case "blockquote":
                if "expandable" in attributes:
                    entity.type = "expandable_blockquote"
                self.entities.append(entity)
            case "code":
                name = attributes.get("class", "")
                if name.startswith("language-"):
                    entity.language = name.removeprefix("language-")
                self.entities.append(entity)
            case _:
                self.entities.append(entity)


def _date(entity: Entity, attributes: dict[str, str]) -> Entity:
    unix = attributes.get("unix", "")
    if not _is_positive(unix):
        raise MarkupError("Invalid Unix time specified")
    dated = date_entity(entity, int(unix), attributes.get("format", ""))
    if dated is None:
        raise MarkupError("Invalid date format used")
    return dated


def _is_positive(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and not digits.startswith("0")


def _width(first_byte: int) -> int:
    """Return how many bytes the UTF-8 character has that begins so."""
    return 1 + (first_byte >= 0xC0) + (first_byte >= 0xE0) + (first_byte >= 0xF0)


def _joined_code(entities: list[Entity]) -> list[Entity]:
    """Make one block with a language of `pre` and `code` that cover the same text."""
    result = list(entities)
    for code in [entity for entity in entities if entity.type == "code"]:
        if code.language:
            for pre in result:
                if pre.type == "pre" and (pre.offset, pre.length) == (code.offset, code.length):
                    pre.language = code.language
                    result.remove(code)
                    break
        code.language = None
    return result
