"""Page lists fetched from an Integreat API, at once or by the worker from time to time.

A region's address is such as `https://cms.integreat-app.de/api/v3/augsburg`; its pages in one
language are at `<region>/<language>/pages/`.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import structlog
from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from casework import links
from casework.database import insert_once
from casework.errors import CaseworkError, ImportRefused, NoPagesThere
from casework.integreat import COLLECTION, import_pages
from casework.integreat_pages import PageList, RawList, load, pages_of
from casework.languages import SERVED
from casework.models import Counter

if TYPE_CHECKING:
    from casework.context import Casework

_log = structlog.get_logger(__name__)

_REDIRECTS = 5
_TRY_AGAIN = frozenset(
    {
        HTTPStatus.REQUEST_TIMEOUT,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        HTTPStatus.BAD_GATEWAY,
        HTTPStatus.SERVICE_UNAVAILABLE,
        HTTPStatus.GATEWAY_TIMEOUT,
    }
)
#: Minutes after which a round that failed, or whose worker was stopped, is tried again. Longer
#: than a round can take.
TRY_AGAIN_MINUTES = 30


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one page list is waited for, in seconds, and how long it may be, in bytes.

    `pauses` are the seconds before each further try.
    """

    connect: float = 10
    read: float = 30
    total: float = 120
    pauses: Sequence[float] = (1, 5)
    most_bytes: int = 32 * 2**20


class _TryAgain(Exception):
    """Something that may be over in a moment."""


def is_address(place: str) -> bool:
    """Whether pages are to be fetched from there; a file's name otherwise."""
    return place.startswith(("http://", "https://"))


def list_address(address: str, language: str) -> str:
    """The address of a page list, from a region's address or the list's own.

    >>> list_address("https://cms.example.org/api/v3/augsburg", "tr")
    'https://cms.example.org/api/v3/augsburg/tr/pages/'
    """
    bare = address.rstrip("/")
    return f"{bare}/" if bare.endswith("/pages") else f"{bare}/{language}/pages/"


async def read_all(
    places: Sequence[str], language: str, patience: Patience | None = None
) -> PageList:
    """The pages of files and addresses, in one language.

    What cannot be had is named and the rest is taken; raises ImportRefused where nothing can.
    """
    lists = [await _load(place, language, patience or Patience()) for place in places]
    return await asyncio.to_thread(pages_of, lists)


async def _load(place: str, language: str, patience: Patience) -> RawList:
    if not is_address(place):
        return await asyncio.to_thread(load, Path(place))
    address = list_address(place, language)
    try:
        return address, await fetch(address, patience)
    except ImportRefused as problem:
        return address, problem


async def fetch(address: str, patience: Patience) -> bytes:
    """What stands at an address; tries again where that may help.

    Raises ImportRefused with the address and the reason, NoPagesThere for a 404.
    """
    try:
        async with asyncio.timeout(patience.total), _client(patience) as client:
            return await _with_further_tries(client, address, patience)
    except TimeoutError:
        raise ImportRefused(f"{address}: no answer within {patience.total:g} seconds") from None


@asynccontextmanager
async def _client(patience: Patience) -> AsyncIterator[httpx.AsyncClient]:
    timeout = httpx.Timeout(patience.read, connect=patience.connect)
    headers = {
        "User-Agent": f"anlaufstelle/{version('anlaufstelle')}",
        "Accept": "application/json",
    }
    async with httpx.AsyncClient(timeout=timeout, headers=headers) as client:
        yield client


async def _with_further_tries(client: httpx.AsyncClient, address: str, patience: Patience) -> bytes:
    problem = ""
    for pause in (0, *patience.pauses):
        await asyncio.sleep(pause)
        try:
            return await _try(client, address, patience.most_bytes)
        except _TryAgain as reason:
            problem = str(reason)
    raise ImportRefused(f"{address}: {problem}")


async def _try(client: httpx.AsyncClient, address: str, most: int) -> bytes:
    try:
        return await _following(client, address, most)
    except (httpx.TimeoutException, httpx.NetworkError, httpx.RemoteProtocolError) as problem:
        raise _TryAgain(str(problem) or type(problem).__name__) from None
    except (httpx.HTTPError, httpx.InvalidURL) as problem:
        raise ImportRefused(f"{address}: {problem or type(problem).__name__}") from None


async def _following(client: httpx.AsyncClient, address: str, most: int) -> bytes:
    """What stands there, or where one is sent on to: over https, or within this machine."""
    local = links.is_loopback(links.host_of(address))
    here = address
    for _ in range(1 + _REDIRECTS):
        if not (links.may_fetch(here) and (local or here.startswith("https://"))):
            raise ImportRefused(f"{address}: {here} is not fetched, only https:// addresses are")
        async with client.stream("GET", here) as answer:
            if answer.next_request is None:
                return await _content(address, answer, most)
            here = str(answer.next_request.url)
    raise ImportRefused(f"{address}: sent on more than {_REDIRECTS} times")


async def _content(address: str, answer: httpx.Response, most: int) -> bytes:
    reason = f"{answer.status_code} {answer.reason_phrase}".strip()
    if answer.status_code in _TRY_AGAIN:
        raise _TryAgain(reason)
    if answer.status_code == HTTPStatus.NOT_FOUND:
        raise NoPagesThere(f"{address}: {reason}")
    if answer.status_code != HTTPStatus.OK:
        raise ImportRefused(f"{address}: {reason}")
    content = bytearray()
    async for part in answer.aiter_bytes():
        content += part
        if len(content) > most:
            raise ImportRefused(f"{address}: more than {most // 2**20} MiB")
    return bytes(content)


# --- by the worker ---------------------------------------------------------------------------


async def keep_up(cw: "Casework", patience: Patience | None = None) -> None:
    """Bring in every region that the settings name, where it is due; by one process at a time.

    What fails is logged with its cause and tried again sooner; what is known of it stays.
    """
    for address in cw.settings.integreat_regions:
        if await _is_due(cw, address) and await _bring_region_in(
            cw, address, patience or Patience()
        ):
            await _remember(cw, address)


async def _bring_region_in(cw: "Casework", address: str, patience: Patience) -> bool:
    """Bring in every served language that the region has; whether all of it went well."""
    outcomes = [await _bring_language_in(cw, address, code, patience) for code in SERVED]
    if not any(outcomes):
        _log.warning("no pages of integreat", address=address)
    return None not in outcomes and any(outcomes)


async def _bring_language_in(
    cw: "Casework", address: str, language: str, patience: Patience
) -> bool | None:
    """True: brought in; False: the region does not have this language; None: it failed."""
    try:
        found = await read_all([address], language, patience)
        report = await import_pages(cw, found, language=language, collection=COLLECTION)
    except NoPagesThere:
        return False
    except (CaseworkError, SQLAlchemyError) as problem:
        _log.warning("integreat pages not brought in", language=language, problem=_told(problem))
        return None
    _log.info(
        "integreat pages brought in",
        language=language,
        added=len(report.added),
        changed=len(report.changed),
        withdrawn=len(report.withdrawn),
        kept=len(report.kept),
    )
    for line in found.problems:
        _log.warning("integreat page not brought in", language=language, problem=line)
    return True if found.complete else None


def _told(problem: Exception) -> str:
    return str(problem) if isinstance(problem, CaseworkError) else type(problem).__name__


def _counter(address: str) -> str:
    return f"integreat:{hashlib.sha256(address.encode()).hexdigest()[:16]}"


async def _is_due(cw: "Casework", address: str) -> bool:
    """Whether it is time, and nobody else is at it; then the next try is put off a little."""
    now = _minutes(cw)
    every = int(timedelta(hours=cw.settings.integreat_hours) / timedelta(minutes=1))
    async with cw.database.transaction() as session:
        await insert_once(session, Counter, name=_counter(address), value=0)
        taken = await session.scalar(
            update(Counter)
            .where(Counter.name == _counter(address), Counter.value <= now - every)
            .values(value=now - every + TRY_AGAIN_MINUTES)
            .returning(Counter.value)
        )
    return taken is not None


async def _remember(cw: "Casework", address: str) -> None:
    async with cw.database.transaction() as session:
        await session.execute(
            update(Counter).where(Counter.name == _counter(address)).values(value=_minutes(cw))
        )


def _minutes(cw: "Casework") -> int:
    return int(cw.clock().timestamp() // 60)
