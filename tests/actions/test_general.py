"""Greetings, answers, a person, what has become of it."""

import pytest

from casework import tickets
from tests.actions.conftest import NewTalk
from tests.support.rasa import sure_question


async def test_the_first_greeting_says_who_we_are(talk: NewTalk) -> None:
    person = await talk("fa")
    assert await person.say("سلام") == ["greeting"]
    assert person.last["first"] is True
    await person.say("سلام")
    assert person.last["first"] is False


async def test_small_talk_is_answered(talk: NewTalk) -> None:
    person = await talk("it")
    assert await person.say("grazie mille") == ["you_are_welcome"]
    assert await person.say("/help") == ["menu"]
    assert await person.say("arrivederci") == ["goodbye"]
    assert await person.say("/back") == ["nothing_to_go_back"]


async def test_nonsense_gets_no_invented_answer(talk: NewTalk) -> None:
    person = await talk("en")
    keys = await person.say("what is the capital of Mongolia")
    assert keys in (["out_of_scope"], ["not_understood"], ["no_answer"], ["suggestions"])


async def test_an_old_button_leads_to_the_menu(talk: NewTalk) -> None:
    person = await talk("en")
    for payload in ('/inform{"district":"biebrich"}', "/skip", "/done", "/resume", "/switch"):
        assert await person.say(payload) == ["menu"]
        assert person.last["stale"] is True


async def test_suggestions_can_be_looked_at_and_judged(talk: NewTalk) -> None:
    person = await talk("en")
    assert await person.say('/show_entry{"entry":"work/recognition"}') == ["answer"]
    feedback = '/feedback{"helpful":"yes","entry":"work/recognition"}'
    assert await person.say(feedback) == ["feedback_thanks"]
    assert await person.say('/show_entry{"entry":"work/nothing"}') == ["menu"]


async def test_dates_are_looked_for_in_the_entries_that_announce_them(talk: NewTalk) -> None:
    person = await talk("en")
    assert await person.say("/ask_events") == ["events"]
    assert person.last["entries"]


async def test_an_answer_that_did_not_help_can_be_passed_on(talk: NewTalk) -> None:
    person = await talk("en", consent=True)
    question, entry = sure_question(person.cw, "en")
    assert await person.say(question) == ["answer"]
    assert person.last["entry"] == entry
    await person.say(f'/feedback{{"helpful":"no","entry":"{entry}"}}')
    await person.say("yes")
    assert person.asked == "role"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "Ich möchte mit einem Menschen sprechen"),
        ("uk", "хочу поговорити з людиною"),
        ("fr", "je veux parler à une personne"),
    ],
)
async def test_a_person_is_wanted(talk: NewTalk, language: str, words: str) -> None:
    person = await talk(language)
    assert await person.say(words) == ["handed_over"]
    handed = person.last
    assert handed["open_now"] is False
    assert handed["next_opening"]
    (ticket,) = await tickets.of_requester(person.cw, person.requester.id)
    assert ticket.reference == handed["reference"]
    assert ticket.speaker == "human"


async def test_the_office_is_told_of_an_emergency(talk: NewTalk) -> None:
    person = await talk("en")
    assert await person.say("my husband is beating me right now") == ["emergency"]
    assert await person.say("yes") == ["emergency_reported"]
    (ticket,) = await tickets.of_requester(person.cw, person.requester.id)
    assert ticket.priority == "urgent"


async def test_ones_own_matters_are_listed(talk: NewTalk) -> None:
    person = await talk("pl", consent=True)
    assert await person.say("/ticket_status") == ["no_tickets"]
    await person.walk("/complain", "Nikt nie odpowiedział na moje trzy listy od miesiąca")
    await person.walk('/inform{"contact":"chat"}', "tak")
    assert await person.say("/ticket_status") == ["status"]
    (line,) = person.last["tickets"]
    assert (line["kind"], line["state"]) == ("complaint", "new")


async def test_when_the_office_fails_the_person_is_told(talk: NewTalk) -> None:
    person = await talk("en")
    person.requester.id = "nobody-who-was-ever-met"
    assert await person.say("/talk_to_human") == ["service_trouble"]
