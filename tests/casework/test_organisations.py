"""The register of migrant organisations."""

import pytest
from sqlalchemy import select

from casework import organisations
from casework.context import Casework
from casework.errors import ConsentMissing, InvalidFact
from casework.models import Organisation, Requester, Ticket
from tests.support.people import make_requester


async def _register(cw: Casework, person: Requester, **values: object) -> Ticket:
    given = {
        "language": "tr",
        "name": "Anadolu Kültür e. V.",
        "legal_form": "association",
        "fields": ["culture", "education"],
        "languages": ["tr", "de"],
        "district": "westend",
        "contact": "info@anadolu.example",
        **values,
    }
    return await organisations.register(cw, requester_id=person.id, **given)  # type: ignore[arg-type]  # each its own


async def _rows(cw: Casework) -> list[Organisation]:
    async with cw.database.reading() as session:
        return list(await session.scalars(select(Organisation)))


async def test_an_organisation_is_announced(cw: Casework) -> None:
    ticket = await _register(cw, await make_requester(cw))
    assert (ticket.kind, ticket.lead_office) == ("registration", "coordination_organisations")
    (row,) = await _rows(cw)
    assert (row.name, row.state, row.ticket_id) == (
        "Anadolu Kültür e. V.",
        "announced",
        ticket.id,
    )
    assert (row.fields, row.languages) == (["culture", "education"], ["tr", "de"])
    assert row.contact == "info@anadolu.example"


async def test_announcing_it_again_corrects_the_row(cw: Casework) -> None:
    person = await make_requester(cw)
    await _register(cw, person)
    second = await _register(cw, person, name=" anadolu kültür e.V. ", district="biebrich")
    (row,) = await _rows(cw)
    assert (row.name, row.district, row.ticket_id) == (
        "anadolu kültür e.V.",
        "biebrich",
        second.id,
    )


async def test_somebody_elses_organisation_of_that_name_is_another_row(cw: Casework) -> None:
    await _register(cw, await make_requester(cw))
    await _register(cw, await make_requester(cw))
    assert len(await _rows(cw)) == 2


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"name": "  "}, "organisation"),
        ({"legal_form": "kingdom"}, "legal_form"),
        ({"fields": ["magic"]}, "fields"),
    ],
)
async def test_what_makes_no_sense_is_refused(
    cw: Casework, values: dict[str, object], field: str
) -> None:
    with pytest.raises(InvalidFact) as refused:
        await _register(cw, await make_requester(cw), **values)
    assert refused.value.field == field
    assert await _rows(cw) == []


async def test_no_register_without_consent(cw: Casework) -> None:
    with pytest.raises(ConsentMissing):
        await _register(cw, await make_requester(cw, consent=False))
