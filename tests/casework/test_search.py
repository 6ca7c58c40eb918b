"""Search finds the entry that people mean, and knows when there is none."""

import time

import pytest

from casework.search import Document, Index

ROOMS = Document(
    "rooms",
    "de",
    "Wie findet unser Verein einen Raum?",
    "Die Koordination hilft bei der Suche nach Räumen.",
    ("Wir brauchen einen Saal", "wir treffen uns im wohnzimmer", "Wo kann man proben?"),
)
COURSES = Document(
    "courses",
    "de",
    "Wo kann ich Deutsch lernen?",
    "Die Volkshochschule bietet Deutschkurse an.",
    ("Ich suche einen Sprachkurs", "mein deutsch ist noch schlecht", "Gibt es Integrationskurse?"),
)
HOURS = Document(
    "hours",
    "de",
    "Wann ist geöffnet?",
    "Dienstags von 16 bis 18 Uhr.",
    ("Zu welcher Uhrzeit ist jemand da?", "habt ihr heute offen", "Wann sind Sprechstunden?"),
)
COURSES_TR = Document(
    "courses",
    "tr",
    "Nerede Almanca öğrenebilirim?",
    "Halk eğitim merkezi Almanca kursları sunuyor.",
    ("Almanca kursu arıyorum", "dil kursuna gitmek istiyorum", "Almancam hâlâ kötü"),
)


@pytest.fixture(scope="module")
def index() -> Index:
    return Index([ROOMS, COURSES, HOURS, COURSES_TR])


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("Wir suchen einen Raum", "rooms"),
        ("raeume fuer vereine", "rooms"),
        ("Wohnzimmertreffen", "rooms"),
        ("deutshkurs", "courses"),
        ("Sprachkurse für Anfänger", "courses"),
        ("SPRECHSTUNDE???", "hours"),
    ],
)
def test_the_entry_is_found_in_other_words(index: Index, query: str, wanted: str) -> None:
    assert index.search(query, "de")[0].id == wanted


def test_what_is_asked_like_an_entry_is_likelier_than_what_is_asked_vaguely(index: Index) -> None:
    clear = index.search("Wir brauchen bald einen Saal", "de")[0]
    vague = index.search("Wir wissen nicht weiter", "de")
    assert clear.id == "rooms"
    assert not vague or vague[0].score < clear.score / 2


@pytest.mark.parametrize("query", ["", "   ", "🙂", "?", "xqzwv"])
def test_nothing_is_found_for_nothing(index: Index, query: str) -> None:
    assert index.search(query, "de") == []


def test_a_word_that_nobody_knows_changes_nothing_but_the_certainty(index: Index) -> None:
    plain = index.search("Ich suche einen Sprachkurs", "de")[0]
    strange = index.search("Ich suche einen Xylophonbrumpf", "de")
    assert plain.score > strange[0].score


def test_another_language_is_asked_where_the_own_one_knows_nothing(index: Index) -> None:
    assert index.search("Ich suche einen Sprachkurs", "tr")[0].id == "courses"
    assert index.search("Ich suche einen Sprachkurs", "pl")[0].id == "courses"
    own, other = (index.search("dil kursu arıyorum", language)[0] for language in ("tr", "de"))
    assert own.score > other.score


def test_probabilities_are_probabilities_and_in_order(index: Index) -> None:
    scores = [hit.score for hit in index.search("Wo ist ein Kurs, und wann?", "de")]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert sum(scores) <= 1.001


def test_at_most_as_many_as_wanted_are_named(index: Index) -> None:
    assert len(index.search("Wo ist ein Kurs, und wann?", "de", limit=2)) == 2


def test_an_empty_index_finds_nothing() -> None:
    assert Index().search("Wo ist ein Kurs?", "de") == []


def test_entries_without_words_do_no_harm() -> None:
    bare = Document("bare", "de", "?", "…")
    assert Index([bare]).search("Kurs", "de") == []
    assert Index([bare, COURSES]).search("Sprachkurs", "de")[0].id == "courses"


def test_pages_without_ways_of_asking_are_found_too() -> None:
    pages = [
        Document(str(number), "en", title, text)
        for number, (title, text) in enumerate(
            [
                ("Kindergarten", "Children from three years on go to a kindergarten."),
                (
                    "Waste",
                    "Separate paper, glass and plastic. See https://example.org/kindergarten",
                ),
                ("Driving licence", "Have your licence translated and exchanged."),
            ]
        )
    ]
    index = Index(pages)
    assert index.search("Where is a kindergarten for my children?", "en")[0].id == "0"
    assert index.search("where can I exchange my driver's license", "en")[0].id == "2"


def test_languages_that_did_not_change_are_taken_over(index: Index) -> None:
    changed = Document("rooms", "de", "Räume", "Es gibt Räume.", ("Saal", "Halle", "Probenraum"))
    newer = Index([changed, COURSES, HOURS, COURSES_TR], previous=index)
    assert newer.rankings["tr"].part is index.rankings["tr"].part
    assert newer.rankings["de"].part is not index.rankings["de"].part
    assert newer.search("Wir brauchen eine Halle", "de")[0].id == "rooms"


def test_who_asks_in_the_very_words_gets_the_answer(index: Index) -> None:
    assert index.search("wir brauchen einen SAAL!", "de")[0].score > 0.9
    twice = Document("saal", "de", "Saal?", "Ein Saal.", ("Wir brauchen einen Saal", "a", "b"))
    both = Index([ROOMS, twice]).rankings["de"].part
    assert both.asked_so("Wir brauchen einen Saal") is None
    assert both.asked_so("Wo kann man proben?") == "rooms"


def test_a_thousand_entries_are_searched_at_once() -> None:
    numbers = [f"{word}{number}" for number in range(500) for word in ("amt", "verein")]
    index = Index(
        Document(
            name, "de", f"Was macht {name}?", f"{name} hilft bei Fragen.", (f"frage an {name}",)
        )
        for name in numbers
    )
    start = time.perf_counter()
    hits = [index.search(f"Wer ist {name}?", "de")[0].id for name in numbers[:50]]
    assert hits == numbers[:50]
    assert (time.perf_counter() - start) / 50 < 0.1
