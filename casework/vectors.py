"""Vectors of texts kept on disk, so that none has to be made twice."""

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np
import structlog
from numpy.typing import NDArray

#: One vector, or one per row.
Vectors: TypeAlias = NDArray[np.float32]

T = TypeVar("T")

_log = structlog.get_logger(__name__)

_TABLE = "CREATE TABLE IF NOT EXISTS vector (text BLOB PRIMARY KEY, value BLOB NOT NULL)"
#: Texts looked up, or made and kept, at a time.
_AT_ONCE = 500
_BUSY_SECONDS = 15


class VectorStore:
    """A SQLite file with the vectors of one model, by the hash of their text.

    It may be deleted at any time, and several processes may use it. One that cannot be used only
    costs time: everything is made anew.
    """

    def __init__(self, path: Path, dimensions: int) -> None:
        self._path = path
        self._dimensions = dimensions
        self._bytes = dimensions * np.dtype(np.float32).itemsize

    def get(self, texts: Sequence[str], make: Callable[[Sequence[str]], Vectors]) -> Vectors:
        """The vectors of these texts, one row each; `make` gives those that are not known."""
        names = {text: _name(text) for text in texts}
        known = self._read(list(names.values()))
        missing = [text for text, name in names.items() if name not in known]
        for some in _parts(missing):
            vectors = make(some).astype(np.float32)
            made = {names[text]: row.tobytes() for text, row in zip(some, vectors, strict=True)}
            self._write(made)
            known |= made
        rows = [np.frombuffer(known[names[text]], dtype=np.float32) for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self._dimensions)

    def _read(self, names: Sequence[bytes]) -> dict[bytes, bytes]:
        found: dict[bytes, bytes] = {}
        with self._told(), self._opened() as connection:
            for some in _parts(names):
                marks = ",".join("?" * len(some))
                rows = connection.execute(
                    f"SELECT text, value FROM vector WHERE text IN ({marks})",  # noqa: S608
                    some,
                )
                found |= {name: value for name, value in rows if len(value) == self._bytes}
        return found

    def _write(self, made: Mapping[bytes, bytes]) -> None:
        with self._told(), self._opened() as connection, connection:
            connection.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", made.items())

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=_BUSY_SECONDS)
        with contextlib.closing(connection):
            connection.execute(_TABLE)
            yield connection

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as problem:
            _log.warning("vectors not kept", path=str(self._path), problem=str(problem))
            if type(problem) is sqlite3.DatabaseError:  # the file itself is broken
                self._path.unlink(missing_ok=True)


def _name(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "replace")).digest()


def _parts(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + _AT_ONCE] for start in range(0, len(items), _AT_ONCE))
