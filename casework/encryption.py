"""Contact details at rest: encrypted in the column, readable in the program."""

from cryptography.fernet import Fernet
from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator

from casework.strings import cleaned


class EncryptedText(TypeDecorator[str]):
    """Text that the database only ever sees encrypted (Fernet: AES-128-CBC with HMAC-SHA-256).

    The key hangs on the engine's dialect, put there by `casework.database.Database`.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """On the way in: encrypted."""
        if value is None:
            return None
        return _cipher(dialect).encrypt(cleaned(value).encode()).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        """On the way out: readable."""
        if value is None:
            return None
        return _cipher(dialect).decrypt(value.encode()).decode()


def attach_cipher(dialect: Dialect, key: str) -> None:
    """Give the engine's dialect the key (URL-safe base64 of 32 bytes)."""
    dialect.contact_cipher = Fernet(key)  # type: ignore[attr-defined]  # the one place to carry it


def _cipher(dialect: Dialect) -> Fernet:
    cipher: Fernet = dialect.contact_cipher  # type: ignore[attr-defined]  # set by attach_cipher
    return cipher
