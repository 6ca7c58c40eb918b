"""The command line: `anlaufstelle …`."""

import asyncio
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Annotated, Any

import typer

from app import backup as archive
from app import chat as chats
from app import understand as lines
from app.assembly import FirstLogin, prepare
from app.knowledge_cli import knowledge_app
from app.logs import configure
from app.rasa import RasaDidNotStart
from app.run import run_roles
from app.training import ensure_model, generate_lessons
from casework import migrate, staff
from casework.context import Casework, opened
from casework.errors import CaseworkError
from casework.settings import Settings, load_settings
from casework.vocabulary import StaffRole

app = typer.Typer(
    help="The contact point of a city's coordination office.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
user_app = typer.Typer(help="Logins for the desk.", no_args_is_help=True)
app.add_typer(user_app, name="user")
app.add_typer(knowledge_app, name="knowledge")


def main() -> None:
    """The entry point: a refusal is one clear line and exit code 1."""
    try:
        app()
    except (CaseworkError, RasaDidNotStart) as problem:
        typer.echo(f"anlaufstelle: {problem}", err=True)
        sys.exit(1)


@app.command()
def run(
    role: Annotated[
        list[str] | None, typer.Option(help="bot, actions, desk or worker; may be repeated.")
    ] = None,
) -> None:
    """Start everything (or the named roles) and go on until Ctrl-C."""
    settings = _settings(**({"roles": ",".join(role)} if role else {}))
    asyncio.run(run_roles(settings, typer.echo))


@app.command(name="prepare")
def prepare_database() -> None:
    """Migrate the database, bring in the municipality's pack, make the first login."""

    async def work(cw: Casework) -> None:
        _show_login(await prepare(cw))

    _with_casework(_settings(), work)


@app.command()
def chat(
    language: Annotated[str | None, typer.Option(help="ISO 639-1 code to begin with.")] = None,
) -> None:
    """Talk to the bot in the terminal."""
    asyncio.run(chats.chat(_settings(log_level="error"), language, _to_stderr))


@app.command()
def train(
    force: Annotated[bool, typer.Option(help="Also when nothing changed.")] = False,
    generate_only: Annotated[
        bool, typer.Option(help="Only write what Rasa learns from the pack and from CLDR.")
    ] = False,
) -> None:
    """Train the model when its inputs changed."""
    settings = _settings()
    if generate_only:
        typer.echo(generate_lessons(settings))
        return
    typer.echo(ensure_model(settings, echo=_to_stderr, force=force))


@app.command()
def understand() -> None:
    """JSON lines in, what the bot would make of each out. Writes nothing else."""
    asyncio.run(lines.understand(_settings(log_level="error"), sys.stdin, sys.stdout, _to_stderr))


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="The archive to write, such as backup.tar.gz.")],
) -> None:
    """Write every table (and the installation's own secret) into one archive."""

    async def work(cw: Casework) -> None:
        typer.echo(f"{await archive.backup(cw, target)} rows in {target}")

    _with_casework(_settings(), work)


@app.command()
def restore(
    source: Annotated[Path, typer.Argument(help="An archive written by `backup`.")],
) -> None:
    """Fill an empty installation from an archive."""
    settings = _settings()
    archive.restore_secret(source, settings.data_dir)

    async def work(cw: Casework) -> None:
        await migrate.upgrade(settings.database_url)
        typer.echo(f"{await archive.restore(cw, source)} rows restored")

    _with_casework(settings, work)


@user_app.command(name="add")
def add_user(
    login: str,
    name: Annotated[str, typer.Option(help="As shown at the desk.")],
    role: Annotated[StaffRole, typer.Option(help="What they may do.")] = "coordinator",
    language: Annotated[str, typer.Option(help="de or en")] = "de",
    complaints: Annotated[bool, typer.Option(help="May see complaints.")] = False,
) -> None:
    """Make a login for the desk; the password is asked for, or read from standard input."""
    if sys.stdin.isatty():
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    else:
        password = sys.stdin.readline().rstrip("\n")

    async def work(cw: Casework) -> None:
        await migrate.upgrade(cw.settings.database_url)
        await staff.add_staff(
            cw,
            login=login,
            name=name,
            password=password,
            role=role,
            language=language,
            complaints=complaints,
        )
        typer.echo(f"{login} can log in at the desk")

    _with_casework(_settings(), work)


def _settings(**overrides: Any) -> Settings:
    settings = load_settings(**overrides)
    configure(settings)
    return settings


def _with_casework(
    settings: Settings, work: Callable[[Casework], Coroutine[Any, Any, None]]
) -> None:
    async def work_in_it() -> None:
        async with opened(settings) as cw:
            await work(cw)

    asyncio.run(work_in_it())


def _show_login(first: FirstLogin | None) -> None:
    if first:
        typer.echo(f"Login {first.login}, password {first.password} (shown only this once)")


def _to_stderr(line: str) -> None:
    typer.echo(line, err=True)
