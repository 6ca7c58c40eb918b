"""`anlaufstelle run`: everything this process's roles need, until Ctrl-C."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import structlog
import uvicorn

import bot.app
from app import worker
from app.assembly import FirstLogin, open_casework, prepare
from app.rasa import RasaProcess
from app.server import web_app
from app.training import ensure_model
from casework.context import Casework
from casework.settings import Settings

log = structlog.get_logger(__name__)

Echo = Callable[[str], None]


class _Server(uvicorn.Server):
    """uvicorn without its own signal handling: the whole process ends in one place."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def needs_own_rasa(settings: Settings) -> bool:
    """Whether this process starts Rasa itself: it speaks with people and was named none."""
    return "bot" in settings.role_set and "rasa_url" not in settings.model_fields_set


async def run_roles(settings: Settings, echo: Echo) -> None:
    """Prepare, start every role, say where things are, and end all of it together."""
    stop = asyncio.Event()
    with _stopped_by_signals(stop):
        async with rasa_for(settings, stop, echo) as reached, open_casework(reached) as cw:
            first_login = await prepare(cw)
            await _serve(cw, stop, lambda: _announce(cw, first_login, echo))


@asynccontextmanager
async def rasa_for(settings: Settings, stop: asyncio.Event, echo: Echo) -> AsyncIterator[Settings]:
    """The settings with the address of the Rasa that this process talks to."""
    if not needs_own_rasa(settings):
        yield settings
        return
    model = await asyncio.to_thread(ensure_model, settings, echo=echo)
    echo("Starting Rasa …")
    actions_url = f"http://127.0.0.1:{settings.port}/actions/webhook"
    async with RasaProcess(settings, Path(model), actions_url) as rasa:
        watching = asyncio.create_task(rasa.watch(stop))
        try:
            yield settings.model_copy(update={"rasa_url": rasa.url})
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching


async def _serve(cw: Casework, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    """The web server and the roles' own loops, side by side, until one fails or all are stopped."""
    config = uvicorn.Config(
        web_app(cw),
        host=cw.settings.host,
        port=cw.settings.port,
        log_config=None,
        access_log=False,
        proxy_headers=cw.settings.public_url is not None,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config)
    async with asyncio.TaskGroup() as roles:
        roles.create_task(_web(server, stop))
        roles.create_task(_end_web(server, stop))
        if "bot" in cw.settings.role_set:
            roles.create_task(bot.app.run(cw, stop))
        if "worker" in cw.settings.role_set:
            roles.create_task(worker.run(cw, stop))
        while not server.started and not stop.is_set():
            await asyncio.sleep(0.05)
        if server.started:
            ready()


async def _web(server: _Server, stop: asyncio.Event) -> None:
    try:
        await server.serve()
    finally:
        stop.set()


async def _end_web(server: _Server, stop: asyncio.Event) -> None:
    await stop.wait()
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

