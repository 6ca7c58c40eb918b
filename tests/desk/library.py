"""A small knowledge base at the desk: four entries, three colleagues, a few uses."""

import html
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from casework import knowledge
from casework.context import Casework
from tests.desk.scenes import make_team
from tests.support.answers import write_pack
from tests.support.clock import Clock
from tests.support.office import make_casework

START = "/desk/knowledge/volunteering/start"
HOURS = "/desk/knowledge/volunteering/office_hours"


@asynccontextmanager
async def make_library(tmp_path: Path, clock: Clock) -> AsyncIterator[Casework]:
    """An office with a team and a pack of its own that tests may change."""
    async with make_casework(
        tmp_path, clock=clock, knowledge_dir=write_pack(tmp_path / "packs")
    ) as cw:
        await knowledge.import_pack(cw)
        await make_team(cw)
        for _ in range(4):
            await knowledge.note_shown(cw, "volunteering/start", "tr")
        await knowledge.note_feedback(cw, "volunteering/start", "tr", False)
        yield cw


def typed(page: str) -> dict[str, str | list[str]]:
    """What stands in the fields of an entry's form, as a browser would send it."""
    form = page[page.index('id="entry-form"') :].split("</form>", maxsplit=1)[0]
    found: dict[str, str | list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name = re.search(r'\bname="([^"]+)"', tag)
        kind = re.search(r'\btype="([^"]+)"', tag)
        value = re.search(r'\bvalue="([^"]*)"', tag)
        if name is None or (kind and kind[1] == "checkbox" and " checked" not in tag):
            continue
        said = html.unescape(value[1]) if value else ""
        if name[1] == "offices":
            offices = found.setdefault("offices", [])
            assert isinstance(offices, list)
            offices.append(said)
        else:
            found[name[1]] = said
    for name_, text in re.findall(r'<textarea[^>]*\bname="([^"]+)"[^>]*>([^<]*)</textarea>', form):
        found[name_] = html.unescape(text)
    for name_, options in re.findall(
        r'<select[^>]*\bname="([^"]+)"[^>]*>(.*?)</select>', form, re.S
    ):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name_] = html.unescape(chosen[1]) if chosen else ""
    return found


def words(page: str) -> str:
    """The page's text without its markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())
