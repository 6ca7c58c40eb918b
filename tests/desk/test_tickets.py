"""A ticket's page: what it shows, and everything that can be done there."""

import asyncio
import re
from html import unescape

import pytest

from casework import outbox, tickets
from casework.context import Casework
from casework.models import Ticket
from casework.strings import REPLY_LIMIT
from tests.desk.conftest import Open
from tests.desk.scenes import Day, deliver, person_says


async def ticket_of(cw: Casework, ticket: Ticket, day: Day) -> Ticket:
    return await tickets.read(cw, ticket.id, day.team.yildiz)


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


async def test_facts_are_told_in_the_language_of_the_staff(logged_in: Open, day: Day) -> None:
    path = f"/desk/tickets/{day.tickets['turkish'].id}"
    german = words(await (await logged_in("yildiz")).get(path))
    assert "Hilfsangebot: Dolmetschen" in german
    assert "Sprachen Arabisch und Türkisch" in german
    assert "(Dienstag und abends)" in german
    assert "Stadtteil Kastel" in german
    assert "MigraMundi" in german
    assert "Dolmetscherpool" in german  # why it was routed there
    english = words(await (await logged_in("okafor")).get(path))
    assert "Help offer: Interpreting" in english
    assert "Languages Arabic and Turkish" in english
    assert "(Tuesday and in the evening)" in english


async def test_contacts_can_be_used_at_once(logged_in: Open, day: Day) -> None:
    member = await logged_in("yildiz")
    page = await member.get(f"/desk/tickets/{day.tickets['turkish'].id}")
    assert 'href="mailto:leyla.demir@example.org"' in page
    page = await member.get(f"/desk/tickets/{day.tickets['arabic'].id}")
    assert 'href="tel:+496115550142"' in page
    assert "Mittwoch, 1. April 2026" in page


async def test_right_to_left_words_run_right_to_left(logged_in: Open, day: Day) -> None:
    member = await logged_in("yildiz")
    page = await member.get(f"/desk/tickets/{day.tickets['arabic'].id}")
    assert '<div class="text" lang="ar" dir="auto">شكرًا جزيلًا!' in page
    assert re.search(r'<dd lang="ar" dir="auto" class="own">نبحث عن قاعة', page)
    assert '<html lang="de" dir="ltr">' in page
    assert "\u2068بداية أبريل\u2069 (Mittwoch" in page


async def test_what_somebody_wrote_is_never_markup(logged_in: Open, day: Day, cw: Casework) -> None:
    ticket = day.tickets["arabic"]
    requester = (await ticket_of(cw, ticket, day)).requester
    assert requester is not None
    await person_says(cw, requester, "<script>alert(1)</script><b>{name}</b>")
    member = await logged_in("yildiz")
    page = await member.get(f"/desk/tickets/{ticket.id}")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&lt;b&gt;{name}&lt;/b&gt;" in page
    assert "<script>" not in page


async def test_attachments_are_named(logged_in: Open, day: Day) -> None:
    member = await logged_in("yildiz")
    page = words(await member.get(f"/desk/tickets/{day.tickets['arabic'].id}"))
    assert "Dokument: Satzung_Al-Nour.pdf" in page


async def test_edited_messages_show_both_versions(logged_in: Open, day: Day, cw: Casework) -> None:
    from casework import messages

    requester = (await ticket_of(cw, day.tickets["arabic"], day)).requester
    assert requester is not None
    await person_says(cw, requester, "am Samstag", external_id="77")
    await messages.record_edit(cw, requester.id, external_id="77", text="am Sonntag")
    member = await logged_in("yildiz")
    page = words(await member.get(f"/desk/tickets/{day.tickets['arabic'].id}"))
    assert "am Sonntag" in page
    assert "Vor der Änderung am Samstag" in page


async def test_the_log_tells_who_did_what(logged_in: Open, day: Day, cw: Casework) -> None:
    ticket, team = day.tickets["more0"], day.team
    await tickets.assign(cw, ticket.id, team.yildiz.id, team.berger.id)
    await tickets.change_priority(cw, ticket.id, team.berger.id, "urgent")
    await tickets.change_state(cw, ticket.id, team.berger.id, "waiting", waiting_for="office")
    member = await logged_in("yildiz")
    page = words(await member.get(f"/desk/tickets/{ticket.id}"))
    await tickets.take_over(cw, ticket.id, team.yildiz.id)
    page += words(await member.get(f"/desk/tickets/{ticket.id}"))
    for sentence in (
        "Die Person hat den Vorgang eröffnet",
        "Derya Yıldız hat jetzt den Vorgang",
        "Derya Yıldız hat das Gespräch übernommen; der Bot schweigt",
        "Derya Yıldız hat den Vorgang Jonas Berger zugeteilt",
        "Jonas Berger hat den Vorgang als dringend gekennzeichnet",
        "Jonas Berger hat den Stand auf „Wartet auf eine Stelle“ gesetzt",
    ):
        assert sentence in page


async def test_a_reply_goes_out_and_its_delivery_is_followed(
    logged_in: Open, day: Day, cw: Casework
) -> None:
    ticket = day.tickets["turkish"]
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{ticket.id}"
    assert "Der Bot spricht mit der Person." in await member.get(path)
    page = words(await member.post(f"{path}/reply", text="Vielen Dank, Leyla!"))
    assert member.page.url.path == path
    assert "Ihre Nachricht ist unterwegs zur Person." in page
    assert "Vielen Dank, Leyla! Wartet auf den Versand" in page
    assert "Sie sprechen, der Bot schweigt." in page
    assert "Wartet auf die Person" in page
    waiting = await outbox.waiting_for(cw, str(ticket.requester_id), 0)
    assert [item.payload["text"] for item in waiting if item.payload["say"] == "staff_reply"] == [
        "Vielen Dank, Leyla!"
    ]
    await deliver(cw)
    page = words(await member.get(path))
    assert "Vielen Dank, Leyla! Gesendet heute, 10:00" in page
    assert "Ihre Nachricht ist unterwegs" not in page  # told once


async def test_failed_deliveries_are_told(logged_in: Open, day: Day, cw: Casework) -> None:
    ticket = day.tickets["turkish"]
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{ticket.id}"
    await member.get(path)
    await member.post(f"{path}/reply", text="Vielen Dank!")
    (item,) = await outbox.claim_due(cw, "telegram", 10)
    await outbox.retry_later(cw, item.id, seconds=600, problem="flood")
    assert "Noch nicht gesendet, nächster Versuch heute, 10:10" in await member.get(path)
    await outbox.give_up(cw, item.id, "chat not found")
    page = words(await member.get(path))
    assert "Konnte nicht zugestellt werden" in page
    assert "Das System konnte eine Nachricht nicht zustellen" in page


async def test_a_blocked_bot_is_told_with_another_way(
    logged_in: Open, day: Day, cw: Casework
) -> None:
    member = await logged_in("yildiz")
    page = words(await member.get(f"/desk/tickets/{day.tickets['ukrainian'].id}"))
    assert "Die Person hat den Bot blockiert. Nachrichten warten" in page
    assert "Nicht zugestellt: Die Person hat den Bot blockiert" in page


async def test_send_and_mark_as_answered_does_both(logged_in: Open, day: Day, cw: Casework) -> None:
    ticket = day.tickets["turkish"]
    member = await logged_in("yildiz")
    await member.get(f"/desk/tickets/{ticket.id}")
    page = words(
        await member.post(f"/desk/tickets/{ticket.id}/reply", text="Alles klar.", then="resolved")
    )
    assert "der Vorgang gilt als beantwortet" in page
    assert (await ticket_of(cw, ticket, day)).state == "resolved"
    assert "Wieder öffnen" in page
    assert "Endgültig abschließen" in page


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("   \n ", "Es steht noch nichts da."),
        ("ü" * (REPLY_LIMIT + 7), "Der Text ist um 7 Zeichen zu lang; höchstens 3.500"),
    ],
)
async def test_a_reply_that_cannot_go_out_is_kept_as_a_draft(
    logged_in: Open, day: Day, cw: Casework, text: str, sentence: str
) -> None:
    ticket = day.tickets["turkish"]
    member = await logged_in("yildiz")
    await member.get(f"/desk/tickets/{ticket.id}")
    page = await member.post(f"/desk/tickets/{ticket.id}/reply", text=text)
    assert member.page.status_code == 422
    assert sentence in words(page)
    assert f">{text}</textarea>" in page
    assert (await ticket_of(cw, ticket, day)).speaker == "bot"


async def test_a_note_stays_inside(logged_in: Open, day: Day, cw: Casework) -> None:
    ticket = day.tickets["turkish"]
    member = await logged_in("berger")
    path = f"/desk/tickets/{ticket.id}"
    await member.get(path)
    page = words(await member.post(f"{path}/note", text="Nur für uns."))
    assert "Interne Notiz von Jonas Berger heute, 10:00 Nur für uns." in page
    assert await outbox.claim_due(cw, "telegram", 10) == []
    page = await member.post(f"{path}/note", text=" ")
    assert member.page.status_code == 422
    assert '<details class="note-box" id="note-box"' in page


async def test_taking_over_and_handing_back(logged_in: Open, day: Day, cw: Casework) -> None:
    ticket = day.tickets["turkish"]
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{ticket.id}"
    await member.get(path)
    page = words(await member.post(f"{path}/take_over"))
    assert "Sie haben das Gespräch übernommen." in page
    assert "Sie sprechen, der Bot schweigt." in page
    colleague = await logged_in("berger")
    assert "Derya Yıldız spricht, der Bot schweigt." in words(await colleague.get(path))
    page = words(await member.post(f"{path}/hand_back"))
    assert "Der Bot spricht mit der Person." in page
    assert (await ticket_of(cw, ticket, day)).speaker == "bot"


async def test_somebody_who_waits_for_a_human_is_seen(logged_in: Open, day: Day) -> None:
    member = await logged_in("yildiz")
    page = words(await member.get(f"/desk/tickets/{day.tickets['urgent'].id}"))
    assert "Die Person wartet auf jemanden aus dem Team, der Bot schweigt." in page
    assert "Warum ein Mensch gebraucht wird Möglicher Notfall" in page


async def test_assigning(logged_in: Open, day: Day, cw: Casework) -> None:
    ticket = day.tickets["more0"]
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{ticket.id}"
    await member.get(path)
    page = words(await member.post(f"{path}/assign", me="1"))
    assert "Zugeteilt Derya Yıldız (Sie)" in page
    assert "In Arbeit" in page
    page = words(await member.post(f"{path}/assign", assignee=str(day.team.berger.id)))
    assert "Zugeteilt Jonas Berger" in page
    page = words(await member.post(f"{path}/assign", assignee=""))
    assert "Zugeteilt noch niemand" in page
    for wrong in ("999", "x"):
        page = words(await member.post(f"{path}/assign", assignee=wrong))
        assert member.page.status_code == 422
        assert "Diese Person gibt es im Team nicht" in page


async def test_a_complaint_goes_to_nobody_without_the_right(
    logged_in: Open, day: Day, cw: Casework
) -> None:
    ticket = day.tickets["complaint"]
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{ticket.id}"
    page = await member.get(path)
    assert "Jonas Berger</option>" not in page
    assert "Grace Okafor</option>" in page
    page = words(await member.post(f"{path}/assign", assignee=str(day.team.berger.id)))
    assert "darf vertrauliche Beschwerden nicht sehen" in page
    assert (await ticket_of(cw, ticket, day)).assignee_id is None


async def test_changing_offices(logged_in: Open, day: Day, cw: Casework) -> None:
    ticket = day.tickets["arabic"]
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{ticket.id}"
    await member.get(path)
    page = words(
        await member.post(
            f"{path}/offices",
            lead="coordination_volunteers",
            involved=["parks_office", "sports_office"],
        )
    )
    assert "Die Stellen sind geändert." in page
    changed = await ticket_of(cw, ticket, day)
    assert changed.lead_office == "coordination_volunteers"
    assert {row.office for row in changed.involved} == {"parks_office", "sports_office"}
    page = await member.post(f"{path}/offices", lead="nowhere", involved=["parks_office"])
    assert member.page.status_code == 422
    assert "Diese Stelle gibt es in dieser Kommune nicht." in page
    assert re.search(r'value="parks_office" checked', page)
    assert not re.search(r'value="sports_office" checked', page)


@pytest.mark.parametrize(
    ("name", "offered"),
    [
        ("more0", ["open"]),
        ("arabic", ["waiting:requester", "waiting:office", "resolved"]),
        ("ukrainian", ["waiting:office", "open", "resolved"]),
        ("more1", ["waiting:requester", "open", "resolved"]),
    ],
)
async def test_only_states_that_can_follow_are_offered(
    logged_in: Open, day: Day, name: str, offered: list[str]
) -> None:
    member = await logged_in("yildiz")
    page = await member.get(f"/desk/tickets/{day.tickets[name].id}")
    assert re.findall(r'name="to" value="([^"]+)"', page) == offered


async def test_a_ticket_goes_through_its_states(logged_in: Open, day: Day, cw: Casework) -> None:
    ticket = day.tickets["more0"]
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{ticket.id}"
    await member.get(path)
    for wanted, words_there in (
        ("open", "In Arbeit"),
        ("waiting:office", "Wartet auf eine Stelle"),
        ("waiting:requester", "Wartet auf die Person"),
        ("resolved", "Beantwortet"),
        ("open", "In Arbeit"),
        ("resolved", "Beantwortet"),
        ("closed", "endgültig abgeschlossen"),
    ):
        assert words_there in words(await member.post(f"{path}/state", to=wanted))
    assert '<textarea id="reply"' not in member.page.text
    assert "Dieser Vorgang ist abgeschlossen." in member.page.text


@pytest.mark.parametrize(
    ("wanted", "status"), [("closed", 409), ("nonsense", 422), ("waiting:nobody", 422), ("", 422)]
)
async def test_a_state_that_cannot_follow_is_refused_in_words(
    logged_in: Open, day: Day, wanted: str, status: int
) -> None:
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{day.tickets['more0'].id}"
    await member.get(path)
    page = words(await member.post(f"{path}/state", to=wanted))
    assert member.page.status_code == status
    if wanted == "closed":
        assert "Aus dem Stand „Neu“ ist „Abgeschlossen“ nicht möglich." in page


async def test_urgency_can_be_set_and_taken_back(logged_in: Open, day: Day, cw: Casework) -> None:
    ticket = day.tickets["more0"]
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{ticket.id}"
    await member.get(path)
    await member.post(f"{path}/priority", priority="urgent")
    assert (await ticket_of(cw, ticket, day)).priority == "urgent"
    await member.post(f"{path}/priority", priority="normal")
    assert (await ticket_of(cw, ticket, day)).priority == "normal"


async def test_a_reply_does_not_pass_over_a_new_message(
    logged_in: Open, day: Day, cw: Casework
) -> None:
    ticket = day.tickets["arabic"]
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{ticket.id}"
    await member.get(path)
    requester = (await ticket_of(cw, ticket, day)).requester
    assert requester is not None
    await person_says(cw, requester, "لا حاجة بعد الآن، شكرًا")
    page = await member.post(f"{path}/reply", text="Der Saal ist reserviert.")
    assert member.page.status_code == 409
    assert "Die Person hat inzwischen geschrieben." in words(page)
    assert "لا حاجة بعد الآن" in page
    assert ">Der Saal ist reserviert.</textarea>" in page
    page = words(await member.post(f"{path}/reply", text="Alles klar, danke."))
    assert member.page.status_code == 200
    assert "Alles klar, danke. Wartet auf den Versand" in page


async def test_two_coordinators_do_not_answer_past_each_other(
    logged_in: Open, day: Day, cw: Casework
) -> None:
    ticket = day.tickets["turkish"]
    first, second = await logged_in("yildiz"), await logged_in("berger")
    path = f"/desk/tickets/{ticket.id}"
    await first.get(path)
    await second.get(path)
    await asyncio.gather(
        first.post(f"{path}/reply", text="Antwort eins"),
        second.post(f"{path}/reply", text="Antwort zwei"),
    )
    assert sorted([first.page.status_code, second.page.status_code]) == [200, 409]
    refused = first if first.page.status_code == 409 else second
    assert "Jemand aus dem Team hat der Person inzwischen geschrieben." in words(refused.page.text)
    sent = [m for m in (await ticket_of(cw, ticket, day)).messages if m.author == "staff"]
    assert len(sent) == 1


async def test_a_reply_sent_twice_goes_out_once(logged_in: Open, day: Day, cw: Casework) -> None:
    ticket = day.tickets["turkish"]
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{ticket.id}"
    await member.get(path)
    fields = {**member.hidden(f"{path}/reply"), "text": "Einmal"}
    await asyncio.gather(*(member.client.post(f"{path}/reply", data=fields) for _ in range(2)))
    answer = await member.client.post(f"{path}/reply", data=fields)
    assert "Sie haben der Person inzwischen geschrieben" in answer.text
    sent = [m for m in (await ticket_of(cw, ticket, day)).messages if m.author == "staff"]
    assert len(sent) == 1


async def test_a_reply_does_not_take_a_conversation_away_unseen(
    logged_in: Open, day: Day, cw: Casework
) -> None:
    ticket = day.tickets["turkish"]
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{ticket.id}"
    await member.get(path)
    await tickets.take_over(cw, ticket.id, day.team.berger.id)
    page = words(await member.post(f"{path}/reply", text="Guten Tag"))
    assert member.page.status_code == 409
    assert "hat das Gespräch inzwischen übernommen" in page
    assert "Jonas Berger spricht, der Bot schweigt." in page


@pytest.mark.parametrize(
    ("form", "fields"),
    [
        ("assign", {"me": "1"}),
        ("offices", {"lead": "parks_office"}),
        ("state", {"to": "open"}),
        ("take_over", {}),
    ],
)
async def test_a_change_made_meanwhile_is_not_overwritten(
    logged_in: Open, day: Day, cw: Casework, form: str, fields: dict[str, str]
) -> None:
    ticket, other = day.tickets["more0"], day.team.berger
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{ticket.id}"
    await member.get(path)
    await tickets.take_over(cw, ticket.id, other.id)
    await tickets.change_offices(
        cw, ticket.id, other.id, lead="sports_office", involved=["migramundi"]
    )
    before = await ticket_of(cw, ticket, day)
    page = words(await member.post(f"{path}/{form}", **fields))
    assert member.page.status_code == 409
    assert "inzwischen" in page
    after = await ticket_of(cw, ticket, day)
    assert (after.assignee_id, after.lead_office, after.state) == (
        before.assignee_id,
        before.lead_office,
        before.state,
    )


async def test_complaints_do_not_exist_for_those_without_the_right(
    logged_in: Open, day: Day, cw: Casework
) -> None:
    member = await logged_in("berger")
    path = f"/desk/tickets/{day.tickets['complaint'].id}"
    nowhere = await member.get("/desk/tickets/99999")
    assert member.page.status_code == 404
    csrf = {"csrf": member.hidden("/desk/logout")["csrf"]}
    for url in (path, f"{path}/live"):
        assert await member.get(url) == nowhere
        assert member.page.status_code == 404
    for form in ("reply", "note", "take_over", "hand_back", "assign", "offices", "state"):
        answer = await member.client.post(f"{path}/{form}", data={**csrf, "text": "x"})
        assert answer.status_code == 404
        assert answer.text == nowhere


async def test_forms_opened_as_pages_lead_to_the_ticket(logged_in: Open, day: Day) -> None:
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{day.tickets['turkish'].id}"
    await member.get(f"{path}/reply")
    assert member.page.url.path == path


async def test_somebody_without_data_can_no_longer_be_written_to(
    logged_in: Open, day: Day, cw: Casework
) -> None:
    from casework import privacy

    ticket = day.tickets["turkish"]
    member = await logged_in("yildiz")
    path = f"/desk/tickets/{ticket.id}"
    await member.get(path)
    form = {**member.hidden(f"{path}/reply"), "text": "Hallo?"}
    await privacy.delete_my_data(cw, str(ticket.requester_id))
    answer = await member.client.post(f"{path}/reply", data=form)
    assert answer.status_code == 409
    page = words(await member.get(path))
    assert "Die Person hat ihre Daten löschen lassen" in page
    assert '<textarea id="reply"' not in member.page.text


async def test_a_crash_is_told_without_details(logged_in: Open, day: Day, cw: Casework) -> None:
    member = await logged_in("yildiz")
    async with cw.database.transaction() as session:
        ticket = await session.get_one(Ticket, day.tickets["turkish"].id)
        ticket.facts = {
            "languages": 3,
            "availability": 5,
            "district": [1],
            "deadline": {"date": []},
        }
    page = await member.get(f"/desk/tickets/{day.tickets['turkish'].id}")
    assert member.page.status_code == 200  # odd facts break nothing
    await cw.database.close()
    async with cw.database.engine.begin() as connection:
        from sqlalchemy import text

        await connection.execute(text("DROP TABLE ticket_event"))
    page = await member.get(f"/desk/tickets/{day.tickets['turkish'].id}")
    assert member.page.status_code == 500
    assert "Es lag nicht an Ihnen." in page
    assert "ticket_event" not in page
    assert "default-src 'none'" in member.page.headers["content-security-policy"]
