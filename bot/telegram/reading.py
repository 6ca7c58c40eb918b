"""Telegram's updates read into what the conversation understands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from telegram import (
    CallbackQuery,
    Chat,
    ChatMemberUpdated,
    Contact,
    InlineKeyboardMarkup,
    Location,
    Message,
    MessageEntity,
    PhotoSize,
    Update,
    User,
    Venue,
)

from bot.incoming import Group, Incoming
from bot.wire import decode

_log = structlog.get_logger(__name__)

CHANNEL = "telegram"
#: What is asked of Telegram; everything else is nobody's business here.
ALLOWED = ("message", "edited_message", "callback_query", "my_chat_member")

_KINDS = {"video_note": "video", "animation": "video", "venue": "location"}
_FILES = ("photo", "document", "voice", "audio", "video", "video_note", "animation", "sticker")
_PLACES = ("venue", "location", "contact")
_OTHERS = ("poll", "dice", "game", "story", "invoice", "paid_media", "checklist")
_GONE = ("left", "kicked")
_COMMAND_TO = re.compile(r"/\w+@(?P<bot>\w+)")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the bot is on Telegram."""

    id: int
    username: str

    @property
    def link(self) -> str:
        """Where one can write to the bot directly."""
        return f"https://t.me/{self.username}"


def address_of(raw: Mapping[str, Any]) -> str:
    """Return the chat that an update belongs to, whatever its kind; `-` where it has none."""
    for part in raw.values():
        if isinstance(part, dict):
            chat = part.get("chat") or (part.get("message") or {}).get("chat") or part.get("from")
            if isinstance(chat, dict) and "id" in chat:
                return str(chat["id"])
    return "-"


def read(raw: Mapping[str, Any], me: Identity) -> Incoming | None:
    """Read an update; None for what is nobody's business, logged by its kind only."""
    kind = next((key for key in raw if key != "update_id"), "nothing")
    try:
        update = Update.de_json(dict(raw), None)
        incoming = _read(update, me)
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        _log.error("update_malformed", kind=kind, problem=type(problem).__name__)
        return None
    if incoming is None:
        _log.info("update_ignored", kind=kind)
    return incoming


def _read(update: Update, me: Identity) -> Incoming | None:
    if update.callback_query is not None:
        return _pressed(update.callback_query, me)
    if update.my_chat_member is not None:
        return _membership(update.my_chat_member, me)
    if update.message is not None:
        return _written(update.message, me, edited=False)
    if update.edited_message is not None:
        return _written(update.edited_message, me, edited=True)
    return None


def _written(message: Message, me: Identity, *, edited: bool) -> Incoming | None:
    person = message.from_user
    if person is None or person.is_bot or message.chat.type == Chat.CHANNEL:
        return None
    text = message.text or message.caption or ""
    attachment = _attachment(message)
    if not text and attachment is None and message.text is None and not edited:
        return None  # a service message: somebody joined, a title changed
    group = _group(message, me)
    return Incoming(
        CHANNEL,
        str(message.chat.id),
        event="edit" if edited else "message",
        language_hint=person.language_code,
        text=_without_mention(text, me) if group else text,
        attachment=attachment,
        external_id=str(message.message_id),
        group=group,
    )


def _pressed(query: CallbackQuery, me: Identity) -> Incoming | None:
    pressed = decode(query.data) if query.data else None
    if pressed is None or query.from_user.is_bot:
        return None
    chat = query.message.chat if query.message is not None else None
    in_group = chat is not None and chat.type != Chat.PRIVATE
    return Incoming(
        CHANNEL,
        str(chat.id if chat is not None else query.from_user.id),
        language_hint=query.from_user.language_code,
        text=_label(query),
        payload=pressed.payload,
        asked=pressed.asked,
        external_id=query.id,
        group=Group(me.link, spoken_to=True) if in_group else None,
    )


def _label(query: CallbackQuery) -> str:
    """Return the words on the button that was pressed, for the record."""
    markup: InlineKeyboardMarkup | None = getattr(query.message, "reply_markup", None)
    rows = markup.inline_keyboard if markup is not None else ()
    labels = (one.text for row in rows for one in row if one.callback_data == query.data)
    return next(labels, "")


def _membership(change: ChatMemberUpdated, me: Identity) -> Incoming | None:
    """Blocking and unblocking in a private chat, joining and leaving a group."""
    was_gone = change.old_chat_member.status in _GONE
    is_gone = change.new_chat_member.status in _GONE
    if change.chat.type == Chat.CHANNEL or was_gone == is_gone:
        return None
    private = change.chat.type == Chat.PRIVATE
    return Incoming(
        CHANNEL,
        str(change.chat.id),
        event="blocked" if is_gone else ("unblocked" if private else "joined"),
        language_hint=change.from_user.language_code,
        group=None if private else Group(me.link, spoken_to=False),
    )


def _group(message: Message, me: Identity) -> Group | None:
    if message.chat.type == Chat.PRIVATE:
        return None
    return Group(me.link, spoken_to=_spoken_to(message, me))


def _spoken_to(message: Message, me: Identity) -> bool:
    replied = message.reply_to_message
    if replied is not None and replied.from_user is not None and replied.from_user.id == me.id:
        return True
    command = _COMMAND_TO.match(message.text or "")
    if command is not None:
        return command["bot"].lower() == me.username.lower()
    mentions = {
        **message.parse_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION]),
        **message.parse_caption_entities([MessageEntity.MENTION, MessageEntity.TEXT_MENTION]),
    }
    return any(_means(entity.user, words, me) for entity, words in mentions.items())


def _means(user: User | None, words: str, me: Identity) -> bool:
    return user.id == me.id if user is not None else words.lower() == f"@{me.username}".lower()


def _without_mention(text: str, me: Identity) -> str:
    if text.startswith("/"):
        return text
    return re.sub(rf"@{re.escape(me.username)}\b", "", text, flags=re.IGNORECASE).strip(" ,:")


def _attachment(message: Message) -> dict[str, Any] | None:
    """Return what is known of an attachment: its kind and Telegram's ids, never its content."""
    for name in (*_FILES, *_PLACES):
        value = getattr(message, name, None)
        if value:
            kind = _KINDS.get(name, name)
            return {"kind": kind, **_details(value)}
    if any(getattr(message, name, None) for name in _OTHERS):
        return {"kind": "other"}
    return None


def _details(value: Any) -> dict[str, Any]:
    if isinstance(value, Venue):
        return {**_details(value.location), "name": value.title, "address": value.address}
    if isinstance(value, Location):
        return {"latitude": value.latitude, "longitude": value.longitude}
    if isinstance(value, Contact):
        return {"phone_number": value.phone_number, "name": value.first_name}
    file = value[-1] if isinstance(value, list | tuple) else value  # the largest size
    details = {
        "file_id": file.file_id,
        "file_unique_id": file.file_unique_id,
        "size": file.file_size,
        "name": getattr(file, "file_name", None),
        "mime_type": "image/jpeg"
        if isinstance(file, PhotoSize)
        else getattr(file, "mime_type", None),
    }
    return {key: known for key, known in details.items() if known is not None}
