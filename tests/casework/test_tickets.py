"""A ticket's way, as the person and the coordinator see it."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from casework import messages, outbox, privacy, requesters, staff, tickets
from casework.context import Casework
from casework.errors import (
    ConsentMissing,
    EmptyText,
    IllegalMove,
    InvalidFact,
    NotAllowed,
    TextTooLong,
    UnknownOffice,
    UnknownRequester,
    UnknownStaff,
    UnknownTicket,
)
from casework.models import Requester, Staff, Ticket
from casework.moves import MOVES
from casework.vocabulary import STATES, State
from tests.support.clock import Clock, berlin
from tests.support.people import make_requester, make_staff, make_ticket


@pytest.fixture
async def anna(cw: Casework) -> Requester:
    return await make_requester(cw, language="pl", role="organisation")


@pytest.fixture
async def desk(cw: Casework) -> Staff:
    return await make_staff(cw, name="Frau Keller")


async def _write(cw: Casework, person: Requester, text: str) -> Ticket | None:
    return await tickets.pass_on(cw, person.id, text=text, language="pl", external_id=None)


async def _said(cw: Casework, person: Requester) -> list[str]:
    return [item.payload["say"] for item in await outbox.waiting_for(cw, person.id, 0)]


async def _kinds(cw: Casework, ticket: Ticket, desk: Staff) -> list[str]:
    return [event.kind for event in (await tickets.read(cw, ticket.id, desk)).events]


# --- opening --------------------------------------------------------------------------------


async def test_a_request_becomes_a_routed_ticket(
    cw: Casework, anna: Requester, desk: Staff, clock: Clock
) -> None:
    facts = {"organisation": "Polonia e. V.", "need": "sala na próby", "deadline": {"text": "maj"}}
    async with cw.signals.subscribe("queue") as queue:
        ticket = await tickets.open_ticket(
            cw,
            requester_id=anna.id,
            kind="request",
            topic="outdoor_space",
            facts=facts,
            contact=" anna@example.org ",
            language="pl",
        )
        assert await queue.wait(1) == "queue"
    assert ticket.reference == "W-26-00001"
    assert (ticket.state, ticket.speaker, ticket.priority) == ("new", "bot", "normal")
    assert ticket.lead_office == "coordination_organisations"
    assert [row.office for row in ticket.involved] == ["parks_office"]
    assert "Grünflächenamt" in ticket.routing_reason["de"]
    assert ticket.facts == facts
    assert ticket.contact == "anna@example.org"
    assert ticket.due_at == ticket.first_answer_due_at == berlin("2026-03-13 10:00")
    assert ticket.requester is not None
    assert ticket.assignee is None
    (event,) = (await tickets.read(cw, ticket.id, desk)).events
    assert (event.kind, event.actor, event.at) == ("opened", "requester", clock())
    assert event.details["involved"] == ["parks_office"]


async def test_references_have_no_gaps_or_doubles_even_all_at_once(
    cw: Casework, anna: Requester
) -> None:
    opened = await asyncio.gather(*(make_ticket(cw, anna) for _ in range(12)))
    assert sorted(ticket.reference for ticket in opened) == [
        f"W-26-{number:05d}" for number in range(1, 13)
    ]


async def test_a_ticket_that_fails_uses_up_no_number(cw: Casework, anna: Requester) -> None:
    with pytest.raises(InvalidFact):
        await make_ticket(cw, anna, topic="fireworks")
    assert (await make_ticket(cw, anna)).reference == "W-26-00001"


async def test_numbers_begin_again_with_the_year_on_the_offices_wall(
    cw: Casework, anna: Requester, clock: Clock
) -> None:
    clock.set("2026-12-31 23:59")
    assert (await make_ticket(cw, anna)).reference == "W-26-00001"
    clock.set("2027-01-01 00:01")  # still the old year in UTC
    assert (await make_ticket(cw, anna)).reference == "W-27-00001"


async def test_nothing_is_kept_without_consent(cw: Casework) -> None:
    person = await make_requester(cw, consent=False)
    with pytest.raises(ConsentMissing):
        await make_ticket(cw, person)
    assert await tickets.of_requester(cw, person.id) == []
    contact = await make_ticket(cw, person, kind="contact")
    urgent = await make_ticket(cw, person, priority="urgent")
    assert {contact.kind, urgent.priority} == {"contact", "urgent"}


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"kind": "wish"}, "kind"),
        ({"kind": "request", "topic": None}, "topic"),
        ({"kind": "offer", "topic": "rooms"}, "topic"),
        ({"kind": "contact", "topic": "x" * 49}, "topic"),
        ({"facts": {"purpose": "fun"}}, "purpose"),
        ({"facts": {"fields": ["education", "magic"]}}, "fields"),
        ({"facts": {"availability": {"days": ["someday"]}}}, "availability"),
        ({"facts": {"availability": "fridays"}}, "availability"),
        ({"facts": {"need": "x" * 5000}}, "need"),
        ({"contact": "x" * 255}, "contact"),
    ],
)
async def test_facts_that_make_no_sense_are_refused(
    cw: Casework, anna: Requester, values: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidFact) as refused:
        await make_ticket(cw, anna, **values)
    assert refused.value.field == field


async def test_characters_that_no_database_keeps_do_no_harm(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    ticket = await make_ticket(
        cw, anna, facts={"need": "ro\x00om \ud83d"}, contact="a\x00b@example.org"
    )
    await messages.record_incoming(cw, anna.id, text="\x00\ud83d", language="pl")
    await tickets.reply(cw, ticket.id, desk.id, "ja\x00wohl")
    again = await tickets.read(cw, ticket.id, desk)
    assert again.facts == {"need": "room \ufffd"}
    assert again.contact == "ab@example.org"
    assert again.messages[-1].text == "jawohl"


async def test_the_conversation_that_led_to_it_belongs_to_the_ticket(
    cw: Casework, anna: Requester, desk: Staff, clock: Clock
) -> None:
    await messages.record_incoming(cw, anna.id, text="too long ago", language="pl")
    clock.forward(hours=2)
    await messages.record_incoming(cw, anna.id, text="potrzebujemy sali", language="pl")
    first = await make_ticket(cw, anna)
    second = await make_ticket(cw, anna)
    assert [m.text for m in (await tickets.read(cw, first.id, desk)).messages] == [
        "potrzebujemy sali"
    ]
    assert (await tickets.read(cw, second.id, desk)).messages == []


async def test_an_unknown_person_opens_nothing(cw: Casework) -> None:
    with pytest.raises(UnknownRequester):
        await tickets.open_ticket(cw, requester_id="x", kind="contact", facts={}, language="de")


# --- a person is wanted ---------------------------------------------------------------------


async def test_a_person_wanted_opens_a_ticket_and_silences_the_bot(
    cw: Casework, anna: Requester
) -> None:
    assert await tickets.human_ticket(cw, anna.id) is None
    ticket = await tickets.hand_over(cw, anna.id, reason="asked")
    assert (ticket.kind, ticket.speaker) == ("contact", "human")
    assert ticket.lead_office == "coordination_organisations"  # the person's role
    owned = await tickets.human_ticket(cw, anna.id)
    assert owned is not None
    assert owned.id == ticket.id


async def test_a_person_wanted_takes_the_newest_ticket_under_way(
    cw: Casework, anna: Requester, desk: Staff, clock: Clock
) -> None:
    await make_ticket(cw, anna)
    newest = await make_ticket(cw, anna)
    clock.forward(minutes=5)
    await messages.record_incoming(cw, anna.id, text="chcę człowieka", language="pl")
    handed = await tickets.hand_over(cw, anna.id, reason="asked")
    assert handed.id == newest.id
    assert handed.speaker == "human"
    seen = await tickets.read(cw, handed.id, desk)
    assert [m.text for m in seen.messages] == ["chcę człowieka"]
    assert seen.events[-1].kind == "person_wanted"


async def test_an_emergency_is_urgent_and_due_within_hours(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    normal = await make_ticket(cw, anna)
    ticket = await tickets.hand_over(cw, anna.id, reason="emergency")
    assert ticket.id != normal.id
    assert (ticket.priority, ticket.kind, ticket.topic) == ("urgent", "contact", "emergency")
    assert ticket.due_at == berlin("2026-03-10 12:00")
    again = await tickets.hand_over(cw, anna.id, reason="emergency")
    assert again.id == ticket.id
    page = await tickets.queue(cw, desk)
    assert [row.id for row in page.rows] == [ticket.id, normal.id]


async def test_an_emergency_is_not_hidden_in_a_complaint(cw: Casework, anna: Requester) -> None:
    complaint = await make_ticket(cw, anna, kind="complaint")
    emergency = await tickets.hand_over(cw, anna.id, reason="emergency")
    assert complaint.confidential
    assert not emergency.confidential


async def test_a_question_passed_on_is_routed_by_the_nearest_answer(
    cw: Casework, anna: Requester
) -> None:
    ticket = await tickets.hand_over(
        cw,
        anna.id,
        reason="question",
        question="Czy mogę pracować?",
        entry_id="authorities/residence",
        role="volunteer",
    )
    assert (ticket.kind, ticket.lead_office) == ("question", "coordination_volunteers")
    assert [row.office for row in ticket.involved] == ["immigration_authority"]
    assert ticket.facts["question"] == "Czy mogę pracować?"
    assert await tickets.human_ticket(cw, anna.id) is None


async def test_what_is_written_to_a_human_is_on_the_ticket_and_not_for_the_bot(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    assert await _write(cw, anna, "hej") is None
    ticket = await tickets.hand_over(cw, anna.id, reason="asked")
    async with cw.signals.subscribe(f"ticket:{ticket.id}") as page:
        passed = await tickets.pass_on(
            cw, anna.id, text="halo?", language="pl", attachment={"kind": "photo"}, external_id="9"
        )
        assert await page.wait(1) == f"ticket:{ticket.id}"
    assert passed is not None
    seen = await tickets.read(cw, ticket.id, desk)
    assert [(m.text, m.author, m.external_id) for m in seen.messages] == [
        ("halo?", "requester", "9")
    ]
    assert seen.messages[0].attachment == {"kind": "photo"}


# --- the coordinator answers ----------------------------------------------------------------


async def test_a_reply_reaches_the_person_and_stops_the_clocks(
    cw: Casework, anna: Requester, desk: Staff, clock: Clock
) -> None:
    ticket = await make_ticket(cw, anna)
    clock.forward(hours=1)
    message = await tickets.reply(cw, ticket.id, desk.id, "  Am Montag ist ein Raum frei. ")
    assert (message.author, message.text) == ("staff", "Am Montag ist ein Raum frei.")
    (item,) = await outbox.waiting_for(cw, anna.id, 0)
    assert item.payload == {
        "say": "staff_reply",
        "reference": ticket.reference,
        "text": "Am Montag ist ein Raum frei.",
        "staff": "Frau Keller",
    }
    seen = await tickets.read(cw, ticket.id, desk)
    assert (seen.state, seen.waiting_for, seen.speaker) == ("waiting", "requester", "human")
    assert (seen.first_answered_at, seen.last_news_at) == (clock(), clock())
    assert seen.due_at is None
    assert seen.assignee is not None
    assert seen.assignee.name == "Frau Keller"
    replied = [event for event in seen.events if event.kind == "replied"]
    assert replied[0].details == {"first": True}
    assert replied[0].staff is not None


async def test_a_reply_shown_is_on_record_once(cw: Casework, anna: Requester, desk: Staff) -> None:
    ticket = await make_ticket(cw, anna)
    await tickets.reply(cw, ticket.id, desk.id, "Ja.")
    assert await messages.history(cw, anna.id) == []
    (item,) = await outbox.claim_due(cw, "telegram", 1)
    await outbox.mark_sent(cw, item.id, text="Frau Keller: Ja.", external_id="12")
    (message,) = await messages.history(cw, anna.id)
    assert (message.author, message.text, message.external_id) == ("staff", "Ja.", "12")
    seen = await tickets.read(cw, ticket.id, desk)
    assert seen.messages[-1].outbox is not None
    assert seen.messages[-1].outbox.state == "sent"


async def test_waiting_for_the_person_does_not_use_up_the_offices_time(
    cw: Casework, anna: Requester, desk: Staff, clock: Clock
) -> None:
    ticket = await make_ticket(cw, anna)
    resolution = ticket.resolution_due_at
    clock.set("2026-03-10 11:00")
    await tickets.reply(cw, ticket.id, desk.id, "Für wie viele Leute?")
    clock.set("2026-03-12 11:00")  # two working days later
    passed = await _write(cw, anna, "dla dwudziestu")
    assert passed is not None
    assert (passed.state, passed.waiting_for) == ("open", None)
    assert resolution is not None
    assert passed.resolution_due_at == cw.calendar.add_working_days(resolution, 2)
    assert passed.due_at == passed.next_news_due_at == berlin("2026-03-19 11:00")
    clock.set("2026-03-13 11:00")
    again = await _write(cw, anna, "i jeszcze jedno")
    assert again is not None
    assert again.due_at == berlin("2026-03-19 11:00")  # since the first message unanswered


async def test_waiting_for_an_office_goes_on_counting(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    ticket = await make_ticket(cw, anna)
    await tickets.change_state(cw, ticket.id, desk.id, "open")
    waiting = await tickets.change_state(cw, ticket.id, desk.id, "waiting", waiting_for="office")
    assert waiting.due_at == ticket.due_at
    stopped = await tickets.change_state(cw, ticket.id, desk.id, "waiting", waiting_for="requester")
    assert stopped.due_at is None


async def test_an_unanswered_ticket_keeps_what_was_left_of_its_time(
    cw: Casework, anna: Requester, desk: Staff, clock: Clock
) -> None:
    ticket = await make_ticket(cw, anna)
    await tickets.change_state(cw, ticket.id, desk.id, "open")
    await tickets.change_state(cw, ticket.id, desk.id, "waiting")
    clock.set("2026-03-17 10:00")  # five working days
    opened = await tickets.change_state(cw, ticket.id, desk.id, "open")
    assert ticket.first_answer_due_at is not None
    assert opened.first_answer_due_at == berlin("2026-03-20 10:00")


async def test_the_second_reply_is_no_second_take_over(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    ticket = await make_ticket(cw, anna)
    await tickets.reply(cw, ticket.id, desk.id, "Eins.")
    await tickets.reply(cw, ticket.id, desk.id, "Zwei.")
    kinds = await _kinds(cw, ticket, desk)
    assert kinds.count("taken_over") == 1
    assert kinds.count("replied") == 2
    assert await _said(cw, anna) == ["staff_reply", "staff_reply"]


@pytest.mark.parametrize("text", ["", "  \n", "\x00"])
async def test_an_empty_reply_is_refused(
    cw: Casework, anna: Requester, desk: Staff, text: str
) -> None:
    ticket = await make_ticket(cw, anna)
    with pytest.raises(EmptyText):
        await tickets.reply(cw, ticket.id, desk.id, text)


async def test_a_reply_fits_into_one_message(cw: Casework, anna: Requester, desk: Staff) -> None:
    ticket = await make_ticket(cw, anna)
    await tickets.reply(cw, ticket.id, desk.id, "x" * 3500)
    with pytest.raises(TextTooLong) as refused:
        await tickets.reply(cw, ticket.id, desk.id, "x" * 3501)
    assert (refused.value.length, refused.value.limit) == (3501, 3500)
    assert await _said(cw, anna) == ["staff_reply"]


async def test_taking_over_is_announced_and_handing_back_too(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    ticket = await make_ticket(cw, anna)
    taken = await tickets.take_over(cw, ticket.id, desk.id)
    assert (taken.speaker, taken.state) == ("human", "open")
    await tickets.take_over(cw, ticket.id, desk.id)  # pressed twice
    back = await tickets.hand_back(cw, ticket.id, desk.id)
    assert back.speaker == "bot"
    await tickets.hand_back(cw, ticket.id, desk.id)
    assert await _said(cw, anna) == ["staff_joined", "handed_back"]
    assert await _write(cw, anna, "hej") is None


async def test_notes_are_for_the_office_only(cw: Casework, anna: Requester, desk: Staff) -> None:
    ticket = await make_ticket(cw, anna)
    await tickets.note(cw, ticket.id, desk.id, "Ruft oft an.")
    seen = await tickets.read(cw, ticket.id, desk)
    assert [(m.author, m.text) for m in seen.messages] == [("note", "Ruft oft an.")]
    assert await _said(cw, anna) == []
    assert await messages.history(cw, anna.id) == []
    assert (await privacy.my_data(cw, anna.id)).messages == 0


async def test_with_several_conversations_the_answer_goes_to_the_last_one(
    cw: Casework, anna: Requester, desk: Staff, clock: Clock
) -> None:
    first, second = await make_ticket(cw, anna), await make_ticket(cw, anna)
    await tickets.reply(cw, second.id, desk.id, "Zum zweiten.")
    clock.forward(minutes=1)
    await tickets.reply(cw, first.id, desk.id, "Zum ersten.")
    passed = await _write(cw, anna, "dziękuję")
    assert passed is not None
    assert passed.id == first.id


# --- states ---------------------------------------------------------------------------------


async def _bring(cw: Casework, ticket: Ticket, desk: Staff, state: str) -> None:
    way: dict[str, list[State]] = {
        "new": [],
        "open": ["open"],
        "waiting": ["open", "waiting"],
        "resolved": ["open", "resolved"],
        "closed": ["open", "resolved", "closed"],
    }
    for step in way[state]:
        await tickets.change_state(cw, ticket.id, desk.id, step)


@pytest.mark.parametrize("old", STATES)
@pytest.mark.parametrize("new", STATES)
async def test_only_moves_that_make_sense_are_possible(
    cw: Casework, anna: Requester, desk: Staff, old: State, new: State
) -> None:
    ticket = await make_ticket(cw, anna)
    await _bring(cw, ticket, desk, old)
    if new in MOVES[old] and (old, new) != ("waiting", "waiting"):
        assert (await tickets.change_state(cw, ticket.id, desk.id, new)).state == new
        return
    with pytest.raises(IllegalMove) as refused:
        await tickets.change_state(cw, ticket.id, desk.id, new)
    assert refused.value.present.startswith(old)
    assert refused.value.wanted.startswith(new)


async def test_a_state_that_does_not_exist_is_refused(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    ticket = await make_ticket(cw, anna)
    with pytest.raises(InvalidFact):
        await tickets.change_state(cw, ticket.id, desk.id, "done")


async def test_writing_within_two_weeks_reopens(
    cw: Casework, anna: Requester, desk: Staff, clock: Clock
) -> None:
    ticket = await make_ticket(cw, anna)
    await tickets.reply(cw, ticket.id, desk.id, "Ja.")
    resolved = await tickets.change_state(cw, ticket.id, desk.id, "resolved")
    assert (resolved.resolved_at, resolved.due_at) == (clock(), None)
    clock.forward(days=13)
    passed = await _write(cw, anna, "jednak nie")
    assert passed is not None
    assert (passed.id, passed.state, passed.resolved_at) == (ticket.id, "open", None)
    assert passed.due_at is not None
    assert passed.due_at > clock()
    assert await _said(cw, anna) == ["staff_reply", "ticket_resolved", "ticket_reopened"]
    assert (await _kinds(cw, ticket, desk))[-2:] == ["wrote", "reopened"]


async def test_after_two_weeks_the_bot_answers_again(
    cw: Casework, anna: Requester, desk: Staff, clock: Clock
) -> None:
    ticket = await make_ticket(cw, anna)
    await tickets.reply(cw, ticket.id, desk.id, "Ja.")
    await tickets.change_state(cw, ticket.id, desk.id, "resolved")
    clock.forward(days=14)
    assert await _write(cw, anna, "hej") is None


async def test_a_resolved_ticket_is_closed_after_two_weeks_and_the_person_is_told(
    cw: Casework, anna: Requester, desk: Staff, clock: Clock
) -> None:
    ticket = await make_ticket(cw, anna)
    await _bring(cw, ticket, desk, "resolved")
    clock.forward(days=13)
    assert (await privacy.purge(cw)).closed == 0
    clock.forward(days=1)
    assert (await privacy.purge(cw)).closed == 1
    seen = await tickets.read(cw, ticket.id, desk)
    assert (seen.state, seen.speaker, seen.closed_at) == ("closed", "bot", clock())
    assert seen.events[-1].actor == "system"
    assert (await _said(cw, anna))[-1] == "ticket_closed"


async def test_a_late_reply_opens_a_resolved_ticket_again(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    ticket = await make_ticket(cw, anna)
    await _bring(cw, ticket, desk, "resolved")
    await tickets.reply(cw, ticket.id, desk.id, "Noch etwas.")
    assert (await tickets.read(cw, ticket.id, desk)).state == "waiting"


async def test_a_closed_ticket_is_not_answered(cw: Casework, anna: Requester, desk: Staff) -> None:
    ticket = await make_ticket(cw, anna)
    await _bring(cw, ticket, desk, "closed")
    with pytest.raises(IllegalMove):
        await tickets.reply(cw, ticket.id, desk.id, "Zu spät.")
    with pytest.raises(IllegalMove):
        await tickets.take_over(cw, ticket.id, desk.id)


async def test_two_coordinators_answering_at_once_are_both_heard(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    colleague = await make_staff(cw)
    ticket = await make_ticket(cw, anna)
    await asyncio.gather(
        tickets.reply(cw, ticket.id, desk.id, "Eins."),
        tickets.reply(cw, ticket.id, colleague.id, "Zwei."),
        tickets.note(cw, ticket.id, desk.id, "Drei."),
    )
    seen = await tickets.read(cw, ticket.id, desk)
    assert sorted(message.text for message in seen.messages) == ["Drei.", "Eins.", "Zwei."]
    first = [event.details["first"] for event in seen.events if event.kind == "replied"]
    assert first == [True, False]


async def test_the_event_log_cannot_be_edited(cw: Casework, anna: Requester, desk: Staff) -> None:
    ticket = await make_ticket(cw, anna)
    (event,) = (await tickets.read(cw, ticket.id, desk)).events
    with pytest.raises(RuntimeError, match="never edited"):
        async with cw.database.transaction() as session:
            (await session.merge(event)).kind = "forged"
    with pytest.raises(RuntimeError, match="never edited"):
        async with cw.database.transaction() as session:
            await session.delete(await session.merge(event))


# --- who does it, where it belongs ----------------------------------------------------------


async def test_a_ticket_given_to_somebody_is_open(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    colleague = await make_staff(cw)
    ticket = await make_ticket(cw, anna)
    given = await tickets.assign(cw, ticket.id, desk.id, colleague.id)
    assert given.assignee is not None
    assert (given.assignee.id, given.state, given.speaker) == (colleague.id, "open", "bot")
    free = await tickets.assign(cw, ticket.id, desk.id, None)
    assert (free.assignee, free.state) == (None, "open")
    seen = await tickets.read(cw, ticket.id, desk)
    assigned = [event.details for event in seen.events if event.kind == "assigned"]
    assert assigned == [
        {"old": None, "new": colleague.id},
        {"old": colleague.id, "new": None},
    ]


async def test_who_has_left_gets_no_work_and_does_none(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    ticket = await make_ticket(cw, anna)
    gone = await make_staff(cw, login="gone")
    await staff.deactivate(cw, "gone")
    with pytest.raises(UnknownStaff):
        await tickets.assign(cw, ticket.id, desk.id, gone.id)
    with pytest.raises(UnknownStaff):
        await tickets.reply(cw, ticket.id, gone.id, "Hallo.")
    with pytest.raises(UnknownStaff):
        await tickets.note(cw, ticket.id, 4711, "Hallo.")


async def test_a_change_of_offices_keeps_the_old_ones(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    ticket = await make_ticket(cw, anna, topic="outdoor_space")
    changed = await tickets.change_offices(
        cw,
        ticket.id,
        desk.id,
        lead="parks_office",
        involved=["coordination_organisations", "sports_office", "parks_office"],
    )
    assert changed.lead_office == "parks_office"
    involved = [row.office for row in changed.involved]
    assert involved == ["coordination_organisations", "sports_office"]
    await tickets.change_offices(
        cw, ticket.id, desk.id, lead="parks_office", involved=involved
    )  # nothing new
    seen = await tickets.read(cw, ticket.id, desk)
    (event,) = [event for event in seen.events if event.kind == "offices_changed"]
    assert event.details == {
        "old": {"lead": "coordination_organisations", "involved": ["parks_office"]},
        "new": {"lead": "parks_office", "involved": involved},
    }
    assert seen.routing_reason == ticket.routing_reason


async def test_an_unknown_office_is_refused(cw: Casework, anna: Requester, desk: Staff) -> None:
    ticket = await make_ticket(cw, anna)
    with pytest.raises(UnknownOffice):
        await tickets.change_offices(cw, ticket.id, desk.id, lead="tax_office", involved=[])
    with pytest.raises(UnknownOffice):
        await tickets.change_offices(
            cw, ticket.id, desk.id, lead="sports_office", involved=["tax_office"]
        )


async def test_a_ticket_made_urgent_moves_up_and_back(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    normal, ticket = await make_ticket(cw, anna), await make_ticket(cw, anna)
    urgent = await tickets.change_priority(cw, ticket.id, desk.id, "urgent")
    assert urgent.due_at == berlin("2026-03-10 12:00")
    assert [row.id for row in (await tickets.queue(cw, desk)).rows] == [ticket.id, normal.id]
    calm = await tickets.change_priority(cw, ticket.id, desk.id, "normal")
    assert calm.priority == "normal"
    assert (await _kinds(cw, ticket, desk)).count("priority_changed") == 2


# --- complaints -----------------------------------------------------------------------------


async def test_complaints_are_for_those_in_charge_only(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    trusted = await make_staff(cw, complaints=True)
    complaint = await make_ticket(cw, anna, kind="complaint", facts={"complaint": "…"})
    assert complaint.confidential
    assert (await tickets.queue(cw, desk)).total == 0
    assert (await tickets.queue(cw, trusted)).total == 1
    with pytest.raises(NotAllowed):
        await tickets.read(cw, complaint.id, desk)
    with pytest.raises(NotAllowed):
        await tickets.reply(cw, complaint.id, desk.id, "Hallo.")
    with pytest.raises(NotAllowed):
        await tickets.assign(cw, complaint.id, trusted.id, desk.id)
    assert (await tickets.read(cw, complaint.id, trusted)).facts == {"complaint": "…"}


# --- the queue ------------------------------------------------------------------------------


async def test_the_queue_shows_what_is_due_first(
    cw: Casework, anna: Requester, desk: Staff, clock: Clock
) -> None:
    early = await make_ticket(cw, anna)
    clock.forward(hours=1)
    late = await make_ticket(cw, anna)
    stopped = await make_ticket(cw, anna)
    await tickets.reply(cw, stopped.id, desk.id, "Ja?")
    resolved = await make_ticket(cw, anna)
    await _bring(cw, resolved, desk, "resolved")
    page = await tickets.queue(cw, desk)
    assert [row.id for row in page.rows] == [early.id, late.id, stopped.id]
    assert page.rows[0].requester is not None
    assert [row.office for row in page.rows[0].involved] == []


async def test_the_queue_can_be_filtered(cw: Casework, anna: Requester, desk: Staff) -> None:
    rooms = await make_ticket(cw, anna)
    garden = await make_ticket(cw, anna, topic="outdoor_space")
    offer = await make_ticket(cw, anna, kind="offer")
    await tickets.assign(cw, rooms.id, desk.id, desk.id)

    async def ids(**filters: object) -> list[int]:
        return [row.id for row in (await tickets.queue(cw, desk, **filters)).rows]  # type: ignore[arg-type]  # each its own

    assert await ids(states=["open"]) == [rooms.id]
    assert await ids(kind="offer") == [offer.id]
    assert await ids(office="parks_office") == [garden.id]
    assert await ids(office="coordination_organisations") == [rooms.id, garden.id]


async def test_a_long_queue_has_pages(cw: Casework, anna: Requester, desk: Staff) -> None:
    for _ in range(27):
        await make_ticket(cw, anna)
    first, second = await tickets.queue(cw, desk), await tickets.queue(cw, desk, page=2)
    assert (first.total, len(first.rows), len(second.rows)) == (27, 25, 2)
    assert not {row.id for row in first.rows} & {row.id for row in second.rows}
    assert (await tickets.queue(cw, desk, page=0)).page == 1


async def test_a_ticket_that_is_not_there_is_said_so(cw: Casework, desk: Staff) -> None:
    with pytest.raises(UnknownTicket):
        await tickets.read(cw, 4711, desk)
    with pytest.raises(UnknownTicket):
        await tickets.reply(cw, 4711, desk.id, "Hallo.")


# --- the person's own view ------------------------------------------------------------------


async def test_a_person_sees_their_own_tickets_only(cw: Casework, anna: Requester) -> None:
    one, two = await make_ticket(cw, anna), await make_ticket(cw, anna, kind="offer")
    await make_ticket(cw)
    own = await tickets.of_requester(cw, anna.id)
    assert [ticket.id for ticket in own] == [two.id, one.id]
    assert [row.office for row in own[0].involved] == ["migramundi"]


async def test_an_attachment_goes_with_the_newest_ticket(
    cw: Casework, anna: Requester, desk: Staff
) -> None:
    photo = {"kind": "photo", "file_id": "x"}

    async def add() -> Ticket | None:
        return await tickets.add_attachment(
            cw, anna.id, text="", language="pl", attachment=photo, external_id="3"
        )

    assert await add() is None
    ticket = await make_ticket(cw, anna)
    added = await add()
    assert added is not None
    assert added.id == ticket.id
    seen = await tickets.read(cw, ticket.id, desk)
    assert seen.messages[-1].attachment == photo
    assert seen.events[-1].details == {"attachment": True}


async def test_feedback_is_kept_with_the_ticket(cw: Casework, anna: Requester) -> None:
    ticket = await make_ticket(cw, anna)
    await tickets.give_feedback(cw, anna.id, ticket.reference, helped=False)
    (own,) = await tickets.of_requester(cw, anna.id)
    assert own.feedback == "not_helped"
    stranger = await make_requester(cw)
    with pytest.raises(UnknownTicket):
        await tickets.give_feedback(cw, stranger.id, ticket.reference, helped=True)


async def test_the_language_of_a_ticket_is_the_persons(cw: Casework, anna: Requester) -> None:
    await requesters.set_language(cw, anna.id, "uk", chosen=True)
    assert (await make_ticket(cw, anna, language="xx")).language == "uk"
    assert (await make_ticket(cw, anna, language="ar")).language == "ar"


async def test_nothing_is_said_when_the_change_fails(
    cw: Casework, anna: Requester, desk: Staff, clock: Clock
) -> None:
    """What is to be sent and why it is sent are kept together, or neither is."""
    ticket = await make_ticket(cw, anna)
    await _bring(cw, ticket, desk, "closed")
    said = await _said(cw, anna)
    async with cw.signals.subscribe("outbox", "queue") as signals:
        with pytest.raises(IllegalMove):
            await tickets.reply(cw, ticket.id, desk.id, "Zu spät.")
        assert await signals.wait(0.05) is None
    assert await _said(cw, anna) == said
    assert clock() - ticket.opened_at == timedelta()
