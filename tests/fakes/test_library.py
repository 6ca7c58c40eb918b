"""python-telegram-bot, as the product uses it, gets along with the server."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest
from telegram import (
    Bot,
    BotCommand,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    MenuButtonCommands,
    ReplyParameters,
    Update,
)
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.ext import Application, CallbackQueryHandler, MessageHandler, filters

from tests.fakes import FakeBotApi, FloodLimits


def bot_for(api: FakeBotApi, token: str | None = None) -> Bot:
    return Bot(
        token or api.token,
        base_url=f"{api.base_url}/bot",
        base_file_url=f"{api.base_url}/file/bot",
    )


@pytest.fixture
async def api() -> AsyncIterator[FakeBotApi]:
    async with FakeBotApi(flood=FloodLimits(chat_burst=5)) as server:
        yield server


@pytest.fixture
async def bot(api: FakeBotApi) -> AsyncIterator[Bot]:
    async with bot_for(api) as client:
        yield client


@contextlib.asynccontextmanager
async def polling(api: FakeBotApi) -> AsyncIterator[Any]:
    application = Application.builder().bot(bot_for(api)).build()
    async with application:
        await application.start()
        assert application.updater is not None
        await application.updater.start_polling(allowed_updates=Update.ALL_TYPES)
        yield application
        await application.updater.stop()
        await application.stop()


async def test_a_conversation_by_long_polling(api: FakeBotApi) -> None:
    async with polling(api) as application:

        async def echo(update: Update, context: Any) -> None:
            assert update.message is not None
            keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("Ja", callback_data="/affirm")]])
            await update.message.reply_html(f"<b>{update.message.text}</b>?", reply_markup=keyboard)

        async def press(update: Update, context: Any) -> None:
            assert update.callback_query is not None
            await update.callback_query.answer("Gut")
            await update.callback_query.edit_message_text("Erledigt")

        application.add_handler(MessageHandler(filters.TEXT, echo))
        application.add_handler(CallbackQueryHandler(press))
        ada = api.user(11, "Ada", "tr")
        await ada.sends("Merhaba 🎉")
        message = await ada.receives()
        assert message.formatted == [("bold", "Merhaba 🎉")]
        assert message.labels == ["Ja"]
        assert await (await ada.presses(message, "Ja")).answered() == {"text": "Gut"}
        assert (await ada.sees("Erledigt")).labels == []
    assert api.refused == []


@pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")
async def test_errors_arrive_as_the_library_names_them(api: FakeBotApi, bot: Bot) -> None:
    api.flood.clock = lambda: 0.0
    ada = api.user(11)
    with pytest.raises(Forbidden, match="can't initiate conversation"):
        await bot.send_message(11, "a")
    await ada.starts()
    with pytest.raises(BadRequest, match="Can't parse entities"):
        await bot.send_message(11, "<b>", parse_mode="HTML")
    with pytest.raises(BadRequest, match="Chat not found"):
        await bot.send_message(12, "a")
    for _ in range(5):
        await bot.send_message(11, "a")
    with pytest.raises(RetryAfter) as caught:
        await bot.send_message(11, "a")
    assert caught.value.retry_after == 1
    await ada.blocks()
    with pytest.raises(Forbidden, match="blocked"):
        await bot.send_message(11, "a")


async def test_a_wrong_token(api: FakeBotApi) -> None:
    for token in ("1234567:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "nonsense"):
        with pytest.raises(InvalidToken):
            await bot_for(api, token).initialize()


async def test_two_bots_that_poll(api: FakeBotApi, bot: Bot) -> None:
    first = asyncio.create_task(bot.get_updates(timeout=20))
    await api.polls()
    async with bot_for(api) as other:
        await other.get_updates()
        with pytest.raises(Conflict):
            await first


async def test_every_object_that_the_library_sends_is_understood(api: FakeBotApi, bot: Bot) -> None:
    ada = api.user(11)
    asked = await ada.starts()
    sent = await bot.send_message(
        11, "a", reply_parameters=ReplyParameters(asked.id), disable_notification=True
    )
    assert sent.reply_to_message is not None
    photo = await bot.send_photo(11, b"jpeg", caption="<i>b</i>", parse_mode="HTML")
    assert photo.caption == "b"
    document = await bot.send_document(11, b"%PDF", filename="Satzung.pdf")
    assert document.document is not None
    assert document.document.file_name == "Satzung.pdf"
    file = await bot.get_file(document.document.file_id)
    assert await file.download_as_bytearray() == b"%PDF"
    await bot.set_my_commands([BotCommand("help", "Hilfe")], language_code="de")
    assert ada.commands == [{"command": "help", "description": "Hilfe"}]
    await bot.set_my_description("Ein Automat", language_code="de")
    await bot.set_my_short_description("Automat")
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    await bot.send_chat_action(11, "typing")
    assert ada.actions == ["typing"]
    assert (await bot.get_chat(11)).first_name == "Ada"
    await bot.edit_message_caption(11, photo.message_id, caption="c")
    await bot.delete_message(11, sent.message_id)
    assert (await bot.get_webhook_info()).url == ""


async def test_updates_of_every_kind_are_understood(api: FakeBotApi, bot: Bot) -> None:
    ada = api.user(11)
    group, channel = api.group("Verein", ada), api.channel()
    await ada.starts("offer")
    await ada.sends_photo(caption="a")
    await ada.sends_voice()
    await ada.sends_sticker()
    await ada.sends_location()
    await ada.sends_contact()
    await ada.edits(await ada.sends("a"), "b")
    await group.adds_bot(ada)
    await channel.posts("c")
    await ada.blocks()
    api.raw_update({"message_from_the_future": {"a": 1}})
    updates = await bot.get_updates()
    assert len(updates) == len(api.updates.pending) == 13
    assert updates[-1].effective_user is None
    assert updates[0].message is not None
    assert updates[0].message.text == "/start offer"
