"""What a front shows: paragraphs and buttons, without any channel's markup."""

import html
import unicodedata
from dataclasses import dataclass, field, replace
from typing import Literal

from casework.languages import RIGHT_TO_LEFT

Style = Literal["plain", "strong", "quiet"]

#: Longest label of a button, and most rows of buttons under one message.
LABEL_LIMIT = 64
ROW_LIMIT = 8

_RIGHT_TO_LEFT_MARK = "\u200f"
_TAGS = {"plain": ("", ""), "strong": ("<b>", "</b>"), "quiet": ("<i>", "</i>")}


@dataclass(frozen=True, slots=True)
class Button:
    """A label to press and what it sends; `standing` ones a front may show elsewhere."""

    label: str
    payload: str
    standing: bool = False


Rows = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A piece of text in one language."""

    text: str
    style: Style = "plain"
    language: str = ""


@dataclass(frozen=True, slots=True)
class Rendered:
    """One message in the words of its recipient; `asked` marks the question it asks, if any."""

    paragraphs: tuple[Paragraph, ...]
    language: str
    rows: Rows = field(default=())
    asked: str | None = None

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`."""
        return "rtl" if self.language in RIGHT_TO_LEFT else "ltr"

    @property
    def text(self) -> str:
        """The words without any markup."""
        return "\n\n".join(_opened(paragraph) for paragraph in self.paragraphs)

    @property
    def html(self) -> str:
        """The words as Telegram's HTML, everything escaped."""
        return "\n\n".join(_marked(paragraph) for paragraph in self.paragraphs)

    def buttons(self) -> tuple[Button, ...]:
        """Every button, row by row."""
        return tuple(button for row in self.rows for button in row)

    def split(self, limit: int) -> "list[Rendered]":
        """Cut into messages of at most `limit` UTF-16 units; the last one keeps the buttons."""
        chunks = _packed(self.paragraphs, limit)
        last = len(chunks) - 1
        return [
            Rendered(tuple(chunk), self.language, self.rows if number == last else (), self.asked)
            for number, chunk in enumerate(chunks)
        ]


def units(text: str) -> int:
    """Return the length as Telegram counts it: in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


def _opened(paragraph: Paragraph) -> str:
    """Begin a right-to-left paragraph with a mark where a Latin word would turn it around."""
    if paragraph.language in RIGHT_TO_LEFT and _first_strong(paragraph.text) == "L":
        return _RIGHT_TO_LEFT_MARK + paragraph.text
    return paragraph.text


def _first_strong(text: str) -> str:
    strong = (unicodedata.bidirectional(character) for character in text)
    return next(("R" if kind != "L" else "L" for kind in strong if kind in ("L", "R", "AL")), "")


def _marked(paragraph: Paragraph) -> str:
    before, after = _TAGS[paragraph.style]
    return f"{before}{html.escape(_opened(paragraph), quote=False)}{after}"


def _packed(paragraphs: tuple[Paragraph, ...], limit: int) -> list[list[Paragraph]]:
    """Fill messages with paragraphs; one that is longer than a message is broken."""
    chunks: list[list[Paragraph]] = [[]]
    for paragraph in paragraphs:
        rest = paragraph
        while not _fits(chunks[-1], rest, limit):
            room = limit - _length(chunks[-1]) - _JOINT
            if units(rest.text) < limit or room < limit // 4:
                room = limit - _JOINT
                if chunks[-1]:
                    chunks.append([])
                    continue
            end = _break_before(rest.text, room)
            chunks[-1].append(replace(rest, text=rest.text[:end].rstrip()))
            chunks.append([])
            rest = replace(rest, text=rest.text[end:].lstrip())
        chunks[-1].append(rest)
    return [chunk for chunk in chunks if chunk]


#: Between two paragraphs, and before one that begins with a mark.
_JOINT = 3


def _fits(chunk: list[Paragraph], paragraph: Paragraph, limit: int) -> bool:
    return _length([*chunk, paragraph]) <= limit


def _length(chunk: list[Paragraph]) -> int:
    return units(Rendered(tuple(chunk), "").text)


def _break_before(text: str, limit: int) -> int:
    """Return where to break: after a line, else a sentence, else a word, else a character."""
    end = _fitting(text, limit)
    for mark in ("\n", ". ", "؟ ", " "):
        found = text.rfind(mark, end // 2, end)
        if found > 0:
            return found + len(mark)
    while end > 1 and _belongs_to_previous(text[end]):
        end -= 1
    return end


def _fitting(text: str, limit: int) -> int:
    length = 0
    for position, character in enumerate(text):
        length += 2 if ord(character) > 0xFFFF else 1  # noqa: PLR2004  (the basic plane's end)
        if length > limit:
            return position
    return len(text)


def _belongs_to_previous(character: str) -> bool:
    return bool(unicodedata.combining(character)) or character in "\u200d\ufe0f"
