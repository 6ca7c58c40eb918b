"""The Rasa server as a child process: started when no other is named, watched, ended with us."""

import asyncio
import contextlib
import os
import socket
import sys
from pathlib import Path

import structlog

from app.server import rasa_knows
from casework.settings import Settings

log = structlog.get_logger(__name__)

#: Seconds until a Rasa that does not come up is given up.
START_SECONDS = 120.0
#: Seconds between asking to end and ending by force.
END_SECONDS = 10.0
#: Seconds before a Rasa that died is started again, at first and at most.
RESTART_SECONDS = (1.0, 30.0)

#: Where Rasa listens when nobody else does.
DEFAULT_PORT = 5005

NLU = Path(__file__).resolve().parent.parent / "nlu"


class RasaDidNotStart(Exception):
    """The child process ended or never answered; `log_file` says why."""

    def __init__(self, log_file: Path) -> None:
        super().__init__(f"Rasa did not start; its log is {log_file}")
        self.log_file = log_file


def free_port(wanted: int = 0) -> int:
    """A port on loopback that nobody listens on: the wanted one, if it is free."""
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            return free_port()
        port: int = probe.getsockname()[1]
        return port


class RasaProcess:
    """Rasa with our model, on loopback.

    >>> async with RasaProcess(settings, model, actions_url) as rasa:
    ...     rasa.url
    """

    def __init__(
        self, settings: Settings, model: Path, actions_url: str, *, port: int | None = None
    ) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log_file = settings.data_dir / "rasa.log"
        self._model = model
        self._environment = {
            **os.environ,
            "ANLAUFSTELLE_DATA_DIR": str(settings.data_dir.resolve()),
            "ANLAUFSTELLE_RASA_TOKEN": settings.rasa_token or settings.key("rasa"),
            "ANLAUFSTELLE_ACTIONS_URL": actions_url,
        }
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> "RasaProcess":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.end()

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._process.pid if self._process else None

    async def start(self) -> None:
        """Start the child and wait until it answers to our token; RasaDidNotStart otherwise."""
        await self._spawn()
        loop = asyncio.get_running_loop()
        give_up_at = loop.time() + START_SECONDS
        while not await rasa_knows(self.url, self._environment["ANLAUFSTELLE_RASA_TOKEN"]):
            dead = self._process is None or self._process.returncode is not None
            if dead or loop.time() > give_up_at:
                await self.end()
                raise RasaDidNotStart(self.log_file)
            await asyncio.sleep(0.2)

    async def watch(self, stop: asyncio.Event) -> None:
        """Start the child again whenever it dies, until stopped."""
        pause, longest = RESTART_SECONDS
        while not stop.is_set():
            if not await self._died(stop):
                return
            log.error("rasa ended; starting it again", seconds=pause)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), pause)
            if stop.is_set():
                return
            try:
                await self.start()
                pause = RESTART_SECONDS[0]
            except RasaDidNotStart as problem:
                log.error("rasa did not come back", log_file=str(problem.log_file))
                pause = min(pause * 2, longest)

    async def end(self) -> None:
        """End the child: first asked, then by force."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), END_SECONDS)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _spawn(self) -> None:
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        with self.log_file.open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                str(NLU / ".venv" / "bin" / "python"),
                str(NLU / "launch.py"),
                "serve",
                "--model",
                str(self._model),
                "--port",
                str(self.port),
                env=self._environment,
                stdout=output,
                stderr=output,
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=sys.platform != "win32",  # Ctrl-C is ours to pass on
            )

    async def _died(self, stop: asyncio.Event) -> bool:
        """True once the child has ended; False when we were stopped first."""
        if self._process is None:
            return not stop.is_set()
        died = asyncio.create_task(self._process.wait())
        stopped = asyncio.create_task(stop.wait())
        _, pending = await asyncio.wait({died, stopped}, return_when=asyncio.FIRST_COMPLETED)
        for task in pending:
            task.cancel()
        return not stop.is_set()
