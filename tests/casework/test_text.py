"""Words that people type differently are the same word to search."""

import pytest

from casework.text import tokens, words


def spellings(text: str, language: str) -> list[str]:
    return [word.spelling for word in words(text, language)]


def stems(text: str, language: str) -> list[str]:
    return [word.stem for word in words(text, language)]


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Flüchtlingshilfe für Große", "fluechtlingshilfe fuer grosse"),
        ("de", "Übersetzung", "ubersetzung"),
        ("fr", "bénévolat à côté", "benevolat a cote"),
        ("it", "perché è così", "perche e cosi"),
        ("pl", "źródło pieniędzy, łódź", "zrodlo pieniedzy, lodz"),
        ("tr", "yardımcı İSTİYORUM", "yardimci istiyorum"),
        ("tr", "ISPANAK", "ıspanak"),
        ("ru", "ребёнок", "ребенок"),
        ("uk", "зв'язок", "зв’язок"),
        ("uk", "ґанок їжа", "ганок іжа"),
        ("ar", "أهلاً وسهلاً إلى المدرسة", "اهلا وسهلا الى المدرسه"),
        ("ar", "مـــدرسة", "مدرسة"),
        ("fa", "می‌خواهم کتاب‌ها", "مي خواهم كتاب ها"),
        ("fa", "می‌خواهم", "میخواهم"),
        ("fa", "۴۵۰", "450"),
        ("ar", "٤٥٠", "450"),
        ("en", "ｆｕｌｌ ﬁt", "full fit"),
        ("en", "\u200fRoom\u200e", "room"),
    ],
)
def test_spellings_of_one_word_are_one(language: str, one: str, other: str) -> None:
    assert spellings(one, language) == spellings(other, language)


@pytest.mark.parametrize(
    ("language", "one", "other"),
    [
        ("de", "Wohnungen", "Wohnung"),
        ("en", "volunteering", "volunteers"),
        ("fr", "bénévoles", "bénévole"),
        ("it", "volontari", "volontario"),
        ("pl", "pomocy", "pomoc"),
        ("ru", "помощью", "помощь"),
        ("uk", "допомогою", "допомога"),
        ("tr", "evler", "evlerimiz"),
        ("ar", "والأطفال", "الأطفال"),
        ("fa", "کتاب‌های", "کتاب"),
    ],
)
def test_forms_of_one_word_share_a_stem(language: str, one: str, other: str) -> None:
    assert stems(one, language) == stems(other, language)


def test_an_apostrophe_parts_words_except_in_ukrainian() -> None:
    assert tokens("l’école Almanya'da", "fr") == ["l", "école", "almanya", "da"]
    assert tokens("п’ять", "uk") == ["пять"]


@pytest.mark.parametrize("text", ["", "   ", "?!…", "🙂🙂", "\u200f\u200e", "___"])
def test_a_text_without_words_has_none(text: str) -> None:
    assert words(text, "de") == []


def test_a_language_without_a_stemmer_goes_by_the_beginnings_of_words() -> None:
    assert stems("prietenilor", "ro") == ["priet"]
