"""A real Redis of the tests' own, on a free port of loopback, gone with the run."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import redis


class NoRedis(Exception):
    """Why there is none on this machine."""


@contextmanager
def running_redis() -> Iterator[str]:
    """Start a server that keeps nothing; its address. Raises NoRedis with the reason."""
    program = shutil.which("redis-server")
    if program is None:
        raise NoRedis("redis-server is not on the PATH")
    port = _free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    with redis.Redis(port=port) as client:
        for _ in range(100):
            if process.poll() is not None:
                raise NoRedis(f"redis-server ended at once with status {process.returncode}")
            with suppress(redis.ConnectionError):
                client.ping()
                return
            time.sleep(0.05)
    raise NoRedis("redis-server was started and does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
