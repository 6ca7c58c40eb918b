"""A real PostgreSQL of the tests' own: started in a temporary folder, gone with the run."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

#: Loss of power does not matter here; speed does.
_OPTIONS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60")


class NoPostgres(Exception):
    """Why there is none on this machine."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    port: int

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql+psycopg://{self._address(database)}"

    def create(self, database: str) -> str:
        """A new, empty database; its address."""
        self._run("CREATE DATABASE {}", database)
        return self.url(database)

    def drop(self, database: str) -> None:
        """Remove a database, whoever is still connected."""
        self._run("DROP DATABASE IF EXISTS {} WITH (FORCE)", database)

    def clear(self, database: str) -> None:
        """Empty all tables but the one that tells their revision; numbers begin at 1 again."""
        with psycopg.connect(f"postgresql://{self._address(database)}", autocommit=True) as link:
            found = link.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> %s",
                ["alembic_version"],
            )
            tables = sql.SQL(", ").join(sql.Identifier(name) for (name,) in found)
            link.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY CASCADE").format(tables))

    def ping(self) -> None:
        """Whether it answers; raises OperationalError."""
        self._run("SELECT 1")

    def _run(self, statement: str, *names: str) -> None:
        url = f"postgresql://{self._address('postgres')}"
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _address(self, database: str) -> str:
        return f"tests@127.0.0.1:{self.port}/{database}"


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server on a free port of loopback; raises NoPostgres with the reason."""
    programs = _programs()
    as_user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="anlaufstelle-postgres-"))
    try:
        _hand_over(folder, as_user)
        data = folder / "data"
        options = ["-U", "tests", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        _call([*as_user, f"{programs}/initdb", "-D", str(data), *options])
        server = Server(_free_port())
        process = _start(programs, as_user, data, server.port)
        try:
            _wait(server, process)
            yield server
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing is worth keeping
            process.wait(timeout=30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _programs() -> Path:
    """Debian keeps the servers off the PATH; elsewhere `initdb` and `postgres` lie side by side."""
    on_path = shutil.which("initdb")
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found += [Path(on_path).resolve().parent] if on_path else []
    for folder in found:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgres("initdb is neither in /usr/lib/postgresql nor on the PATH")


def _unprivileged() -> list[str]:
    """PostgreSQL refuses to run as root: then as `postgres`, or as `nobody`."""
    if os.getuid() != 0:
        return []
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise NoPostgres("PostgreSQL does not run as root, and setpriv is not installed")
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            user = pwd.getpwnam(name)
            ids = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}"]
            return [setpriv, *ids, "--clear-groups"]
    raise NoPostgres("PostgreSQL does not run as root, and there is no other user")


def _hand_over(folder: Path, as_user: list[str]) -> None:
    if as_user:
        uid, gid = (int(option.split("=")[1]) for option in as_user[1:3])
        os.chown(folder, uid, gid)


def _start(programs: Path, as_user: list[str], data: Path, port: int) -> subprocess.Popen[bytes]:
    options = [part for option in _OPTIONS for part in ("-c", option)]
    address = ["-p", str(port), "-c", "listen_addresses=127.0.0.1", "-k", str(data)]
    with (data.parent / "log").open("wb") as log:
        return subprocess.Popen(
            [*as_user, f"{programs}/postgres", "-D", str(data), *address, *options],
            stdout=log,
            stderr=log,
        )


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        if process.poll() is not None:
            raise NoPostgres(f"PostgreSQL ended at once with status {process.returncode}")
        with suppress(psycopg.OperationalError):
            server.ping()
            return
        time.sleep(0.1)
    raise NoPostgres("PostgreSQL was started and does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _call(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    if done.returncode != 0:
        raise NoPostgres(f"initdb: {done.stderr.strip()[-300:]}")
