"""`anlaufstelle knowledge …` as an operator types it."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from app.knowledge_cli import knowledge_app
from tests.support.answers import VOLUNTEERING, write_pack
from tests.support.office import SECRET


@pytest.fixture
def packs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A pack in use, with a data folder of its own."""
    packs = write_pack(tmp_path / "packs")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANLAUFSTELLE_KNOWLEDGE_DIR", str(packs))
    monkeypatch.setenv("ANLAUFSTELLE_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("ANLAUFSTELLE_SECRET_KEY", SECRET)
    return packs


def knowledge(*arguments: str, lines: str = "") -> Result:
    return CliRunner().invoke(knowledge_app, arguments, input=lines)


def results(result: Result) -> list[dict[str, object]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def write_pages(folder: Path, *pages: object) -> str:
    file = folder / "pages.json"
    file.write_text(json.dumps(pages), encoding="utf-8")
    return str(file)


def test_check_ends_well_with_warnings_only(packs: Path) -> None:
    result = knowledge("check")
    assert result.exit_code == 0
    assert "warning: " in result.stdout
    assert "0 errors" in result.stderr


def test_check_fails_with_the_line_of_an_error(packs: Path) -> None:
    file = packs / "wiesbaden" / "faq" / "volunteering.yml"
    file.write_text(VOLUNTEERING.replace("as_of: 2019-01", "as_of: soon", 1), encoding="utf-8")
    result = knowledge("check")
    assert result.exit_code == 1
    assert result.stdout.startswith(f"error: {file}:6: ")


def test_import_and_export_tell_what_they_did(packs: Path) -> None:
    assert "4 added" in knowledge("import").stdout
    assert "4 unchanged" in knowledge("import").stdout
    knowledge("export")
    result = knowledge("export")
    assert (result.stdout, result.stderr) == ("", "0 files changed\n")
    assert "0 changed, 4 unchanged" in knowledge("import").stdout


def test_search_answers_each_line_in_order(packs: Path) -> None:
    asked = [
        {"query": "Wann habt ihr geöffnet?", "language": "de"},
        {"query": "gönüllü olmak istiyorum", "language": "tr"},
        {"query": "🙂", "language": "de"},
        {"query": "Unser Verein sucht einen Raum"},
    ]
    lines = "\n".join(json.dumps(one, ensure_ascii=False) for one in asked) + "\n\n"
    found = results(knowledge("search", lines=lines))
    assert [one["query"] for one in found] == [one["query"] for one in asked]
    first = [one["results"][0]["id"] if one["results"] else None for one in found]  # type: ignore[index]
    assert first == ["volunteering/office_hours", "volunteering/start", None, "organisations/rooms"]


def test_lines_that_hold_no_query_are_named_and_the_others_answered(packs: Path) -> None:
    lines = 'no json\n[]\n{"query": 3}\n{"query": "x", "language": "xx"}\n{"query": "Raum"}\n'
    result = knowledge("search", lines=lines)
    assert len(results(result)) == 5
    assert results(result)[4]["results"]
    named = [line.split(":")[0] for line in result.stderr.splitlines() if line.startswith("line")]
    assert named == [f"line {number}" for number in (1, 2, 3, 4)]


def test_imported_pages_are_searched_by_the_name_of_their_collection(
    packs: Path, tmp_path: Path
) -> None:
    file = write_pages(
        tmp_path, {"id": 7, "title": "Waste", "content": "<p>Separate your paper.</p>"}, {"id": 8}
    )
    result = knowledge("import-integreat", "--language", "en", "--collection", "app", file)
    assert result.exit_code == 0
    assert "1 added" in result.stdout
    assert "page 2 (id 8)" in result.stderr

    line = '{"query": "where does paper go", "language": "en"}'
    found = results(knowledge("search", "--collection", "app", lines=line))[0]
    assert found["results"][0]["id"] == "app/7"  # type: ignore[index]
    found = results(knowledge("search", lines=line))[0]
    assert not any(one["id"].startswith("app/") for one in found["results"])  # type: ignore[attr-defined]


class _Api(BaseHTTPRequestHandler):
    """A region with pages in Turkish and nothing else."""

    def do_GET(self) -> None:
        there = self.path == "/api/v3/testing/tr/pages/"
        body = b'[{"id": 7, "title": "At\xc4\xb1k", "content": "<p>Ka\xc4\x9f\xc4\xb1t</p>"}]'
        self.send_response(200 if there else 404)
        self.end_headers()
        self.wfile.write(body if there else b"")

    def log_message(self, *message: object) -> None:
        pass


@pytest.fixture
def api() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Api) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/api/v3/testing"
        server.shutdown()


def test_pages_are_brought_in_from_an_address(packs: Path, api: str) -> None:
    result = knowledge("import-integreat", "--language", "tr", api)
    assert (result.exit_code, "1 added" in result.stdout) == (0, True)
    line = '{"query": "kağıt", "language": "tr"}'
    found = results(knowledge("search", "--collection", "integreat", lines=line))[0]
    assert found["results"][0]["id"] == "integreat/7"  # type: ignore[index]


def test_an_address_without_pages_is_an_error_that_names_it(packs: Path, api: str) -> None:
    result = knowledge("import-integreat", "--language", "de", api)
    assert str(result.exception) == f"{api}/de/pages/: 404 Not Found"


def test_a_list_that_breaks_off_is_brought_in_as_far_as_it_goes(
    packs: Path, tmp_path: Path
) -> None:
    file = tmp_path / "pages.json"
    file.write_text('[{"id": 7, "title": "Waste", "content": "Paper"}, {"id": 8, "ti')
    result = knowledge("import-integreat", "--language", "en", str(file))
    assert result.exit_code == 1
    assert "1 added" in result.stdout
    assert f"{file}:1: no JSON" in result.stderr


def test_a_list_without_pages_withdraws_them_only_when_told(packs: Path, tmp_path: Path) -> None:
    knowledge(
        *("import-integreat", "--language", "en"),
        write_pages(tmp_path, {"id": 7, "title": "Waste", "content": "Paper"}),
    )
    empty = write_pages(tmp_path)
    result = knowledge("import-integreat", "--language", "en", empty)
    assert "only 0 are left" in str(result.exception)
    result = knowledge("import-integreat", "--language", "en", "--allow-fewer", empty)
    assert "1 withdrawn" in result.stdout


def test_thousands_of_queries_go_through_in_one_call(packs: Path) -> None:
    lines = "\n".join(json.dumps({"query": f"Raum {n} für Vereine"}) for n in range(2000))
    assert len(results(knowledge("search", lines=lines))) == 2000
