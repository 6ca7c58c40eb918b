"""The desk's catalogues: read from their `.po` files into memory, kept in step with the code.

`python -m desk.catalogues update` reads the sentences out of code and templates and merges them
into both catalogues; `check` names what is missing, fuzzy, stale or has other placeholders.
"""

import re
import string
import sys
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from babel.support import Translations

PACKAGE = Path(__file__).parent
LOCALES = PACKAGE / "locales"
DOMAIN = "desk"
#: The languages that staff can work in.
LANGUAGES = ("de", "en")
#: The language the sentences are written in: its catalogue is filled by itself.
SOURCE_LANGUAGE = "en"
#: How sentences are said in the code (`mark`, `text`, `plural`) and in templates (`_`, `_n`).
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "mark": None,
    "text": None,
    "plural": (1, 2),
    "_": None,
    "_n": (1, 2),
}
_REVIEWED = re.compile(r'^"X-Human-Reviewed: ([^"\\]+)\\n"$', re.MULTILINE)
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2.ext.babel_extract")]


def mark(message: str) -> str:
    """Mark a sentence for the catalogues; it is said later, in the reader's language."""
    return message


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


def reviewed(language: str) -> str | None:
    """Return what the header says about a human having read the catalogue (Babel drops it)."""
    path = path_of(language)
    found = _REVIEWED.search(path.read_text(encoding="utf-8")) if path.exists() else None
    return found[1] if found else None


def template() -> Catalog:
    """Collect every sentence that code and templates say, with the translators' notes."""
    catalogue = Catalog(domain=DOMAIN, charset="utf-8", fuzzy=False)
    found = extract_from_dir(
        PACKAGE,
        method_map=METHODS,
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
    if reviewed(language) is None:
        yield f"{language}: the header does not say whether a human has read it"
    for message in wanted:
        if message.id:
            yield from _problems_of(language, catalogue.get(message.id, message.context), message)
    for message in catalogue:
        if message.id and wanted.get(message.id, message.context) is None:
            yield f"{language}: no longer said: {_forms(message.id)[0]}"


def _problems_of(language: str, present: Message | None, wanted: Message) -> Iterator[str]:
    name = _forms(wanted.id)[0]
    words = _forms(present.string) if present is not None else []
    if present is None or not words or not all(words):
        yield f"{language}: missing: {name}"
        return
    if present.fuzzy:
        yield f"{language}: fuzzy: {name}"
    allowed = placeholders(*_forms(wanted.id))
    for form in words:
        # A form for one may leave the number out; nothing else may be dropped.
        dropped = allowed - placeholders(form) - ({"count"} if len(words) > 1 else set())
        differing = sorted(dropped | (placeholders(form) - allowed))
        if differing:
            yield f"{language}: placeholders {differing} differ: {name}"


def placeholders(*texts: str) -> set[str]:
    """Return the names in braces."""
    parsed = (piece for text in texts for piece in string.Formatter().parse(text))
    return {name for _, name, _, _ in parsed if name is not None}


def _forms(value: str | list[str] | tuple[str, ...] | None) -> list[str]:
    if value is None:
        return []
    return [value] if isinstance(value, str) else list(value)


def update() -> None:
    """Merge the sentences of the code into both catalogues; the source language fills itself."""
    wanted = template()
    for language in LANGUAGES:
        catalogue = read(language) if path_of(language).exists() else Catalog(locale=language)
        catalogue.update(wanted, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        if language == SOURCE_LANGUAGE:
            for message in catalogue:
                message.string = message.id
        _write(language, catalogue)


def _write(language: str, catalogue: Catalog) -> None:
    path = path_of(language)
    path.parent.mkdir(parents=True, exist_ok=True)
    body = BytesIO()
    write_po(body, catalogue, width=100, omit_header=True, no_location=True)
    header = _HEADER.format(
        language=language, plural=catalogue.plural_forms, reviewed=reviewed(language) or "no"
    )
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


def main(command: str) -> int:
    """Run `update` or `check`; returns the exit code."""
    if command == "update":
        update()
        return 0
    wanted = template()
    found = [line for language in LANGUAGES for line in problems(language, wanted)]
    sys.stdout.writelines(line + "\n" for line in found)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "check"))
