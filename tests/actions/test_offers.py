"""Offers of help, as a volunteer meets them."""

from casework import tickets
from tests.actions.conftest import NewTalk


async def test_what_the_first_message_says_is_not_asked_again(talk: NewTalk) -> None:
    person = await talk("de", consent=True)
    await person.say("Ich kann Arabisch und möchte dienstags abends dolmetschen")
    assert person.asked == "district"
    assert await person.walk("Biebrich", '/inform{"contact":"chat"}', "/skip") == ["summary"]
    facts = person.last["facts"]
    assert facts["kind"] == "interpreting"
    assert facts["languages"] == ["ar"]
    assert facts["availability"]["days"] == ["tue"]
    assert facts["availability"]["times"] == ["evening"]
    assert facts["district"] == "biebrich"
    assert facts["contact"] == "chat"


async def test_a_confirmed_offer_is_a_routed_ticket(talk: NewTalk) -> None:
    person = await talk("tr", consent=True)
    await person.walk('/offer_help{"offer_kind":"interpreting"}', "Türkçe ve Arapça")
    await person.walk("hafta sonu", "/skip", "volunteer@example.org", "/skip")
    assert await person.say("evet") == ["ticket_opened"]
    opened = person.last
    assert opened["lead"] == "coordination_volunteers"
    assert opened["involved"] == ["migramundi"]
    assert opened["answer_by"]
    (ticket,) = await tickets.of_requester(person.cw, person.requester.id)
    assert ticket.reference == opened["reference"]
    assert ticket.language == "tr"
    assert ticket.contact == "volunteer@example.org"
    assert ticket.facts["languages"] == ["tr", "ar"]
    assert "district" not in ticket.facts


async def test_toggles_can_be_taken_back_until_done(talk: NewTalk) -> None:
    person = await talk("en")
    await person.say('/offer_help{"offer_kind":"sports"}')
    await person.say('/inform{"languages":"de"}')
    await person.say('/inform{"languages":"ar"}')
    await person.say('/inform{"languages":"de"}')
    assert person.last["chosen"] == ["ar"]
    await person.say("/done")
    assert person.asked == "availability"
    await person.walk('/inform{"availability":"weekend"}', '/inform{"availability":"morning"}')
    assert await person.say("/done") == ["ask"]
    assert person.asked == "district"


async def test_done_without_a_choice_asks_again(talk: NewTalk) -> None:
    person = await talk("en")
    assert await person.walk('/offer_help{"offer_kind":"sports"}', "/done") == ["invalid", "ask"]
    assert person.told("invalid")["problem"] == "languages"


async def test_back_asks_the_question_before_once_more(talk: NewTalk) -> None:
    person = await talk("de")
    await person.walk('/offer_help{"offer_kind":"sports"}', "Deutsch und Polnisch")
    assert person.asked == "availability"
    await person.say("zurück")
    assert (person.asked, person.last["again"]) == ("languages", True)
    await person.say("Türkisch")
    assert person.asked == "availability"
    await person.walk("/back", "/back")
    assert person.told("nothing_to_go_back")
    assert person.asked == "languages"


async def test_a_value_for_an_earlier_question_is_a_correction(talk: NewTalk) -> None:
    person = await talk("de", consent=True)
    await person.walk('/offer_help{"offer_kind":"sports"}', "Deutsch", "samstags", "/skip")
    assert person.asked == "contact"
    await person.say("Ach nein, sonntags statt samstags geht es")
    corrected = person.told("corrected")
    assert corrected["slot"] == "availability"
    assert "sun" in corrected["value"]["days"]
    assert person.asked == "contact"


async def test_each_line_of_the_summary_can_be_changed(talk: NewTalk) -> None:
    person = await talk("en", consent=True)
    await person.walk('/offer_help{"offer_kind":"donation"}', "English", "Mondays", "Biebrich")
    await person.walk('/inform{"contact":"chat"}', "two bicycles")
    assert await person.say("no") == ["choose_change"]
    assert "district" in person.last["slots"]
    assert "consent" not in person.last["slots"]
    await person.say('/change{"slot":"district"}')
    assert person.asked == "district"
    assert await person.say("Dotzheim") == ["summary"]
    assert person.last["facts"]["district"] == "dotzheim"
    assert await person.say("no, on Thursdays") == ["corrected", "summary"]
    assert person.last["facts"]["availability"]["days"] == ["thu"]
    assert person.last["facts"]["remark"] == "two bicycles"


async def test_a_contact_that_cannot_be_reached_is_refused(talk: NewTalk) -> None:
    person = await talk("de", consent=True)
    await person.walk('/offer_help{"offer_kind":"sports"}', "Deutsch", "montags", "/skip")
    assert await person.say("mail@beispiel") == ["invalid", "ask"]
    assert person.told("invalid")["problem"] == "email"
    await person.say("0611 12")
    assert person.told("invalid")["problem"] == "phone"
    await person.say("0611 313131")
    assert person.asked == "remark"
    await person.say("/skip")
    assert person.last["facts"]["contact"] == "+49611313131"


async def test_without_consent_nothing_is_kept(talk: NewTalk) -> None:
    person = await talk("de")
    await person.walk('/offer_help{"offer_kind":"sports"}', "Deutsch", "montags", "/skip")
    assert person.asked == "consent"
    assert await person.say("nein") == ["consent_declined"]
    assert await tickets.of_requester(person.cw, person.requester.id) == []
    await person.say('/offer_help{"offer_kind":"sports"}')
    assert person.asked == "languages"


async def test_consent_once_given_is_not_asked_again(talk: NewTalk) -> None:
    person = await talk("de")
    await person.walk('/offer_help{"offer_kind":"sports"}', "Deutsch", "montags", "/skip")
    await person.say("ja, einverstanden")
    assert person.asked == "contact"
    await person.walk("/cancel", '/offer_help{"offer_kind":"donation"}', "Deutsch", "montags")
    await person.say("/skip")
    assert person.asked == "contact"


async def test_cancel_forgets_what_was_filled_in(talk: NewTalk) -> None:
    person = await talk("de")
    await person.walk('/offer_help{"offer_kind":"sports"}', "Deutsch")
    assert await person.say("abbrechen") == ["cancelled"]
    await person.say("/offer_help")
    assert person.asked == "offer_kind"
    assert await person.walk("/cancel", "/cancel") == ["nothing_to_cancel"]


async def test_the_kind_can_be_named_in_words_or_by_number(talk: NewTalk) -> None:
    person = await talk("de")
    await person.walk("/offer_help", "Nachhilfe und Hausaufgaben mit Kindern")
    assert person.asked == "languages"
    other = await talk("de")
    await other.walk("/offer_help", "2")
    assert other.asked == "languages"


async def test_it_does_not_matter_is_an_answer(talk: NewTalk) -> None:
    person = await talk("fa", consent=True)
    await person.walk('/offer_help{"offer_kind":"sports"}', "فارسی", "شنبه", "فرقی ندارد")
    assert person.asked == "contact"


async def test_a_no_that_goes_on_is_a_remark(talk: NewTalk) -> None:
    person = await talk("de", consent=True)
    await person.walk('/offer_help{"offer_kind":"sports"}', "Deutsch", "montags", "egal")
    await person.say('/inform{"contact":"chat"}')
    await person.say("Nein, nur dass ich ein eigenes Auto und zwei Hunde habe")
    assert "zwei Hunde" in person.last["facts"]["remark"]
