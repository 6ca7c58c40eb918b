"""What people read: in their language, complete, and within every channel's limits."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from bot.phrases import Rendered, render
from bot.phrases.names import Entry, OfficeNames
from bot.phrases.registry import wordings
from bot.wire import LIMIT, encode
from casework.knowledge import EntryView
from casework.languages import SERVED
from tests.bot.payloads import FACTS, every_payload

ENTRY = EntryView(
    id="organisations/coordination_office",
    topic="organisations",
    title="Wer hilft unserem Verein?",
    answer="Die Koordination.\n\nFragen Sie <hier> & dort.",
    language="de",
    missing=True,
    source="Konzept",
    source_section="3.1",
    as_of="2020-09",
    next_step="request_support/advice",
    offices=("coordination_organisations",),
    reviewed=False,
    url="https://www.wiesbaden.de/",
)
PAYLOADS = every_payload(ENTRY.id)


class Names(OfficeNames):
    """The real pack's names with one answer."""

    def entry(self, entry: str, language: str) -> Entry | None:
        return ENTRY if entry == ENTRY.id else None


@pytest.fixture
def words(names: OfficeNames) -> Names:
    return Names(names._cw)


def test_every_key_that_can_be_said_is_tried_here() -> None:
    assert {payload["say"] for payload in PAYLOADS} == set(wordings)


@pytest.mark.parametrize("language", SERVED)
def test_everything_is_said_in_every_language_within_the_limits(
    language: str, words: Names
) -> None:
    with capture_logs() as logs:
        for payload in PAYLOADS:
            _check(payload, render(words, payload, language))
    assert logs == []


def _check(payload: dict[str, Any], message: Rendered) -> None:
    assert message.text.strip(), payload
    assert "{" not in message.text, payload
    assert message.text.count("\u2068") == message.text.count("\u2069"), payload
    assert len(message.rows) <= 8, payload
    for button in message.buttons():
        assert 0 < len(button.label) <= 64, (payload, button)
        data = encode(button.payload, message.asked)
        assert data is not None, (payload, button)
        assert len(data.encode()) <= LIMIT


@pytest.mark.parametrize("language", SERVED)
def test_a_person_can_be_had_from_every_question(language: str, words: Names) -> None:
    for payload in PAYLOADS:
        if payload["say"] in ("ask", "summary", "menu", "greeting", "answer", "emergency"):
            buttons = render(words, payload, language).buttons()
            assert any(one.payload == "/talk_to_human" for one in buttons), payload


def test_an_unknown_key_is_answered_with_honest_words_and_logged(words: Names) -> None:
    with capture_logs() as logs:
        message = render(words, {"say": "no_such_key"}, "de")
    assert message == render(words, {"say": "service_trouble"}, "de")
    assert [line["event"] for line in logs] == ["unknown_say_key"]


def test_a_payload_without_its_parameters_is_answered_and_logged_without_content(
    words: Names,
) -> None:
    with capture_logs() as logs:
        message = render(words, {"say": "staff_reply", "text": "geheim"}, "de")
    assert message == render(words, {"say": "service_trouble"}, "de")
    assert "geheim" not in str(logs)


def test_a_question_asked_again_is_worded_differently(words: Names) -> None:
    for payload in PAYLOADS:
        if payload["say"] == "ask" and payload.get("again") and not payload.get("chosen"):
            first = {key: value for key, value in payload.items() if key != "again"}
            assert render(words, payload, "de").text != render(words, first, "de").text, payload


def test_latin_names_numbers_and_links_are_isolated_in_arabic(words: Names) -> None:
    opened = render(
        words,
        {
            "say": "ticket_opened",
            "reference": "W-26-00042",
            "kind": "question",
            "topic": None,
            "lead": "migramundi",
            "involved": [],
            "answer_by": None,
        },
        "ar",
    )
    assert "\u2068W-26-00042\u2069" in opened.text
    assert opened.direction == "rtl"
    numbers = render(words, {"say": "emergency"}, "fa").text
    for number in ("112", "110", "116 117", "116 016", "0800 111 0 111"):
        assert f"\u2068{number}\u2069" in numbers


def test_an_arabic_name_does_not_turn_a_german_line_around(words: Names) -> None:
    facts = {"organisation": "جمعية النور", "contact": "chat"}
    text = render(words, {"say": "summary", "form": "request", "facts": facts}, "de").text
    assert "\u2068جمعية النور\u2069" in text


def test_a_summary_names_everything_in_the_persons_language(words: Names) -> None:
    text = render(words, {"say": "summary", "form": "offer", "facts": FACTS}, "en").text
    assert "Kind of help: Interpreting" in text
    assert "Languages: Arabic, German and Standard Moroccan Tamazight" in text
    assert "When: Tuesday, at the weekend and in the evening" in text
    assert "By when: Wednesday, 1 April 2026" in text
    assert "Part of the city: Biebrich" in text


def test_times_are_the_offices_own(words: Names) -> None:
    payload = {
        "say": "handed_over",
        "reference": "W-26-00042",
        "open_now": False,
        "next_opening": "2026-03-10T15:00:00+00:00",
    }
    assert "Dienstag, 10. März 2026, 16:00" in render(words, payload, "de").text


def test_what_people_write_cannot_become_markup(words: Names) -> None:
    facts = {"organisation": "<b>&{reference}", "contact": "chat"}
    message = render(words, {"say": "summary", "form": "request", "facts": facts}, "de")
    assert "&lt;b&gt;&amp;{reference}" in message.html
    assert "<b>&{reference}" in message.text


def test_a_missing_translation_is_said_plainly(words: Names) -> None:
    text = render(words, {"say": "answer", "entry": ENTRY.id, "language": "en"}, "en").text
    assert text.startswith("I do not have this answer in your language yet.")
    assert "German" in text
    assert "As of September 2020" in text


@pytest.mark.parametrize(
    ("language", "wanted"),
    [("ru", ["5 сообщений", "2 сообщения", "1 сообщение"]), ("de", ["5 Nachrichten"])],
)
def test_plurals_follow_the_language(language: str, wanted: list[str], words: Names) -> None:
    said = [
        render(words, {"say": "my_data", "language": language, "messages": count}, language).text
        for count in (5, 2, 1)
    ]
    for text, part in zip(said, wanted, strict=False):
        assert part in text


def test_too_many_choices_for_buttons_are_written(words: Names) -> None:
    districts = [each.id for each in words._cw.pack.municipality.districts]
    assert len(districts) > 15
    payload = {
        "say": "ask",
        "form": "offer",
        "slot": "district",
        "options": districts,
        "skippable": True,
    }
    message = render(words, payload, "de")
    assert "Schreiben Sie einfach den Namen, zum Beispiel: " in message.text
    assert message.buttons()[0].label == "Das ist egal"
