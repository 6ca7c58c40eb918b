"""Settings: what is set, what is derived, and which variable is wrong."""

from pathlib import Path

import pytest

from casework.errors import SettingsError
from casework.settings import Settings, load_settings
from tests.support.office import make_settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_nothing_has_to_be_set() -> None:
    settings = load_settings()
    assert settings.municipality == "wiesbaden"
    assert settings.database_url == "sqlite+aiosqlite:///var/anlaufstelle.sqlite3"
    assert settings.telegram_webhook_secret is None
    assert settings.role_set == {"bot", "actions", "desk", "worker"}


def test_the_environment_and_the_env_file_are_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("ANLAUFSTELLE_PORT=9000\nANLAUFSTELLE_ROLES=desk, worker\n")
    monkeypatch.setenv("ANLAUFSTELLE_DATA_DIR", "/srv/office")
    monkeypatch.setenv("ANLAUFSTELLE_REDIS_URL", "")
    settings = load_settings()
    assert settings.port == 9000
    assert settings.role_set == {"desk", "worker"}
    assert settings.database_url == "sqlite+aiosqlite:////srv/office/anlaufstelle.sqlite3"
    assert settings.redis_url is None


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("postgres://u:p@db/x", "postgresql+psycopg://u:p@db/x"),
        ("postgresql://u:p@db/x", "postgresql+psycopg://u:p@db/x"),
        ("postgresql+psycopg://u:p@db/x", "postgresql+psycopg://u:p@db/x"),
        ("sqlite:///x.sqlite3", "sqlite+aiosqlite:///x.sqlite3"),
    ],
)
def test_a_usual_database_address_is_understood(tmp_path: Path, given: str, used: str) -> None:
    assert make_settings(tmp_path, database_url=given).database_url == used


def test_one_region_or_several_can_be_named(tmp_path: Path) -> None:
    assert make_settings(tmp_path).integreat_regions == ()
    both = "https://cms.example.org/api/v3/city/, https://cms.example.org/api/v3/county"
    assert make_settings(tmp_path, integreat_url=both).integreat_regions == (
        "https://cms.example.org/api/v3/city",
        "https://cms.example.org/api/v3/county",
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("DATABASE_URL", "mysql://x"),
        ("RASA_URL", "127.0.0.1:5005"),
        ("TELEGRAM_API_URL", "api.telegram.org"),
        ("REDIS_URL", "localhost:6379"),
        ("INTEGREAT_URL", "cms.example.org/api/v3/testing"),
        ("INTEGREAT_URL", "http://cms.example.org/api/v3/testing"),
        ("INTEGREAT_URL", "https://cms.example.org/api/v3/testing/de/pages/"),
        ("INTEGREAT_HOURS", "0"),
        ("ROLES", "bot,typist"),
        ("SECRET_KEY", "short"),
        ("LOG_LEVEL", "loud"),
        ("MUNICIPALITY", "atlantis"),
        ("MUNICIPALITY", "../etc"),
        ("KNOWLEDGE_DIR", "/nowhere"),
        ("ANONYMISE_AFTER_DAYS", "-1"),
    ],
)
def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(f"ANLAUFSTELLE_{variable}", value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert refused.value.variable == f"ANLAUFSTELLE_{variable}"
    assert str(refused.value).startswith(f"ANLAUFSTELLE_{variable}: ")


def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLAUFSTELLE_SECRET_KEY", "hunter2")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "hunter2" not in str(refused.value)


def test_the_webhook_secret_follows_from_the_token(tmp_path: Path) -> None:
    one = make_settings(tmp_path, telegram_token="1:abc").telegram_webhook_secret
    other = make_settings(tmp_path, telegram_token="1:abd").telegram_webhook_secret
    own = make_settings(tmp_path, telegram_token="1:abc", telegram_webhook_secret="mine")
    assert one
    assert one != other
    assert one.isalnum()  # Telegram takes letters, digits, _ and - only
    assert own.telegram_webhook_secret == "mine"


def test_a_secret_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    first = make_settings(tmp_path, secret_key=None).key("contacts")
    again = make_settings(tmp_path, secret_key=None)
    assert again.key("contacts") == first
    assert again.key("sessions") != first
    file = tmp_path / "secret.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret.key"]


def test_rasa_and_the_program_share_a_token_that_nobody_had_to_set(tmp_path: Path) -> None:
    assert make_settings(tmp_path).rasa_secret == make_settings(tmp_path).rasa_secret
    assert make_settings(tmp_path, rasa_token="given").rasa_secret == "given"


def test_an_unreadable_secret_names_the_folder(tmp_path: Path) -> None:
    (tmp_path / "secret.key").mkdir()
    with pytest.raises(SettingsError, match="ANLAUFSTELLE_DATA_DIR"):
        make_settings(tmp_path, secret_key=None).key("contacts")


def test_every_setting_has_a_help_text() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []
