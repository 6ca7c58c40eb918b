"""The register of migrant organisations."""

from collections.abc import Sequence

from sqlalchemy import select

from casework import tickets
from casework.context import Casework, Change, changing
from casework.errors import InvalidFact
from casework.models import Organisation, Ticket
from casework.opening import Case, open_case
from casework.pack import simplified


async def register(
    cw: Casework,
    *,
    requester_id: str,
    language: str,
    name: str,
    legal_form: str | None,
    fields: Sequence[str],
    languages: Sequence[str],
    district: str | None,
    contact: str | None,
) -> Ticket:
    """Announce an organisation for the register and open its ticket.

    The same person naming the same organisation again corrects the row that is there.
    """
    if not name.strip():
        raise InvalidFact("organisation", "empty")
    facts = {
        "organisation": name,
        "legal_form": legal_form,
        "fields": list(fields),
        "languages": list(languages),
        "district": district,
    }
    case = Case(kind="registration", facts=facts, contact=contact, language=language)
    async with changing(cw) as change:
        ticket = await open_case(change, requester_id, case)
        await _enter(change, ticket)
        return await tickets.loaded(change, ticket)


async def _enter(change: Change, ticket: Ticket) -> None:
    facts = ticket.facts
    organisation = await _known(change, ticket)
    if organisation is None:
        organisation = Organisation(requester_id=ticket.requester_id, state="announced")
        change.add(organisation)
    organisation.ticket_id = ticket.id
    organisation.name = facts["organisation"]
    organisation.legal_form = facts.get("legal_form")
    organisation.fields = facts.get("fields", [])
    organisation.languages = facts.get("languages", [])
    organisation.district = (facts.get("district") or "")[:48] or None
    organisation.contact = ticket.contact


async def _known(change: Change, ticket: Ticket) -> Organisation | None:
    own = await change.session.scalars(
        select(Organisation).where(Organisation.requester_id == ticket.requester_id)
    )
    wanted = simplified(ticket.facts["organisation"])
    return next((row for row in own if simplified(row.name) == wanted), None)
