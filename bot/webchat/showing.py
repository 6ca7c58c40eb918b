"""A conversation as the page shows it: plain values, no markup."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from bot.delivery import author_of
from bot.phrases import Names, Rendered, render
from bot.wire import encode
from casework import messages, outbox
from casework.context import Casework
from casework.languages import RIGHT_TO_LEFT
from casework.models import Message, OutboxItem, Requester

_SHOWN = 100


def shown(message: Rendered, *, author: str, item_id: int | None) -> dict[str, Any]:
    """Return a message of ours for the page; `lang` and `dir` are empty where unknown."""
    return {
        "id": item_id,
        "author": author,
        "paragraphs": [
            {
                "text": paragraph.text,
                "style": paragraph.style,
                "lang": paragraph.language,
                "dir": direction(paragraph.language),
            }
            for paragraph in message.paragraphs
        ],
        "rows": _rows(message),
    }


def direction(language: str) -> str:
    """Return a language's direction; `auto` where the language is not known."""
    if not language:
        return "auto"
    return "rtl" if language in RIGHT_TO_LEFT else "ltr"


def _rows(message: Rendered) -> list[list[dict[str, str]]]:
    """Return the buttons; the way to a person is on the page anyway."""
    rows = [
        [
            {"label": one.label, "data": encode(one.payload, message.asked) or one.payload}
            for one in row
            if not one.standing
        ]
        for row in message.rows
    ]
    return [row for row in rows if row]


def greeted(message: Rendered) -> Rendered:
    """Return a greeting without its languages: the page's head has them."""
    rows = tuple(row for row in message.rows if not row[0].payload.startswith("/set_language"))
    return replace(message, rows=rows)


def worded(names: Names, item: OutboxItem, language: str) -> Rendered:
    """Word an item in the language that its recipient speaks now."""
    message = render(names, item.payload, language)
    return greeted(message) if item.payload.get("say") == "greeting" else message


async def history(
    cw: Casework, names: Names, requester: Requester
) -> tuple[list[dict[str, Any]], int]:
    """Return the conversation so far, oldest first, and the last item that it includes."""
    record = await messages.history(cw, requester.id, _SHOWN)
    kept = {item.id: item for item in await outbox.waiting_for(cw, requester.id, 0)}
    last = max((message.outbox_id or 0 for message in record), default=0)
    return [_recorded(names, message, kept, requester.language) for message in record], last


def _recorded(
    names: Names, message: Message, kept: Mapping[int, OutboxItem], language: str
) -> dict[str, Any]:
    item = kept.get(message.outbox_id or 0)
    if item is not None:
        return shown(worded(names, item, language), author=message.author, item_id=item.id)
    return {
        "id": message.outbox_id,
        "author": "you" if message.author == "requester" else message.author,
        "paragraphs": _plain(message.text.split("\n\n")),
        "rows": [],
    }


def _plain(texts: Sequence[str]) -> list[dict[str, str]]:
    return [{"text": text, "style": "plain", "lang": "", "dir": "auto"} for text in texts]


def item_shown(names: Names, item: OutboxItem, language: str) -> tuple[dict[str, Any], Rendered]:
    """Return an item for the page, and its words for the record."""
    message = worded(names, item, language)
    return shown(message, author=author_of(item), item_id=item.id), message
