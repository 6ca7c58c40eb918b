"""`anlaufstelle run`: everything this process's roles need, until Ctrl-C."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import structlog
import uvicorn
from sse_starlette.sse import AppStatus
from starlette.applications import Starlette

import bot.app
from app import worker
from app.assembly import FirstLogin, prepare
from app.rasa import DEFAULT_PORT, RasaProcess, free_port
from app.server import rasa_knows, web_app
from app.training import ensure_model
from casework import knowledge
from casework.context import Casework, opened
from casework.errors import CaseworkError, SettingsError
from casework.settings import Settings

log = structlog.get_logger(__name__)

Echo = Callable[[str], None]


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: the whole process ends in one place."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def run_roles(settings: Settings, echo: Echo) -> None:
    """Prepare, start every role, say where things are, and end all of it together."""
    refuse_taken_port(settings)
    stop = asyncio.Event()
    with _stopped_by_signals(stop):
        async with _rasa_of_roles(settings, stop, echo) as reached, opened(reached) as cw:
            first_login = await prepare(cw)
            await knowledge.refresh(cw)
            try:
                await serve_roles(cw, stop, lambda: _announce(cw, first_login, echo))
            except BaseExceptionGroup as several:
                raise _told(several) from None


def _told(several: BaseExceptionGroup[BaseException]) -> BaseException:
    """The refusal that an operator can act on, if it was one that ended the roles."""
    for each in several.exceptions:
        told = _told(each) if isinstance(each, BaseExceptionGroup) else each
        if isinstance(told, CaseworkError):
            return told
    return several


def refuse_taken_port(settings: Settings) -> None:
    """Say so before anything else is done; raises SettingsError."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as problem:
            reason = f"port {settings.port} on {settings.host}: {problem.strerror}"
            raise SettingsError("ANLAUFSTELLE_PORT", reason) from None


@asynccontextmanager
async def own_rasa(
    settings: Settings,
    echo: Echo,
    *,
    actions_port: int,
    port: int | None = None,
    stop: asyncio.Event | None = None,
) -> AsyncIterator[Settings]:
    """Start Rasa with the model for the present inputs; the settings with its address."""
    model = await asyncio.to_thread(ensure_model, settings, echo=echo)
    echo("Starting Rasa …")
    actions_url = f"http://127.0.0.1:{actions_port}/actions/webhook"
    async with RasaProcess(settings, model, actions_url, port=port) as rasa:
        watching = asyncio.create_task(rasa.watch(stop or asyncio.Event()))
        try:
            yield settings.model_copy(update={"rasa_url": rasa.url})
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching


@asynccontextmanager
async def any_rasa(settings: Settings, echo: Echo, *, actions_port: int) -> AsyncIterator[Settings]:
    """The Rasa that answers at the settings' address to our token, else one of our own."""
    if await rasa_knows(settings.rasa_url, settings.rasa_secret):
        yield settings
        return
    async with own_rasa(settings, echo, actions_port=actions_port) as reached:
        yield reached


@asynccontextmanager
async def _rasa_of_roles(
    settings: Settings, stop: asyncio.Event, echo: Echo
) -> AsyncIterator[Settings]:
    """A process that speaks with people starts Rasa itself, unless it was named one."""
    if "bot" not in settings.role_set or "rasa_url" in settings.model_fields_set:
        yield settings
        return
    port = free_port(DEFAULT_PORT)  # where `understand` and `chat` look for it
    async with own_rasa(
        settings, echo, actions_port=settings.port, port=port, stop=stop
    ) as reached:
        yield reached


@asynccontextmanager
async def served(app: Starlette, port: int) -> AsyncIterator[None]:
    """A web server on loopback for as long as the block lasts."""
    server = _Server(_config(app, "127.0.0.1", port))
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


def _config(app: Starlette, host: str, port: int, *, proxied: bool = False) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        log_config=None,
        lifespan="off",
        access_log=False,
        proxy_headers=proxied,
        timeout_graceful_shutdown=5,
    )


async def serve_roles(cw: Casework, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """The web server and the roles' own loops, side by side, until one fails or all are stopped."""
    proxied = cw.settings.public_url is not None
    server = _Server(_config(web_app(cw), cw.settings.host, cw.settings.port, proxied=proxied))
    async with asyncio.TaskGroup() as roles:
        roles.create_task(_web(server, stop))
        roles.create_task(_end_web(server, stop))
        if "bot" in cw.settings.role_set:
            roles.create_task(bot.app.run(cw, stop))
        roles.create_task(_until(stop, knowledge.follow(cw)))
        if "worker" in cw.settings.role_set:
            roles.create_task(worker.run(cw, stop))
        while not server.started and not stop.is_set():  # noqa: ASYNC110  (uvicorn has no event)
            await asyncio.sleep(0.05)
        if server.started:
            ready()


async def _until(stop: asyncio.Event, work: Coroutine[Any, Any, None]) -> None:
    """Work that has no end of its own: cancelled when all is stopped."""
    task = asyncio.create_task(work)
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopped}, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not task.done():
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    else:
        task.result()


async def _web(server: _Server, stop: asyncio.Event) -> None:
    try:
        await server.serve()
    finally:
        stop.set()


async def _end_web(server: _Server, stop: asyncio.Event) -> None:
    await stop.wait()
    # Open streams watch uvicorn's signal handler, which is not in place here.
    AppStatus.should_exit = True
    server.should_exit = True


@contextmanager
def _stopped_by_signals(stop: asyncio.Event) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, stop.set)
    try:
        yield
    finally:
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(name)


def _announce(cw: Casework, first_login: FirstLogin | None, echo: Echo) -> None:
    base = cw.settings.public_url or f"http://{_shown(cw.settings.host)}:{cw.settings.port}"
    roles = cw.settings.role_set
    echo("")
    if "bot" in roles:
        echo(f"  Web chat   {base}/chat")
        telegram = "on" if cw.settings.telegram_token else "off (no ANLAUFSTELLE_TELEGRAM_TOKEN)"
        echo(f"  Telegram   {telegram}")
    if "desk" in roles:
        echo(f"  Desk       {base}/desk")
    if first_login:
        echo(f"  Login      {first_login.login}")
        echo(f"  Password   {first_login.password}    (shown only this once)")
    echo("")
    echo("Ready. Ctrl-C ends it.")


def _shown(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104  (only compared)
