"""What tests and the demo page do: people, groups and channels that talk to the bot."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.fakes.methods import file_object, member, photo_sizes
from tests.fakes.parameters import Upload
from tests.fakes.texts import covered, read_text
from tests.fakes.world import Chat, Json, Query

if TYPE_CHECKING:
    from tests.fakes.bot_api import FakeBotApi

JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000") + b"\0" * 60 + b"\xff\xd9"
OGG = b"OggS\0\2" + b"\0" * 60
WEBP = b"RIFF\x1a\0\0\0WEBPVP8L" + b"\0" * 20


@dataclass(frozen=True, slots=True)
class Button:
    """A button under a message."""

    label: str
    data: str | None
    url: str | None
    wire: Json


class Message:
    """A message in a chat; follows what the bot edits later."""

    def __init__(self, record: Json, chat: Chat) -> None:
        self.record = record
        self.chat = chat

    def __repr__(self) -> str:
        return f"<Message {self.id} in {self.chat.id}: {self.text[:80]!r} {self.labels}>"

    @property
    def id(self) -> int:
        return int(self.record["message_id"])

    @property
    def text(self) -> str:
        """Return text or caption without markup."""
        return str(self.record.get("text", self.record.get("caption", "")))

    @property
    def entities(self) -> list[Json]:
        return list(self.record.get("entities") or self.record.get("caption_entities") or [])

    @property
    def formatted(self) -> list[tuple[str, str]]:
        """Return each entity's type and the text that it covers."""
        return [(entity["type"], covered(self.text, entity)) for entity in self.entities]

    @property
    def rows(self) -> list[list[Button]]:
        """Return the inline keyboard."""
        keyboard = self.record.get("reply_markup", {}).get("inline_keyboard", [])
        return [
            [Button(b["text"], b.get("callback_data"), b.get("url"), b) for b in row]
            for row in keyboard
        ]

    @property
    def buttons(self) -> list[Button]:
        return [button for row in self.rows for button in row]

    @property
    def labels(self) -> list[str]:
        return [button.label for button in self.buttons]

    @property
    def deleted(self) -> bool:
        return self.id not in self.chat.messages

    @property
    def edited(self) -> bool:
        return "edit_date" in self.record

    def button(self, label_or_data: str) -> Button:
        """Return the button of that label or callback data."""
        for wanted in ("label", "data"):
            for button in self.buttons:
                if getattr(button, wanted) == label_or_data:
                    return button
        raise LookupError(f"no button {label_or_data!r} under {self!r}")


class Press:
    """A pressed inline button."""

    def __init__(self, api: FakeBotApi, query: Query, update: Json | None) -> None:
        self.api = api
        self.query = query
        self.update = update

    @property
    def answer(self) -> Json | None:
        """Return what the bot answered the query; None before."""
        return self.query.answer

    async def answered(self, within: float = 10) -> Json:
        """Wait for the bot's answer and return it."""
        if not await self.api.wait_until(lambda: self.query.answer is not None, within):
            raise AssertionError(f"the bot did not answer the callback query.\n{self.api.state()}")
        return self.query.answer or {}


class Place:
    """A chat into which people write: private, group or channel."""

    def __init__(self, api: FakeBotApi, chat: Chat) -> None:
        self.api = api
        self.chat = chat

    @property
    def id(self) -> int:
        return self.chat.id

    @property
    def inbox(self) -> list[Message]:
        """Return the bot's messages that still stand in the chat, oldest first."""
        return [
            Message(record, chat)
            for chat, record in self.api.sent_records
            if chat is self.chat and record["message_id"] in chat.messages
        ]


class FakeUser(Place):
    """A person with a private chat with the bot."""

    def __init__(self, api: FakeBotApi, user: Json, chat: Chat) -> None:
        super().__init__(api, chat)
        self.wire = user

    def __repr__(self) -> str:
        return f"<FakeUser {self.id} {self.wire['first_name']}>"

    @property
    def language_code(self) -> str | None:
        return self.wire.get("language_code")

    @property
    def actions(self) -> list[str]:
        """Return the chat actions that the bot has shown here."""
        return [one.action for one in self.api.actions if one.chat_id == self.id]

    @property
    def commands(self) -> list[Json]:
        """Return the command menu as this person sees it."""
        return self.api.commands_for(self)

    # Writing

    async def starts(self, payload: str = "") -> Message:
        """Press Start, with the payload of a deep link if there is one."""
        return await self.sends(f"/start {payload}".strip())

    async def sends(
        self,
        text: str,
        *,
        to: Place | None = None,
        reply_to: Message | None = None,
        entities: list[Json] | None = None,
    ) -> Message:
        """Write a text, into the private chat or into a group."""
        plain, found = read_text(text, None, entities)
        content: Json = {"text": plain}
        if found:
            content["entities"] = [entity.wire(self.api.world.users) for entity in found]
        return self._put(content, to, reply_to)

    async def sends_content(
        self, content: Json, *, to: Place | None = None, caption: str | None = None
    ) -> Message:
        """Send a message with any content in its wire form."""
        if caption:
            content = content | {"caption": caption}
        return self._put(content, to, None)

    async def sends_photo(
        self, *, caption: str | None = None, content: bytes = JPEG, to: Place | None = None
    ) -> Message:
        return await self.sends_content(
            {"photo": photo_sizes(self.api, content)}, to=to, caption=caption
        )

    async def sends_document(
        self,
        *,
        name: str = "Satzung.pdf",
        mime_type: str = "application/pdf",
        content: bytes = b"%PDF-1.4\n",
        caption: str | None = None,
        to: Place | None = None,
    ) -> Message:
        document = file_object(self.api, "document", Upload(name, mime_type, content))
        return await self.sends_content({"document": document}, to=to, caption=caption)

    async def sends_voice(
        self, *, seconds: int = 7, content: bytes = OGG, to: Place | None = None
    ) -> Message:
        voice = file_object(self.api, "voice", Upload("v.oga", "audio/ogg", content))
        return await self.sends_content({"voice": voice | {"duration": seconds}}, to=to)

    async def sends_location(
        self, latitude: float = 50.0826, longitude: float = 8.24, *, to: Place | None = None
    ) -> Message:
        place = {"latitude": latitude, "longitude": longitude}
        return await self.sends_content({"location": place}, to=to)

    async def sends_contact(
        self,
        phone_number: str = "+4961112345",
        first_name: str | None = None,
        *,
        to: Place | None = None,
    ) -> Message:
        own = {"user_id": self.id} if first_name is None else {}
        name = first_name or self.wire["first_name"]
        contact = {"phone_number": phone_number, "first_name": name, **own}
        return await self.sends_content({"contact": contact}, to=to)

    async def sends_sticker(self, emoji: str = "👋", *, to: Place | None = None) -> Message:
        file = file_object(self.api, "sticker", Upload("s.webp", "image/webp", WEBP))
        del file["mime_type"]
        kind = {"type": "regular", "width": 512, "height": 512, "emoji": emoji}
        flags = {"is_animated": False, "is_video": False}
        return await self.sends_content({"sticker": file | kind | flags}, to=to)

    def _put(self, content: Json, to: Place | None, reply_to: Message | None) -> Message:
        chat = to.chat if to else self.chat
        if chat.type == "private":
            self._open()
        elif chat.members.get(self.id, "left") in {"left", "kicked"}:
            raise ValueError(f"{self!r} is not in {chat.wire['title']!r}")
        if reply_to is not None:
            replied = {k: v for k, v in reply_to.record.items() if k != "reply_to_message"}
            content = content | {"reply_to_message": replied}
        was_last = chat.last_from_bot
        record = self.api.world.add_message(chat, self.wire, content)
        if self.api.bot_sees(chat, record, was_last=was_last):
            self.api.updates.add("message", copy.deepcopy(record), chat.id)
        self.api.changed()
        return Message(record, chat)

    def _open(self) -> None:
        if self.chat.bot_status == "kicked":
            raise ValueError(f"{self!r} has blocked the bot and must unblock it first")
        self.chat.bot_status = "member"

    async def edits(self, message: Message, text: str) -> Message:
        """Change an own message."""
        if message.record.get("from", {}).get("id") != self.id:
            raise ValueError(f"{message!r} was not written by {self!r}")
        plain, found = read_text(text, None, None)
        name = "text" if "text" in message.record else "caption"
        entities = "entities" if name == "text" else "caption_entities"
        message.record[name] = plain
        message.record.pop(entities, None)
        if found:
            message.record[entities] = [entity.wire(self.api.world.users) for entity in found]
        message.record["edit_date"] = self.api.world.now()
        self.api.updates.add("edited_message", copy.deepcopy(message.record), message.chat.id)
        self.api.changed()
        return message

    async def presses(self, message: Message, label_or_data: str) -> Press:
        """Press an inline button under a message, named by its label or its callback data."""
        button = message.button(label_or_data)
        if button.data is None:
            raise ValueError(f"{button.label!r} opens {button.url}; the bot learns nothing of it")
        return await self.presses_data(message, button.data)

    async def presses_data(self, message: Message, data: str) -> Press:
        """Send callback data that need not stand under the message, as an altered client can."""
        world = self.api.world
        query = Query(world.next_query_id(), world.clock(), message.record)
        world.queries[query.id] = query
        update = self.api.updates.add(
            "callback_query",
            {
                "id": query.id,
                "from": self.wire,
                "message": self._pressed_message(message),
                "chat_instance": str(3 * abs(message.chat.id) + 1),
                "data": data,
            },
            message.chat.id,
        )
        self.api.changed()
        return Press(self.api, query, update)

    @staticmethod
    def _pressed_message(message: Message) -> Json:
        if message.deleted:
            return {"chat": message.chat.wire, "message_id": message.id, "date": 0}
        return copy.deepcopy(message.record)

    async def taps(self, label: str) -> Message:
        """Tap a button of the keyboard that stands in place of the letters."""
        keyboard = (self.chat.keyboard or {}).get("keyboard", [])
        buttons = {button["text"]: button for row in keyboard for button in row}
        if label not in buttons:
            raise LookupError(f"no key {label!r}, only {list(buttons)}")
        if (self.chat.keyboard or {}).get("one_time_keyboard"):
            self.chat.keyboard = None
        if buttons[label].get("request_contact"):
            return await self.sends_contact()
        if buttons[label].get("request_location"):
            return await self.sends_location()
        return await self.sends(label)

    # Coming and going

    async def blocks(self) -> None:
        """Block the bot."""
        self._change_bot("kicked")

    async def unblocks(self) -> None:
        """Unblock the bot."""
        self._change_bot("member")

    def deactivates(self) -> None:
        """Delete the account; the bot learns of it only when it writes."""
        self.chat.deactivated = True

    def _change_bot(self, status: str) -> None:
        self.api.change_bot_status(self.chat, self.wire, status)

    # Reading

    async def receives(self, within: float = 10) -> Message:
        """Wait for the bot's next message in the private chat that was not received yet."""
        if not await self.api.wait_until(lambda: len(self._own()) > self.chat.received, within):
            raise AssertionError(f"{self!r} received nothing.\n{self.api.state()}")
        self.chat.received += 1
        return self._own()[self.chat.received - 1]

    async def receives_all(self, *, quiet: float = 0.5, within: float = 10) -> list[Message]:
        """Wait for messages until none has come for so many seconds."""
        messages = [await self.receives(within)]
        while await self.api.wait_until(lambda: len(self._own()) > self.chat.received, quiet):
            messages.append(await self.receives(quiet))
        return messages

    async def receives_nothing(self, *, within: float = 0.5) -> None:
        """Fail when the bot writes within so many seconds."""
        if await self.api.wait_until(lambda: len(self._own()) > self.chat.received, within):
            raise AssertionError(f"{self!r} received {self._own()[self.chat.received]!r}")

    async def sees(self, wanted: str | Callable[[Message], bool], within: float = 10) -> Message:
        """Wait until a message that stands in the chat holds the words or fits the condition.

        Finds edited messages too; marks all messages as received.
        """
        fits = wanted if callable(wanted) else lambda message: wanted in message.text

        def found() -> list[Message]:
            return [message for message in self.inbox if fits(message)]

        if not await self.api.wait_until(lambda: bool(found()), within):
            standing = "\n".join(map(repr, self.inbox))
            raise AssertionError(f"{self!r} does not see it:\n{standing}\n{self.api.state()}")
        self.chat.received = len(self._own())
        return found()[-1]

    def _own(self) -> list[Message]:
        return [Message(r, chat) for chat, r in self.api.sent_records if chat is self.chat]


class FakeGroup(Place):
    """A group or supergroup."""

    def __repr__(self) -> str:
        return f"<FakeGroup {self.id} {self.chat.wire['title']}>"

    def joins(self, *users: FakeUser) -> None:
        """Let people into the group."""
        for user in users:
            self.chat.members[user.id] = "member"

    async def adds_bot(self, by: FakeUser, *, administrator: bool = False) -> None:
        """Let a member add the bot."""
        status = "administrator" if administrator else "member"
        self.api.change_bot_status(self.chat, by.wire, status)
        self._service({"new_chat_members": [self.api.world.bot]}, by)

    async def removes_bot(self, by: FakeUser) -> None:
        """Let a member throw the bot out."""
        self.api.change_bot_status(self.chat, by.wire, "kicked")

    def _service(self, content: Json, by: FakeUser) -> None:
        record = self.api.world.add_message(self.chat, by.wire, content)
        self.api.updates.add("message", copy.deepcopy(record), self.chat.id)


class FakeChannel(Place):
    """A channel."""

    async def posts(self, text: str) -> Message:
        """Publish a post."""
        plain, found = read_text(text, None, None)
        content: Json = {"text": plain}
        if found:
            content["entities"] = [entity.wire(self.api.world.users) for entity in found]
        record = self.api.world.add_message(self.chat, None, content)
        self.api.updates.add("channel_post", copy.deepcopy(record), self.chat.id)
        return Message(record, self.chat)

    async def edits(self, message: Message, text: str) -> Message:
        """Change a post."""
        message.record |= {"text": text, "edit_date": self.api.world.now()}
        message.record.pop("entities", None)
        self.api.updates.add("edited_channel_post", copy.deepcopy(message.record), self.chat.id)
        return message


def status_change(chat: Chat, by: Json, bot: Json, new: str, at: int) -> Json:
    """Return the ChatMemberUpdated that tells of the bot's new status."""
    return {
        "chat": chat.wire,
        "from": by,
        "date": at,
        "old_chat_member": member(bot, chat.bot_status),
        "new_chat_member": member(bot, new),
    }
