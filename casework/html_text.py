"""HTML as paragraphs of plain text; what a link leads to is kept."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal
from urllib.parse import unquote

from selectolax.lexbor import LexborHTMLParser, LexborNode

from casework.strings import cleaned

_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_LISTS = frozenset(("ul", "ol"))
_PARAGRAPHS = (
    _HEADINGS
    | _LISTS
    | {*("p", "div", "table", "blockquote", "section", "article", "dl", "figure", "pre", "hr")}
)
_LINES = frozenset(("br", "li", "tr", "dt", "dd"))
_CELLS = frozenset(("td", "th"))
_UNREADABLE = frozenset(("script", "style", "template", "noscript", "iframe", "svg", "-comment"))
_BLANKS = re.compile(r"\s+")
_REST_OF_WORD = re.compile(r"\w*")
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|svg|webp)$", re.IGNORECASE)
#: Soft hyphens, blanks without width and control characters: seen by nobody, found by no search.
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: Digits from which on words are a telephone number of their own.
_NUMBER_DIGITS = 6
#: The end of a number, the same with and without the country's code in front.
_NATIONAL_DIGITS = 8


class _Edge(IntEnum):
    """What parts two texts."""

    NOTHING = 0
    BLANK = 1
    LINE = 2
    PARAGRAPH = 3


_PARTED_BY = {
    _Edge.NOTHING: "",
    _Edge.BLANK: " ",
    _Edge.LINE: "\n",
    _Edge.PARAGRAPH: "\n\n",
}


def plain_text(html: str) -> str:
    """HTML as paragraphs of plain text; links keep their address, lists their order.

    >>> plain_text('<p>Call&nbsp;us or <a href="https://a.de/x">write</a>.</p><ul><li>One<li>Two')
    'Call us or write (https://a.de/x).\\n\\n– One\\n– Two'
    """
    body = LexborHTMLParser(cleaned(html)).body
    if body is None:
        return ""
    writer = _Writer(_seen(body.text(deep=True)))
    for kind, node in _events(body):
        if kind == "text":
            writer.text(node.text_content or "")
        elif kind == "enter":
            writer.enter(node)
        else:
            writer.leave(node)
    return writer.done()


def one_line(text: str) -> str:
    """Words on one line, with one blank between two of them."""
    return " ".join(_seen(cleaned(text)).split())


def _seen(text: str) -> str:
    return _UNSEEN.sub("", text)


def _events(body: LexborNode) -> Iterator[tuple[Literal["text", "enter", "leave"], LexborNode]]:
    """Everything that can be read, in order; without recursion, however deep it is nested."""
    above: list[tuple[LexborNode, Iterator[LexborNode]]] = [(body, body.iter(include_text=True))]
    while above:
        node, children = above[-1]
        child = next(children, None)
        if child is None:
            above.pop()
            if above:
                yield "leave", node
        elif child.tag == "-text":
            yield "text", child
        elif child.tag not in _UNREADABLE:
            yield "enter", child
            above.append((child, child.iter(include_text=True)))


@dataclass(slots=True)
class _List:
    """A list under way; `number` of the last item of a numbered one."""

    numbered: bool
    number: int = 0


class _Writer:
    """Puts texts behind one another, parted by the strongest edge between them."""

    def __init__(self, whole: str) -> None:
        """`whole` is everything that is said on the page."""
        self._mails = whole.casefold()
        self._numbers = re.sub(r"\D", "", whole)
        self._parts: list[str] = []
        self._edge = _Edge.NOTHING
        self._lists: list[_List] = []
        self._cells = 0
        self._item = ""
        #: The words of the link under way; an address that waits for its word to end.
        self._said: list[str] = []
        self._address = ""

    def text(self, raw: str) -> None:
        words = _seen(_BLANKS.sub(" ", raw))
        core = words.strip()
        if words[:1] == " ":
            self._part(_Edge.BLANK)
        if core:
            self._write(core)
            if words[-1] == " ":
                self._part(_Edge.BLANK)

    def enter(self, node: LexborNode) -> None:
        tag = node.tag or ""
        self._part(self._edge_of(tag))
        if tag in _LISTS:
            self._lists.append(_List(numbered=tag == "ol"))
        elif tag == "li":
            self._item = self._next_item()
        elif tag in _CELLS:
            self._part(_Edge.BLANK)
            self._cells += 1
        elif tag == "a":
            self._said = []

    def leave(self, node: LexborNode) -> None:
        tag = node.tag or ""
        if tag in _LISTS:
            self._lists.pop()
        elif tag == "li":
            self._item = ""
        elif tag in _CELLS:
            self._cells -= 1
            self._part(_Edge.BLANK)
        elif tag == "a":
            self._leave_link(node)
        self._part(_Edge.NOTHING if tag == "br" else self._edge_of(tag))

    def done(self) -> str:
        self._write_address()
        return "".join(self._parts)

    def _edge_of(self, tag: str) -> _Edge:
        if tag in _PARAGRAPHS:
            own = _Edge.LINE if self._lists else _Edge.PARAGRAPH
        else:
            own = _Edge.LINE if tag in _LINES else _Edge.NOTHING
        in_row = self._cells and own and tag not in _LISTS and tag != "li"
        return _Edge.BLANK if in_row else own

    def _part(self, edge: _Edge) -> None:
        self._edge = max(self._edge, edge)

    def _write(self, core: str) -> None:
        self._said.append(core)
        if self._address:
            if self._edge is _Edge.NOTHING:  # the link was only part of a word
                rest = _REST_OF_WORD.match(core)
                end = rest.end() if rest else 0
                self._parts.append(core[:end])
                core = core[end:]
            self._write_address()
        if self._parts:
            self._parts.append(_PARTED_BY[self._edge])
        self._parts.append(self._item + core)
        self._item, self._edge = "", _Edge.NOTHING

    def _write_address(self) -> None:
        if self._address:
            self._parts.append(f" ({self._address})")
            self._address = ""

    def _next_item(self) -> str:
        inner = self._lists[-1] if self._lists else _List(numbered=False)
        inner.number += 1
        indent = "  " * (len(self._lists) - 1)
        return f"{indent}{inner.number}. " if inner.numbered else f"{indent}– "

    def _leave_link(self, node: LexborNode) -> None:
        said = "".join(self._said).strip()
        address = (node.attributes.get("href") or "").strip()
        shown = self._worth_saying(address, said)
        if shown and said:
            self._write_address()
            self._address = shown
        elif shown:
            self._part(_Edge.BLANK)
            self._write(shown)
            self._part(_Edge.BLANK)

    def _worth_saying(self, address: str, said: str) -> str:
        """What of a link's address has to be shown beside its words."""
        scheme, _, rest = address.partition(":")
        rest = _seen(unquote(rest))
        match scheme.casefold():
            case "http" | "https":
                return self._page(address, rest, said)
            case "mailto":
                return self._mail(rest, said)
            case "tel":
                return self._telephone(rest, said)
        return ""

    def _page(self, address: str, rest: str, said: str) -> str:
        if not said and _PICTURE.search(address):
            return ""
        shown = rest.strip("/").removeprefix("www.")
        return "" if shown in said else address

    def _mail(self, rest: str, said: str) -> str:
        mail = rest.partition("?")[0].strip()
        known = "@" not in mail or "@" in said or mail.casefold() in self._mails
        return "" if known else mail

    def _telephone(self, rest: str, said: str) -> str:
        digits = re.sub(r"\D", "", rest)
        own = len(re.sub(r"\D", "", said)) >= _NUMBER_DIGITS
        known = own or digits[-_NATIONAL_DIGITS:] in self._numbers
        return "" if known else rest.strip()
