"""Learning what languages look like, from the project's own texts."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import cycle
from pathlib import Path

import yaml

from bot.language.detect import telling
from bot.language.grams import Grams
from casework import faq
from casework.languages import SERVED

#: A script that a language shows less often is somebody's quotation.
_LEAST_TEXTS = 200
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "е": "e", "ё": "yo", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh",
    "щ": "shch", "ъ": "", "ы": "y", "ь": "", "э": "e", "ю": "yu", "я": "ya",
}  # fmt: skip
#: How people write Cyrillic in Latin letters, beside the table of passports.
HABITS: tuple[Mapping[str, str], ...] = (
    {},
    {"х": "h", "ж": "j", "щ": "sch", "ю": "ju", "я": "ja", "й": "j", "ы": "i", "ц": "c"},
    {"х": "h", "щ": "sh", "ы": "i", "й": "i", "ю": "iu", "я": "ia", "ё": "e"},
)
_LETTERS = {
    "ru": _CYRILLIC,
    "uk": {**_CYRILLIC, "г": "h", "и": "y", "і": "i", "ї": "yi", "є": "ye", "ґ": "g"},
}
Words = list[str]


def learn(examples: Path, pack: Path) -> dict[str, Grams]:
    """Learn from Rasa's example folders and a pack's entries; by script."""
    texts: dict[str, dict[str, list[Words]]] = {}
    for language in SERVED:
        for text in (*_of_examples(examples / language), *_of_entries(pack, language)):
            script, words = telling(text)
            if words:
                texts.setdefault(script, {}).setdefault(language, []).append(words)
    for language in _LETTERS:
        texts["latin"].setdefault(language, []).extend(
            _in_latin(texts["cyrillic"][language], language)
        )
    return {
        script: Grams.learn(
            {each: found for each, found in languages.items() if len(found) >= _LEAST_TEXTS}
        )
        for script, languages in texts.items()
    }


def _of_examples(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if "intent" in block:
                yield from (line.removeprefix("- ") for line in block["examples"].splitlines())


def _of_entries(pack: Path, language: str) -> Iterator[str]:
    for entry in faq.read_all(pack):
        if text := entry.texts.get(language):
            yield from (text.title, *text.asking)


def _in_latin(texts: Iterable[Words], language: str) -> Iterator[Words]:
    for words, habit in zip(texts, cycle(HABITS), strict=False):
        yield [latin_spelling(word, language, habit) for word in words]


def latin_spelling(word: str, language: str, habit: Mapping[str, str] = HABITS[0]) -> str:
    """Write a Russian or Ukrainian word in Latin letters."""
    letters = {**_LETTERS[language], **habit}
    return "".join(letters.get(letter, letter) for letter in word)
