"""`anlaufstelle knowledge …`: check, bring in, write out and search the answers."""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from app.logs import configure
from casework import integreat, integreat_api, knowledge, knowledge_check, migrate
from casework.context import Casework, opened
from casework.knowledge import ImportReport
from casework.languages import DEFAULT, SERVED
from casework.settings import Settings, load_settings

knowledge_app = typer.Typer(
    help="The curated answers: check, bring in, write out, search.", no_args_is_help=True
)

_Overwrite = Annotated[bool, typer.Option("--overwrite", help="Also what the office edited since.")]
_Collection = Annotated[str, typer.Option(help="A name of its own, apart from the pack.")]

#: Results per query.
_RESULTS = 10


@knowledge_app.command()
def check() -> None:
    """Name what is wrong, missing or overdue in the pack; exit code 1 when something is wrong."""
    settings = _settings()
    findings = knowledge_check.check(
        settings.knowledge_dir, settings.municipality, datetime.now().astimezone().date()
    )
    for finding in findings:
        typer.echo(str(finding))
    errors = sum(finding.severity == "error" for finding in findings)
    typer.echo(f"{errors} errors, {len(findings) - errors} warnings", err=True)
    raise typer.Exit(1 if errors else 0)


@knowledge_app.command(name="import")
def import_pack(overwrite: _Overwrite = False) -> None:
    """Bring the pack's files into the database."""

    async def work(cw: Casework) -> None:
        _tell(await knowledge.import_pack(cw, overwrite=overwrite))

    _with_casework(work)


@knowledge_app.command(name="export")
def export_pack(
    target: Annotated[
        Path | None, typer.Argument(help="A pack's folder; the one in use when left out.")
    ] = None,
) -> None:
    """Write the published answers back as the pack's files, in stable order."""

    async def work(cw: Casework) -> None:
        changed = await knowledge.export_pack(cw, target or cw.pack.path)
        for path in changed:
            typer.echo(path)
        typer.echo(f"{len(changed)} files changed", err=True)

    _with_casework(work)


@knowledge_app.command(name="import-integreat")
def import_integreat(
    places: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE…", help="Page lists of the Integreat API: files, or https:// addresses."
        ),
    ],
    language: Annotated[str, typer.Option(help="The language of these pages, ISO 639-1.")],
    collection: _Collection = integreat.COLLECTION,
    overwrite: _Overwrite = False,
    allow_fewer: Annotated[
        bool, typer.Option("--allow-fewer", help="Also where most pages vanished since.")
    ] = False,
) -> None:
    """Bring pages of the Integreat app into a collection of their own.

    Exit code 1 where a list could not be read to its end; the rest is brought in all the same.
    """

    async def work(cw: Casework) -> None:
        found = await integreat_api.read_all(places, language)
        for problem in found.problems:
            typer.echo(problem, err=True)
        report = await integreat.import_pages(
            cw,
            found,
            language=language,
            collection=collection,
            overwrite=overwrite,
            allow_fewer=allow_fewer,
        )
        _tell(report)
        if not found.complete:
            raise typer.Exit(1)

    _with_casework(work)


@knowledge_app.command()
def search(
    collection: Annotated[str | None, typer.Option(help="Instead of the pack.")] = None,
) -> None:
    """Search for each JSON line {"query", "language"} read; one line {"query", "results"} each."""

    async def work(cw: Casework) -> None:
        await knowledge.prepare_search(cw, collection)
        for line in _answers(cw, sys.stdin):
            sys.stdout.write(line + "\n")

    _with_casework(work)


def _answers(cw: Casework, lines: Iterable[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            asked = _asked(number, line)
            yield json.dumps(_answer(cw, *asked) if asked else _NOTHING, ensure_ascii=False)


_NOTHING: dict[str, Any] = {"query": None, "results": []}


def _asked(number: int, line: str) -> tuple[str, str] | None:
    """The query and its language; a line that holds none is named, and answered by nothing."""
    try:
        asked = json.loads(line)
        query, language = asked["query"], asked.get("language") or DEFAULT
    except (ValueError, TypeError, KeyError, AttributeError):
        query = language = None
    if not isinstance(query, str) or language not in SERVED:
        typer.echo(f"line {number}: a query and a served language are needed", err=True)
        return None
    return query, language


def _answer(cw: Casework, query: str, language: str) -> dict[str, Any]:
    hits = cw.knowledge.search(query, language, _RESULTS)
    return {
        "query": query,
        "results": [
            {"id": cw.knowledge.page_id(hit.id, language), "score": hit.score} for hit in hits
        ],
    }


def _tell(report: ImportReport) -> None:
    typer.echo(
        f"{len(report.added)} added, {len(report.changed)} changed, "
        f"{len(report.unchanged)} unchanged, {len(report.withdrawn)} withdrawn"
    )
    if report.empty:
        typer.echo(f"{len(report.empty)} only head other pages: their titles help search", err=True)
    for entry in report.kept:
        typer.echo(f"{entry}: edited by the office, left as it is (see --overwrite)", err=True)


def _settings() -> Settings:
    settings = load_settings()
    configure(settings)
    return settings


def _with_casework(work: Callable[[Casework], Coroutine[Any, Any, None]]) -> None:
    settings = _settings()

    async def prepared() -> None:
        await migrate.upgrade(str(settings.database_url))
        async with opened(settings) as cw:
            await work(cw)

    asyncio.run(prepared())
