"""The parsers agree with the official one on its own test vectors."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.fakes.entities import Entity
from tests.fakes.html_markup import MarkupError, parse_html
from tests.fakes.markdown_markup import parse_markdown_v2
from tests.fakes.shared_data import shared_file

# How the official parser's names compare with those of the Bot API.
OFFICIAL = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "blockquote": "BlockQuote",
    "expandable_blockquote": "ExpandableBlockQuote",
    "text_link": "TextUrl",
    "text_mention": "MentionName",
    "custom_emoji": "CustomEmoji",
    "date_time": "FormattedDate",
}
PARSERS = {"HTML": parse_html, "MarkdownV2": parse_markdown_v2}


def official(entity: Entity) -> dict[str, Any]:
    name = "PreCode" if entity.language else OFFICIAL[entity.type]
    return {"type": name, "offset_utf16": entity.offset, "length_utf16": entity.length}


def outcome(mode: str, text: str) -> dict[str, Any]:
    try:
        plain, entities = PARSERS[mode](text)
    except MarkupError as error:
        return {"error": f"Bad Request: can't parse entities: {error}"}
    return {"plain_text": plain, "entities": [official(entity) for entity in entities]}


def test_every_vector_of_the_official_parser_gives_the_same_here() -> None:
    vectors = json.loads(shared_file("telegram/markup-vectors.json").read_text())
    differing = []
    for vector in vectors:
        expected = {k: vector[k] for k in ("error", "plain_text", "entities") if k in vector}
        if (found := outcome(vector["parse_mode"], vector["text"])) != expected:
            differing.append((vector["parse_mode"], vector["text"], expected, found))
    assert differing == []
    assert len(vectors) > 200


@pytest.mark.parametrize(
    ("mode", "text", "plain", "formatted"),
    [
        ("HTML", "<b>Guten Tag</b> &amp; hallo", "Guten Tag & hallo", [("bold", 0, 9)]),
        ("HTML", '<a href="https://w.de/a?b=1&amp;c">x</a>', "x", [("text_link", 0, 1)]),
        ("HTML", "🎉<i>مرحبا</i>", "🎉مرحبا", [("italic", 2, 5)]),
        ("MarkdownV2", "*a* _b_ __c__ ~d~ ||e|| `f`", "a b c d e f", [
            ("bold", 0, 1), ("italic", 2, 1), ("underline", 4, 1), ("strikethrough", 6, 1),
            ("spoiler", 8, 1), ("code", 10, 1),
        ]),
    ],
)  # fmt: skip
def test_a_formatted_text(
    mode: str, text: str, plain: str, formatted: list[tuple[str, int, int]]
) -> None:
    found, entities = PARSERS[mode](text)
    assert found == plain
    assert [(e.type, e.offset, e.length) for e in entities] == formatted


@pytest.mark.parametrize(
    ("mode", "text", "words"),
    [
        ("HTML", "<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("HTML", "a<br>b", 'Unsupported start tag "br" at byte offset 1'),
        ("HTML", "<p>a</p>", 'Unsupported start tag "p" at byte offset 0'),
        ("MarkdownV2", "Ende.", "Character '.' is reserved and must be escaped"),
        ("MarkdownV2", "ü*a", "Can't find end of Bold entity at byte offset 2"),
    ],
)
def test_a_text_that_cannot_be_parsed(mode: str, text: str, words: str) -> None:
    with pytest.raises(MarkupError) as caught:
        PARSERS[mode](text)
    assert words in str(caught.value)
