"""Which function words which `say` key, and the standing rows under a message."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from bot.phrases.rendered import LABEL_LIMIT, ROW_LIMIT, Button, Paragraph, Rendered, Rows, Style
from bot.phrases.voice import Voice, mark
from bot.wire import question_mark

Payload = Mapping[str, Any]
Wording = Callable[[Voice, Payload], Rendered]

PERSON = mark("Talk to a person")
MENU = mark("Menu")

wordings: dict[str, Wording] = {}
#: Keys that are said in other words by themselves when they come twice in a row.
varied: set[str] = set()


def words(*keys: str, varies: bool = False) -> Callable[[Wording], Wording]:
    """Register a function as the wording of these keys; `varies`: it has several."""

    def register(wording: Wording) -> Wording:
        for key in keys:
            wordings[key] = wording
        if varies:
            varied.update(keys)
        return wording

    return register


def either(voice: Voice, payload: Payload, *messages: str, **values: object) -> str:
    """Say one of several sentences: the next one each time the payload comes once more."""
    chosen = messages[int(payload.get("repeats") or 0) % len(messages)]
    return voice.text(chosen, **values)


def message(
    voice: Voice,
    *paragraphs: "str | Paragraph | None",
    rows: Sequence[Sequence[Button]] = (),
    standing: bool = True,
    asked: tuple[str, str] | None = None,
) -> Rendered:
    """Put a message together; `standing` adds the way to a person as the last row.

    `asked` is the form and slot whose question it asks.
    """
    own = [
        piece if isinstance(piece, Paragraph) else Paragraph(piece, "plain", voice.language)
        for piece in paragraphs
        if piece
    ]
    mark_ = question_mark(*asked) if asked else None
    return Rendered(tuple(own), voice.language, _with_person(voice, rows, standing), mark_)


def styled(voice: Voice, text: str, style: Style) -> Paragraph:
    """Return a paragraph of this language that stands out, or stands back."""
    return Paragraph(text, style, voice.language)


def button(voice: Voice, label: str, payload: str, **values: object) -> Button:
    """Return a button whose label is a marked sentence."""
    return named(voice.text(label, **values), payload)


def named(label: str, payload: str) -> Button:
    """Return a button whose label is a name already in the right language."""
    if len(label) > LABEL_LIMIT:
        label = label[: LABEL_LIMIT - 1].rstrip() + "…"
    return Button(label, payload)


def person(voice: Voice) -> Button:
    """Return the button that is always there."""
    return Button(voice.text(PERSON), "/talk_to_human", standing=True)


def in_rows(buttons: Sequence[Button], width: int) -> list[tuple[Button, ...]]:
    """Lay buttons out, so many to a row."""
    return [tuple(buttons[at : at + width]) for at in range(0, len(buttons), width)]


def _with_person(voice: Voice, rows: Sequence[Sequence[Button]], standing: bool) -> Rows:
    kept = [tuple(row) for row in rows if row]
    there = any(one.payload == "/talk_to_human" for row in kept for one in row)
    if not standing or there:
        return tuple(kept[:ROW_LIMIT])
    return (*kept[: ROW_LIMIT - 1], (person(voice),))
