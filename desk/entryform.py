"""The form of a knowledge entry: as it stands, or as somebody typed it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from casework.amendments import Facts, Words
from casework.languages import DEFAULT, SERVED
from casework.models import KnowledgeEntry, KnowledgeText
from desk.visit import Visit


@dataclass(frozen=True, slots=True)
class TextForm:
    """The fields of one language; `asking` holds a way of asking per line."""

    title: str = ""
    answer: str = ""
    asking: str = ""
    read: bool = False
    fits: bool = False

    def words(self) -> Words:
        """The same for the use cases."""
        return Words(self.title, self.answer, tuple(self.asking.splitlines()), self.read, self.fits)


@dataclass(frozen=True, slots=True)
class EntryForm:
    """All fields of the page: German, one other language, the facts."""

    language: str
    seen: int
    texts: Mapping[str, TextForm]
    facts: Facts
    same_meaning: bool = False

    def words(self) -> dict[str, Words]:
        """What was typed in each language."""
        return {code: text.words() for code, text in self.texts.items()}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a form from being taken: sentences by language and field, and what others wrote.

    `others` holds what stands in a field now that somebody else changed meanwhile.
    """

    sentence: str = ""
    status: int = 200
    fields: Mapping[tuple[str | None, str], str] = field(default_factory=dict)
    others: Mapping[tuple[str | None, str], str] = field(default_factory=dict)

    def of(self, language: str | None, name: str) -> str:
        """The sentence beside a field; empty where it is sound."""
        return self.fields.get((language, name), "")

    def other(self, language: str | None, name: str) -> str:
        """What somebody else wrote there meanwhile; empty where nobody did."""
        return self.others.get((language, name), "")


def of_row(row: KnowledgeEntry, language: str, seen: int) -> EntryForm:
    """The form as the entry stands."""
    texts = {text.language: text for text in row.texts}
    shown = dict.fromkeys((DEFAULT, language))
    return EntryForm(
        language=language,
        seen=seen,
        texts={code: _of_text(texts.get(code)) for code in shown},
        facts=Facts(
            source=row.source,
            section=row.source_section or "",
            as_of=row.as_of,
            review_months=str(row.review_months),
            next_step=row.next_step or "",
            offices=tuple(row.offices),
            url=row.url or "",
        ),
    )


def of_visit(visit: Visit) -> EntryForm:
    """The form as it was sent."""
    language = wanted_language(visit, visit.value("language"))
    return EntryForm(
        language=language,
        seen=number(visit.value("seen")),
        texts={code: _sent(visit, code) for code in dict.fromkeys((DEFAULT, language))},
        facts=Facts(
            source=visit.value("source"),
            section=visit.value("section"),
            as_of=visit.value("as_of"),
            review_months=visit.value("review_months"),
            next_step=visit.value("next_step"),
            offices=tuple(visit.values("offices")),
            url=visit.value("url"),
        ),
        same_meaning=bool(visit.value("same_meaning")),
    )


def wanted_language(visit: Visit, code: str) -> str:
    """The language beside the German one; English where none is named."""
    return code if code in SERVED and code != DEFAULT else "en"


def _of_text(text: KnowledgeText | None) -> TextForm:
    if text is None:
        return TextForm()
    return TextForm(text.title, text.answer, "\n".join(text.asking))


def _sent(visit: Visit, code: str) -> TextForm:
    return TextForm(
        title=visit.value(f"title-{code}"),
        answer=visit.value(f"answer-{code}").replace("\r\n", "\n"),
        asking=visit.value(f"asking-{code}").replace("\r\n", "\n"),
        read=bool(visit.value(f"read-{code}")),
        fits=bool(visit.value(f"fits-{code}")),
    )


def number(text: str) -> int:
    """A number that came with a form; 0 for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004
