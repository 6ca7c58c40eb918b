"""Settings: read once per process from the environment (prefix `ANLAUFSTELLE_`) and `.env`."""

import hashlib
import hmac
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from casework import keys, links
from casework.errors import SettingsError

PREFIX = "ANLAUFSTELLE_"
ROLES = ("bot", "actions", "desk", "worker")
MIN_SECRET_LENGTH = 32

#: Where the packs lie when the program runs from its own folder or an editable install.
_KNOWLEDGE = Path(__file__).resolve().parent.parent / "knowledge"


class Settings(BaseSettings):
    """Everything an operator can set; each field's description is its help text."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True, env_ignore_empty=True
    )

    telegram_token: str | None = Field(
        None, description="Token of the Telegram bot; unset: the web chat is the only front."
    )
    telegram_api_url: str = Field(
        "https://api.telegram.org",
        description="Base address of the Bot API; a Bot API server of one's own goes here.",
    )
    telegram_webhook_url: str | None = Field(
        None, description="Public https address for updates; unset: long polling."
    )
    telegram_webhook_secret: str | None = Field(
        None, description="Secret that Telegram sends along; unset: derived from the token."
    )
    database_url: str = Field(
        "", description="SQLite or PostgreSQL address; unset: a SQLite file in the data folder."
    )
    rasa_url: str = Field("http://127.0.0.1:5005", description="Where Rasa answers.")
    rasa_token: str | None = Field(
        None, description="Token shared with Rasa; unset: derived from the secret key."
    )
    redis_url: str | None = Field(
        None, description="Redis for signals between processes; unset: one process only."
    )
    host: str = Field("127.0.0.1", description="Address that the web server listens on.")
    port: int = Field(8080, ge=0, le=65535, description="Port of chat, desk and health checks.")
    public_url: str | None = Field(
        None, description="Address under which citizens and coordinators reach the web server."
    )
    actions_url: str = Field(
        "http://127.0.0.1:8080/actions/webhook", description="Where Rasa finds our actions."
    )
    roles: str = Field(
        ",".join(ROLES), description="What this process does: bot, actions, desk, worker."
    )
    municipality: str = Field(
        "wiesbaden", pattern=r"^[a-z0-9_-]+$", description="Which pack of knowledge is served."
    )
    knowledge_dir: Path = Field(_KNOWLEDGE, description="Folder that holds the packs.")
    data_dir: Path = Field(
        Path("var"), description="Folder of the database, the secret key and backups."
    )
    secret_key: str | None = Field(
        None,
        min_length=MIN_SECRET_LENGTH,
        description="Secret that encrypts contacts and signs sessions; unset: made once.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="How much is logged; never texts or names."
    )
    log_format: Literal["text", "json"] = Field("text", description="How log lines look.")
    session_hours: int = Field(12, ge=1, le=168, description="How long a login at the desk lasts.")
    anonymise_after_days: int = Field(
        180, ge=1, description="Days after closing until a ticket is made anonymous."
    )
    close_after_days: int = Field(
        14, ge=1, description="Days in which a resolved ticket can be reopened by writing."
    )
    chat_retention_hours: int = Field(
        24, ge=1, description="Hours that messages without a ticket are kept."
    )
    queue_retention_days: int = Field(
        7, ge=2, description="Days that sent messages and processed updates are remembered."
    )
    integreat_url: str = Field(
        "", description="Regions of an Integreat API whose pages the worker brings in."
    )
    integreat_hours: int = Field(
        24, ge=1, le=24 * 31, description="Hours between two rounds of bringing them in."
    )
    semantic_model: str | None = Field(
        None, description="Sentence-embedding model that search uses as well; unset: none."
    )

    @field_validator(
        "telegram_api_url", "telegram_webhook_url", "rasa_url", "actions_url", "public_url"
    )
    @classmethod
    def _http(cls, url: str | None) -> str | None:
        if url is not None and (urlsplit(url).scheme not in ("http", "https") or "//" not in url):
            raise ValueError("an address that begins with http:// or https:// is needed")
        return url.rstrip("/") if url else url

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, url: str | None) -> str | None:
        if url is not None and urlsplit(url).scheme not in ("redis", "rediss", "unix"):
            raise ValueError("an address that begins with redis:// is needed")
        return url

    @field_validator("database_url")
    @classmethod
    def _database(cls, url: str) -> str:
        if not url:
            return url
        scheme, _, rest = url.partition("://")
        if scheme in ("postgres", "postgresql", "postgresql+psycopg"):
            return f"postgresql+psycopg://{rest}"
        if scheme in ("sqlite", "sqlite+aiosqlite"):
            return f"sqlite+aiosqlite://{rest}"
        raise ValueError("sqlite:///… or postgresql://… is needed")

    @field_validator("integreat_url")
    @classmethod
    def _regions(cls, value: str) -> str:
        regions = [address.rstrip("/") for address in value.replace(",", " ").split()]
        for address in regions:
            if not links.may_fetch(address):
                raise ValueError("an address that begins with https:// is needed")
            if address.endswith("/pages"):
                raise ValueError("a region's address is needed, without /<language>/pages")
        return " ".join(regions)

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @field_validator("roles")
    @classmethod
    def _roles(cls, value: str) -> str:
        wanted = [role.strip() for role in value.split(",") if role.strip()]
        unknown = [role for role in wanted if role not in ROLES]
        if unknown or not wanted:
            raise ValueError(f"one or several of {', '.join(ROLES)} are needed")
        return ",".join(wanted)

    @model_validator(mode="after")
    def _derived(self) -> Self:
        if not self.database_url:
            url = f"sqlite+aiosqlite:///{self.data_dir}/anlaufstelle.sqlite3"
            object.__setattr__(self, "database_url", url)  # frozen for everybody else
        if self.telegram_token and not self.telegram_webhook_secret:
            secret = hmac.new(self.telegram_token.encode(), b"webhook", hashlib.sha256).hexdigest()
            object.__setattr__(self, "telegram_webhook_secret", secret)
        return self

    @model_validator(mode="after")
    def _pack_exists(self) -> Self:
        if not (self.knowledge_dir / self.municipality / "municipality.yml").is_file():
            field = "municipality" if self.knowledge_dir.is_dir() else "knowledge_dir"
            raise ValueError(f"{field}|no pack at {self.knowledge_dir / self.municipality}")
        return self

    @property
    def role_set(self) -> frozenset[str]:
        """What this process does, as a set."""
        return frozenset(self.roles.split(","))

    @property
    def integreat_regions(self) -> tuple[str, ...]:
        """The addresses of the regions whose pages are brought in."""
        return tuple(self.integreat_url.split())

    @property
    def rasa_secret(self) -> str:
        """The token that Rasa and this program show each other."""
        return self.rasa_token or self.key("rasa")

    def key(self, purpose: str) -> str:
        """A key for one purpose (`contacts`, `sessions`, `rasa` …), from the one secret."""
        return keys.derive(keys.master_secret(self.secret_key, self.data_dir), purpose)


def load_settings(**overrides: Any) -> Settings:
    """The settings of this process; a wrong one raises SettingsError with the variable's name."""
    try:
        return Settings(**overrides)
    except ValidationError as problem:
        raise _named(problem) from None


def _named(problem: ValidationError) -> SettingsError:
    first = problem.errors(include_url=False, include_input=False)[0]
    message = first["msg"].removeprefix("Value error, ")
    field = str(first["loc"][0]) if first["loc"] else ""
    if "|" in message:
        field, message = message.split("|", 1)
    return SettingsError(f"{PREFIX}{field.upper()}", message)
