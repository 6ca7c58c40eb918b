"""The record of a conversation."""

import pytest

from casework import messages, tickets
from casework.context import Casework
from casework.errors import UnknownRequester
from tests.support.clock import Clock
from tests.support.people import make_requester, make_staff, make_ticket


async def test_what_was_written_is_on_record_in_order(cw: Casework, clock: Clock) -> None:
    anna = await make_requester(cw)
    for number, text in enumerate(("bir", "iki", "üç")):
        message = await messages.record_incoming(
            cw, anna.id, text=text, language="tr", external_id=str(number)
        )
        assert message.at == clock()
        clock.forward(seconds=1)
    assert [m.text for m in await messages.history(cw, anna.id)] == ["bir", "iki", "üç"]
    assert [m.text for m in await messages.history(cw, anna.id, limit=2)] == ["iki", "üç"]


async def test_an_attachment_without_words_is_on_record(cw: Casework) -> None:
    anna = await make_requester(cw)
    await messages.record_incoming(
        cw, anna.id, text="", language=None, attachment={"kind": "voice", "seconds": 7}
    )
    (message,) = await messages.history(cw, anna.id)
    assert message.attachment == {"kind": "voice", "seconds": 7}


async def test_nobodys_words_are_not_kept(cw: Casework) -> None:
    with pytest.raises(UnknownRequester):
        await messages.record_incoming(cw, "nobody", text="x", language=None)


async def test_the_edited_text_counts_and_the_first_one_stays_visible(
    cw: Casework, clock: Clock
) -> None:
    anna, desk = await make_requester(cw), await make_staff(cw)
    await messages.record_incoming(cw, anna.id, text="Freitag", language="de", external_id="5")
    ticket = await make_ticket(cw, anna)
    clock.forward(minutes=1)
    async with cw.signals.subscribe(f"ticket:{ticket.id}") as page:
        edited = await messages.record_edit(cw, anna.id, external_id="5", text="Samstag")
        assert await page.wait(1) == f"ticket:{ticket.id}"
    await messages.record_edit(cw, anna.id, external_id="5", text="Sonntag")
    assert edited is not None
    seen = await tickets.read(cw, ticket.id, desk)
    (message,) = seen.messages
    assert (message.text, message.original_text) == ("Sonntag", "Freitag")
    assert message.edited_at == clock()
    assert [event.kind for event in seen.events] == ["opened", "edited", "edited"]


async def test_an_edit_that_changes_nothing_is_none(cw: Casework) -> None:
    anna = await make_requester(cw)
    await messages.record_incoming(cw, anna.id, text="Freitag", language="de", external_id="5")
    same = await messages.record_edit(cw, anna.id, external_id="5", text="Freitag")
    assert same is not None
    assert same.edited_at is None


async def test_an_edit_of_a_message_never_seen_is_told_apart(cw: Casework) -> None:
    anna, bo = await make_requester(cw), await make_requester(cw)
    await messages.record_incoming(cw, anna.id, text="Freitag", language="de", external_id="5")
    assert await messages.record_edit(cw, bo.id, external_id="5", text="x") is None
    assert await messages.record_edit(cw, anna.id, external_id="6", text="x") is None
