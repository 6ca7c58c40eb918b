"""The methods and objects that the server takes, with their fields and types.

Written down by hand so that the server is strict without any file from elsewhere. A test
compares every line with the machine-readable Bot API where that is at hand. A field is written
`name type`; `!` after the name means required, `|` parts alternatives, `[]` makes an array.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter of a method or one field of an object."""

    name: str
    types: tuple[str, ...]
    required: bool


Fields = dict[str, Field]


def _fields(*blocks: str) -> Fields:
    lines = [line.split() for block in blocks for line in block.splitlines() if line.strip()]
    return {
        name.rstrip("!"): Field(name.rstrip("!"), tuple(types.split("|")), name.endswith("!"))
        for name, types in lines
    }


_ADDRESS = """
    business_connection_id String
    chat_id! Integer|String
    message_thread_id Integer
"""
_SENDING = """
    direct_messages_topic_id Integer
    disable_notification Boolean
    protect_content Boolean
    allow_paid_broadcast Boolean
    message_effect_id String
    suggested_post_parameters SuggestedPostParameters
    reply_parameters ReplyParameters
    reply_markup InlineKeyboardMarkup|ReplyKeyboardMarkup|ReplyKeyboardRemove|ForceReply
"""
_CAPTION = """
    caption String
    parse_mode String
    caption_entities MessageEntity[]
"""
_EDITED = """
    business_connection_id String
    chat_id Integer|String
    message_id Integer
    inline_message_id String
    reply_markup InlineKeyboardMarkup
"""
_FOR_LANGUAGE = "language_code String"
_MENU = "scope BotCommandScope\n" + _FOR_LANGUAGE

METHODS: dict[str, Fields] = {
    "getMe": {},
    "logOut": {},
    "close": {},
    "getUpdates": _fields(
        """
        offset Integer
        limit Integer
        timeout Integer
        allowed_updates String[]
        """
    ),
    "setWebhook": _fields(
        """
        url! String
        certificate InputFile
        ip_address String
        max_connections Integer
        allowed_updates String[]
        drop_pending_updates Boolean
        secret_token String
        """
    ),
    "deleteWebhook": _fields("drop_pending_updates Boolean"),
    "getWebhookInfo": {},
    "sendMessage": _fields(
        _ADDRESS,
        "text! String\nparse_mode String\nentities MessageEntity[]",
        "link_preview_options LinkPreviewOptions",
        _SENDING,
    ),
    "sendPhoto": _fields(
        _ADDRESS,
        "photo! InputFile|String\nshow_caption_above_media Boolean\nhas_spoiler Boolean",
        _CAPTION,
        _SENDING,
    ),
    "sendDocument": _fields(
        _ADDRESS,
        "document! InputFile|String\nthumbnail InputFile|String",
        "disable_content_type_detection Boolean",
        _CAPTION,
        _SENDING,
    ),
    "sendVoice": _fields(_ADDRESS, "voice! InputFile|String\nduration Integer", _CAPTION, _SENDING),
    "sendLocation": _fields(
        _ADDRESS,
        """
        latitude! Float
        longitude! Float
        horizontal_accuracy Float
        live_period Integer
        heading Integer
        proximity_alert_radius Integer
        """,
        _SENDING,
    ),
    "sendContact": _fields(
        _ADDRESS,
        "phone_number! String\nfirst_name! String\nlast_name String\nvcard String",
        _SENDING,
    ),
    "sendChatAction": _fields(_ADDRESS, "action! String"),
    "editMessageText": _fields(
        _EDITED,
        """
        text String
        parse_mode String
        entities MessageEntity[]
        link_preview_options LinkPreviewOptions
        rich_message InputRichMessage
        """,
    ),
    "editMessageCaption": _fields(_EDITED, _CAPTION, "show_caption_above_media Boolean"),
    "editMessageReplyMarkup": _fields(_EDITED),
    "deleteMessage": _fields("chat_id! Integer|String\nmessage_id! Integer"),
    "deleteMessages": _fields("chat_id! Integer|String\nmessage_ids! Integer[]"),
    "answerCallbackQuery": _fields(
        """
        callback_query_id! String
        text String
        show_alert Boolean
        url String
        cache_time Integer
        """
    ),
    "getFile": _fields("file_id! String"),
    "getChat": _fields("chat_id! Integer|String"),
    "getChatMember": _fields("chat_id! Integer|String\nuser_id! Integer"),
    "leaveChat": _fields("chat_id! Integer|String"),
    "setMyCommands": _fields("commands! BotCommand[]", _MENU),
    "getMyCommands": _fields(_MENU),
    "deleteMyCommands": _fields(_MENU),
    "setMyName": _fields("name String", _FOR_LANGUAGE),
    "getMyName": _fields(_FOR_LANGUAGE),
    "setMyDescription": _fields("description String", _FOR_LANGUAGE),
    "getMyDescription": _fields(_FOR_LANGUAGE),
    "setMyShortDescription": _fields("short_description String", _FOR_LANGUAGE),
    "getMyShortDescription": _fields(_FOR_LANGUAGE),
    "setChatMenuButton": _fields("chat_id Integer\nmenu_button MenuButton"),
    "getChatMenuButton": _fields("chat_id Integer"),
}

OBJECTS: dict[str, Fields] = {
    "MessageEntity": _fields(
        """
        type! String
        offset! Integer
        length! Integer
        url String
        user User
        language String
        custom_emoji_id String
        unix_time Integer
        date_time_format String
        """
    ),
    "User": _fields(
        """
        id! Integer
        is_bot! Boolean
        first_name! String
        last_name String
        username String
        language_code String
        is_premium Boolean
        added_to_attachment_menu Boolean
        can_join_groups Boolean
        can_read_all_group_messages Boolean
        supports_guest_queries Boolean
        supports_inline_queries Boolean
        can_connect_to_business Boolean
        has_main_web_app Boolean
        has_topics_enabled Boolean
        allows_users_to_create_topics Boolean
        can_manage_bots Boolean
        supports_join_request_queries Boolean
        """
    ),
    "LinkPreviewOptions": _fields(
        """
        is_disabled Boolean
        url String
        prefer_small_media Boolean
        prefer_large_media Boolean
        show_above_text Boolean
        """
    ),
    "ReplyParameters": _fields(
        """
        message_id! Integer
        chat_id Integer|String
        allow_sending_without_reply Boolean
        quote String
        quote_parse_mode String
        quote_entities MessageEntity[]
        quote_position Integer
        checklist_task_id Integer
        poll_option_id String
        """
    ),
    "InlineKeyboardMarkup": _fields("inline_keyboard! InlineKeyboardButton[][]"),
    "InlineKeyboardButton": _fields(
        """
        text! String
        icon_custom_emoji_id String
        style String
        url String
        callback_data String
        web_app WebAppInfo
        login_url LoginUrl
        switch_inline_query String
        switch_inline_query_current_chat String
        switch_inline_query_chosen_chat SwitchInlineQueryChosenChat
        copy_text CopyTextButton
        callback_game CallbackGame
        pay Boolean
        """
    ),
    "WebAppInfo": _fields("url! String"),
    "CopyTextButton": _fields("text! String"),
    "LoginUrl": _fields(
        """
        url! String
        forward_text String
        bot_username String
        request_write_access Boolean
        """
    ),
    "SwitchInlineQueryChosenChat": _fields(
        """
        query String
        allow_user_chats Boolean
        allow_bot_chats Boolean
        allow_group_chats Boolean
        allow_channel_chats Boolean
        """
    ),
    "CallbackGame": {},
    "ReplyKeyboardMarkup": _fields(
        """
        keyboard! KeyboardButton[][]
        is_persistent Boolean
        resize_keyboard Boolean
        one_time_keyboard Boolean
        input_field_placeholder String
        selective Boolean
        """
    ),
    "KeyboardButton": _fields(
        """
        text! String
        icon_custom_emoji_id String
        style String
        request_contact Boolean
        request_location Boolean
        web_app WebAppInfo
        """
    ),
    "ReplyKeyboardRemove": _fields("remove_keyboard! Boolean\nselective Boolean"),
    "ForceReply": _fields(
        "force_reply! Boolean\ninput_field_placeholder String\nselective Boolean"
    ),
    "BotCommand": _fields("command! String\ndescription! String"),
    "BotCommandScopeDefault": _fields("type! String"),
    "BotCommandScopeAllPrivateChats": _fields("type! String"),
    "BotCommandScopeAllGroupChats": _fields("type! String"),
    "BotCommandScopeAllChatAdministrators": _fields("type! String"),
    "BotCommandScopeChat": _fields("type! String\nchat_id! Integer|String"),
    "BotCommandScopeChatAdministrators": _fields("type! String\nchat_id! Integer|String"),
    "BotCommandScopeChatMember": _fields("type! String\nchat_id! Integer|String\nuser_id! Integer"),
    "MenuButtonCommands": _fields("type! String"),
    "MenuButtonDefault": _fields("type! String"),
    "MenuButtonWebApp": _fields("type! String\ntext! String\nweb_app! WebAppInfo"),
}

# Objects of several shapes: which shape it is stands in the field `type`.
UNIONS: dict[str, dict[str, str]] = {
    "BotCommandScope": {
        "default": "BotCommandScopeDefault",
        "all_private_chats": "BotCommandScopeAllPrivateChats",
        "all_group_chats": "BotCommandScopeAllGroupChats",
        "all_chat_administrators": "BotCommandScopeAllChatAdministrators",
        "chat": "BotCommandScopeChat",
        "chat_administrators": "BotCommandScopeChatAdministrators",
        "chat_member": "BotCommandScopeChatMember",
    },
    "MenuButton": {
        "commands": "MenuButtonCommands",
        "default": "MenuButtonDefault",
        "web_app": "MenuButtonWebApp",
    },
}

# Known to the Bot API and to nobody who uses this server: refused instead of half understood.
UNSUPPORTED = {"SuggestedPostParameters", "InputRichMessage"}

REPLY_MARKUPS = {
    "inline_keyboard": "InlineKeyboardMarkup",
    "keyboard": "ReplyKeyboardMarkup",
    "remove_keyboard": "ReplyKeyboardRemove",
    "force_reply": "ForceReply",
}

UPDATE_KINDS = (
    "message",
    "edited_message",
    "channel_post",
    "edited_channel_post",
    "business_connection",
    "business_message",
    "edited_business_message",
    "deleted_business_messages",
    "guest_message",
    "message_reaction",
    "message_reaction_count",
    "inline_query",
    "chosen_inline_result",
    "callback_query",
    "shipping_query",
    "pre_checkout_query",
    "purchased_paid_media",
    "poll",
    "poll_answer",
    "my_chat_member",
    "chat_member",
    "chat_join_request",
    "chat_boost",
    "removed_chat_boost",
    "managed_bot",
)
ONLY_WHEN_ASKED_FOR = {"chat_member", "message_reaction", "message_reaction_count"}
