"""What each Bot API method does."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from tests.fakes.entities import utf16_length
from tests.fakes.errors import (
    BLOCKED,
    DEACTIVATED,
    NEVER_STARTED,
    ApiError,
    bad_request,
    forbidden,
)
from tests.fakes.keyboards import check_keyboard
from tests.fakes.parameters import Upload
from tests.fakes.texts import read_text
from tests.fakes.updates import Webhook
from tests.fakes.world import Chat, Json

if TYPE_CHECKING:
    from tests.fakes.server import FakeServer

Parameters = dict[str, Any]
Method = Callable[["FakeServer", Parameters], Awaitable[Any]]
METHODS: dict[str, Method] = {}

ACTIONS = {
    "typing",
    "upload_photo",
    "record_video",
    "upload_video",
    "record_voice",
    "upload_voice",
    "upload_document",
    "choose_sticker",
    "find_location",
    "record_video_note",
    "upload_video_note",
}
MAX_DOWNLOAD = 20 * 1024 * 1024
MAX_UPLOAD = 50 * 1024 * 1024
MAX_PHOTO = 10 * 1024 * 1024
DELETABLE_FOR = 48 * 3600
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the "
    "same as a current content and reply markup of the message"
)
OLD_QUERY = "query is too old and response timeout expired or query ID is invalid"


def method(name: str) -> Callable[[Method], Method]:
    """Register what a method does."""

    def register(function: Method) -> Method:
        METHODS[name] = function
        return function

    return register


# The bot itself


@method("getMe")
async def get_me(server: FakeServer, p: Parameters) -> Json:
    return {
        **server.world.bot,
        "can_join_groups": True,
        "can_read_all_group_messages": server.reads_all_group_messages,
        "supports_guest_queries": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
        "allows_users_to_create_topics": False,
        "can_manage_bots": False,
        "supports_join_request_queries": False,
    }


@method("logOut")
async def log_out(server: FakeServer, p: Parameters) -> bool:
    server.logged_out = True
    return True


@method("close")
async def close(server: FakeServer, p: Parameters) -> bool:
    return True


# Updates


@method("getUpdates")
async def get_updates(server: FakeServer, p: Parameters) -> list[Json]:
    server.updates.allow(p.get("allowed_updates"))
    return await server.updates.get(
        p.get("offset", 0), p.get("limit", 100), float(p.get("timeout", 0))
    )


@method("setWebhook")
async def set_webhook(server: FakeServer, p: Parameters) -> tuple[bool, str]:
    url = p.get("url", "")
    if not url:
        return _delete_webhook(server, p)
    server.updates.limit_setting()
    _check_webhook_url(url, allow_http=server.allow_http_webhook)
    secret = p.get("secret_token")
    if secret is not None and len(secret) > 256:
        raise bad_request("secret token is too long")
    if secret is not None and not re.fullmatch(r"[A-Za-z0-9_-]+", secret):
        raise bad_request("secret token contains unallowed characters")
    connections = p.get("max_connections", 40)
    if not 1 <= connections <= 100:
        connections = 40
    server.updates.allow(p.get("allowed_updates"))
    if p.get("drop_pending_updates"):
        server.updates.pending.clear()
    certificate = p.get("certificate")
    webhook = Webhook(
        url=url,
        secret_token=secret,
        max_connections=connections,
        ip_address=p.get("ip_address"),
        certificate=certificate.content if isinstance(certificate, Upload) else None,
    )
    if webhook.is_like(server.updates.webhook):
        return True, "Webhook is already set"
    server.updates.set_webhook(webhook)
    return True, "Webhook was set"


def _check_webhook_url(url: str, *, allow_http: bool) -> None:
    parts = urlsplit(url)
    if parts.scheme == "http" and allow_http:
        return
    if parts.scheme != "https":
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not parts.hostname:
        raise bad_request("bad webhook: URL host is empty")
    if not allow_http and (parts.port or 443) not in {80, 88, 443, 8443}:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


@method("deleteWebhook")
async def delete_webhook(server: FakeServer, p: Parameters) -> tuple[bool, str]:
    return _delete_webhook(server, p)


def _delete_webhook(server: FakeServer, p: Parameters) -> tuple[bool, str]:
    if p.get("drop_pending_updates"):
        server.updates.pending.clear()
    if server.updates.webhook is None:
        return True, "Webhook is already deleted"
    server.updates.set_webhook(None)
    return True, "Webhook was deleted"


@method("getWebhookInfo")
async def get_webhook_info(server: FakeServer, p: Parameters) -> Json:
    webhook = server.updates.webhook
    info: Json = {
        "url": webhook.url if webhook else "",
        "has_custom_certificate": bool(webhook and webhook.certificate),
        "pending_update_count": len(server.updates.pending),
    }
    if webhook is not None:
        info |= {"max_connections": webhook.max_connections}
        for name in ("ip_address", "last_error_date", "last_error_message"):
            if (value := getattr(webhook, name)) is not None:
                info[name] = value
    if server.updates.allowed_as_given:
        info["allowed_updates"] = server.updates.allowed_as_given
    return info


# Sending


def _reachable(server: FakeServer, address: int | str) -> Chat:
    """Return the chat when the bot may write to it."""
    chat = server.world.find_chat(address)
    if chat is None:
        if address == server.world.bot["id"]:
            raise forbidden("bot can't send messages to the bot")
        raise bad_request("chat not found")
    if chat.deactivated:
        raise ApiError(*DEACTIVATED)
    match chat.bot_status:
        case "never" if chat.type == "private":
            raise ApiError(*NEVER_STARTED)
        case "kicked" if chat.type == "private":
            raise ApiError(*BLOCKED)
        case "kicked":
            raise forbidden(f"bot was kicked from the {chat.type} chat")
        case "left" | "never":
            raise forbidden(f"bot is not a member of the {chat.type} chat")
        case "member" if chat.type == "channel":
            raise bad_request("need administrator rights in the channel chat")
    return chat


def _reply_markup(chat: Chat, p: Parameters) -> Json | None:
    markup = p.get("reply_markup")
    return None if markup is None else check_keyboard(markup, chat.type)


def _reply(server: FakeServer, chat: Chat, p: Parameters) -> Json:
    wanted = p.get("reply_parameters")
    if wanted is None:
        return {}
    other = wanted.get("chat_id", chat.id)
    source = chat if other == chat.id else server.world.find_chat(other)
    if source is None:
        raise bad_request("chat not found")
    message = source.messages.get(wanted["message_id"])
    if message is None:
        if wanted.get("allow_sending_without_reply"):
            return {}
        raise bad_request("message to be replied not found")
    if source is not chat:
        raise bad_request("replies in other chats are not supported by this server")
    quoted = str(message.get("text") or message.get("caption") or "")
    if wanted.get("quote", "") not in quoted:
        raise bad_request("QUOTE_TEXT_INVALID")
    without = {k: v for k, v in message.items() if k != "reply_to_message"}
    return {"reply_to_message": without}


async def _send(server: FakeServer, p: Parameters, content: Callable[[Chat], Json]) -> Json:
    """Check what all sending methods share, then put the message into the chat."""
    chat = _reachable(server, p["chat_id"])
    _refuse_topics(p)
    body = content(chat)
    markup = _reply_markup(chat, p)
    body |= _reply(server, chat, p)
    server.flood.take(chat.id, group=chat.type != "private")
    if p.get("protect_content"):
        body["has_protected_content"] = True
    if p.get("message_effect_id"):
        body["effect_id"] = p["message_effect_id"]
    if markup is not None and "inline_keyboard" in markup and markup["inline_keyboard"]:
        body["reply_markup"] = markup
    message = server.world.add_message(chat, server.world.bot, body)
    if markup is not None and "inline_keyboard" not in markup:
        chat.keyboard = markup if "keyboard" in markup else None
    server.note_sent(chat, message)
    return message


def _refuse_topics(p: Parameters) -> None:
    if p.get("business_connection_id"):
        raise bad_request("business connection not found")
    if p.get("message_thread_id"):
        raise bad_request("message thread not found")
    if p.get("direct_messages_topic_id"):
        raise bad_request("direct messages chat topic not found")


@method("sendMessage")
async def send_message(server: FakeServer, p: Parameters) -> Json:
    def content(chat: Chat) -> Json:
        return _text_content(server, p)

    return await _send(server, p, content)


def _text_content(server: FakeServer, p: Parameters) -> Json:
    if "text" not in p:
        raise bad_request("message text is empty")
    text, entities = read_text(p["text"], p.get("parse_mode"), p.get("entities"))
    if not text:
        raise bad_request("text must be non-empty")
    content: Json = {"text": text}
    if wired := _wired(server, entities):
        content["entities"] = wired
    preview = p.get("link_preview_options")
    if preview:
        content["link_preview_options"] = preview
    return content


def _wired(server: FakeServer, entities: list[Any]) -> list[Json]:
    known = server.world.users
    return [e.wire(known) for e in entities if e.user_id is None or e.user_id in known]


def _caption(server: FakeServer, p: Parameters) -> Json:
    if "caption" not in p:
        return {}
    text, entities = read_text(
        p["caption"], p.get("parse_mode"), p.get("caption_entities"), "caption"
    )
    wired = _wired(server, entities)
    return ({"caption": text} if text else {}) | ({"caption_entities": wired} if wired else {})


def _content_of(server: FakeServer, value: Upload | str, kind: str, limit: int) -> Upload:
    if isinstance(value, Upload):
        if not value.content:
            raise bad_request("file must be non-empty")
        if len(value.content) > limit:
            raise ApiError(413, "Request Entity Too Large")
        return value
    if value in server.world.files:
        stored = server.world.files[value]
        return Upload(stored.path.rsplit("/", 1)[-1], "application/octet-stream", stored.content)
    if value.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    raise bad_request("wrong file identifier/HTTP URL specified")


@method("sendPhoto")
async def send_photo(server: FakeServer, p: Parameters) -> Json:
    def content(chat: Chat) -> Json:
        file = _content_of(server, p["photo"], "photo", MAX_PHOTO)
        media = {"photo": photo_sizes(server, file.content), **_caption(server, p)}
        if p.get("show_caption_above_media"):
            media["show_caption_above_media"] = True
        if p.get("has_spoiler"):
            media["has_media_spoiler"] = True
        return media

    return await _send(server, p, content)


def photo_sizes(server: FakeServer, content: bytes) -> list[Json]:
    """Return the sizes in which the server keeps a photo."""
    sizes = []
    for width, height in ((90, 67), (320, 240), (1280, 960)):
        file_id, stored = server.world.store_file("photo", f"p{width}.jpg", content)
        sizes.append(
            {
                "file_id": file_id,
                "file_unique_id": f"{stored.unique_id}{width}",
                "width": width,
                "height": height,
                "file_size": len(content),
            }
        )
    return sizes


@method("sendDocument")
async def send_document(server: FakeServer, p: Parameters) -> Json:
    def content(chat: Chat) -> Json:
        file = _content_of(server, p["document"], "document", MAX_UPLOAD)
        return {
            "document": file_object(server, "document", file),
            **_caption(server, p),
        }

    return await _send(server, p, content)


def file_object(server: FakeServer, kind: str, file: Upload) -> Json:
    """Keep a file and return what every kind of file has in common."""
    file_id, stored = server.world.store_file(kind, file.name, file.content)
    result: Json = {"file_id": file_id, "file_unique_id": stored.unique_id}
    if kind == "document":
        result["file_name"] = file.name
    return result | {"mime_type": file.mime_type, "file_size": len(file.content)}


@method("sendVoice")
async def send_voice(server: FakeServer, p: Parameters) -> Json:
    def content(chat: Chat) -> Json:
        file = _content_of(server, p["voice"], "voice", MAX_UPLOAD)
        voice = file_object(server, "voice", file) | {"duration": p.get("duration", 0)}
        return {"voice": voice, **_caption(server, p)}

    return await _send(server, p, content)


@method("sendLocation")
async def send_location(server: FakeServer, p: Parameters) -> Json:
    def content(chat: Chat) -> Json:
        if not (-90 <= p["latitude"] <= 90 and -180 <= p["longitude"] <= 180):
            raise bad_request("wrong latitude or longitude specified")
        names = ("latitude", "longitude", "horizontal_accuracy", "live_period", "heading")
        return {"location": {name: p[name] for name in names if name in p}}

    return await _send(server, p, content)


@method("sendContact")
async def send_contact(server: FakeServer, p: Parameters) -> Json:
    def content(chat: Chat) -> Json:
        names = ("phone_number", "first_name", "last_name", "vcard")
        return {"contact": {name: p[name] for name in names if name in p}}

    return await _send(server, p, content)


@method("sendChatAction")
async def send_chat_action(server: FakeServer, p: Parameters) -> bool:
    if p["action"] not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    chat = _reachable(server, p["chat_id"])
    _refuse_topics(p)
    server.note_action(chat, p["action"])
    return True


# Changing what was sent


def _editable(server: FakeServer, p: Parameters) -> tuple[Chat, Json]:
    if "inline_message_id" in p:
        raise bad_request("MESSAGE_ID_INVALID")
    if "chat_id" not in p:
        raise bad_request("chat_id is empty")
    if "message_id" not in p:
        raise bad_request("message identifier is not specified")
    chat = _reachable(server, p["chat_id"])
    message = chat.messages.get(p["message_id"])
    if message is None:
        raise bad_request("message to edit not found")
    if message.get("from", {}).get("id") != server.world.bot["id"]:
        raise bad_request("message can't be edited")
    return chat, message


def _edit(server: FakeServer, chat: Chat, message: Json, p: Parameters, new: Json) -> Json:
    """Put new content and keyboard in place; what `new` holds as None goes."""
    markup = _reply_markup(chat, p)
    wanted = new | {"reply_markup": markup if markup and markup["inline_keyboard"] else None}
    if all(message.get(name) == value for name, value in wanted.items()):
        raise bad_request(NOT_MODIFIED)
    server.flood.take(chat.id, group=chat.type != "private")
    for name, value in wanted.items():
        if value is None:
            message.pop(name, None)
        else:
            message[name] = value
    message["edit_date"] = server.world.now()
    server.note_edited(chat, message)
    return message


@method("editMessageText")
async def edit_message_text(server: FakeServer, p: Parameters) -> Json:
    chat, message = _editable(server, p)
    content = {"entities": None, "link_preview_options": None, **_text_content(server, p)}
    if "text" not in message:
        raise bad_request("there is no text in the message to edit")
    return _edit(server, chat, message, p, content)


@method("editMessageCaption")
async def edit_message_caption(server: FakeServer, p: Parameters) -> Json:
    chat, message = _editable(server, p)
    if not {"photo", "document", "voice"} & message.keys():
        raise bad_request("there is no caption in the message to edit")
    content = {"caption": None, "caption_entities": None, **_caption(server, p)}
    return _edit(server, chat, message, p, content)


@method("editMessageReplyMarkup")
async def edit_message_reply_markup(server: FakeServer, p: Parameters) -> Json:
    chat, message = _editable(server, p)
    return _edit(server, chat, message, p, {})


def _deletable(server: FakeServer, chat: Chat, message: Json) -> bool:
    own = message.get("from", {}).get("id") == server.world.bot["id"]
    allowed = own or chat.type == "private" or chat.bot_status == "administrator"
    return allowed and server.world.now() - message["date"] < DELETABLE_FOR


@method("deleteMessage")
async def delete_message(server: FakeServer, p: Parameters) -> bool:
    chat = _reachable(server, p["chat_id"])
    message = chat.messages.get(p["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    if not _deletable(server, chat, message):
        raise bad_request("message can't be deleted for everyone")
    del chat.messages[p["message_id"]]
    server.note_deleted(chat, message)
    return True


@method("deleteMessages")
async def delete_messages(server: FakeServer, p: Parameters) -> bool:
    if not 1 <= len(p["message_ids"]) <= 100:
        raise bad_request("too many message identifiers specified")
    chat = _reachable(server, p["chat_id"])
    for message_id in p["message_ids"]:
        message = chat.messages.get(message_id)
        if message is not None and _deletable(server, chat, message):
            del chat.messages[message_id]
            server.note_deleted(chat, message)
    return True


@method("answerCallbackQuery")
async def answer_callback_query(server: FakeServer, p: Parameters) -> bool:
    query = server.world.queries.get(p["callback_query_id"])
    expired = query is None or server.world.clock() - query.at > server.query_lifetime
    if query is None or expired or query.answer is not None:
        raise bad_request(OLD_QUERY)
    if utf16_length(p.get("text", "")) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    if "url" in p and not p["url"].startswith(("https://t.me/", "tg://")):
        raise bad_request("URL_INVALID")
    names = ("text", "show_alert", "url", "cache_time")
    query.answer = {name: p[name] for name in names if name in p}
    server.changed()
    return True


# Asking


@method("getFile")
async def get_file(server: FakeServer, p: Parameters) -> Json:
    stored = server.world.files.get(p["file_id"])
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.content) > MAX_DOWNLOAD:
        raise bad_request("file is too big")
    return {
        "file_id": p["file_id"],
        "file_unique_id": stored.unique_id,
        "file_size": len(stored.content),
        "file_path": stored.path,
    }


@method("getChat")
async def get_chat(server: FakeServer, p: Parameters) -> Json:
    chat = server.world.find_chat(p["chat_id"])
    if chat is None or chat.bot_status == "never":
        raise bad_request("chat not found")
    gifts = (
        "unlimited_gifts",
        "limited_gifts",
        "unique_gifts",
        "premium_subscription",
        "gifts_from_channels",
    )
    full: Json = {
        **chat.wire,
        "accent_color_id": abs(chat.id) % 7,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(gifts, False),
        **chat.full,
    }
    if "username" in chat.wire:
        full["active_usernames"] = [chat.wire["username"]]
    return full


@method("getChatMember")
async def get_chat_member(server: FakeServer, p: Parameters) -> Json:
    chat = _reachable(server, p["chat_id"])
    user_id = p["user_id"]
    if user_id == server.world.bot["id"]:
        return member(server.world.bot, chat.bot_status)
    if user_id not in server.world.users:
        raise bad_request("invalid user_id specified")
    return member(server.world.users[user_id], chat.members.get(user_id, "left"))


_RIGHTS = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
)


def member(user: Json, status: str) -> Json:
    """Return a ChatMember."""
    result: Json = {"status": "left" if status == "never" else status, "user": user}
    if status == "kicked":
        result["until_date"] = 0
    if status == "creator":
        result["is_anonymous"] = False
    if status == "administrator":
        result |= {name: name != "is_anonymous" for name in _RIGHTS}
    return result


@method("leaveChat")
async def leave_chat(server: FakeServer, p: Parameters) -> bool:
    chat = server.world.find_chat(p["chat_id"])
    if chat is None:
        raise bad_request("chat not found")
    if chat.type == "private":
        raise bad_request("chat member status can't be changed in private chats")
    chat.bot_status = "left"
    return True


# What people see of the bot before they write


def _language(p: Parameters) -> str:
    code = str(p.get("language_code", ""))
    if code and not re.fullmatch(r"[a-z]{2}", code):
        raise bad_request("invalid language code specified")
    return code


def _scope(server: FakeServer, p: Parameters) -> str:
    scope = p.get("scope", {"type": "default"})
    if "chat_id" in scope and server.world.find_chat(scope["chat_id"]) is None:
        raise bad_request("chat not found")
    parts = (scope["type"], scope.get("chat_id"), scope.get("user_id"))
    return ":".join(str(part) for part in parts if part is not None)


@method("setMyCommands")
async def set_my_commands(server: FakeServer, p: Parameters) -> bool:
    key = (_scope(server, p), _language(p))
    commands = p["commands"]
    if len(commands) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for one in commands:
        # The real server takes a slash before the name and upper case, and changes both.
        if not re.fullmatch(r"[a-z0-9_]{1,32}", one["command"]):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= utf16_length(one["description"].strip()) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    names = [one["command"] for one in commands]
    if len(set(names)) != len(names):
        raise bad_request("BOT_COMMAND_INVALID")
    if commands:
        server.commands[key] = commands
    else:
        server.commands.pop(key, None)
    server.changed()
    return True


@method("getMyCommands")
async def get_my_commands(server: FakeServer, p: Parameters) -> list[Json]:
    return server.commands.get((_scope(server, p), _language(p)), [])


@method("deleteMyCommands")
async def delete_my_commands(server: FakeServer, p: Parameters) -> bool:
    server.commands.pop((_scope(server, p), _language(p)), None)
    server.changed()
    return True


def _define_profile(kind: str, field: str, limit: int) -> None:
    """Register the pair of methods that set and read one line of the bot's profile."""

    async def set_line(server: FakeServer, p: Parameters) -> bool:
        language = _language(p)
        text = p.get(field, "")
        if utf16_length(text) > limit:
            raise bad_request(f"{_TOO_LONG[field]}")
        server.profile.setdefault(field, {})[language] = text
        if not text:
            del server.profile[field][language]
        server.changed()
        return True

    async def get_line(server: FakeServer, p: Parameters) -> Json:
        lines = server.profile.get(field, {})
        return {field: lines.get(_language(p), lines.get("", _default_line(server, field)))}

    METHODS[f"setMy{kind}"] = set_line
    METHODS[f"getMy{kind}"] = get_line


_TOO_LONG = {
    "name": "BOT_TITLE_INVALID",
    "description": "BOT_DESCRIPTION_TOO_LONG",
    "short_description": "BOT_SHORT_DESCRIPTION_TOO_LONG",
}


def _default_line(server: FakeServer, field: str) -> str:
    return str(server.world.bot["first_name"]) if field == "name" else ""


_define_profile("Name", "name", 64)
_define_profile("Description", "description", 512)
_define_profile("ShortDescription", "short_description", 120)


@method("setChatMenuButton")
async def set_chat_menu_button(server: FakeServer, p: Parameters) -> bool:
    chat_id = p.get("chat_id")
    if chat_id is not None and chat_id not in server.world.users:
        raise bad_request("chat not found")
    button = p.get("menu_button", {"type": "default"})
    if button["type"] == "web_app" and not button["web_app"]["url"].startswith("https://"):
        raise bad_request("menu button Web App URL is invalid: Only HTTPS links are allowed")
    server.menu_buttons[chat_id] = button
    return True


@method("getChatMenuButton")
async def get_chat_menu_button(server: FakeServer, p: Parameters) -> Json:
    buttons = server.menu_buttons
    return buttons.get(p.get("chat_id"), buttons.get(None, {"type": "commands"}))
