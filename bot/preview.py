"""An answer as the bot would show it, before anybody has asked: for the desk's preview."""

from collections.abc import Callable

from bot.delivery import TEXT_LIMIT
from bot.phrases import Rendered, render
from bot.phrases.names import Entry, OfficeNames
from casework.context import Casework
from casework.knowledge import EntryView


class _OneEntry(OfficeNames):
    """The office's names, with one entry as somebody is just writing it."""

    def __init__(self, cw: Casework, entry: Entry) -> None:
        super().__init__(cw)
        self._entry = entry

    def entry(self, entry: str, language: str) -> Entry | None:
        """Return that entry."""
        return self._entry


def previewer(cw: Casework) -> Callable[[EntryView, str], list[Rendered]]:
    """Return a function that words an answer for a person of some language, message by message."""

    def preview(entry: EntryView, language: str) -> list[Rendered]:
        payload = {"say": "answer", "entry": entry.id, "language": language}
        return render(_OneEntry(cw, entry), payload, language).split(TEXT_LIMIT)

    return preview
