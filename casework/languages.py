"""The ten languages that are served; names, directions and plurals come from CLDR."""

from babel import Locale, UnknownLocaleError

SERVED = ("de", "en", "tr", "pl", "ru", "uk", "ar", "fa", "it", "fr")
RIGHT_TO_LEFT = frozenset({"ar", "fa"})
DEFAULT = "de"

#: Codes of close relatives and older spellings, by the language that serves them.
_SERVED_BY = {"prs": "fa", "tg": "fa", "arb": "ar", "ary": "ar", "apc": "ar", "gsw": "de"}


def served(hint: str | None) -> str | None:
    """The served language that a code such as `tr-TR` or `prs` stands for; None if there is none.

    >>> served("pt_BR"), served("uk-UA")
    (None, 'uk')
    """
    if not hint:
        return None
    code = hint.strip().replace("_", "-").split("-")[0].lower()
    code = _SERVED_BY.get(code, code)
    return code if code in SERVED else None


def language_name(code: str, language: str) -> str:
    """A language's name in another one, from CLDR; the code itself where CLDR has none.

    >>> language_name("uk", "de")
    'Ukrainisch'
    """
    try:
        name = Locale(language).languages.get(code)
    except (UnknownLocaleError, ValueError):
        name = None
    return str(name) if name else code
