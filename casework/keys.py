"""The installation's one secret, and the keys derived from it."""

import base64
import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from casework.errors import SettingsError

FILE_NAME = "secret.key"


def master_secret(given: str | None, data_dir: Path) -> str:
    """The secret of the settings, or the one kept in `<data_dir>/secret.key` (made once, 0600)."""
    if given:
        return given
    path = data_dir / FILE_NAME
    try:
        if not path.exists():
            _make_once(path)
        kept = path.read_text().strip()
    except OSError as problem:
        raise SettingsError("ANLAUFSTELLE_DATA_DIR", f"{path}: {problem.strerror}") from problem
    if not kept:
        raise SettingsError("ANLAUFSTELLE_DATA_DIR", f"{path} is empty")
    return kept


def derive(secret: str, purpose: str) -> str:
    """A key for one purpose, by HKDF: URL-safe base64 of 32 bytes (what Fernet takes)."""
    key = HKDF(algorithm=SHA256(), length=32, salt=None, info=f"anlaufstelle {purpose}".encode())
    return base64.urlsafe_b64encode(key.derive(secret.encode())).decode()


def _make_once(path: Path) -> None:
    """Written beside and linked into place: of two processes at the first start, one wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".secret-")  # mode 0600
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(48) + "\n")
    with contextlib.suppress(FileExistsError):
        os.link(name, path)
    Path(name).unlink()
