"""The queue: which tickets there are, the most pressing first."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal
from urllib.parse import urlencode

from starlette.responses import Response

from casework import messages, tickets
from casework.models import Message, Staff, Ticket
from casework.tickets import QueueCounts, QueuePage
from casework.vocabulary import STATES, TICKET_KINDS, UNDER_WAY
from desk import facts, live
from desk.due import Due, due_of
from desk.labels import label, options, state_of
from desk.visit import Visit
from desk.wording import Wording

_GIST_LENGTH = 140
_WHOLE_REFERENCE = re.compile(r"[A-Z]{1,4}-\d{2}-\d{5,}")
_SEARCH_LENGTH = 40


@dataclass(frozen=True, slots=True)
class Filters:
    """What the page's address asks for; empty means: no matter."""

    state: str = ""
    kind: str = ""
    office: str = ""
    who: str = ""
    search: str = ""
    page: int = 1

    @property
    def narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.state or self.kind or self.office or self.who)

    def query(self) -> str:
        """The filters as an address's query, `?` included; empty without any."""
        pairs = {
            "state": self.state,
            "kind": self.kind,
            "office": self.office,
            "who": self.who,
            "q": self.search,
            "page": str(self.page) if self.page > 1 else "",
        }
        kept = {name: value for name, value in pairs.items() if value}
        return f"?{urlencode(kept)}" if kept else ""


@dataclass(frozen=True, slots=True)
class Row:
    """One ticket of the list, in the reader's language."""

    id: int
    reference: str
    kind: str
    topic: str
    gist: str
    has_written: bool
    language: str
    language_name: str
    state: str
    state_name: str
    human: bool
    due: Due
    urgent: bool
    confidential: bool
    unreachable: bool
    lead: str
    involved: int
    assignee: str | None


@dataclass(frozen=True, slots=True)
class Tab:
    """One of the views above the list."""

    key: str
    name: str
    count: int
    href: str
    present: bool


async def show(visit: Visit) -> Response:
    """The list; the search for one whole number leads to its ticket."""
    asked = _filters(visit)
    found = await _look(visit, visit.staff, asked)
    if asked.page > 1 and not found.rows:
        return visit.go(visit.link("queue") + replace(asked, page=1).query())
    if _WHOLE_REFERENCE.fullmatch(asked.search) and len(found.rows) == 1:
        return visit.go(visit.link("ticket", ticket_id=found.rows[0].id))
    counts = await tickets.queue_counts(visit.cw, visit.staff)
    words = await messages.last_words(visit.cw, [ticket.id for ticket in found.rows])
    return visit.page("queue.html", **_values(visit, asked, found, counts, words))


async def watch(visit: Visit) -> Response:
    """The stream that tells the open list to look again."""
    asked = _filters(visit)

    async def look(staff: Staff) -> str:
        found = await _look(visit, staff, asked)
        counts = await tickets.queue_counts(visit.cw, staff)
        return _fingerprint(visit, found, counts)

    return live.stream(visit, ("queue",), look)


def _filters(visit: Visit) -> Filters:
    params = visit.request.query_params
    page = params.get("page", "1")
    state, kind = params.get("state", ""), params.get("kind", "")
    office, who = params.get("office", ""), params.get("who", "")
    return Filters(
        state=state if state in (*STATES, "all") else "",
        kind=kind if kind in TICKET_KINDS else "",
        office=office if office in visit.cw.pack.offices else "",
        who=who if who in ("mine", "nobody") else "",
        search=params.get("q", "").strip().upper()[:_SEARCH_LENGTH],
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,  # noqa: PLR2004
    )


async def _look(visit: Visit, staff: Staff, asked: Filters) -> QueuePage:
    if asked.search:
        return await tickets.queue(
            visit.cw, staff, states=STATES, search=asked.search, page=asked.page
        )
    return await tickets.queue(
        visit.cw,
        staff,
        states=_states(asked.state),
        kind=asked.kind or None,
        office=asked.office or None,
        assignee=_assignee(asked.who, staff),
        page=asked.page,
    )


def _states(state: str) -> tuple[str, ...]:
    if state == "all":
        return STATES
    return (state,) if state else UNDER_WAY


def _assignee(who: str, staff: Staff) -> int | Literal["nobody"] | None:
    if who == "mine":
        return staff.id
    return "nobody" if who == "nobody" else None


def _values(
    visit: Visit,
    asked: Filters,
    found: QueuePage,
    counts: QueueCounts,
    words: Mapping[int, Message],
) -> dict[str, Any]:
    wording, base = visit.wording, visit.link("queue")
    pages = max(1, -(-found.total // found.page_size))
    state = _fingerprint(visit, found, counts)
    query = asked.query()
    return {
        "rows": [_row(visit, ticket, words.get(ticket.id)) for ticket in found.rows],
        "total": found.total,
        "page": asked.page,
        "pages": pages,
        "previous": base + replace(asked, page=asked.page - 1).query() if asked.page > 1 else "",
        "following": (
            base + replace(asked, page=asked.page + 1).query() if asked.page < pages else ""
        ),
        "counts": counts,
        "tabs": _tabs(wording, base, asked, counts),
        "filters": asked,
        "filtered": asked.narrowed or bool(asked.search),
        "search": asked.search,
        "state_choices": [
            *options(wording, "state", STATES),
            ("all", wording.text("All, closed ones too")),
        ],
        "kind_choices": options(wording, "kind", _kinds(visit.staff)),
        "office_choices": office_choices(visit),
        "page_link": base + query,
        "stream_link": f"{visit.link('queue_live')}{query}{'&' if query else '?'}seen={state}",
    }


def office_choices(visit: Visit) -> list[tuple[str, str]]:
    """The offices with their names, by name."""
    named = (
        (office.id, office.name.in_language(visit.wording.language))
        for office in visit.cw.pack.offices.values()
    )
    return sorted(named, key=lambda choice: choice[1].casefold())


def _kinds(staff: Staff) -> tuple[str, ...]:
    return tuple(kind for kind in TICKET_KINDS if staff.complaints or kind != "complaint")


def _tabs(wording: Wording, base: str, asked: Filters, counts: QueueCounts) -> list[Tab]:
    found = (
        ("", wording.text("Under way"), counts.all),
        ("mine", wording.text("Mine"), counts.mine),
        ("nobody", wording.text("Nobody's"), counts.nobody),
    )
    return [
        Tab(
            key=key or "all",
            name=name,
            count=count,
            href=base + Filters(who=key).query(),
            present=asked.who == key and not asked.search,
        )
        for key, name, count in found
    ]


def _row(visit: Visit, ticket: Ticket, words: Message | None) -> Row:
    wording = visit.wording
    office = visit.cw.pack.offices.get(ticket.lead_office)
    gist = " ".join((facts.gist(ticket.facts) or (words.text if words else "")).split())
    answered, under_way = ticket.last_news_at, ticket.state in UNDER_WAY
    return Row(
        id=ticket.id,
        reference=ticket.reference,
        kind=label(wording, "kind", ticket.kind),
        topic=label(wording, "topic", ticket.topic),
        gist=gist if len(gist) <= _GIST_LENGTH else f"{gist[:_GIST_LENGTH].rstrip()}…",
        has_written=under_way and bool(answered and words and words.at > answered),
        language=ticket.language,
        language_name=wording.language_name(ticket.language),
        state=ticket.state,
        state_name=state_of(wording, ticket.state, ticket.waiting_for),
        human=ticket.speaker == "human",
        due=due_of(wording, ticket),
        urgent=ticket.priority == "urgent",
        confidential=ticket.confidential,
        unreachable=ticket.requester is not None and not ticket.requester.reachable,
        lead=office.name.in_language(wording.language) if office else ticket.lead_office,
        involved=len(ticket.involved),
        assignee=ticket.assignee.name if ticket.assignee else None,
    )


def _fingerprint(visit: Visit, found: QueuePage, counts: QueueCounts) -> str:
    rows = [
        (row.id, row.updated_at, row.state, row.assignee_id, due_of(visit.wording, row).level)
        for row in found.rows
    ]
    return live.fingerprint(rows, found.total, counts)
