"""Interpreters, the register, complaints, questions, news, and deleting one's data."""

from casework import requesters, tickets
from tests.actions.conftest import NewTalk


async def test_an_interpreter_is_asked_for_in_one_message(talk: NewTalk) -> None:
    person = await talk("ar", consent=True)
    await person.say("أحتاج مترجم عربي عند الطبيب يوم الثلاثاء صباحا")
    assert person.asked == "district"
    await person.walk("/skip", '/inform{"contact":"chat"}')
    facts = person.last["facts"]
    assert facts["languages"] == ["ar"]
    assert facts["availability"]["days"] == ["tue"]
    assert await person.say("نعم") == ["ticket_opened"]
    assert person.last["involved"] == ["migramundi"]


async def test_german_is_left_out_of_the_languages_to_interpret(talk: NewTalk) -> None:
    person = await talk("de", consent=True)
    await person.walk("/request_interpreter", "Deutsch und Dari", "Elternabend", "montags")
    await person.walk("/skip", '/inform{"contact":"chat"}')
    assert person.last["facts"]["languages"] == ["fa"]


async def test_an_organisation_is_registered(talk: NewTalk) -> None:
    person = await talk("en", consent=True)
    await person.walk("/register_organisation", "House of Cultures")
    await person.walk('/inform{"legal_form":"association"}', "1, 2", "Arabic, English", "Biebrich")
    await person.say("office@example.org")
    facts = person.last["facts"]
    assert facts["fields"] == ["education", "culture"]
    assert facts["languages"] == ["ar", "en"]
    assert await person.say("yes") == ["ticket_opened"]
    assert person.last["lead"] == "coordination_organisations"


async def test_a_complaint_is_confidential_and_gets_no_advice(talk: NewTalk) -> None:
    person = await talk("de", consent=True)
    await person.say("/complain")
    assert await person.say(
        "Warum hat niemand geantwortet? Ich habe dreimal geschrieben und Geld für Deutschkurse"
    ) == ["ask"]
    assert person.asked == "contact"
    await person.say('/inform{"contact":"chat"}')
    assert await person.say("ja") == ["complaint_received"]
    (ticket,) = await tickets.of_requester(person.cw, person.requester.id)
    assert ticket.confidential
    assert ticket.kind == "complaint"


async def test_a_question_without_an_answer_is_passed_on_by_a_yes(talk: NewTalk) -> None:
    person = await talk("de", consent=True)
    question = "Wo kann ich in der Bücherei Noten für Oud ausleihen?"
    keys = await person.say(question)
    assert keys[0] in ("no_answer", "suggestions", "not_understood", "answer")
    await person.say("/pass_question")
    if person.asked == "question":
        await person.say(question)
    assert person.asked == "role"
    await person.walk('/inform{"role":"organisation"}', '/inform{"contact":"chat"}')
    assert person.last["facts"]["question"] == question
    assert await person.say("ja") == ["ticket_opened"]
    assert person.last["lead"] == "coordination_organisations"
    assert (await requesters.find(person.cw, person.requester.id)).role == "organisation"


async def test_news_are_subscribed_to(talk: NewTalk) -> None:
    person = await talk("en", consent=True)
    await person.walk("/subscribe", '/inform{"news_topics":"funding"}', "/done", "me@example.org")
    assert person.last["facts"]["news_topics"] == ["funding"]
    assert await person.say("yes") == ["ticket_opened"]
    assert (person.last["kind"], person.last["topic"]) == ("contact", "newsletter")


async def test_ones_data_are_shown_and_deleted_after_a_yes(talk: NewTalk) -> None:
    person = await talk("de", consent=True)
    await person.walk("/complain", "Es war niemand da, obwohl es so verabredet war")
    await person.walk('/inform{"contact":"chat"}', "ja")
    assert await person.say("Was habt ihr über mich gespeichert? Bitte alles löschen") == [
        "my_data",
        "confirm_deletion",
    ]
    assert len(person.told("my_data")["tickets"]) == 1
    assert await person.say("nein") == ["deletion_kept"]
    assert await person.say("/show_data") == ["my_data"]
    await person.say("/delete_my_data")
    assert await person.say("ja") == ["data_deleted"]
    assert await tickets.of_requester(person.cw, person.requester.id) == []
    assert await person.say("/show_data") == ["nothing_stored"]
