"""Tables and objects agree with the official description of the Bot API."""

from __future__ import annotations

import pytest

from tests.fakes import FakeBotApi, FakeUser, FloodLimits
from tests.fakes.methods import METHODS as IMPLEMENTED
from tests.fakes.schema import METHODS, OBJECTS, UNIONS, UNSUPPORTED, UPDATE_KINDS, Field
from tests.fakes.shared_data import shared_file
from tests.fakes.specification import Specification
from tests.fakes.wire import Wire

# Keys that ask for people, chats, bots or polls: no front of ours has them.
LEFT_OUT = {
    "KeyboardButton": {"request_users", "request_chat", "request_managed_bot", "request_poll"}
}


@pytest.fixture(scope="module")
def specification() -> Specification:
    return Specification(shared_file("telegram/bot-api.json"))


def official_types(types: list[str]) -> set[str]:
    result = set()
    for one in types:
        depth = one.count("Array of ")
        result.add(one.replace("Array of ", "") + "[]" * depth)
    return result


def differences(name: str, ours: dict[str, Field], official: list[dict[str, object]]) -> list[str]:
    found = []
    wanted = {str(field["name"]): field for field in official}
    missing = wanted.keys() - ours.keys() - LEFT_OUT.get(name, set())
    found += [f"{name} lacks {field}" for field in sorted(missing)]
    for field in ours.values():
        if field.name not in wanted:
            found.append(f"{name} has no {field.name}")
            continue
        types = wanted[field.name]["types"]
        assert isinstance(types, list)
        if set(field.types) != official_types(types):
            found.append(f"{name}.{field.name}: {field.types} instead of {types}")
        if field.required != wanted[field.name]["required"]:
            found.append(f"{name}.{field.name}: required is {field.required}")
    return found


def test_every_method_of_the_table_is_the_official_one(specification: Specification) -> None:
    found = []
    for name, fields in METHODS.items():
        found += differences(name, fields, specification.methods[name].get("fields", []))
    assert found == []


def test_every_object_of_the_table_is_the_official_one(specification: Specification) -> None:
    found = []
    for name, fields in OBJECTS.items():
        found += differences(name, fields, specification.types[name].get("fields", []))
    assert found == []
    for name, kinds in UNIONS.items():
        assert set(kinds.values()) == set(specification.types[name]["subtypes"])
    assert specification.types.keys() >= UNSUPPORTED


def test_every_kind_of_update_is_the_official_one(specification: Specification) -> None:
    fields = [field["name"] for field in specification.types["Update"]["fields"]]
    assert ["update_id", *UPDATE_KINDS] == fields


def test_every_method_of_the_table_does_something() -> None:
    assert METHODS.keys() == IMPLEMENTED.keys()


async def test_everything_that_the_server_emits_is_valid(specification: Specification) -> None:
    async with FakeBotApi(flood=FloodLimits.none()) as api, Wire(api) as bot:
        await everything_happens(api, bot)
        updates = [queued.wire for queued in api.updates.pending]
        problems = [p for update in updates for p in specification.problems_of("Update", update)]
        for call in api.calls:
            assert call.ok, (call.method, call.description)
            problems += specification.problems_of_result(call.method, call.result)
        assert problems == []
        kinds = {list(update)[1] for update in updates}
        assert kinds == {
            "message",
            "edited_message",
            "channel_post",
            "edited_channel_post",
            "callback_query",
            "my_chat_member",
        }
        assert {call.method for call in api.calls} == METHODS.keys()


async def everything_happens(api: FakeBotApi, bot: Wire) -> None:
    """Let people do all they can, and the bot ask for every method."""
    ada = api.user(11, "Ada", "tr", last_name="Yılmaz", username="ada_y")
    await ada.starts("offer_interpreting")
    await people_write(api, ada, bot)
    await bot_works(api, ada.id, bot)
    await bot.does("logOut")


async def people_write(api: FakeBotApi, ada: FakeUser, bot: Wire) -> None:
    written = await ada.sends("Hallo 🎉 https://wiesbaden.de @anlaufstelle_test_bot #tag a@b.de")
    await ada.edits(written, "Guten Tag /help")
    await ada.sends_photo(caption="Unser Verein")
    await ada.sends_document(caption="Satzung")
    await ada.sends_voice()
    await ada.sends_location()
    await ada.sends_contact()
    await ada.sends_sticker()
    group, plain = api.group("Verein", ada), api.group("Kleine Runde", ada, supergroup=False)
    for one in (group, plain):
        await one.adds_bot(ada)
        await ada.sends("/start@anlaufstelle_test_bot", to=one)
    await group.removes_bot(ada)
    channel = api.channel()
    await channel.edits(await channel.posts("Neu"), "Neuer")
    keyboard = {"inline_keyboard": [[{"text": "Ja", "callback_data": "/affirm"}]]}
    await bot.does("sendMessage", chat_id=ada.id, text="Ja?", reply_markup=keyboard)
    message = await ada.receives()
    await bot.does("getChat", chat_id=group.id)
    await bot.does("getChatMember", chat_id=plain.id, user_id=ada.id)
    await bot.does("getChatMember", chat_id=plain.id, user_id=api.world.bot["id"])
    press = await ada.presses(message, "Ja")
    await bot.does("answerCallbackQuery", callback_query_id=press.query.id, text="Danke")
    await ada.blocks()
    await ada.unblocks()
    await bot.does("leaveChat", chat_id=plain.id)


async def bot_works(api: FakeBotApi, chat: int, bot: Wire) -> None:
    here = {"chat_id": chat}
    html = {"parse_mode": "HTML", "text": '<b>a</b> <a href="tg://user?id=11">b</a> <pre>c</pre>'}
    sent = await bot.does("sendMessage", **here, **html)
    answer = {"message_id": sent["message_id"]}
    await bot.does("sendMessage", **here, text="b", reply_parameters=answer)
    await bot.does("sendLocation", **here, latitude=50.08, longitude=8.24)
    await bot.does("sendContact", **here, phone_number="+49611", first_name="Amt")
    photo = await bot.does("sendPhoto", **here, files={"photo": b"jpeg"}, caption="a")
    document = await bot.does("sendDocument", **here, files={"document": b"pdf"})
    await bot.does("sendVoice", **here, files={"voice": b"ogg"}, duration=2)
    await bot.does("editMessageCaption", **here, message_id=photo["message_id"], caption="b")
    await bot.does("editMessageText", **here, **answer, text="neu")
    markup = {"inline_keyboard": [[{"text": "W", "url": "https://wiesbaden.de"}]]}
    await bot.does("editMessageReplyMarkup", **here, **answer, reply_markup=markup)
    await bot.does("getFile", file_id=document["document"]["file_id"])
    await bot.does("sendChatAction", **here, action="typing")
    commands = [{"command": "help", "description": "Hilfe"}]
    await bot.does("setMyCommands", commands=commands, language_code="de")
    await bot.does("getMyCommands", language_code="de")
    await bot.does("setChatMenuButton", menu_button={"type": "commands"})
    await bot.does("deleteMessage", **here, **answer)
    await bot.does("deleteMessages", **here, message_ids=[photo["message_id"]])
    await bot.does("getChat", **here)
    await bot.does("getUpdates", limit=100)
    await bot.does("setWebhook", url="https://127.0.0.1:8443/hook", secret_token="a")
    await bot.does("getWebhookInfo")
    await bot.does("deleteWebhook")
    # What follows `logOut` is refused, so it comes last.
    for method in METHODS:
        if not api.calls_to(method) and method != "logOut":
            await bot.does(method)
