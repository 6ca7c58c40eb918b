"""The desk on the database of a large office."""

from pathlib import Path

from starlette.applications import Starlette

from desk.app import routes
from tests.desk.conftest import Browser
from tests.desk.scenes import a_day
from tests.support.clock import Clock
from tests.support.office import make_casework


async def test_a_coordinator_works_on_postgresql_as_on_sqlite(
    tmp_path: Path, clock: Clock, postgres_url: str
) -> None:
    async with make_casework(tmp_path, url=postgres_url, clock=clock) as cw:
        day = await a_day(cw, clock)
        member = Browser(Starlette(routes=routes(cw)))
        await member.log_in("yildiz")
        assert "1 überfällig" in member.page.text
        path = f"/desk/tickets/{day.tickets['turkish'].id}"
        await member.get("/desk/?q=w-26-00001")
        assert member.page.url.path == path
        assert "unterwegs zur Person" in await member.post(f"{path}/reply", text="Merhaba")
        assert "hat geschrieben" in await member.get("/desk/?who=mine")
        await member.client.aclose()
