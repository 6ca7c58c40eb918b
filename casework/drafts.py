"""A new entry: its id, and the row that it begins with."""

from collections.abc import Iterable, Mapping, Sequence

from anyascii import anyascii

from casework import entries
from casework.amendments import Words, apply, check, typed
from casework.context import Casework, Change
from casework.errors import EntryProblem, InvalidEntry
from casework.knowledge import rows_of
from casework.languages import DEFAULT
from casework.models import KnowledgeEntry
from casework.revisions import note, state_of

REVIEW_MONTHS = 12
TITLE_LENGTH = 200
_ID_LENGTH = 48
#: Letters of a title that an id is made of.
_NAME_LENGTH = 30
_TRIES = 100


async def begin(
    change: Change,
    staff_id: int,
    *,
    topic: str,
    title: str,
    language: str = DEFAULT,
    name: str = "",
    asking: Sequence[str] = (),
) -> KnowledgeEntry:
    """A new row with a title and no answer yet; raises InvalidEntry."""
    rows = await rows_of(change.session, change.cw.pack.municipality.id)
    topic = _key(topic)
    row = KnowledgeEntry(
        id=_free_id(topic, name or title, rows, fixed=bool(name)),
        collection=change.cw.pack.municipality.id,
        topic=topic,
        position=max((row.position for row in rows.values()), default=-1) + 1,
        source=_usual_source(change.cw, topic, rows.values()),
        as_of=f"{entries.today_of(change.cw):%Y-%m}",
        review_months=REVIEW_MONTHS,
        offices=[],
        published=False,
        texts=[],
    )
    own = Words(title[:TITLE_LENGTH], "", tuple(asking))
    wanted = {**state_of(row), **typed(row, {language: own}, None)}
    await check(change, row, {}, wanted)
    apply(row, wanted, {})
    row.edited_at = change.at
    change.add(row)
    await change.session.flush()
    after = state_of(row)[language]
    note(change, row, kind="created", language=language, before={}, after=after, staff_id=staff_id)
    return row


def _key(name: str) -> str:
    """A name as part of an id: Latin letters, digits, low lines."""
    plain = anyascii(name).lower()
    words = "".join(letter if letter.isalnum() else " " for letter in plain).split()
    return "_".join(words)


def _free_id(topic: str, name: str, rows: Mapping[str, KnowledgeEntry], *, fixed: bool) -> str:
    """The id for a name; with a number behind it where it is taken, unless it is `fixed`."""
    room = _ID_LENGTH - len(topic) - len("/_99")
    room = room if fixed else min(room, _NAME_LENGTH)
    stem = _key(name)
    if len(stem) > room:
        stem = stem[: room + 1].rpartition("_")[0] or stem[:room]
    stem = stem.strip("_")
    if not stem or not stem[0].isalpha():
        stem = f"e_{stem}" if stem else ""
    if not topic or not topic[0].isalpha() or room < 1:
        raise InvalidEntry([EntryProblem(None, "topic", "name")])
    if not stem:
        raise InvalidEntry([EntryProblem(None, "name" if fixed else "title", "missing")])
    if fixed and f"{topic}/{stem}" in rows:
        raise InvalidEntry([EntryProblem(None, "name", "taken", f"{topic}/{stem}")])
    tries = (f"{topic}/{stem}{f'_{number}' if number > 1 else ''}" for number in range(1, _TRIES))
    free = next((one for one in tries if one not in rows), None)
    if free is None:
        raise InvalidEntry([EntryProblem(None, "name", "taken", f"{topic}/{stem}")])
    return free


def _usual_source(cw: Casework, topic: str, rows: Iterable[KnowledgeEntry]) -> str:
    """The document that most answers of this topic stand on."""
    own = [row.source for row in rows if row.topic == topic and row.source in cw.pack.sources]
    return max(own, key=own.count) if own else next(iter(cw.pack.sources))
