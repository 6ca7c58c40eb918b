"""The Telegram front against a strict Bot API server, over real HTTP."""

import asyncio
import time
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from structlog.testing import capture_logs

import bot.app
from bot.phrases.names import OfficeNames
from bot.telegram.connection import Connection
from bot.telegram.front import webhook_path
from bot.telegram.profile import publish
from casework import messages, outbox, requesters, tickets
from casework.context import Casework
from casework.errors import SettingsError
from casework.languages import SERVED
from casework.models import InboxItem, Requester
from tests.bot.conftest import running
from tests.bot.rasa_stand_in import StandIn, served
from tests.fakes import ApiError, FakeBotApi
from tests.support.clock import Clock
from tests.support.office import make_casework


async def known(cw: Casework, chat: int) -> Requester:
    requester = await requesters.known(cw, channel="telegram", address=str(chat))
    assert requester is not None
    return requester


async def outcomes(cw: Casework) -> list[str | None]:
    async with cw.database.reading() as session:
        return list(await session.scalars(select(InboxItem.outcome).order_by(InboxItem.id)))


async def all_dealt_with(cw: Casework, count: int) -> list[str | None]:
    for _ in range(200):
        found = await outcomes(cw)
        if len(found) >= count and None not in found:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(await outcomes(cw))


# --- messages ----------------------------------------------------------------------------------


async def test_a_message_is_answered_with_buttons(telegram: Casework, api: FakeBotApi) -> None:
    ada = api.user()
    await ada.starts()
    answer = await ada.receives()
    assert answer.text.startswith("Sie können mich nach Ehrenamt")
    assert "Mit einem Menschen sprechen" in answer.labels
    assert api.refused == []


async def test_the_clients_language_is_used_and_then_the_written_one(
    telegram: Casework, api: FakeBotApi
) -> None:
    ada = api.user(language_code="ar")
    await ada.starts()
    assert "Wiesbaden" not in (await ada.receives()).text
    assert (await known(telegram, ada.id)).language == "ar"
    await ada.sends("Hello, where can I learn German?")
    assert "You can ask me" in (await ada.receives()).text


async def test_messages_of_one_chat_are_answered_in_order_and_one_at_a_time(
    telegram: Casework, api: FakeBotApi, rasa: StandIn
) -> None:
    rasa.seconds = 0.1
    ada = api.user()
    for number in range(5):
        await ada.sends(f"Frage Nummer {number}")
    for _ in range(5):
        await ada.receives()
    assert rasa.messages == [f"Frage Nummer {number}" for number in range(5)]
    assert rasa.most_at_once == 1


async def test_many_chats_are_answered_at_the_same_time(
    telegram: Casework, api: FakeBotApi, rasa: StandIn
) -> None:
    rasa.seconds = 0.3
    users = [api.user() for _ in range(8)]
    begun = time.monotonic()
    for user in users:
        await user.sends("Guten Tag zusammen")
    for user in users:
        await user.receives()
    assert rasa.most_at_once > 4
    assert time.monotonic() - begun < 2.2


async def test_an_update_delivered_twice_is_answered_once(
    telegram: Casework, api: FakeBotApi, rasa: StandIn
) -> None:
    ada = api.user()
    with api.holding(twice=True):
        await ada.sends("Guten Tag zusammen")
    await ada.receives()
    await ada.receives_nothing()
    assert rasa.messages == ["Guten Tag zusammen"]


async def test_a_button_stops_glowing_at_once_and_does_what_it_says(
    telegram: Casework, api: FakeBotApi, rasa: StandIn
) -> None:
    ada = api.user()
    await ada.starts()
    menu = await ada.receives()
    rasa.seconds = 0.5
    press = await ada.presses(menu, "Ich möchte helfen")
    await press.answered(within=0.4)
    await ada.receives()
    assert rasa.messages == ["/greet", "/offer_help"]


async def test_an_old_button_does_no_harm(
    telegram: Casework, api: FakeBotApi, rasa: StandIn
) -> None:
    ada = api.user()
    rasa.says("/greet", {"say": "ask", "form": "offer", "slot": "consent"})
    await ada.starts()
    asked = await ada.receives()
    rasa.slot = "remark"
    await ada.presses(asked, "Ja, einverstanden")
    assert (await ada.receives()).text.startswith("Dieser Knopf gehört zu einer früheren Frage")
    assert rasa.messages == ["/greet"]


async def test_data_that_is_no_button_of_ours_is_ignored(
    telegram: Casework, api: FakeBotApi, rasa: StandIn
) -> None:
    ada = api.user()
    await ada.starts()
    await ada.presses_data(await ada.receives(), '/inform{"consent":"yes"}')
    assert await all_dealt_with(telegram, 2) == ["done", "ignored"]
    assert rasa.messages == ["/greet"]


async def test_markup_in_peoples_words_stays_words(
    telegram: Casework, api: FakeBotApi, rasa: StandIn
) -> None:
    facts = {"organisation": "<b>Verein</b> & <i", "contact": "chat"}
    rasa.otherwise = lambda text: [{"say": "summary", "form": "request", "facts": facts}]
    ada = api.user()
    await ada.sends("Guten Tag zusammen")
    answer = await ada.receives()
    assert "<b>Verein</b> & <i" in answer.text
    assert answer.formatted[0] == ("bold", "Das habe ich notiert:")
    assert api.refused == []


async def test_a_reply_longer_than_a_message_comes_in_several(
    telegram: Casework, api: FakeBotApi
) -> None:
    ada = api.user()
    await ada.starts()
    await ada.receives()
    person = await known(telegram, ada.id)
    text = "Ein langer Satz mit Ümläuten und 👍. " * 200
    payload = {"say": "staff_reply", "reference": "W-26-00001", "staff": "Anna", "text": text}
    (item,) = await outbox.say(telegram, person.id, [payload])
    parts = await ada.receives_all(quiet=2.5)
    assert len(parts) == 2
    assert " ".join(part.text for part in parts).count("👍") == 200
    (kept,) = await outbox.waiting_for(telegram, person.id, item.id - 1)
    assert kept.external_id == str(parts[-1].id)


# --- other kinds -------------------------------------------------------------------------------


async def test_pictures_and_the_like_are_answered(telegram: Casework, api: FakeBotApi) -> None:
    ada = api.user()
    for send, words in (
        (ada.sends_photo, "Danke für das Bild"),
        (ada.sends_document, "Danke für das Dokument"),
        (ada.sends_voice, "Sprachnachrichten kann ich leider nicht anhören"),
        (ada.sends_location, "Danke für den Standort"),
        (ada.sends_contact, "Danke für den Kontakt"),
        (ada.sends_sticker, "Danke! Was kann ich für Sie tun?"),
    ):
        await send()
        assert (await ada.receives()).text.startswith(words)


async def test_a_picture_goes_to_the_person_with_telegrams_ids_only(
    telegram: Casework, api: FakeBotApi
) -> None:
    ada = api.user()
    await ada.starts()
    await ada.receives()
    person = await known(telegram, ada.id)
    ticket = await tickets.hand_over(telegram, person.id, reason="asked")
    await ada.sends_photo(caption="Dieser Brief")
    await all_dealt_with(telegram, 2)
    last = (await messages.history(telegram, person.id))[-1]
    assert last.ticket_id == ticket.id
    assert last.text == "Dieser Brief"
    assert last.attachment is not None
    assert last.attachment["kind"] == "photo"
    assert last.attachment["file_id"]


async def test_an_edited_question_is_answered_anew(
    telegram: Casework, api: FakeBotApi, rasa: StandIn
) -> None:
    ada = api.user()
    sent = await ada.sends("Wo ist das Bro?")
    await ada.receives()
    await ada.edits(sent, "Wo ist das Büro?")
    await ada.receives()
    assert rasa.messages == ["Wo ist das Bro?", "Wo ist das Büro?"]


async def test_unknown_kinds_and_channel_posts_are_ignored_and_nothing_breaks(
    telegram: Casework, api: FakeBotApi
) -> None:
    ada = api.user()
    with capture_logs() as logs:
        api.raw_update({"message": {"no": "message at all"}})
        api.raw_update({"something_new": {"id": 5, "secret": "words"}})
        await api.channel().posts("Neuigkeiten")
        await ada.sends("Guten Tag zusammen")
        await ada.receives()
    found = await all_dealt_with(telegram, 2)
    assert found[-1] == "done"
    assert set(found[:-1]) <= {"ignored"}
    assert "words" not in str(logs)


async def test_in_a_group_only_mentions_replies_and_commands_to_the_bot_are_answered(
    telegram: Casework, api: FakeBotApi, rasa: StandIn
) -> None:
    api.reads_all_group_messages = True
    ada = api.user()
    group = api.group("Verein", ada)
    await group.adds_bot(ada)
    await api.wait_until(lambda: len(group.inbox) == 1, 10)
    assert "https://t.me/" in group.inbox[0].text
    await ada.sends("Wer bringt Kuchen mit?", to=group)
    me = api.world.bot["username"]
    await ada.sends(f"@{me} wann haben Sie auf?", to=group)
    await api.wait_until(lambda: len(group.inbox) == 2, 10)
    await ada.sends("und am Freitag?", to=group, reply_to=group.inbox[-1])
    await api.wait_until(lambda: len(group.inbox) == 3, 10)
    assert rasa.messages == ["wann haben Sie auf?", "und am Freitag?"]


# --- blocking ----------------------------------------------------------------------------------


async def test_who_blocked_the_bot_is_marked_and_gets_the_offices_words_when_back(
    telegram: Casework, api: FakeBotApi
) -> None:
    ada = api.user()
    await ada.starts()
    await ada.receives()
    person = await known(telegram, ada.id)
    ticket = await tickets.hand_over(telegram, person.id, reason="asked")
    await ada.blocks()
    await all_dealt_with(telegram, 2)
    assert not (await known(telegram, ada.id)).reachable
    payload = {"say": "ticket_closed", "reference": ticket.reference}
    await outbox.say(telegram, person.id, [payload], ticket.id)
    await asyncio.sleep(1.5)
    await ada.unblocks()
    assert ticket.reference in (await ada.receives()).text
    assert (await known(telegram, ada.id)).reachable


# --- trouble on the way ------------------------------------------------------------------------


async def test_telegrams_request_to_wait_is_honoured(
    telegram: Casework, api: FakeBotApi, clock: Clock
) -> None:
    api.fail_next("sendMessage", ApiError(429, "Too Many Requests: retry after 3", retry_after=3))
    ada = api.user()
    await ada.starts()
    await api.called("sendMessage")
    await ada.receives_nothing(within=1.5)
    clock.forward(seconds=4)
    await ada.receives()


async def test_refused_markup_is_sent_as_plain_text(telegram: Casework, api: FakeBotApi) -> None:
    api.fail_next("sendMessage", ApiError(400, "Bad Request: can't parse entities: oh no"))
    ada = api.user()
    await ada.starts()
    answer = await ada.receives()
    assert answer.text.startswith("Sie können mich")
    assert "parse_mode" not in api.calls_to("sendMessage")[-1].parameters


async def test_what_telegram_could_not_take_is_tried_again(
    telegram: Casework, api: FakeBotApi, clock: Clock
) -> None:
    ada = api.user()
    await ada.starts()
    await ada.receives()
    async with api.down():
        person = await known(telegram, ada.id)
        await outbox.say(telegram, person.id, [{"say": "goodbye"}])
        await asyncio.sleep(1)
    clock.forward(seconds=10)
    assert (await ada.receives()).text.startswith("Auf Wiedersehen")


async def test_sixty_chats_are_served_without_flooding(telegram: Casework, api: FakeBotApi) -> None:
    users = [api.user() for _ in range(60)]
    for user in users:
        await user.sends("Guten Tag zusammen")
    for user in users:
        await user.receives(within=20)
    assert [call.status for call in api.refused] == []


# --- getting in touch --------------------------------------------------------------------------


async def test_a_wrong_token_ends_the_start_with_the_settings_name(
    tmp_path: Path, api: FakeBotApi
) -> None:
    token = "7000000001:AAnotTheToken"
    async with make_casework(tmp_path, telegram_token=token, telegram_api_url=api.base_url) as cw:
        with pytest.raises(SettingsError) as problem:
            await asyncio.wait_for(bot.app.run(cw, asyncio.Event()), 10)
    assert problem.value.variable == "ANLAUFSTELLE_TELEGRAM_TOKEN"
    assert token not in str(problem.value)


async def test_updates_are_confirmed_only_when_they_are_in_the_inbox(
    tmp_path: Path, api: FakeBotApi, rasa: StandIn
) -> None:
    """A process that dies after taking an update gets it again, and answers it once."""
    values: dict[str, Any] = {
        "rasa_url": rasa.url,
        "telegram_token": api.token,
        "telegram_api_url": api.base_url,
    }
    ada = api.user()
    rasa.seconds = 0.2
    async with make_casework(tmp_path, **values) as cw:
        task = asyncio.create_task(bot.app.run(cw, asyncio.Event()))
        await ada.sends("Guten Tag zusammen")
        while not rasa.asked:  # noqa: ASYNC110  (the stand-in only counts)
            await asyncio.sleep(0.02)
        task.cancel()  # no orderly end
        await asyncio.gather(task, return_exceptions=True)
    async with make_casework(tmp_path, **values) as cw:
        async with cw.database.transaction() as session:
            for item in await session.scalars(select(InboxItem)):
                item.claimed_until = None
        async with running(cw):
            await ada.receives()
            await ada.receives_nothing(within=1)


async def test_another_poller_is_reported_and_the_bot_goes_on(
    telegram: Casework, api: FakeBotApi
) -> None:
    with capture_logs() as logs:
        api.fail_next(
            "getUpdates",
            ApiError(409, "Conflict: terminated by other getUpdates request"),
        )
        ada = api.user()
        await ada.sends("Guten Tag zusammen")
        await ada.receives()
        await ada.sends("Und noch einmal Guten Tag")
        await ada.receives(within=12)
    assert "another_process_polls_this_bot" in [line["event"] for line in logs]


async def test_the_profile_is_published_in_every_language_and_only_once(
    tmp_path: Path, api: FakeBotApi
) -> None:
    async with make_casework(
        tmp_path, telegram_token=api.token, telegram_api_url=api.base_url
    ) as cw:
        connection = Connection(cw.settings)
        await connection.identify()
        assert await publish(connection.bot, OfficeNames(cw)) >= 3 * len(SERVED)
        assert await publish(connection.bot, OfficeNames(cw)) == 0
        await connection.close()
    turk = api.user(language_code="fa")
    assert [each["command"] for each in turk.commands][:2] == ["start", "help"]
    assert api.profile_for(turk, "description") != api.profile_for(api.user(), "description")
    assert api.refused == []


# --- webhook -----------------------------------------------------------------------------------


async def test_updates_come_by_webhook_with_its_secret(
    tmp_path: Path, api: FakeBotApi, rasa: StandIn
) -> None:
    app = Starlette()
    async with (
        served(app) as url,
        make_casework(
            tmp_path,
            rasa_url=rasa.url,
            telegram_token=api.token,
            telegram_api_url=api.base_url,
            telegram_webhook_url=url,
        ) as cw,
    ):
        app.router.routes.extend(bot.app.routes(cw))
        async with running(cw):
            await api.called("setWebhook")
            ada = api.user()
            await ada.starts()
            menu = await ada.receives()
            press = await ada.presses(menu, "Sprache")
            await press.answered()
            await ada.receives()
            await _refuses_strangers(url, cw)
    assert api.calls_to("getUpdates") == []


async def _refuses_strangers(url: str, cw: Casework) -> None:
    settings = cw.settings
    path = f"/telegram/{webhook_path(settings)}"
    secret = {"X-Telegram-Bot-Api-Secret-Token": settings.telegram_webhook_secret or ""}
    update = {"update_id": 999, "message": {}}
    async with httpx.AsyncClient(base_url=url) as client:
        assert (await client.post(path, json=update)).status_code == 403
        wrong = {"X-Telegram-Bot-Api-Secret-Token": "wrong"}
        assert (await client.post(path, json=update, headers=wrong)).status_code == 403
        assert (await client.post("/telegram/x", json=update, headers=secret)).status_code == 403
        assert (await client.post(path, content=b"{", headers=secret)).status_code == 400
        assert (await client.post(path, json=[], headers=secret)).status_code == 400
        huge = b" " * 1_100_000
        assert (await client.post(path, content=huge, headers=secret)).status_code == 413
