"""Danger and the wish for a person, by expressions."""

import pytest
import yaml

from casework.languages import SERVED
from casework.signs import INTENTS, Expressions, Finder, Sign, finder, read
from tests.support.rasa import ROOT

EXAMPLES = ROOT / "nlu" / "data"
FILES = ("smalltalk", "questions", "offers", "requests", "service")


def found(text: str) -> set[Sign]:
    return set(finder().of(text))


@pytest.mark.parametrize(
    "text",
    [
        "Mein Mann schlägt mich und die Kinder",
        "hilfe, mein vater ist bewusstlos",
        "MY HUSBAND IS BEATING ME RIGHT NOW",
        "kocam beni dövüyor",
        "mąż mnie bije",
        "муж меня бьёт",
        "чоловік мене б'є",
        "زوجي يضربني",
        "شوهرم مرا می‌زند",
        "mio marito mi picchia",
        "mon mari me frappe",
        "ich will nicht mehr leben",
        "je veux mourir",
        "хочу покончить с собой",
    ],
)
def test_danger_is_found(text: str) -> None:
    assert "danger" in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "Wann ist der nächste Erste-Hilfe-Kurs?",
        "Die Abgabefrist bringt uns um",
        "I'm dying to help",
        "my phone died",
        "Guten Tag",
        "",
        "😀😀",
        "a" * 4096,
        "mann " * 800,
    ],
)
def test_harmless_words_are_no_danger(text: str) -> None:
    assert found(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Ich möchte mit einem Menschen sprechen",
        "can I talk to a real person please",
        "bir insanla konuşmak istiyorum",
        "хочу поговорить с живым человеком",
        "أريد التحدث مع شخص حقيقي",
        "je veux parler à un être humain",
    ],
)
def test_the_wish_for_a_person_is_found(text: str) -> None:
    assert found(text) == {"person"}


def test_a_long_message_is_about_more_than_a_person() -> None:
    wish = "Ich möchte mit einem Menschen sprechen"
    assert found(f"{wish} {'und noch viel mehr ' * 10}") == set()


def test_expressions_are_words_gaps_and_alternatives() -> None:
    finds = Finder(
        [
            Expressions(
                reviewed=True,
                danger=("hit|hits … me", "knife*", "_ burns"),
                harmless=("hits … me as",),
                person=("*human",),
            )
        ]
    )
    assert finds.of("he hits his brother and me") == {"danger"}
    assert finds.of("he hits one two three four me") == set()
    assert finds.of("it hits me as odd") == set()
    assert finds.of("it hits me as odd, he hits me") == {"danger"}
    assert finds.of("knives? knife-man!") == {"danger"}
    assert finds.of("house burns") == {"danger"}
    assert finds.of("burns") == set()
    assert finds.of("a nonhuman") == {"person"}


def test_spelling_does_not_matter() -> None:
    lists = [
        Expressions(reviewed=True, danger=("dövüyor", "бьёт", "مي زند"), harmless=(), person=())
    ]
    finds = Finder(lists)
    assert all(finds.of(text) for text in ("DOVUYOR", "бьет", "می‌زند", "dövüyor!"))


@pytest.mark.parametrize("language", SERVED)
def test_expressions_are_many_and_marked_as_unreviewed(language: str) -> None:
    lists = read(language)
    assert len(lists.danger) >= 150
    assert len(lists.person) >= 40
    assert isinstance(lists.reviewed, bool)


@pytest.mark.parametrize("language", SERVED)
def test_training_messages_without_danger_do_not_alarm(language: str) -> None:
    others, alarms = 0, []
    for name in FILES:
        path = EXAMPLES / language / f"{name}.yml"
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if block["intent"] == INTENTS["danger"][0]:
                continue
            texts = [line.removeprefix("- ") for line in block["examples"].splitlines()]
            others += len(texts)
            alarms += [text for text in texts if "danger" in finder().of(text)]
    assert others > 2000
    assert len(alarms) <= 0.003 * others, alarms
