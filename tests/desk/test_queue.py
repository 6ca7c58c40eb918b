"""The queue as a coordinator works with it."""

import re

import pytest

from casework import tickets
from casework.context import Casework
from tests.desk.conftest import Open
from tests.desk.scenes import Day, make_team
from tests.support.clock import Clock
from tests.support.people import make_requester, make_ticket


def listed(page: str) -> list[str]:
    return re.findall(r'<span class="reference">(W-\d\d-\d+)</span></a>', page)


async def test_urgent_tickets_are_on_top_then_the_oldest_due(logged_in: Open, day: Day) -> None:
    member = await logged_in("yildiz")
    shown = listed(await member.get("/desk/"))
    named = {ticket.reference: name for name, ticket in day.tickets.items()}
    order = [named[reference] for reference in shown]
    assert order[:4] == ["urgent", "turkish", "complaint", "russian"]
    assert order[-1] == "ukrainian"  # its clock is stopped


async def test_overdue_and_due_today_are_said_in_words(logged_in: Open, day: Day) -> None:
    member = await logged_in("yildiz")
    page = await member.get("/desk/")
    assert "überfällig seit Di., 3. März, 11:23" in page
    assert "fällig heute, 11:50" in page
    assert "fällig morgen, 16:00" in page
    assert "Frist angehalten" in page
    assert "1 überfällig" in page
    assert "1 dringend" in page


async def test_english_staff_read_english(logged_in: Open, day: Day) -> None:
    member = await logged_in("okafor")
    page = await member.get("/desk/")
    assert "overdue since Tue 3 Mar, 11:23" in page
    assert "Help offer: Interpreting" in page
    assert "Turkish" in page
    assert "Arabic" in page


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("kind=offer", {"turkish", "more0", "more4"}),
        ("state=waiting", {"ukrainian", "more1"}),
        ("state=resolved", set()),
        ("office=cultural_office", {"ukrainian"}),
        ("office=migramundi&kind=offer", {"turkish"}),
        ("who=mine", {"arabic", "more1"}),
        ("who=nobody&kind=request", set()),
        ("who=nobody&kind=interpreter", {"more2"}),
        ("q=00002", {"arabic"}),
        ("q=w-26-0000", {"turkish", "arabic", "russian", "urgent", "complaint", "ukrainian",
                         "more0", "more1", "more2"}),
        ("kind=nonsense&state=nonsense&office=nonsense&who=nonsense&page=-3", None),
    ],
)  # fmt: skip
async def test_filters_leave_what_was_asked_for(
    logged_in: Open, day: Day, query: str, names: set[str] | None
) -> None:
    member = await logged_in("yildiz")
    page = await member.get(f"/desk/?{query}")
    wanted = day.tickets.keys() if names is None else names
    assert set(listed(page)) == {day.tickets[name].reference for name in wanted}


async def test_the_counts_are_those_of_the_views(logged_in: Open, day: Day) -> None:
    member = await logged_in("yildiz")
    page = re.sub(r"<[^>]+>", " ", await member.get("/desk/"))
    numbers = re.search(r"Laufend\s+(\d+)\s+Meine\s+(\d+)\s+Ohne Zuteilung\s+(\d+)", page)
    assert numbers
    assert numbers.groups() == ("11", "2", "8")


async def test_a_whole_number_leads_to_the_ticket(logged_in: Open, day: Day) -> None:
    member = await logged_in("yildiz")
    ticket = day.tickets["russian"]
    await member.get(f"/desk/?q=+{ticket.reference.lower()}+")
    assert member.page.url.path == f"/desk/tickets/{ticket.id}"


async def test_a_search_finds_closed_tickets_too_and_takes_no_wildcards(
    logged_in: Open, day: Day, cw: Casework
) -> None:
    ticket, staff = day.tickets["more0"], day.team.yildiz
    for state in ("open", "resolved", "closed"):
        await tickets.change_state(cw, ticket.id, staff.id, state)
    member = await logged_in("yildiz")
    assert listed(await member.get("/desk/")) != []
    assert ticket.reference not in member.page.text
    assert ticket.reference in listed(await member.get("/desk/?q=00007"))
    assert listed(await member.get("/desk/?q=%25")) == []
    assert "Kein Vorgang hat diese Nummer." in member.page.text


async def test_whoever_has_written_since_the_last_answer_is_marked(
    logged_in: Open, day: Day
) -> None:
    member = await logged_in("yildiz")
    page = await member.get("/desk/?q=00002")
    assert "hat geschrieben" in page
    assert "hat geschrieben" not in await member.get("/desk/?q=00006")


async def test_a_ticket_without_facts_shows_what_the_person_wrote(
    logged_in: Open, day: Day
) -> None:
    member = await logged_in("yildiz")
    page = await member.get("/desk/?q=00004")
    assert '<p class="gist" lang="fa" dir="auto">همسرم مرا تهدید می‌کند' in page


async def test_empty_views_help_on(logged_in: Open, cw: Casework) -> None:
    await make_team(cw)
    member = await logged_in("yildiz")
    assert "Nichts wartet." in await member.get("/desk/")
    assert "Ihnen ist hier kein Vorgang zugeteilt." in await member.get("/desk/?who=mine")
    assert "Zu diesen Filtern passt kein Vorgang." in await member.get("/desk/?kind=offer")


async def test_many_tickets_come_in_pages(logged_in: Open, cw: Casework, clock: Clock) -> None:
    await make_team(cw)
    person = await make_requester(cw)
    references = []
    for _ in range(tickets.PAGE_SIZE + 3):
        clock.forward(minutes=1)
        references.append((await make_ticket(cw, person)).reference)
    member = await logged_in("yildiz")
    assert listed(await member.get("/desk/?kind=request")) == references[:25]
    assert "Seite 1 von 2" in member.page.text
    assert 'href="/desk/?kind=request&amp;page=2"' in member.page.text
    assert listed(await member.get("/desk/?kind=request&page=2")) == references[25:]
    await member.get("/desk/?kind=request&page=9")
    assert str(member.page.url).endswith("/desk/?kind=request")


async def test_complaints_are_not_there_for_those_without_the_right(
    logged_in: Open, day: Day
) -> None:
    ticket = day.tickets["complaint"]
    member = await logged_in("berger")
    for path in ("/desk/", "/desk/?kind=complaint", "/desk/?state=all", "/desk/?q=00005"):
        page = await member.get(path)
        assert f">{ticket.reference}<" not in page
        assert "Kierownik" not in page
    assert 'value="complaint"' not in page
    numbers = re.sub(r"<[^>]+>", " ", await member.get("/desk/"))
    assert re.search(r"Laufend\s+10\s+Meine", numbers)
    await member.get(f"/desk/?q={ticket.reference}")
    assert member.page.url.path == "/desk/"
    assert "Kein Vorgang hat diese Nummer." in member.page.text
