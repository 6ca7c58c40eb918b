"""Open pages hear of changes over a real server, and of nothing that is not theirs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from casework import staff, tickets
from casework.context import Casework
from desk import live
from desk.visit import SESSION_COOKIE
from tests.desk.conftest import client_of
from tests.desk.scenes import Day, person_says
from tests.desk.server import Server
from tests.support.clock import Clock


class Stream:
    """The events of a page's stream."""

    def __init__(self, lines: AsyncIterator[str]) -> None:
        self.lines = lines

    async def next(self, seconds: float = 10) -> str:
        async with asyncio.timeout(seconds):
            async for line in self.lines:
                if line.startswith("event: "):
                    return line.removeprefix("event: ")
        return "end"

    async def is_quiet(self, seconds: float = 1.0) -> bool:
        try:
            await self.next(seconds)
        except TimeoutError:
            return True
        return False


@asynccontextmanager
async def listening(client: httpx.AsyncClient, page: str) -> AsyncIterator[Stream]:
    """Open a page and listen as its script does."""
    text = (await client.get(page)).text
    address = text.split('data-live-stream="')[1].split('"')[0].replace("&amp;", "&")
    async with client.stream("GET", address, timeout=30) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield Stream(answer.aiter_lines())


async def test_a_new_message_reaches_the_open_ticket(
    server: Server, day: Day, cw: Casework
) -> None:
    ticket = day.tickets["arabic"]
    requester = (await tickets.read(cw, ticket.id, day.team.yildiz)).requester
    assert requester is not None
    async with (
        client_of(server, "yildiz") as client,
        listening(client, f"/desk/tickets/{ticket.id}") as stream,
    ):
        await asyncio.sleep(0.2)
        await person_says(cw, requester, "متى يمكننا رؤية القاعة؟")
        assert await stream.next(2) == "changed"
        assert "متى يمكننا رؤية القاعة؟" in (await client.get(f"/desk/tickets/{ticket.id}")).text
        assert await stream.is_quiet()


async def test_what_happened_between_page_and_stream_is_not_missed(
    server: Server, day: Day, cw: Casework
) -> None:
    ticket = day.tickets["arabic"]
    async with client_of(server, "yildiz") as client:
        page = (await client.get(f"/desk/tickets/{ticket.id}")).text
        address = page.split('data-live-stream="')[1].split('"')[0]
        await tickets.note(cw, ticket.id, day.team.berger.id, "in between")
        async with client.stream("GET", address) as answer:
            assert await Stream(answer.aiter_lines()).next(2) == "changed"


async def test_a_change_without_a_signal_is_found_by_looking(
    server: Server, day: Day, cw: Casework, clock: Clock
) -> None:
    async with client_of(server, "yildiz") as client, listening(client, "/desk/") as stream:
        clock.forward(hours=2)  # the urgent ticket becomes overdue, nobody signals that
        assert await stream.next(live.SLOW_LOOK + 4) == "changed"


async def test_a_new_ticket_reaches_the_open_queue(server: Server, day: Day, cw: Casework) -> None:
    person = str(day.tickets["turkish"].requester_id)
    async with client_of(server, "yildiz") as client, listening(client, "/desk/") as stream:
        await asyncio.sleep(0.2)
        await tickets.open_ticket(
            cw, requester_id=person, kind="request", topic="rooms", language="tr", facts={}
        )
        assert await stream.next(2) == "changed"


async def test_complaints_move_no_queue_of_those_without_the_right(
    server: Server, day: Day, cw: Casework
) -> None:
    person, complaint = str(day.tickets["turkish"].requester_id), day.tickets["complaint"]
    async with (
        client_of(server, "berger") as client,
        client_of(server, "yildiz") as entitled,
        listening(client, "/desk/") as stream,
        listening(entitled, "/desk/") as entitled_stream,
    ):
        await asyncio.sleep(0.2)
        await tickets.open_ticket(
            cw, requester_id=person, kind="complaint", language="tr", facts={"complaint": "…"}
        )
        assert await entitled_stream.next(2) == "changed"
        await tickets.note(cw, complaint.id, day.team.yildiz.id, "intern")
        assert await entitled_stream.next(2) == "changed"
        assert await stream.is_quiet(live.SLOW_LOOK + 1)


async def test_a_stream_ends_with_the_login(server: Server, day: Day, cw: Casework) -> None:
    async with client_of(server, "yildiz") as client, listening(client, "/desk/") as stream:
        await asyncio.sleep(0.2)
        await staff.log_out(cw, client.cookies[SESSION_COOKIE])
        await cw.signals.publish("queue")
        assert await stream.next(2) == "gone"
        assert await stream.next(2) == "end"


async def test_without_a_login_there_is_no_stream(server: Server, day: Day) -> None:
    async with httpx.AsyncClient(base_url=server.url) as client:
        for path in ("/desk/live", f"/desk/tickets/{day.tickets['turkish'].id}/live"):
            answer = await client.get(path)
            assert answer.status_code == 303


async def test_streams_leave_no_listener_behind(server: Server, day: Day, cw: Casework) -> None:
    async with client_of(server, "yildiz") as client:
        for _ in range(3):
            async with listening(client, "/desk/") as stream:
                assert await stream.is_quiet(0.2)
        await asyncio.sleep(0.5)
    assert not getattr(cw.signals, "_subscriptions", None)
