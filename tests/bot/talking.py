"""A person who talks to the conversation, and what is said to them."""

import itertools
from typing import Any

from bot.conversation import Conversation
from bot.incoming import Incoming
from casework import outbox, requesters
from casework.context import Casework
from casework.models import Requester


class Person:
    """Writes, presses and sends; reads the payloads that lie in the outbox for them."""

    def __init__(self, cw: Casework, conversation: Conversation) -> None:
        self.cw, self.conversation = cw, conversation
        self.channel, self.address = "web", "a" * 64
        self.hint: str | None = "de"
        self._numbers = itertools.count(1)
        self._read = 0

    async def writes(self, text: str, **more: Any) -> list[dict[str, Any]]:
        """Write a text; what is said to it."""
        return await self.does(text=text, **more)

    async def presses(self, payload: str, **more: Any) -> list[dict[str, Any]]:
        """Press a button; what is said to it."""
        return await self.does(payload=payload, **more)

    async def does(self, *, repeated: bool = False, **more: Any) -> list[dict[str, Any]]:
        """Do anything that comes in; what is said to it."""
        number = str(next(self._numbers))
        incoming = Incoming(
            self.channel,
            self.address,
            **{"language_hint": self.hint, "external_id": number, **more},
        )
        self.outcome = await self.conversation.handle(incoming, repeated=repeated)
        return await self.hears()

    async def hears(self) -> list[dict[str, Any]]:
        """What was said since the last time."""
        requester = await self.known()
        if requester is None:
            return []
        items = await outbox.waiting_for(self.cw, requester.id, self._read)
        self._read = items[-1].id if items else self._read
        return [item.payload for item in items]

    async def known(self) -> Requester | None:
        """Who they are to the office."""
        return await requesters.known(self.cw, channel=self.channel, address=self.address)

    @property
    async def language(self) -> str:
        """The language they are answered in."""
        requester = await self.known()
        assert requester is not None
        return requester.language


def keys(payloads: list[dict[str, Any]]) -> list[str]:
    """What was said, by its keys."""
    return [payload["say"] for payload in payloads]
