"""The catalogues: read from their `.po` files into memory, and kept in step with the code.

`python -m bot.catalogues update [LANGUAGE…]` reads the sentences out of the code and merges them
into the catalogues; `check` names what is missing, fuzzy, stale or has other placeholders.
"""

import re
import string
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import Translations

from casework.languages import SERVED

PACKAGE = Path(__file__).parent
LOCALES = PACKAGE / "locales"
DOMAIN = "bot"
#: The language the sentences are written in: its catalogue is filled by itself.
SOURCE_LANGUAGE = "en"
KEYWORDS: dict[str, tuple[int, ...] | None] = {"mark": None, "text": None, "plural": (1, 2)}


_REVIEWED = re.compile(r'^"X-Human-Reviewed: (yes|no)\\n"$', re.MULTILINE)


def path_of(language: str) -> Path:
    """Return where a language's catalogue lies."""
    return LOCALES / language / "LC_MESSAGES" / f"{DOMAIN}.po"


@cache
def translations(language: str) -> Translations:
    """Return a language's sentences, compiled in memory."""
    compiled = BytesIO()
    write_mo(compiled, read(language))
    compiled.seek(0)
    return Translations(compiled, domain=DOMAIN)


def read(language: str) -> Catalog:
    """Read a language's catalogue from its file."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language, domain=DOMAIN)


def template() -> Catalog:
    """Collect every sentence that the code says, with the translators' notes."""
    catalogue = Catalog(
        project="Anlaufstelle",
        version="",
        domain=DOMAIN,
        msgid_bugs_address="",
        copyright_holder="",
        charset="utf-8",
        fuzzy=False,
    )
    found = extract_from_dir(
        PACKAGE,
        method_map=[("**.py", "python")],
        keywords=KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
    )
    for name, _line, sentence, comments, context in sorted(found, key=lambda row: row[:2]):
        catalogue.add(sentence, locations=[(name, 0)], auto_comments=comments, context=context)
    return catalogue


def problems(language: str, wanted: Catalog) -> Iterator[str]:
    """Say what keeps a language's catalogue from being complete."""
    catalogue = read(language)
    if not _reviewed(language):
        yield f"{language}: the header does not say whether a human has read it"
    for message in catalogue.obsolete.values():
        yield f"{language}: no longer said: {_first(message)}"
    for message in wanted:
        if message.id:
            yield from _problems_of(language, catalogue.get(message.id, message.context), message)
    for message in catalogue:
        if message.id and wanted.get(message.id, message.context) is None:
            yield f"{language}: no longer said: {_first(message)}"


def _problems_of(language: str, present: Message | None, wanted: Message) -> Iterator[str]:
    words = _forms(present.string) if present is not None else []
    if present is None or not words or not all(words):
        yield f"{language}: missing: {_first(wanted)}"
        return
    if present.fuzzy:
        yield f"{language}: fuzzy: {_first(wanted)}"
    allowed = placeholders(*_forms(wanted.id))
    for form in words:
        extra = placeholders(form) - allowed
        # A form for one or two may leave the number out; nothing else may be dropped.
        dropped = allowed - placeholders(form) - ({"count"} if len(words) > 1 else set())
        if extra or dropped:
            yield f"{language}: placeholders {sorted(extra | dropped)} differ: {_first(wanted)}"


def placeholders(*texts: str) -> set[str]:
    """Return the names in braces."""
    return {
        name
        for text in texts
        for _, name, _, _ in string.Formatter().parse(text)
        if name is not None
    }


def _forms(value: str | list[str] | tuple[str, ...] | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def _first(message: Message) -> str:
    return _forms(message.id)[0]


def update(languages: Sequence[str]) -> None:
    """Merge the sentences of the code into catalogues; the source language fills itself."""
    for language in languages:
        wanted = template()  # its messages become the catalogue's own, so one for each
        catalogue = read(language) if path_of(language).exists() else Catalog(locale=language)
        reviewed = _reviewed(language) or "no"
        catalogue.update(wanted, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        if language == SOURCE_LANGUAGE:
            _fill_source(catalogue)
        _write(language, catalogue, reviewed)


def _reviewed(language: str) -> str | None:
    """Return what the header says on whether a human has read it (Babel drops such headers)."""
    path = path_of(language)
    found = _REVIEWED.search(path.read_text(encoding="utf-8")) if path.exists() else None
    return found[1] if found else None


def _fill_source(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            message.string = message.id


def _write(language: str, catalogue: Catalog, reviewed: str) -> None:
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    body = BytesIO()
    write_po(body, catalogue, width=100, omit_header=True, sort_output=False, no_location=True)
    header = _HEADER.format(language=language, plural=catalogue.plural_forms, reviewed=reviewed)
    path.write_text(header + "\n" + body.getvalue().decode().lstrip("\n"), encoding="utf-8")


_HEADER = """\
msgid ""
msgstr ""
"Project-Id-Version: Anlaufstelle\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural}\\n"
"X-Human-Reviewed: {reviewed}\\n"
"""


def main(command: str = "check", *languages: str) -> int:
    """Run `update` or `check`, for all languages or those named; returns the exit code."""
    chosen = languages or SERVED
    if command == "update":
        update(chosen)
        return 0
    wanted = template()
    found = [line for language in chosen for line in problems(language, wanted)]
    sys.stdout.writelines(line + "\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
