"""Parses `parse_mode=MarkdownV2` as the server does: same entities, same error texts.

Works on UTF-8 bytes because the server names byte offsets in its errors; offsets and lengths of
entities are in UTF-16 code units.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qs

from tests.fakes.entities import Entity, date_entity, link_entity, sort_entities, utf16_length
from tests.fakes.html_markup import MarkupError

RESERVED = frozenset(b"_*[]()~`>#+-=|{}.!")
_SPACE = frozenset(b" \t\r\n\v\0")
_LAST_ESCAPABLE = 126
_NEWLINES = frozenset(b"\r\n")
_VERBATIM = {"Code", "Pre", "PreCode"}

# The server's names of entities in errors, and those of the Bot API.
TYPES = {
    "Bold": "bold",
    "Italic": "italic",
    "Underline": "underline",
    "Strikethrough": "strikethrough",
    "Spoiler": "spoiler",
    "Code": "code",
    "Pre": "pre",
    "PreCode": "pre",
    "BlockQuote": "blockquote",
}
_MARKS = {
    "Bold": b"*",
    "Italic": b"_",
    "Underline": b"__",
    "Strikethrough": b"~",
    "Spoiler": b"||",
    "Code": b"`",
    "Pre": b"```",
    "PreCode": b"```",
    "TextUrl": b"]",
    "CustomEmoji": b"]",
}


@dataclass(slots=True)
class _Open:
    name: str
    offset: int
    source_offset: int
    output_start: int
    language: str | None = None
    expandable: bool = False


def parse_markdown_v2(text: str) -> tuple[str, list[Entity]]:
    """Return the plain text and its entities."""
    return _MarkdownParser(text.encode()).parse()


class _MarkdownParser:
    def __init__(self, source: bytes) -> None:
        self.source = source
        self.at = 0
        self.output = bytearray()
        self.offset = 0
        self.open: list[_Open] = []
        self.entities: list[Entity] = []
        # True at the beginning of a line, until a character has been put out.
        self.line_begins = True

    def parse(self) -> tuple[str, list[Entity]]:
        while self.at < len(self.source):
            self._step()
        if self.top == "BlockQuote":
            self._close_quote()
        if self.open:
            raise self._unclosed()
        return self.output.decode(), sort_entities(self.entities)

    @property
    def top(self) -> str | None:
        return self.open[-1].name if self.open else None

    @property
    def in_quote(self) -> bool:
        return any(entity.name == "BlockQuote" for entity in self.open)

    @property
    def quote_is_over(self) -> bool:
        """Return whether a line begins that does not go on with the quotation."""
        return self.in_quote and self._before(b"\n") and self.line_begins

    def _before(self, byte: bytes) -> bool:
        return self.output.endswith(byte)

    def _unclosed(self) -> MarkupError:
        last = self.open[-1]
        return MarkupError(
            f"Can't find end of {last.name} entity at byte offset {last.source_offset}"
        )

    def _starts_with(self, mark: bytes) -> bool:
        return self.source.startswith(mark, self.at)

    def _step(self) -> None:
        byte = self.source[self.at]
        if self._is_escape():
            self.at += 1
            self._put(1)
        elif self.top in _VERBATIM:
            self._step_in_code(byte)
        elif byte == ord("\n"):
            self._newline()
        elif byte not in RESERVED:
            self._put(_width(byte))
        elif self._closes():
            self._close()
        elif byte == ord(">"):
            self._quote()
        else:
            self._begin(byte)

    def _is_escape(self) -> bool:
        following = self.source[self.at + 1 : self.at + 2]
        return self._starts_with(b"\\") and bool(following) and following[0] <= _LAST_ESCAPABLE

    def _step_in_code(self, byte: int) -> None:
        if byte != ord("`"):
            self._copy(_width(byte))
        elif self._closes():
            self._close()
        else:
            self._open("Code", 1)

    # Characters

    def _copy(self, width: int) -> None:
        part = self.source[self.at : self.at + width]
        self.output += part
        self.offset += utf16_length(part)
        self.at += width

    def _put(self, width: int) -> None:
        """Put out a character outside of code."""
        if self.top not in _VERBATIM and self.quote_is_over:
            self._close_quote()
        if self.source[self.at] != ord("\r"):
            self.line_begins = False
        self._copy(width)

    def _newline(self) -> None:
        if self.quote_is_over:
            self._close_quote()
        goes_on = self.source.startswith(b">", self.at + 1)
        if self.in_quote and self.top == "Spoiler" and not goes_on:
            raise self._unclosed()
        self._copy(1)
        self.line_begins = True

    # Beginnings

    def _begin(self, byte: int) -> None:
        if self._is_expandability_mark():
            self.open[-1].expandable = True
            self.at += 2
            return
        if self.quote_is_over or self._closes_around_quote():
            self._close_quote()
            if self._closes():
                self._close()
                return
        begin = _BEGIN.get(chr(byte))
        if begin is None or not begin(self):
            raise self._reserved(byte)

    @staticmethod
    def _reserved(byte: int) -> MarkupError:
        return MarkupError(
            f"Character '{chr(byte)}' is reserved and must be escaped with the preceding '\\'"
        )

    def _is_expandability_mark(self) -> bool:
        """Return whether here stands the `||` that ends the last line of a quotation."""
        if self.top != "BlockQuote" or not self._starts_with(b"||"):
            return False
        return re.compile(rb"(?:\r?\n(?!>)|\Z)").match(self.source, self.at + 2) is not None

    def _open(self, name: str, width: int) -> bool:
        self.open.append(_Open(name, self.offset, self.at, len(self.output)))
        self.at += width
        return True

    def _begin_underscore(self) -> bool:
        return self._open("Underline", 2) if self._starts_with(b"__") else self._open("Italic", 1)

    def _begin_spoiler(self) -> bool:
        return self._starts_with(b"||") and self._open("Spoiler", 2)

    def _begin_emoji(self) -> bool:
        return self._starts_with(b"![") and self._open("CustomEmoji", 2)

    def _begin_code(self) -> bool:
        if not self._starts_with(b"```"):
            return self._open("Code", 1)
        self._open("Pre", 3)
        end = self.at
        while end < len(self.source) and self.source[end] not in {*_SPACE, ord("`")}:
            end += 1
        if self.at < end < len(self.source) and self.source[end] != ord("`"):
            self.open[-1].name = "PreCode"
            self.open[-1].language = self.source[self.at : end].decode()
            self.at = end
        self._skip_line_break()
        return True

    def _skip_line_break(self) -> None:
        """Step over one line break, written with one byte or with two different ones."""
        here, following = self.source[self.at : self.at + 1], self.source[self.at + 1 : self.at + 2]
        if here and here[0] in _NEWLINES:
            paired = bool(following) and following[0] in _NEWLINES and following != here
            self.at += 2 if paired else 1

    def _quote(self) -> None:
        if self.in_quote and self.source[self.at - 1 : self.at] == b"\n" and self.line_begins:
            self.at += 1
            self.line_begins = False
            return
        if not self.line_begins:
            raise self._reserved(ord(">"))
        if self.in_quote:
            self._close_quote()
        self._open("BlockQuote", 1)
        self.line_begins = False

    # Ends

    def _closes(self) -> bool:
        """Return whether the mark at this place ends the innermost entity."""
        if self.top is None or self.top == "BlockQuote":
            return False
        if self.top == "Italic" and self._starts_with(b"__"):
            return False
        return self._starts_with(_MARKS[self.top])

    def _closes_around_quote(self) -> bool:
        """Return whether the mark ends an entity in which the quotation stands."""
        return (
            self.top == "BlockQuote"
            and len(self.open) > 1
            and self._starts_with(_MARKS[self.open[-2].name])
        )

    def _close(self) -> None:
        opened = self.open.pop()
        self.at += len(_MARKS[opened.name])
        entity = Entity(
            TYPES.get(opened.name, opened.name),
            opened.offset,
            self.offset - opened.offset,
            language=opened.language,
        )
        if opened.name == "TextUrl":
            self._add(self._link(opened, entity))
        elif opened.name == "CustomEmoji":
            self._add(self._emoji_or_date(entity))
        else:
            self._add(entity)

    def _add(self, entity: Entity | None) -> None:
        if entity is not None and entity.length > 0:
            self.entities.append(entity)

    def _close_quote(self) -> None:
        if self.top != "BlockQuote":
            raise self._unclosed()
        opened = self.open.pop()
        name = "expandable_blockquote" if opened.expandable else "blockquote"
        self._add(Entity(name, opened.offset, self.offset - opened.offset))

    def _address(self) -> str | None:
        """Read the address in round brackets behind a link's text; None when there is none."""
        if not self._starts_with(b"("):
            return None
        self.at += 1
        begin = self.at
        address = bytearray()
        while self.at < len(self.source) and not self._starts_with(b")"):
            if self._is_escape():
                self.at += 1
            address.append(self.source[self.at])
            self.at += 1
        if self.at >= len(self.source):
            raise MarkupError(f"Can't find end of a URL at byte offset {begin}")
        self.at += 1
        return address.decode()

    def _link(self, opened: _Open, entity: Entity) -> Entity | None:
        address = self._address()
        if address is None:
            address = self.output[opened.output_start :].decode()
        return link_entity(entity, address)

    def _emoji_or_date(self, entity: Entity) -> Entity:
        address = self._address()
        if address is None:
            raise MarkupError("The entity must contain a tg://emoji or tg://time URL")
        match = _SPECIAL.fullmatch(address)
        query = parse_qs(match[2], keep_blank_values=True) if match else {}
        if match and match[1].lower() == "emoji" and _is_positive(query.get("id", [""])[0]):
            entity.type, entity.custom_emoji_id = "custom_emoji", query["id"][0]
            return entity
        if match and match[1].lower() == "time" and _is_positive(query.get("unix", [""])[0]):
            dated = date_entity(entity, int(query["unix"][0]), query.get("format", [""])[0])
            if dated is None:
                raise MarkupError("Invalid date format used")
            return dated
        raise MarkupError("Invalid tg://emoji or tg://time URL specified")


_SPECIAL = re.compile(r"tg:(?://)?(emoji|time)/?\?([^#]*)(?:#.*)?", re.IGNORECASE | re.DOTALL)

_BEGIN: dict[str, Callable[[_MarkdownParser], bool]] = {
    "_": _MarkdownParser._begin_underscore,
    "*": lambda parser: parser._open("Bold", 1),
    "~": lambda parser: parser._open("Strikethrough", 1),
    "|": _MarkdownParser._begin_spoiler,
    "[": lambda parser: parser._open("TextUrl", 1),
    "!": _MarkdownParser._begin_emoji,
    "`": _MarkdownParser._begin_code,
}


def _is_positive(digits: str) -> bool:
    return digits.isascii() and digits.isdigit() and not digits.startswith("0")


def _width(first_byte: int) -> int:
    """Return how many bytes the UTF-8 character has that begins so."""
    return 1 + (first_byte >= 0xC0) + (first_byte >= 0xE0) + (first_byte >= 0xF0)
