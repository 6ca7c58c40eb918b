"""The people who write: met once, known again, reachable or not."""

import asyncio

import pytest

from casework import outbox, requesters, tickets
from casework.context import Casework
from casework.errors import InvalidFact, UnknownRequester
from tests.support.clock import Clock
from tests.support.people import make_requester, make_staff, make_ticket


async def test_somebody_new_is_met_in_their_language(cw: Casework) -> None:
    person = await requesters.meet(cw, channel="telegram", address="7", language_hint="uk-UA")
    assert person.language == "uk"
    assert not person.language_chosen
    assert not requesters.has_consent(person)


@pytest.mark.parametrize(("hint", "language"), [(None, "de"), ("pt-br", "de"), ("prs", "fa")])
async def test_an_unserved_language_is_met_in_german(
    cw: Casework, hint: str | None, language: str
) -> None:
    person = await requesters.meet(cw, channel="web", address="x", language_hint=hint)
    assert person.language == language


async def test_somebody_known_keeps_their_language(cw: Casework, clock: Clock) -> None:
    first = await requesters.meet(cw, channel="telegram", address="7", language_hint="tr")
    await requesters.set_language(cw, first.id, "ar", chosen=True)
    later = clock.forward(days=1)
    again = await requesters.meet(cw, channel="telegram", address="7", language_hint="tr")
    assert (again.id, again.language, again.language_chosen) == (first.id, "ar", True)
    assert again.last_seen_at == later


async def test_the_same_address_on_another_channel_is_somebody_else(cw: Casework) -> None:
    one = await requesters.meet(cw, channel="telegram", address="7", language_hint=None)
    other = await requesters.meet(cw, channel="web", address="7", language_hint=None)
    assert one.id != other.id


async def test_two_first_messages_at_once_are_one_person(cw: Casework) -> None:
    met = await asyncio.gather(
        *(
            requesters.meet(cw, channel="telegram", address="7", language_hint="tr")
            for _ in range(8)
        )
    )
    assert len({person.id for person in met}) == 1


async def test_a_language_followed_does_not_undo_a_choice(cw: Casework) -> None:
    person = await make_requester(cw)
    await requesters.set_language(cw, person.id, "fr", chosen=True)
    await requesters.set_language(cw, person.id, "it", chosen=False)
    known = await requesters.find(cw, person.id)
    assert (known.language, known.language_chosen) == ("it", True)


async def test_what_does_not_exist_is_refused(cw: Casework) -> None:
    person = await make_requester(cw)
    with pytest.raises(InvalidFact):
        await requesters.set_language(cw, person.id, "pt", chosen=True)
    with pytest.raises(InvalidFact):
        await requesters.set_role(cw, person.id, "mayor")
    with pytest.raises(UnknownRequester):
        await requesters.find(cw, "nobody")
    with pytest.raises(UnknownRequester):
        await requesters.give_consent(cw, "nobody")


async def test_consent_is_kept_with_its_time_and_text(cw: Casework, clock: Clock) -> None:
    person = await make_requester(cw, consent=False)
    await requesters.give_consent(cw, person.id)
    known = await requesters.find(cw, person.id)
    assert requesters.has_consent(known)
    assert known.consent_at == clock()
    known.consent_version = "1999-01"  # an older text
    assert not requesters.has_consent(known)


async def test_the_desk_sees_that_somebody_blocked_the_bot(cw: Casework) -> None:
    staff = await make_staff(cw)
    ticket = await make_ticket(cw)
    assert ticket.requester_id
    async with cw.signals.subscribe("queue") as desk:
        await requesters.mark_unreachable(cw, ticket.requester_id)
        assert await desk.wait(1) == "queue"
    await requesters.mark_unreachable(cw, ticket.requester_id)
    seen = await tickets.read(cw, ticket.id, staff)
    assert [event.kind for event in seen.events].count("unreachable") == 1
    assert seen.requester is not None
    assert not seen.requester.reachable


async def test_who_writes_again_gets_the_replies_that_were_missed(
    cw: Casework, clock: Clock
) -> None:
    staff = await make_staff(cw)
    person = await make_requester(cw, address="7")
    ticket = await make_ticket(cw, person)
    await outbox.say(cw, person.id, [{"say": "menu"}])
    await tickets.reply(cw, ticket.id, staff.id, "Kommen Sie am Montag.")
    await requesters.mark_unreachable(cw, person.id)
    assert await outbox.claim_due(cw, "telegram", 10) == []

    clock.forward(days=2)
    again = await requesters.meet(cw, channel="telegram", address="7", language_hint=None)
    assert again.reachable
    due = await outbox.claim_due(cw, "telegram", 10)
    assert [item.payload["say"] for item in due] == ["staff_reply"]
    seen = await tickets.read(cw, ticket.id, staff)
    assert [event.kind for event in seen.events][-1] == "reachable"
