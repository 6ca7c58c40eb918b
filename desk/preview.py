"""An answer as the bot words it; the bot itself is handed in, since the desk does not know it."""

from collections.abc import Callable, Sequence
from typing import Protocol

from casework.knowledge import EntryView


class Button(Protocol):
    """A button below a message; `standing` ones are there under every message."""

    @property
    def label(self) -> str:
        """What stands on it."""

    @property
    def standing(self) -> bool:
        """Whether it is not this answer's own."""


class Paragraph(Protocol):
    """A piece of text; `style` is `plain`, `strong` or `quiet`."""

    @property
    def text(self) -> str:
        """The words."""

    @property
    def style(self) -> str:
        """How it stands out."""

    @property
    def language(self) -> str:
        """The language of the words; empty where there is none."""


class Message(Protocol):
    """One message with its rows of buttons."""

    @property
    def paragraphs(self) -> Sequence[Paragraph]:
        """Its text, in order."""

    @property
    def rows(self) -> Sequence[Sequence[Button]]:
        """Its buttons."""

    @property
    def direction(self) -> str:
        """`rtl` or `ltr`."""


#: An entry and the language of whoever reads it, to the messages that they get.
Preview = Callable[[EntryView, str], Sequence[Message]]
