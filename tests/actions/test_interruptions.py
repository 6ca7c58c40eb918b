"""A form can be left for a moment, and nothing is lost by it."""

import json
import sqlite3
from pathlib import Path

import pytest

from casework import requesters
from tests.actions.conftest import NewTalk
from tests.support.rasa import RunningRasa, sure_question

OFFER = '/offer_help{"offer_kind":"sports"}'


async def test_a_question_is_answered_and_the_form_goes_on(talk: NewTalk) -> None:
    person = await talk("en")
    question, entry = sure_question(person.cw, "en")
    await person.say(OFFER)
    assert await person.say(question) == ["answer", "ask"]
    assert person.told("answer")["entry"] == entry
    assert (person.asked, person.last["again"]) == ("languages", True)
    await person.say("English")
    assert person.asked == "availability"


async def test_own_words_that_sound_like_a_wish_are_an_answer(talk: NewTalk) -> None:
    person = await talk("de", consent=True)
    await person.walk('/request_support{"topic":"rooms"}', "Haus der Kulturen e.V.")
    assert person.asked == "need"
    await person.say("Wir möchten ehrenamtlich Nachhilfe anbieten und suchen dafür einen Raum")
    assert person.asked == "deadline"


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("ru", "Русский дом"),
        ("uk", "Українська громада Вісбадена"),
        ("fr", "Amicale des Camerounais de Wiesbaden"),
        ("de", "Arabisch-Deutscher Freundeskreis"),
        ("ar", "جمعية الصداقة العربية الألمانية"),
    ],
)
async def test_a_name_is_a_name_whatever_it_sounds_like(
    talk: NewTalk, language: str, name: str
) -> None:
    person = await talk(language)
    await person.walk('/request_support{"topic":"rooms"}', name)
    assert person.asked == "need"


@pytest.mark.parametrize(
    ("language", "deadline"),
    [
        ("fr", "avant le 30 juin 2026"),
        ("en", "before Christmas"),
        ("ru", "до лета"),
        ("de", "bis zum Sommer"),
        ("ar", "قبل رمضان"),
    ],
)
async def test_a_time_that_sounds_like_back_or_goodbye_is_a_time(
    talk: NewTalk, language: str, deadline: str
) -> None:
    person = await talk(language)
    await person.walk('/request_support{"topic":"rooms"}', "Sunrise", "a hall for 30 people")
    await person.say(deadline)
    assert person.asked == "consent"


@pytest.mark.parametrize(
    ("language", "remark"),
    [("de", "Ich spreche auch gut Russisch"), ("tr", "Arapça da biliyorum")],
)
async def test_a_remark_on_a_language_is_no_wish_to_speak_it(
    talk: NewTalk, language: str, remark: str
) -> None:
    person = await talk(language, consent=True)
    await person.walk(OFFER, "Deutsch", "montags", "/skip", '/inform{"contact":"chat"}', remark)
    assert person.last["facts"]["remark"] == remark


async def test_what_may_be_danger_is_taken_for_both(talk: NewTalk) -> None:
    person = await talk("fa", consent=True)
    await person.walk(OFFER, "فارسی", "شنبه")
    assert (await person.say("شوهرم مرا میزند در بیبریش هستم"))[0] == "emergency"
    await person.say("/resume")
    assert person.told("ask")


async def test_help_shows_the_menu_and_asks_again(talk: NewTalk) -> None:
    person = await talk("de")
    await person.say(OFFER)
    assert await person.say("/help") == ["menu", "ask"]


async def test_the_language_changes_in_the_middle_of_a_form(talk: NewTalk) -> None:
    person = await talk("de")
    await person.walk(OFFER, "Deutsch", "montags")
    assert await person.say('/set_language{"language_choice":"tr"}') == ["language_changed", "ask"]
    assert (await requesters.find(person.cw, person.requester.id)).language == "tr"
    assert person.asked == "district"
    person.language = "tr"
    await person.say("Biebrich")
    assert person.asked == "consent"


async def test_the_language_changes_by_words(talk: NewTalk) -> None:
    person = await talk("en")
    assert await person.say("can we speak Polish please") == ["language_changed"]
    assert person.last["language"] == "pl"
    assert await person.say("/change_language") == ["choose_language"]


async def test_a_language_that_is_asked_for_is_an_answer(talk: NewTalk) -> None:
    person = await talk("en")
    await person.walk(OFFER, "Arabic")
    assert person.asked == "availability"


async def test_another_form_is_begun_only_when_the_person_wants_to(talk: NewTalk) -> None:
    person = await talk("en")
    await person.say(OFFER)
    assert await person.say('/request_support{"topic":"rooms"}') == ["resume"]
    assert (person.last["form"], person.last["wanted"]) == ("offer", "request")
    await person.say("/resume")
    assert person.asked == "languages"
    await person.say("We are looking for funding for a festival of our association")
    assert person.last == {"say": "resume", "form": "offer", "wanted": "request"}
    keys = await person.say("/switch")
    assert keys[-1] in ("ask", "existing_answer")
    assert person.last["form"] == "request"


async def test_a_greeting_offers_to_go_on(talk: NewTalk) -> None:
    person = await talk("de")
    await person.walk(OFFER, "Deutsch")
    assert await person.say("hallo") == ["resume"]
    await person.say("ja")
    assert person.asked == "availability"
    await person.say("hallo")
    assert await person.say("nein") == ["cancelled"]


async def test_an_answer_to_the_question_before_is_taken_right_away(talk: NewTalk) -> None:
    person = await talk("de")
    await person.walk(OFFER, "hallo")
    await person.say("Türkisch und Deutsch")
    assert person.asked == "availability"


async def test_goodbye_is_no_date(talk: NewTalk) -> None:
    person = await talk("de")
    await person.walk('/request_support{"topic":"rooms"}', "Verein", "einen Raum für ein Fest")
    assert person.asked == "deadline"
    assert await person.say("tschüss") == ["goodbye"]
    assert await person.say("abbrechen") == ["cancelled"]


async def test_goodbye_leaves_the_form_alone(talk: NewTalk) -> None:
    person = await talk("de")
    await person.say(OFFER)
    assert await person.say("tschüss") == ["goodbye"]
    await person.say("/resume")
    assert person.asked == "languages"


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "Hilfe, mein Mann schlägt mich gerade"), ("ar", "زوجي يضربني الآن ساعدوني")],
)
async def test_in_danger_the_numbers_come_before_everything(
    talk: NewTalk, language: str, words: str
) -> None:
    person = await talk(language)
    await person.say(OFFER)
    assert await person.say(words) == ["emergency"]
    assert person.last["form"] == "offer"
    assert await person.say("/inform_office") == ["emergency_reported"]
    await person.say("/resume")
    assert person.asked == "languages"


async def test_a_form_survives_a_restart_of_rasa(talk: NewTalk, rasa: RunningRasa) -> None:
    person = await talk("de")
    await person.walk(OFFER, "Deutsch und Türkisch")
    await rasa.restart()
    await person.say("am Wochenende")
    assert person.asked == "district"


async def test_a_half_filled_form_is_dropped_after_a_day(talk: NewTalk, rasa: RunningRasa) -> None:
    person = await talk("de")
    await person.walk(OFFER, "Deutsch")
    _a_day_goes_by(rasa, person.requester.id)
    assert await person.say('/inform{"availability":"weekend"}') == ["menu"]
    assert person.last["stale"]
    await person.say("/offer_help")
    assert person.asked == "offer_kind"


async def test_a_long_conversation_stays_small(talk: NewTalk, rasa: RunningRasa) -> None:
    person = await talk("de")
    await person.walk(OFFER, "Deutsch", *["/help"] * 12)
    assert person.asked == "availability"
    assert len(_kept(rasa, person.requester.id)) < 120
    await person.say("montags")
    assert person.asked == "district"


def _file(rasa: RunningRasa) -> Path:
    return rasa.process.log_file.parent / "rasa" / "conversations.sqlite3"


def _kept(rasa: RunningRasa, key: str) -> list[dict[str, object]]:
    with sqlite3.connect(_file(rasa)) as file:
        (text,) = file.execute("SELECT text FROM conversation WHERE key = ?", (key,)).fetchone()
    events: list[dict[str, object]] = json.loads(text)
    return events


def _a_day_goes_by(rasa: RunningRasa, key: str) -> None:
    events = _kept(rasa, key)
    for event in events:
        event["timestamp"] = float(str(event["timestamp"])) - 24 * 3600 - 60
    with sqlite3.connect(_file(rasa)) as file:
        file.execute("UPDATE conversation SET text = ? WHERE key = ?", (json.dumps(events), key))
