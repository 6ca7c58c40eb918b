"""What an association wants of the office."""

from actions.requests import TELLING
from casework import tickets
from tests.actions.conftest import NewTalk
from tests.support.rasa import Talk, sure_questions


async def test_a_request_is_asked_for_step_by_step_and_routed(talk: NewTalk) -> None:
    person = await talk("en", consent=True)
    await person.say('/request_support{"topic":"outdoor_space"}')
    assert person.asked == "organisation"
    await person.walk("Sunrise Association", "a meadow for our summer festival", "by 3 May 2027")
    assert person.asked == "contact"
    await person.say("here in this chat")
    deadline = person.last["facts"]["deadline"]
    assert deadline == {"text": "by 3 May 2027", "date": "2027-05-03"}
    assert await person.say("yes") == ["ticket_opened"]
    assert person.last["lead"] == "coordination_organisations"
    assert person.last["involved"] == ["parks_office"]


async def test_money_is_asked_for_with_its_purpose(talk: NewTalk) -> None:
    person = await talk("de", consent=True)
    await person.say('/request_support{"topic":"funding"}')
    assert person.asked == "purpose"
    await person.walk('/inform{"purpose":"culture"}', "Haus der Kulturen", "ein Theaterprojekt")
    await person.walk("/skip", '/inform{"contact":"chat"}', "ja")
    assert person.last["involved"] == ["cultural_office", "integration_department"]
    (ticket,) = await tickets.of_requester(person.cw, person.requester.id)
    assert ticket.facts["purpose"] == "culture"
    assert "deadline" not in ticket.facts


async def test_a_first_message_that_tells_it_is_the_need(talk: NewTalk) -> None:
    person = await talk("de", consent=True)
    await person.say("Unser Verein sucht einen Raum für 30 Leute, jeden Freitag zum Proben")
    if person.last["say"] == "existing_answer":
        await person.say("/deny")
    assert person.asked == "organisation"
    await person.walk("Chor der Welt", "/skip", '/inform{"contact":"chat"}')
    facts = person.last["facts"]
    assert facts["topic"] == "rooms"
    assert facts["people"] == 30
    assert "30 Leute" in facts["need"]


async def test_an_answer_that_is_there_already_can_be_enough(talk: NewTalk) -> None:
    person = await talk("de")
    wish, entry = await _sure_request(person)
    keys = await person.say(wish)
    while "existing_answer" not in keys:
        first = person.last["options"][0]
        keys = await person.say(f'/inform{{"{person.asked}":"{first}"}}')
    assert person.told("existing_answer")["entry"] == entry
    assert await person.say("ja") == ["enough"]
    assert await tickets.of_requester(person.cw, person.requester.id) == []


async def test_how_much_is_no_answer_to_by_when(talk: NewTalk) -> None:
    person = await talk("it", consent=True)
    await person.walk('/request_support{"topic":"rooms"}', "Associazione Esempio", "una festa")
    assert person.asked == "deadline"
    keys = await person.say("800 euro per i costumi e la musica")
    assert keys[0] == "invalid"
    assert person.asked == "deadline"


async def test_a_day_that_has_gone_by_is_refused(talk: NewTalk) -> None:
    person = await talk("de", consent=True)
    await person.walk('/request_support{"topic":"rooms"}', "Verein", "einen Raum für ein Fest")
    assert await person.say("bis 1.2.2020") == ["invalid", "ask"]
    assert person.told("invalid")["problem"] == "past"
    await person.say("so bald wie möglich")
    assert person.asked == "contact"


async def test_a_text_that_is_too_long_is_refused(talk: NewTalk) -> None:
    person = await talk("de")
    await person.walk('/request_support{"topic":"rooms"}', "Verein")
    await person.say("Wir brauchen einen Raum. " * 100)
    assert person.told("invalid")["problem"] == "too_long"


async def _sure_request(person: Talk) -> tuple[str, str]:
    """A first message that asks the office for something, and that an answer exists for."""
    for topic in ("organisations", "funding"):
        for words, entry in sure_questions(person.cw, "de", topic):
            parsed = await person.rasa.parse(words)
            if parsed["intent"]["name"] == "request_support" and len(words.split()) >= TELLING:
                return words, entry
    raise AssertionError("no way of asking in the pack begins a request")
