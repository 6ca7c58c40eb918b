"""What languages are called in every served language, as the words stand in a sentence.

The names are CLDR's; a star stands for the endings that the language puts behind.
"""

from collections.abc import Callable, Iterator

from babel import Locale, UnknownLocaleError

from bot.language.learning import HABITS, latin_spelling
from casework.languages import SERVED

#: A shorter name is an ordinary word in some other language.
_SHORTEST = 4
_SHORTEST_STEM = 5
#: Spoken by people who live here, without a code of two letters.
_OF_THREE_LETTERS = (
    *("ckb", "zza", "rom", "bal", "syr", "aii", "sah", "crh", "tig", "byn", "ber", "zgh", "kab"),
    *("shi", "rif", "wal", "men", "tem", "kri", "luo", "din", "pap", "gsw", "ase", "haz"),
)
#: Planned, ancient, or called like something else (`Ewe`, `More`, Italian `corso` for Corsican).
_LEFT_OUT = frozenset(
    {
        *("eo", "ia", "ie", "io", "vo", "la", "cu", "pi", "ae", "sa", "gv", "ee", "tw", "ak"),
        *("na", "ch", "co", "cr", "sc", "kn", "br"),
    }
)
#: Forms that are other words: `my wife`, `a document`, `what of it`, `faintness`, `car`.
_OTHER_WORDS = frozenset({"مراتي", "سندی", "مالتي", "malaise", "araba"})


def codes() -> list[str]:
    """The codes of the languages that may be named."""
    known = [str(code) for code in Locale("en").languages]
    two = [code for code in known if len(code) == 2]  # noqa: PLR2004  (ISO 639-1)
    return sorted({*two, *(code for code in _OF_THREE_LETTERS if code in known)} - _LEFT_OUT)


def names(code: str) -> Iterator[str]:
    """A language's names with their endings, also its own and those typed in Latin letters."""
    for language in SERVED:
        name = Locale(language).languages.get(code, "").casefold()
        if len(name) >= _SHORTEST:
            forms = set(_FORMS[language](name)) - _OTHER_WORDS
            yield from sorted(form for form in forms if len(form) >= _SHORTEST)
    yield from latin_names(code)
    try:
        own = Locale.parse(code).languages.get(code, "").casefold()
    except (UnknownLocaleError, ValueError):
        return
    if len(own) >= _SHORTEST:
        yield own


def latin_names(code: str) -> Iterator[str]:
    """The Russian and Ukrainian names as people type them in Latin letters."""
    for language, forms in _SLAVIC.items():
        name = Locale(language).languages.get(code, "").casefold()
        for form in forms(name):
            if form.endswith("*"):
                for habit in HABITS:
                    yield latin_spelling(form.rstrip("*"), language, habit) + "*"


def _as_it_is(name: str) -> Iterator[str]:
    yield name


def _stemmed(*endings: str, kept: int) -> Callable[[str], Iterator[str]]:
    """Cut an ending down to its first `kept` letters, behind which anything may follow."""

    def forms(name: str) -> Iterator[str]:
        yield name
        for ending in endings:
            stem = name[: len(name) - len(ending) + kept]
            if name.endswith(ending) and " " not in name and len(stem) >= _SHORTEST_STEM:
                yield f"{stem}*"

    return forms


_russian = _stemmed("ский", "цкий", "зкий", kept=2)
_ukrainian = _stemmed("ська", "цька", "зька", kept=3)
_SLAVIC = {"ru": _russian, "uk": _ukrainian}


def _arabic(name: str) -> Iterator[str]:
    bare = name.removeprefix("ال")
    if " " in bare:
        yield name
        return
    for word in {bare, bare.removesuffix("ة")}:
        yield from (prefix + word for prefix in ("", "ال", "بال", "وال", "لل", "ب", "و"))


def _italian(name: str) -> Iterator[str]:
    yield name
    if name.endswith("o"):
        yield from (name[:-1] + ending for ending in "aie")


def _french(name: str) -> Iterator[str]:
    yield from (name, f"{name}e", f"{name}s", f"{name}es")


_FORMS: dict[str, Callable[[str], Iterator[str]]] = {
    "de": _stemmed("isch", kept=4),
    "en": _as_it_is,
    "tr": _stemmed("ça", "çe", "ca", "ce", kept=2),
    "pl": _stemmed("ski", "cki", "zki", kept=2),
    **_SLAVIC,
    "ar": _arabic,
    "fa": _as_it_is,
    "it": _italian,
    "fr": _french,
}
