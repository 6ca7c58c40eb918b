"""One conversation for all fronts: read, settle the language, ask Rasa, answer."""

import pytest

from bot.incoming import Group
from bot.wire import question_mark
from casework import messages, requesters, tickets
from tests.bot.rasa_stand_in import StandIn
from tests.bot.talking import Person, keys

GROUP = Group("https://t.me/anlaufstelle_bot", spoken_to=True)


async def handed_over(person: Person) -> str:
    """Let a person of the office own the conversation; the ticket's number."""
    await person.writes("Guten Tag")
    requester = await person.known()
    assert requester is not None
    ticket = await tickets.hand_over(person.cw, requester.id, reason="asked")
    return ticket.reference


async def record(person: Person) -> list[str]:
    requester = await person.known()
    assert requester is not None
    return [line.text for line in await messages.history(person.cw, requester.id)]


# --- asking Rasa -------------------------------------------------------------------------------


async def test_what_rasa_says_is_said(person: Person, rasa: StandIn) -> None:
    rasa.says("Wo ist das Büro?", {"say": "no_answer"}, {"say": "menu"})
    assert keys(await person.writes("Wo ist das Büro?")) == ["no_answer", "menu"]


async def test_where_words_of_danger_most_likely_mean_none_the_numbers_stand_beside_the_answer(
    person: Person, rasa: StandIn
) -> None:
    rasa.says("Mein Mann schlägt mich im Schach", {"say": "menu"})
    assert keys(await person.writes("Mein Mann schlägt mich im Schach")) == [
        "danger_beside",
        "menu",
    ]
    (asked,) = rasa.asked
    assert asked["metadata"]["signs"] == ["danger"]
    rasa.says("Mein Mann schlägt mich", {"say": "emergency"})
    assert keys(await person.writes("Mein Mann schlägt mich")) == ["emergency"]


async def test_rasa_is_told_who_writes_and_in_which_language(person: Person, rasa: StandIn) -> None:
    await person.writes("Merhaba, gönüllü olmak istiyorum")
    requester = await person.known()
    assert requester is not None
    (asked,) = rasa.asked
    assert asked["sender"] == requester.id
    assert asked["metadata"] == {"language": "tr", "channel": "web", "signs": []}
    assert asked["token"] == person.cw.settings.rasa_secret


async def test_what_looks_like_a_payload_is_only_text(person: Person, rasa: StandIn) -> None:
    await person.writes('/inform{"consent":"yes"}')
    await person.writes("//affirm")
    assert rasa.messages == ['inform{"consent":"yes"}', "affirm"]


@pytest.mark.parametrize(
    ("command", "payload"),
    [
        ("/start", "/greet"),
        ("/help", "/help"),
        ("/human@anlaufstelle_bot", "/talk_to_human"),
        ("/start offer_interpreting", '/offer_help{"offer_kind":"interpreting"}'),
        ("/start request_rooms", '/request_support{"topic":"rooms"}'),
        ("/start nonsense", "/greet"),
        ("/mydata", "/show_data"),
    ],
)
async def test_commands_and_deep_links_are_payloads(
    command: str, payload: str, person: Person, rasa: StandIn
) -> None:
    await person.writes(command)
    assert rasa.messages == [payload]


async def test_an_unknown_command_is_read_as_words(person: Person, rasa: StandIn) -> None:
    await person.writes("/wetter morgen")
    assert rasa.messages == ["wetter morgen"]


# --- what cannot be read -----------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "   ", "\u200f\u200e", "…?!", "🎉🎉", "/", "\u2067\u2069"])
async def test_a_message_without_words_is_answered_kindly(
    text: str, person: Person, rasa: StandIn
) -> None:
    assert keys(await person.writes(text)) == ["nothing_readable"]
    assert rasa.messages == []


@pytest.mark.parametrize(("text", "payload"), [("👍", "/affirm"), ("👎🏽", "/deny")])
async def test_a_thumb_is_an_answer(text: str, payload: str, person: Person, rasa: StandIn) -> None:
    await person.writes(text)
    assert rasa.messages == [payload]


async def test_the_longest_message_is_read_whole(person: Person, rasa: StandIn) -> None:
    await person.writes("wort " * 819 + "1")
    assert len(rasa.messages[0]) == 4096
    assert keys(await person.writes("x" * 4097)) == ["too_long"]


async def test_controls_that_turn_text_around_are_taken_out(person: Person, rasa: StandIn) -> None:
    await person.writes("\u202egnal\u202c Hallo zusammen")
    assert rasa.messages == ["gnal Hallo zusammen"]


# --- language ----------------------------------------------------------------------------------


async def test_the_first_message_settles_the_language(person: Person) -> None:
    await person.writes("Dzień dobry, szukam pracy")
    assert await person.language == "pl"


async def test_without_a_clear_word_the_channels_hint_counts(person: Person) -> None:
    person.hint = "uk-UA"
    await person.writes("ok")
    assert await person.language == "uk"


async def test_a_name_in_a_form_turns_nothing_around(person: Person, rasa: StandIn) -> None:
    person.hint = "tr"
    await person.writes("Merhaba, derneğimizi kaydettirmek istiyoruz")
    rasa.form, rasa.slot = "registration", "organisation"
    await person.writes("Verein für die Förderung der deutschen und türkischen Kultur")
    assert await person.language == "tr"


async def test_the_language_can_change_in_the_middle_of_a_form(
    person: Person, rasa: StandIn
) -> None:
    await person.writes("Ich möchte gerne helfen")
    rasa.form, rasa.slot = "offer", "availability"
    await person.writes("i have time on weekends and in the evening")
    assert await person.language == "en"
    assert rasa.asked[-1]["metadata"]["language"] == "en"


async def test_a_chosen_language_is_kept_and_rasa_is_told(person: Person, rasa: StandIn) -> None:
    await person.presses('/set_language{"language_choice":"fa"}')
    assert await person.language == "fa"
    assert rasa.asked[-1]["metadata"]["language"] == "fa"
    await person.writes("Ich möchte gerne am Wochenende helfen")
    assert await person.language == "fa"


# --- buttons -----------------------------------------------------------------------------------


async def test_a_button_of_an_earlier_question_changes_nothing(
    person: Person, rasa: StandIn
) -> None:
    rasa.form, rasa.slot = "offer", "contact"
    asked = question_mark("offer", "consent")
    assert keys(await person.presses("/affirm", asked=asked)) == ["stale_button"]
    assert rasa.messages == []


async def test_a_button_of_the_question_that_stands_is_an_answer(
    person: Person, rasa: StandIn
) -> None:
    rasa.form, rasa.slot = "offer", "consent"
    await person.presses("/affirm", asked=question_mark("offer", "consent"))
    assert rasa.messages == ["/affirm"]


async def test_a_press_is_kept_with_the_words_on_the_button(person: Person) -> None:
    await person.presses("/offer_help", text="Ich möchte helfen")
    assert await record(person) == ["Ich möchte helfen"]


# --- a person owns the conversation ------------------------------------------------------------


async def test_beside_a_person_the_bot_is_silent_and_passes_on(
    person: Person, rasa: StandIn
) -> None:
    await handed_over(person)
    assert await person.writes("Können Sie mich zurückrufen?") == []
    assert rasa.messages == ["Guten Tag"]
    requester = await person.known()
    assert requester is not None
    (ticket,) = await tickets.of_requester(person.cw, requester.id)
    assert ticket.speaker == "human"
    assert (await record(person))[-1] == "Können Sie mich zurückrufen?"


async def test_beside_a_person_an_emergency_is_still_answered(
    person: Person, rasa: StandIn
) -> None:
    await handed_over(person)
    rasa.intent = ("emergency", 0.95)
    assert keys(await person.writes("Er schlägt mich, bitte helfen Sie mir")) == ["emergency"]


async def test_beside_a_person_a_button_says_why_nothing_happens(person: Person) -> None:
    reference = await handed_over(person)
    (said,) = await person.presses("/offer_help")
    assert said == {"say": "with_person", "reference": reference}


async def test_beside_a_person_the_language_can_still_be_chosen(person: Person) -> None:
    await handed_over(person)
    said = await person.presses('/set_language{"language_choice":"tr"}')
    assert keys(said) == ["language_changed"]
    assert await person.language == "tr"


# --- pictures and the like ---------------------------------------------------------------------

PHOTO = {"kind": "photo", "file_id": "abc"}


async def test_a_picture_without_a_ticket_is_answered(person: Person) -> None:
    assert await person.does(attachment=PHOTO) == [
        {"say": "attachment_without_ticket", "kind": "photo"}
    ]


async def test_a_caption_is_read(person: Person, rasa: StandIn) -> None:
    said = await person.does(attachment=PHOTO, text="Wohin mit diesem Brief?")
    assert keys(said) == ["attachment_without_ticket", "menu"]
    assert rasa.messages == ["Wohin mit diesem Brief?"]


async def test_a_picture_goes_with_an_open_ticket(person: Person) -> None:
    await person.writes("Guten Tag")
    requester = await person.known()
    assert requester is not None
    ticket = await tickets.hand_over(person.cw, requester.id, reason="question", question="Wo?")
    assert ticket.speaker == "bot"
    assert await person.does(attachment=PHOTO) == [
        {"say": "attachment_noted", "kind": "photo", "reference": ticket.reference}
    ]


async def test_a_voice_message_reaches_the_person_who_owns_the_conversation(
    person: Person,
) -> None:
    await handed_over(person)
    assert await person.does(attachment={"kind": "voice", "file_id": "v"}) == []
    requester = await person.known()
    assert requester is not None
    last = (await messages.history(person.cw, requester.id))[-1]
    assert last.attachment == {"kind": "voice", "file_id": "v"}
    assert last.ticket_id is not None


async def test_a_shared_contact_answers_the_question_for_one(person: Person, rasa: StandIn) -> None:
    rasa.form, rasa.slot = "offer", "contact"
    await person.does(attachment={"kind": "contact", "phone_number": "+49611123456"})
    assert rasa.messages == ["+49611123456"]


# --- edits -------------------------------------------------------------------------------------


async def test_an_edited_question_is_answered_anew(person: Person, rasa: StandIn) -> None:
    await person.writes("Wo ist das Bro?", external_id="7")
    rasa.says("Wo ist das Büro?", {"say": "no_answer"})
    assert keys(await person.does(event="edit", text="Wo ist das Büro?", external_id="7")) == [
        "no_answer"
    ]
    assert await record(person) == ["Wo ist das Büro?"]


async def test_an_edit_that_changes_nothing_is_silent(person: Person) -> None:
    await person.writes("Wo ist das Büro?", external_id="7")
    assert await person.does(event="edit", text="Wo ist das Büro?", external_id="7") == []


async def test_an_edit_of_an_unknown_message_is_answered_politely(person: Person) -> None:
    said = await person.does(event="edit", text="Neu", external_id="99")
    assert keys(said) == ["edited_too_late"]


async def test_an_edit_within_a_form_does_not_answer_another_question(
    person: Person, rasa: StandIn
) -> None:
    await person.writes("Kulturverein", external_id="7")
    rasa.form, rasa.slot = "registration", "legal_form"
    said = await person.does(event="edit", text="Kulturverein e. V.", external_id="7")
    assert keys(said) == ["edited_in_form"]
    assert rasa.messages == ["Kulturverein"]


async def test_an_edit_beside_a_person_is_for_the_person(person: Person) -> None:
    await handed_over(person)
    await person.writes("Um 3", external_id="8")
    assert await person.does(event="edit", text="Um 4", external_id="8") == []
    assert (await record(person))[-1] == "Um 4"


# --- groups, blocking --------------------------------------------------------------------------


async def test_in_a_group_the_bot_is_silent_unless_spoken_to(person: Person, rasa: StandIn) -> None:
    chatter = Group(GROUP.link, spoken_to=False)
    assert await person.writes("Wer kommt morgen?", group=chatter) == []
    assert person.outcome == "ignored"
    assert keys(await person.writes("Wann haben Sie auf?", group=GROUP)) == ["menu"]


async def test_a_group_is_not_asked_for_personal_details(person: Person, rasa: StandIn) -> None:
    rasa.says("Ich will helfen", {"say": "ask", "form": "offer", "slot": "offer_kind"})
    (said,) = await person.writes("Ich will helfen", group=GROUP)
    assert said == {"say": "group_private", "link": GROUP.link}
    assert rasa.messages == ["Ich will helfen", "/cancel"]


async def test_who_blocks_the_bot_cannot_be_reached_until_they_are_back(person: Person) -> None:
    await person.writes("Guten Tag")
    await person.does(event="blocked")
    requester = await person.known()
    assert requester is not None
    assert not requester.reachable
    await person.does(event="unblocked")
    again = await person.known()
    assert again is not None
    assert again.reachable


# --- without Rasa ------------------------------------------------------------------------------


async def test_without_rasa_the_bot_says_so_and_offers_the_office(
    person: Person, rasa: StandIn
) -> None:
    rasa.broken = True
    assert keys(await person.writes("Wo bekommt unser Verein Geld?")) == ["limited_nothing"]
    assert keys(await person.presses("/offer_help")) == ["limited_menu"]
    assert keys(await person.writes("Mein Mann schlägt mich")) == ["emergency"]
    assert keys(await person.presses("/emergency")) == ["emergency"]
    (left,) = await person.presses("/leave_message")
    assert left["say"] == "message_left"
    requester = await person.known()
    assert requester is not None
    (ticket,) = await tickets.of_requester(person.cw, requester.id)
    assert ticket.reference == left["reference"]
    lines = await messages.history(person.cw, requester.id)
    assert lines[0].text == "Wo bekommt unser Verein Geld?"
    assert lines[0].ticket_id == ticket.id


async def test_without_rasa_buttons_that_need_no_dialogue_work(
    person: Person, rasa: StandIn
) -> None:
    rasa.broken = True
    assert keys(await person.presses("/change_language")) == ["choose_language"]
    assert keys(await person.presses('/set_language{"language_choice":"fr"}')) == [
        "language_changed"
    ]
    assert await person.language == "fr"
    assert keys(await person.presses("/ticket_status")) == ["no_tickets"]
    assert keys(await person.presses("/show_data")) == ["my_data"]
    (person_wanted,) = await person.presses("/talk_to_human")
    assert person_wanted["say"] == "handed_over"
    assert person_wanted["next_opening"]


async def test_rasa_is_asked_again_as_soon_as_it_is_back(person: Person, rasa: StandIn) -> None:
    rasa.broken = True
    await person.writes("Guten Tag")
    rasa.broken = False
    assert keys(await person.writes("Guten Tag")) == ["menu"]


async def test_a_rasa_without_words_is_not_silence(person: Person, rasa: StandIn) -> None:
    rasa.otherwise = lambda text: []
    assert keys(await person.writes("Guten Tag")) == ["not_understood"]


# --- after a crash -----------------------------------------------------------------------------


async def test_a_message_dealt_with_again_is_recorded_once(person: Person) -> None:
    await person.writes("Guten Tag", external_id="5")
    await person.writes("Guten Tag", external_id="5", repeated=True)
    assert await record(person) == ["Guten Tag"]


async def test_a_language_chosen_on_the_page_counts_from_the_first_message(
    person: Person,
) -> None:
    await person.writes("ok", language_choice="ar", language_hint="ar")
    requester = await person.known()
    assert requester is not None
    assert (requester.language, requester.language_chosen) == ("ar", True)
    assert not requesters.has_consent(requester)
