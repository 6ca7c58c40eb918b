"""The worker's chores run side by side and end when they are told to."""

import asyncio
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from app import worker
from casework.models import InboxItem
from tests.support.clock import Clock
from tests.support.office import make_casework
from tests.support.web import serving


async def test_a_slow_api_holds_up_neither_the_other_chores_nor_the_end(
    tmp_path: Path, clock: Clock
) -> None:
    asked = asyncio.Event()

    async def never(request: Request) -> Response:
        asked.set()
        await asyncio.sleep(20)
        return Response()

    app = Starlette(routes=[Route("/{rest:path}", never)])
    async with (
        serving(app) as base,
        make_casework(tmp_path, clock=clock, integreat_url=f"{base}/testing") as cw,
    ):
        long_ago = clock() - timedelta(days=100)
        async with cw.database.transaction() as session:
            session.add(
                InboxItem(
                    channel="web",
                    update_id="1",
                    address="a",
                    payload={},
                    received_at=long_ago,
                    processed_at=long_ago,
                )
            )
        stop = asyncio.Event()
        working = asyncio.create_task(worker.run(cw, stop))
        async with asyncio.timeout(10):
            await asked.wait()
            async with cw.database.reading() as session:
                while await session.scalar(select(InboxItem.id)) is not None:
                    await session.rollback()
                    await asyncio.sleep(0.05)
        stop.set()
        await asyncio.wait_for(working, 2)
