"""What volunteers offer, and how they take it back."""

import pytest
from sqlalchemy import select

from casework import offers, tickets
from casework.context import Casework
from casework.errors import ConsentMissing, InvalidFact, UnknownTicket
from casework.models import HelpOffer, Requester, Ticket
from casework.offers import ACTIVE
from tests.support.clock import Clock
from tests.support.people import make_requester, make_staff


async def _offer(cw: Casework, person: Requester, **values: object) -> Ticket:
    given = {
        "language": "ar",
        "kind": "interpreting",
        "languages": ["ar", "de"],
        "availability": {"text": "أيام الجمعة", "days": ["fri"], "times": ["evening"]},
        "district": "biebrich",
        "contact": "0611 12345",
        "remark": None,
        **values,
    }
    return await offers.take_offer(cw, requester_id=person.id, **given)  # type: ignore[arg-type]  # each its own


async def _rows(cw: Casework) -> list[HelpOffer]:
    async with cw.database.reading() as session:
        return list(await session.scalars(select(HelpOffer)))


async def test_an_offer_is_in_the_pool_and_on_a_ticket(cw: Casework, clock: Clock) -> None:
    person = await make_requester(cw, language="ar")
    ticket = await _offer(cw, person)
    assert (ticket.kind, ticket.topic) == ("offer", "interpreting")
    assert ticket.lead_office == "coordination_volunteers"
    assert [row.office for row in ticket.involved] == ["migramundi"]
    (offer,) = await _rows(cw)
    assert (offer.ticket_id, offer.kind, offer.languages) == (
        ticket.id,
        "interpreting",
        ["ar", "de"],
    )
    assert offer.availability["days"] == ["fri"]
    assert (offer.contact, offer.state) == ("0611 12345", "new")
    assert offer.active_until == clock() + ACTIVE


async def test_an_offer_without_consent_is_not_kept(cw: Casework) -> None:
    person = await make_requester(cw, consent=False)
    with pytest.raises(ConsentMissing):
        await _offer(cw, person)
    assert await _rows(cw) == []


async def test_half_an_offer_is_not_kept(cw: Casework) -> None:
    person = await make_requester(cw)
    with pytest.raises(InvalidFact):
        await _offer(cw, person, kind="flying")
    assert await _rows(cw) == []
    assert await tickets.of_requester(cw, person.id) == []


async def test_a_district_in_ones_own_words_is_kept(cw: Casework) -> None:
    person = await make_requester(cw)
    ticket = await _offer(cw, person, district="somewhere near the river " * 4)
    (offer,) = await _rows(cw)
    assert offer.district == ("somewhere near the river " * 4)[:48]
    assert ticket.facts["district"].startswith("somewhere near the river")


async def test_an_offer_can_be_taken_back_by_its_number(cw: Casework, clock: Clock) -> None:
    person, desk = await make_requester(cw), await make_staff(cw)
    ticket = await _offer(cw, person)
    clock.forward(days=3)
    withdrawn = await offers.withdraw(cw, person.id, ticket.reference)
    assert (withdrawn.state, withdrawn.closed_at, withdrawn.due_at) == ("closed", clock(), None)
    (offer,) = await _rows(cw)
    assert (offer.state, offer.active_until) == ("withdrawn", clock())
    await offers.withdraw(cw, person.id, ticket.reference)  # pressed twice
    seen = await tickets.read(cw, ticket.id, desk)
    assert [event.kind for event in seen.events] == ["opened", "withdrawn", "state_changed"]


async def test_nobody_takes_back_what_is_not_theirs(cw: Casework) -> None:
    ticket = await _offer(cw, await make_requester(cw))
    with pytest.raises(UnknownTicket):
        await offers.withdraw(cw, (await make_requester(cw)).id, ticket.reference)
    with pytest.raises(UnknownTicket):
        await offers.withdraw(cw, (await make_requester(cw)).id, "W-26-99999")
