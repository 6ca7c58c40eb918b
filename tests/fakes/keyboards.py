"""Checks keyboards as the server does before it sends them."""

from __future__ import annotations

from typing import Any

from tests.fakes.entities import http_url, utf16_length
from tests.fakes.errors import bad_request

MAX_CALLBACK_DATA = 64
MAX_INLINE_BUTTONS = 100
MAX_BUTTONS_IN_ROW = 8
MAX_KEYBOARD_BUTTONS = 300
MAX_PLACEHOLDER = 64
MAX_COPIED = 256
STYLES = {"danger", "success", "primary"}
_KINDS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)


def check_keyboard(markup: dict[str, Any], chat_type: str) -> dict[str, Any]:
    """Return the keyboard without empty rows, or raise ApiError."""
    if "inline_keyboard" in markup:
        rows = _sized([row for row in markup["inline_keyboard"] if row])
        return {"inline_keyboard": [[_inline_button(b, chat_type) for b in row] for row in rows]}
    if chat_type == "channel":
        raise bad_request("reply markup must be an inline keyboard in a channel")
    if "keyboard" in markup:
        _check_reply_keyboard(markup, chat_type)
    elif "remove_keyboard" in markup and not markup["remove_keyboard"]:
        raise bad_request("can't parse ReplyKeyboardRemove: remove_keyboard must be True")
    elif "force_reply" in markup and not markup["force_reply"]:
        raise bad_request("can't parse ForceReply: force_reply must be True")
    if len(markup.get("input_field_placeholder", "")) > MAX_PLACEHOLDER:
        raise bad_request("input field placeholder is too long")
    return markup


def _sized(rows: list[list[dict[str, Any]]]) -> list[list[dict[str, Any]]]:
    if sum(map(len, rows)) > MAX_INLINE_BUTTONS or any(len(r) > MAX_BUTTONS_IN_ROW for r in rows):
        raise bad_request("reply markup is too long")
    return rows


def _inline_button(button: dict[str, Any], chat_type: str) -> dict[str, Any]:
    if not button["text"].strip():
        raise bad_request("inline keyboard button text must be non-empty")
    if button.get("style", "primary") not in STYLES:
        raise bad_request("can't parse inline keyboard button: invalid button style specified")
    kinds = [kind for kind in _KINDS if kind in button]
    if not kinds:
        raise bad_request(
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard"
        )
    if len(kinds) > 1:
        raise bad_request(
            "can't parse inline keyboard button: exactly one optional field must be used"
        )
    _check_action(kinds[0], button, chat_type)
    return button


def _check_action(kind: str, button: dict[str, Any], chat_type: str) -> None:
    value = button[kind]
    if kind == "callback_data" and not 1 <= len(value.encode()) <= MAX_CALLBACK_DATA:
        raise bad_request("BUTTON_DATA_INVALID")
    if kind == "url" and not value.startswith("tg://") and http_url(value) is None:
        raise bad_request(f"inline keyboard button URL '{value}' is invalid: Wrong HTTP URL")
    if kind == "copy_text" and not 1 <= utf16_length(value["text"]) <= MAX_COPIED:
        raise bad_request("BUTTON_COPY_TEXT_INVALID")
    if kind == "web_app":
        if chat_type != "private":
            raise bad_request("BUTTON_TYPE_INVALID")
        if not value["url"].startswith("https://"):
            raise bad_request(
                f"inline keyboard button Web App URL '{value['url']}' is invalid: "
                "Only HTTPS links are allowed"
            )
    if kind in {"callback_game", "pay"}:
        raise bad_request("BUTTON_TYPE_INVALID")


def _check_reply_keyboard(markup: dict[str, Any], chat_type: str) -> None:
    buttons = [button for row in markup["keyboard"] for button in row]
    if not buttons:
        raise bad_request("can't parse reply keyboard: keyboard must contain a button")
    if len(buttons) > MAX_KEYBOARD_BUTTONS:
        raise bad_request("reply markup is too long")
    for button in buttons:
        if not button["text"].strip():
            raise bad_request("keyboard button text must be non-empty")
        if chat_type != "private" and {"request_contact", "request_location"} & button.keys():
            raise bad_request("can't request phone number or location in the chat")
