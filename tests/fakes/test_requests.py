"""Every request is checked as the real server checks it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from tests.fakes import LOST, ApiError, FakeBotApi, FakeUser, FloodLimits
from tests.fakes.wire import Wire


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi(flood=FloodLimits.none()) as server:
        yield server


@pytest.fixture
async def bot(api: FakeBotApi) -> AsyncIterator[Wire]:
    async with Wire(api) as wire:
        yield wire


@pytest.fixture
async def ada(api: FakeBotApi) -> FakeUser:
    user = api.user(11, "Ada", "tr")
    await user.starts()
    return user


def inline(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


YES = {"text": "Ja", "callback_data": "/affirm"}


# Addresses, encodings, envelope


@pytest.mark.parametrize(
    ("path", "code", "description"),
    [
        ("/bot1234567:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA/getMe", 401, "Unauthorized"),
        ("/botnonsense/getMe", 404, "Not Found"),
        ("/bot{token}/getNothing", 404, "Not Found: method not found"),
        ("/", 404, "Not Found"),
    ],
)
async def test_a_wrong_address(api: FakeBotApi, path: str, code: int, description: str) -> None:
    async with httpx.AsyncClient(base_url=api.base_url) as client:
        answer = await client.get(path.format(token=api.token))
    assert answer.status_code == code
    assert answer.json() == {"ok": False, "error_code": code, "description": description}


async def test_parameters_come_by_query_form_json_or_multipart(
    api: FakeBotApi, ada: FakeUser
) -> None:
    address = f"{api.base_url}/bot{api.token}/SENDmessage"
    async with httpx.AsyncClient() as client:
        answers = [
            await client.get(address, params={"chat_id": 11, "text": "a"}),
            await client.post(address, data={"chat_id": "11", "text": "b"}),
            await client.post(address, json={"chat_id": 11, "text": "c"}),
            await client.post(address, data={"chat_id": "11", "text": "d"}, files={"x": b""}),
        ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 400]
    assert [message.text for message in ada.inbox] == ["a", "b", "c"]


async def test_broken_json_is_named(api: FakeBotApi, bot: Wire, ada: FakeUser) -> None:
    headers = {"content-type": "application/json"}
    answer = await bot.client.post(bot.address("getMe"), content="{", headers=headers)
    assert answer.json()["description"] == "Bad Request: can't parse JSON object"
    wrong = await bot.fails("sendMessage", chat_id=11, text="a", reply_markup="{nonsense")
    assert wrong == "400 Bad Request: can't parse reply keyboard markup JSON object"


async def test_unknown_and_ill_typed_fields_are_refused(bot: Wire, ada: FakeUser) -> None:
    assert "no parameter" in await bot.fails("sendMessage", chat_id=11, text="a", txt="b")
    assert "no field" in await bot.fails(
        "sendMessage", chat_id=11, text="a", reply_markup=inline(YES | {"colour": "red"})
    )
    assert "type Integer" in await bot.fails(
        "editMessageText", chat_id=11, message_id="x", text="a"
    )
    assert "type Boolean" in await bot.fails(
        "sendMessage", chat_id=11, text="a", link_preview_options={"is_disabled": "yes"}
    )


# Text


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("", "message text is empty"),
        (" \n\t ", "text must be non-empty"),
        ("x" * 4097, "message is too long"),
        ("🎉" * 2049, "message is too long"),
    ],
)
async def test_a_text_of_wrong_length(
    bot: Wire, ada: FakeUser, text: str, description: str
) -> None:
    wrong = await bot.fails("sendMessage", chat_id=11, text=text)
    assert wrong == f"400 Bad Request: {description}"


async def test_length_is_counted_after_parsing(bot: Wire, ada: FakeUser) -> None:
    message = await bot.does(
        "sendMessage", chat_id=11, text="<b>" + "&amp;" * 4096 + "</b>", parse_mode="HTML"
    )
    assert message["text"] == "&" * 4096
    assert message["entities"] == [{"type": "bold", "offset": 0, "length": 4096}]


async def test_markup_that_cannot_be_parsed(bot: Wire, ada: FakeUser) -> None:
    html = await bot.fails("sendMessage", chat_id=11, text="<b>a", parse_mode="HTML")
    assert html == (
        "400 Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\""
    )
    dot = await bot.fails("sendMessage", chat_id=11, text="a.", parse_mode="MarkdownV2")
    assert dot.endswith("Character '.' is reserved and must be escaped with the preceding '\\'")
    assert "unsupported parse_mode" in await bot.fails(
        "sendMessage", chat_id=11, text="a", parse_mode="XML"
    )


async def test_white_space_at_the_ends_goes_and_entities_move(bot: Wire, ada: FakeUser) -> None:
    message = await bot.does("sendMessage", chat_id=11, text="\n <i>ab</i> \n", parse_mode="HTML")
    assert message["text"] == "ab"
    assert message["entities"] == [{"type": "italic", "offset": 0, "length": 2}]


async def test_addresses_and_commands_are_found_in_plain_text(bot: Wire, ada: FakeUser) -> None:
    message = await bot.does(
        "sendMessage", chat_id=11, text="🎉 /help https://wiesbaden.de. a@b.de"
    )
    assert message["entities"] == [
        {"type": "bot_command", "offset": 3, "length": 5},
        {"type": "url", "offset": 9, "length": 20},
        {"type": "email", "offset": 31, "length": 6},
    ]


async def test_given_entities_must_lie_in_the_text(bot: Wire, ada: FakeUser) -> None:
    entity = {"type": "bold", "offset": 1, "length": 5}
    assert "ends after the end" in await bot.fails(
        "sendMessage", chat_id=11, text="abc", entities=[entity]
    )
    await bot.does("sendMessage", chat_id=11, text="abcdef", entities=[entity])


# Chats


async def test_whom_the_bot_cannot_reach(api: FakeBotApi, bot: Wire, ada: FakeUser) -> None:
    stranger = api.user(12)

    async def wrong(chat_id: Any) -> str:
        return await bot.fails("sendMessage", chat_id=chat_id, text="a")

    assert await wrong(999) == "400 Bad Request: chat not found"
    assert await wrong("@nobody") == "400 Bad Request: chat not found"
    assert await wrong("") == "400 Bad Request: chat_id is empty"
    assert await wrong(12) == "403 Forbidden: bot can't initiate conversation with a user"
    await ada.blocks()
    assert await wrong(11) == "403 Forbidden: bot was blocked by the user"
    await ada.unblocks()
    await bot.does("sendMessage", chat_id=11, text="a")
    await stranger.starts()
    stranger.deactivates()
    assert await wrong(12) == "403 Forbidden: user is deactivated"


async def test_groups_and_channels_that_the_bot_is_not_in(
    api: FakeBotApi, bot: Wire, ada: FakeUser
) -> None:
    group, channel = api.group("Verein", ada), api.channel(administrator=False)

    async def wrong(chat_id: int) -> str:
        return await bot.fails("sendMessage", chat_id=chat_id, text="a")

    assert await wrong(group.id) == "403 Forbidden: bot is not a member of the supergroup chat"
    assert await wrong(channel.id) == "403 Forbidden: bot is not a member of the channel chat"
    await group.adds_bot(ada)
    await bot.does("sendMessage", chat_id=group.id, text="a")
    await group.removes_bot(ada)
    assert await wrong(group.id) == "403 Forbidden: bot was kicked from the supergroup chat"


async def test_replies(bot: Wire, ada: FakeUser) -> None:
    asked = await ada.sends("Frage")
    answer = {"message_id": asked.id}
    message = await bot.does("sendMessage", chat_id=11, text="a", reply_parameters=answer)
    assert message["reply_to_message"]["text"] == "Frage"
    nowhere = {"message_id": 999}
    assert await bot.fails("sendMessage", chat_id=11, text="a", reply_parameters=nowhere) == (
        "400 Bad Request: message to be replied not found"
    )
    anyway = nowhere | {"allow_sending_without_reply": True}
    await bot.does("sendMessage", chat_id=11, text="a", reply_parameters=anyway)


# Keyboards


@pytest.mark.parametrize(
    ("button", "description"),
    [
        ({"text": "Ja", "callback_data": "ä" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "Ja", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": " ", "callback_data": "a"}, "inline keyboard button text must be non-empty"),
        ({"callback_data": "a"}, "can't parse InlineKeyboardButton: can't find field \"text\""),
        (
            {"text": "Ja"},
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            {"text": "W", "url": "nonsense"},
            "inline keyboard button URL 'nonsense' is invalid: Wrong HTTP URL",
        ),
        (
            {"text": "W", "url": "https://w.de", "callback_data": "a"},
            "can't parse inline keyboard button: exactly one optional field must be used",
        ),
        (
            {"text": "W", "web_app": {"url": "http://w.de"}},
            "inline keyboard button Web App URL 'http://w.de' is invalid: "
            "Only HTTPS links are allowed",
        ),
    ],
)
async def test_a_wrong_inline_button(
    bot: Wire, ada: FakeUser, button: dict[str, Any], description: str
) -> None:
    wrong = await bot.fails("sendMessage", chat_id=11, text="a", reply_markup=inline(button))
    assert wrong == f"400 Bad Request: {description}"


async def test_callback_data_may_have_64_bytes(bot: Wire, ada: FakeUser) -> None:
    button = {"text": "Ja", "callback_data": "ä" * 32}
    await bot.does("sendMessage", chat_id=11, text="a", reply_markup=inline(button))


async def test_too_many_inline_buttons(bot: Wire, ada: FakeUser) -> None:
    for rows in ([[YES]] * 101, [[YES] * 9]):
        wrong = await bot.fails(
            "sendMessage", chat_id=11, text="a", reply_markup={"inline_keyboard": rows}
        )
        assert wrong == "400 Bad Request: reply markup is too long"


async def test_reply_keyboards(bot: Wire, ada: FakeUser) -> None:
    keyboard = {"keyboard": [[{"text": "Hilfe"}]], "one_time_keyboard": True}
    await bot.does("sendMessage", chat_id=11, text="a", reply_markup=keyboard)
    assert (await ada.taps("Hilfe")).text == "Hilfe"
    with pytest.raises(LookupError):
        await ada.taps("Hilfe")
    keyboards: list[dict[str, Any]] = [
        {"keyboard": []},
        {"remove_keyboard": False},
        {"nonsense": 1},
    ]
    for wrong in keyboards:
        await bot.fails("sendMessage", chat_id=11, text="a", reply_markup=wrong)


# Editing and deleting


async def test_editing(bot: Wire, ada: FakeUser) -> None:
    sent = await bot.does("sendMessage", chat_id=11, text="a", reply_markup=inline(YES))
    here = {"chat_id": 11, "message_id": sent["message_id"]}
    same = await bot.fails("editMessageText", **here, text="a", reply_markup=inline(YES))
    assert same == (
        "400 Bad Request: message is not modified: specified new message content and reply "
        "markup are exactly the same as a current content and reply markup of the message"
    )
    edited = await bot.does("editMessageText", **here, text="<b>b</b>", parse_mode="HTML")
    assert edited["text"] == "b"
    assert edited["entities"] == [{"type": "bold", "offset": 0, "length": 1}]
    assert "edit_date" in edited
    assert "reply_markup" not in edited
    assert "not modified" in await bot.fails("editMessageReplyMarkup", **here)
    assert "no caption" in await bot.fails("editMessageCaption", **here, caption="c")


async def test_what_cannot_be_edited(bot: Wire, ada: FakeUser) -> None:
    theirs = await ada.sends("meins")
    assert await bot.fails("editMessageText", chat_id=11, message_id=999, text="a") == (
        "400 Bad Request: message to edit not found"
    )
    assert await bot.fails("editMessageText", chat_id=11, message_id=theirs.id, text="a") == (
        "400 Bad Request: message can't be edited"
    )
    assert await bot.fails("editMessageText", chat_id=11, text="a") == (
        "400 Bad Request: message identifier is not specified"
    )


async def test_deleting(api: FakeBotApi, bot: Wire, ada: FakeUser) -> None:
    sent = await bot.does("sendMessage", chat_id=11, text="a")
    here = {"chat_id": 11, "message_id": sent["message_id"]}
    await bot.does("deleteMessage", **here)
    assert ada.inbox == []
    assert await bot.fails("deleteMessage", **here) == (
        "400 Bad Request: message to delete not found"
    )


async def test_a_message_older_than_two_days_stays() -> None:
    now = 1_700_000_000.0
    async with FakeBotApi(clock=lambda: now) as api, Wire(api) as bot:
        await api.user(11).starts()
        sent = await bot.does("sendMessage", chat_id=11, text="a")
        now += 49 * 3600
        wrong = await bot.fails("deleteMessage", chat_id=11, message_id=sent["message_id"])
        assert wrong == "400 Bad Request: message can't be deleted for everyone"


# Callback queries


async def test_a_query_is_answered_once(bot: Wire, ada: FakeUser) -> None:
    await bot.does("sendMessage", chat_id=11, text="a", reply_markup=inline(YES))
    press = await ada.presses(await ada.receives(), "Ja")
    query = {"callback_query_id": press.query.id}
    assert "MESSAGE_TOO_LONG" in await bot.fails("answerCallbackQuery", **query, text="x" * 201)
    await bot.does("answerCallbackQuery", **query, text="Danke", show_alert=True)
    assert await press.answered() == {"text": "Danke", "show_alert": True}
    old = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await bot.fails("answerCallbackQuery", **query) == old
    assert await bot.fails("answerCallbackQuery", callback_query_id="1") == old


async def test_a_query_that_is_too_old() -> None:
    now = 1_700_000_000.0
    async with FakeBotApi(clock=lambda: now) as api, Wire(api) as bot:
        ada = api.user(11)
        await ada.starts()
        await bot.does("sendMessage", chat_id=11, text="a", reply_markup=inline(YES))
        press = await ada.presses(await ada.receives(), "/affirm")
        now += 16
        wrong = await bot.fails("answerCallbackQuery", callback_query_id=press.query.id)
        assert "query is too old" in wrong


# Files


async def test_files_go_both_ways(api: FakeBotApi, bot: Wire, ada: FakeUser) -> None:
    sent = await ada.sends_document(name="Satzung.pdf", content=b"%PDF inhalt")
    file = await bot.does("getFile", file_id=sent.record["document"]["file_id"])
    address = f"{api.base_url}/file/bot{api.token}/{file['file_path']}"
    assert (await bot.client.get(address)).content == b"%PDF inhalt"
    assert await bot.fails("getFile", file_id="nonsense") == "400 Bad Request: invalid file_id"
    photo = await bot.does("sendPhoto", chat_id=11, files={"photo": b"jpeg"}, caption="Bild")
    again = photo["photo"][-1]["file_id"]
    await bot.does("sendPhoto", chat_id=11, photo=again)
    assert await bot.fails("sendPhoto", chat_id=11) == (
        "400 Bad Request: there is no photo in the request"
    )
    assert await bot.fails("sendPhoto", chat_id=11, photo=again, caption="x" * 1025) == (
        "400 Bad Request: message caption is too long"
    )


async def test_a_file_of_more_than_20_megabytes_cannot_be_fetched(bot: Wire, ada: FakeUser) -> None:
    sent = await ada.sends_document(content=b"x" * (20 * 1024 * 1024 + 1))
    wrong = await bot.fails("getFile", file_id=sent.record["document"]["file_id"])
    assert wrong == "400 Bad Request: file is too big"


# The bot's profile


async def test_commands_in_the_language_of_the_person(
    api: FakeBotApi, bot: Wire, ada: FakeUser
) -> None:
    german = [{"command": "help", "description": "Hilfe"}]
    turkish = [{"command": "help", "description": "Yardım"}]
    await bot.does("setMyCommands", commands=german)
    assert ada.commands == german
    await bot.does("setMyCommands", commands=turkish, language_code="tr")
    assert ada.commands == turkish
    assert api.user(13, language_code="pl").commands == german
    await bot.does("deleteMyCommands", language_code="tr")
    assert ada.commands == german
    assert await bot.does("getMyCommands", language_code="tr") == []


@pytest.mark.parametrize(
    ("commands", "language", "description"),
    [
        ([{"command": "Help", "description": "a"}], "", "BOT_COMMAND_INVALID"),
        ([{"command": "x" * 33, "description": "a"}], "", "BOT_COMMAND_INVALID"),
        ([{"command": "help", "description": ""}], "", "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": "help", "description": "x" * 257}], "", "BOT_COMMAND_DESCRIPTION_INVALID"),
        ([{"command": f"c{n}", "description": "a"} for n in range(101)], "", "TOO_MUCH"),
        ([{"command": "help", "description": "a"}], "deutsch", "invalid language code"),
    ],
)
async def test_wrong_commands(
    bot: Wire, commands: list[dict[str, str]], language: str, description: str
) -> None:
    wrong = await bot.fails("setMyCommands", commands=commands, language_code=language)
    assert description in wrong


async def test_name_and_descriptions(api: FakeBotApi, bot: Wire, ada: FakeUser) -> None:
    await bot.does("setMyDescription", description="Ein Automat der Stadt")
    await bot.does("setMyDescription", description="Şehrin otomatı", language_code="tr")
    assert api.profile_for(ada, "description") == "Şehrin otomatı"
    assert (await bot.does("getMyDescription", language_code="pl"))["description"] == (
        "Ein Automat der Stadt"
    )
    for method, field, limit in (
        ("setMyDescription", "description", 512),
        ("setMyShortDescription", "short_description", 120),
        ("setMyName", "name", 64),
    ):
        await bot.does(method, **{field: "x" * limit})
        await bot.fails(method, **{field: "x" * (limit + 1)})


# Limits and trouble


async def test_too_many_messages_to_one_chat() -> None:
    limits = FloodLimits(chat_burst=3)
    async with FakeBotApi(flood=limits) as api, Wire(api) as bot:
        api.flood.clock = lambda: 0.0
        await api.user(11).starts()
        await api.user(12).starts()
        for _ in range(3):
            await bot.does("sendMessage", chat_id=11, text="a")
        answer = await bot.asks("sendMessage", chat_id=11, text="a")
        assert answer == {
            "ok": False,
            "error_code": 429,
            "description": "Too Many Requests: retry after 1",
            "parameters": {"retry_after": 1},
        }
        await bot.does("sendMessage", chat_id=12, text="a")


async def test_the_limits_let_one_message_a_second_through() -> None:
    now = 0.0
    limits = FloodLimits(chat_burst=2)
    async with FakeBotApi(flood=limits) as api, Wire(api) as bot:
        api.flood.clock = lambda: now
        await api.user(11).starts()
        for _ in range(20):
            await bot.does("sendMessage", chat_id=11, text="a")
            now += 1
        for _ in range(2):
            await bot.does("sendMessage", chat_id=11, text="a")
        assert "retry after" in await bot.fails("sendMessage", chat_id=11, text="a")
        now += 0.5
        assert "retry after" in await bot.fails("sendMessage", chat_id=11, text="a")
        now += 0.5
        await bot.does("sendMessage", chat_id=11, text="a")


async def test_too_many_messages_overall() -> None:
    async with FakeBotApi() as api, Wire(api) as bot:
        api.flood.clock = lambda: 0.0
        for number in range(31):
            await api.user(100 + number).starts()
        for number in range(30):
            await bot.does("sendMessage", chat_id=100 + number, text="a")
        assert "429" in await bot.fails("sendMessage", chat_id=130, text="a")


async def test_failures_that_a_test_orders(api: FakeBotApi, bot: Wire, ada: FakeUser) -> None:
    api.fail_next("sendMessage", ApiError(500, "Internal Server Error"))
    api.fail_next("sendMessage", LOST, where=lambda p: p["text"] == "verloren")
    assert await bot.fails("sendMessage", chat_id=11, text="a") == "500 Internal Server Error"
    await bot.does("sendMessage", chat_id=11, text="a")
    with pytest.raises(httpx.RemoteProtocolError):
        await bot.asks("sendMessage", chat_id=11, text="verloren")
    assert [message.text for message in ada.inbox] == ["a", "verloren"]
    async with api.down():
        assert await bot.fails("getMe") == "502 Bad Gateway"
    await bot.does("getMe")
    assert [call.status for call in api.refused] == [500, 502]
