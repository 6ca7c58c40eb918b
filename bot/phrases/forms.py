"""The forms' questions, corrections and summaries."""

from collections.abc import Mapping, Sequence
from typing import Any

from bot.phrases.generic import menu_button
from bot.phrases.knowledge import answer_paragraphs, no_answer
from bot.phrases.labels import THIS_CHAT, WEEKDAYS, day_word, label, value_words
from bot.phrases.registry import (
    Payload,
    button,
    in_rows,
    message,
    named,
    person,
    styled,
    words,
)
from bot.phrases.rendered import ROW_LIMIT, Button, Paragraph, Rendered
from bot.phrases.voice import Voice, mark

_SHORT_LABEL = 18
_PAIR, _TRIPLE = 2, 3
#: More options than this are laid out three to a row.
_MANY = 12
#: More than these do not fit under a message; they are written.
_MOST = 15

BACK = mark("Back")
CANCEL = mark("Cancel")
DONE = mark("Done")
YES_AGREED = mark("Yes, I agree")
NO = mark("No")

_QUESTIONS: dict[tuple[str, str], str] = {
    ("offer", "offer_kind"): mark("How good that you want to help! What would you like to do?"),
    ("offer", "languages"): mark(
        "Which languages do you speak? Choose here, or write them in one message."
    ),
    ("offer", "availability"): mark(
        "When do you usually have time? Choose here, or write it in your own words, "
        "for example: Tuesday evenings."
    ),
    ("offer", "district"): mark("In which part of the city would you like to help?"),
    ("offer", "remark"): mark("Is there anything else the office should know about you?"),
    ("request", "topic"): mark("What does your organisation need?"),
    ("request", "purpose"): mark("What would the money be for?"),
    ("request", "organisation"): mark("What is your organisation called?"),
    ("request", "need"): mark(
        "Please describe in a few sentences what you need, "
        "for example for what, how often and for how many people."
    ),
    ("request", "deadline"): mark("By when do you need it?"),
    ("interpreter", "interpreter_language"): mark(
        "Which language should the interpreter speak? Choose here, or write it."
    ),
    ("interpreter", "need"): mark(
        "What is the interpreter needed for? For example: a visit to the doctor, "
        "a meeting at school, an appointment at an office."
    ),
    ("interpreter", "availability"): mark(
        "When is the appointment? If the date is not fixed yet: which times would suit you?"
    ),
    ("interpreter", "district"): mark("In which part of the city is the appointment?"),
    ("registration", "organisation"): mark("What is your organisation called?"),
    ("registration", "legal_form"): mark("What is the legal form of your organisation?"),
    ("registration", "fields"): mark(
        "What does your organisation work on? You can choose several things."
    ),
    ("registration", "languages"): mark(
        "Which languages are spoken in your organisation? You can choose several."
    ),
    ("registration", "district"): mark("In which part of the city are you active?"),
    ("complaint", "complaint"): mark(
        "I am sorry that something went wrong. Please tell me in your own words what happened. "
        "Only the people in charge of complaints will read it."
    ),
    ("question", "question"): mark("Please write your question the way you would ask a person."),
    ("question", "role"): mark("In which role are you asking?"),
    ("subscription", "news_topics"): mark(
        "What would you like to be told about? You can choose several things."
    ),
    ("subscription", "contact"): mark(
        "Where shall the news go? Here in this chat, or write me your e-mail address."
    ),
}

#: Questions that are the same in every form.
_COMMON = {
    "contact": mark(
        "How may the office reach you? Here in this chat, "
        "or write me a telephone number or an e-mail address."
    ),
}

#: The same questions once more, shorter.
_AGAIN: dict[str, str] = {
    "offer_kind": mark("So: what would you like to do?"),
    "languages": mark("Back to the languages: which ones?"),
    "availability": mark("Back to the time: when would it suit you?"),
    "district": mark("Back to the place: in which part of the city?"),
    "remark": mark("Is there anything else the office should know?"),
    "topic": mark("So: what does your organisation need?"),
    "purpose": mark("So: what would the money be for?"),
    "organisation": mark("And the name of your organisation?"),
    "need": mark("Back to your request: what exactly is it about?"),
    "deadline": mark("And by when do you need it?"),
    "interpreter_language": mark("So: which language should the interpreter speak?"),
    "legal_form": mark("And the legal form of your organisation?"),
    "fields": mark("So: what does your organisation work on?"),
    "complaint": mark("Back to your complaint: what happened?"),
    "question": mark("And what is your question for the office?"),
    "role": mark("And in which role are you asking?"),
    "news_topics": mark("So: what would you like to be told about?"),
    "contact": mark("And how may the office reach you?"),
}

_CONSENT_AGAIN = mark("Do you agree that the office keeps what you tell me here?")

_SKIP = {
    # Translators: buttons that pass over a question
    "district": mark("It does not matter"),
    "remark": mark("No, that is all"),
    "deadline": mark("There is no fixed date"),
    "languages": mark("I would rather not say"),
}
_SKIP_OTHERWISE = mark("Skip this")

_PROBLEMS = {
    "choice": mark("I could not match that to one of the choices. Please press one of them."),
    "too_long": mark("That is a little too long for me. Could you say it in fewer words?"),
    "too_short": mark("That is very short. Could you tell me a little more?"),
    "email": mark(
        "That e-mail address does not look complete. It should look like this: {example}"
    ),
    "phone": mark(
        "I cannot make out that telephone number. Please write it with its area code, "
        "for example: {example}"
    ),
    "contact": mark(
        "I found neither a telephone number nor an e-mail address in that. "
        "You can also choose this chat."
    ),
    "past": mark("That date is already over. Please give one that lies ahead."),
    "date": mark("I could not make out a date. Please write it like this: {example}"),
    "languages": mark("I did not recognise a language in that. Please write its name."),
    "yes_no": mark("Please answer with yes or no."),
    "change": mark("I do not know which line you mean. Please choose it here."),
}
_EXAMPLES = {"email": "name@example.org", "phone": "0611 123456", "date": "24.12.2026"}

_CONSENT_WHY = mark(
    "Before I write anything down, a word on your data. So that the office can look after this, "
    "I keep what you tell me here and how to reach you. Only the offices that deal with it "
    "see it."
)
_CONSENT_COMPLAINT = mark(
    "Before I write anything down, a word on your data. So that your complaint can be looked "
    "into, I keep what you tell me here and how to reach you. Only the people in charge of "
    "complaints see it."
)


@words("ask")
def ask(voice: Voice, payload: Payload) -> Rendered:
    """Ask a form's next question."""
    form, slot = str(payload["form"]), str(payload["slot"])
    if slot == "consent":
        return _consent(voice, form, again=bool(payload.get("again")))
    given = [str(one) for one in payload.get("options") or ()]
    few = given if len(given) <= _MOST else []
    options = [_option(voice, slot, one, payload) for one in few]
    rows = [*_laid_out(options, ROW_LIMIT - 3), _finishing(voice, slot, payload), _steps(voice)]
    return message(
        voice,
        _question(voice, form, slot, payload),
        None if few else _example(voice, slot, given),
        rows=rows,
        asked=(form, slot),
    )


def _example(voice: Voice, slot: str, options: Sequence[str]) -> str | None:
    """Say what an answer looks like, where there are too many for buttons."""
    if not options:
        return None
    return voice.text(
        # Translators: an answer that is written, not chosen; {example} is the name of a district
        "Just write the name, for example: {example}",
        example=_option_label(voice, slot, options[0]),
    )


def _question(voice: Voice, form: str, slot: str, payload: Payload) -> str:
    if payload.get("multiple") and payload.get("chosen"):
        return voice.text(
            "Chosen so far: {chosen}. Anything else?",
            chosen=_chosen(voice, slot, payload["chosen"]),
        )
    if payload.get("again") and slot in _AGAIN:
        return voice.text(_AGAIN[slot])
    question = _QUESTIONS.get((form, slot)) or _COMMON.get(slot) or _AGAIN[slot]
    return voice.text(question)


def _chosen(voice: Voice, slot: str, chosen: Sequence[str]) -> str:
    return voice.listing(_option_label(voice, slot, one) for one in chosen)


def _option(voice: Voice, slot: str, option: str, payload: Payload) -> Button:
    words_ = voice.titled(_option_label(voice, slot, option))
    if option in (payload.get("chosen") or ()):
        words_ = f"✓ {words_}"
    return named(words_, f'/inform{{"{slot}":"{option}"}}')


def _option_label(voice: Voice, slot: str, option: str) -> str:
    match slot:
        case "languages" | "interpreter_language":
            return voice.language_name(option)
        case "district":
            return voice.names.district(option, voice.language)
        case "contact" if option == "chat":
            return voice.text(THIS_CHAT)
        case "availability":
            is_day = option in (*WEEKDAYS, "weekend", "weekdays", "daily")
            return day_word(voice, option) if is_day else label(voice, "time", option)
    return label(voice, slot, option)


def _laid_out(options: Sequence[Button], rows: int) -> list[tuple[Button, ...]]:
    """Put short labels side by side, and more of them where they would not fit otherwise."""
    if len(options) > _MANY:
        return in_rows(options, _TRIPLE)[:rows]
    laid: list[tuple[Button, ...]] = []
    for option in options:
        if laid and len(laid[-1]) == 1 and _short(laid[-1][0]) and _short(option):
            laid[-1] = (laid[-1][0], option)
        else:
            laid.append((option,))
    return laid if len(laid) <= rows else in_rows(options, _PAIR)


def _short(one: Button) -> bool:
    return len(one.label) <= _SHORT_LABEL


def _finishing(voice: Voice, slot: str, payload: Payload) -> list[Button]:
    if payload.get("multiple") and payload.get("chosen"):
        return [button(voice, DONE, "/done")]
    if payload.get("skippable"):
        return [button(voice, _SKIP.get(slot, _SKIP_OTHERWISE), "/skip")]
    return []


def _steps(voice: Voice) -> list[Button]:
    return [button(voice, BACK, "/back"), button(voice, CANCEL, "/cancel")]


def _consent(voice: Voice, form: str, *, again: bool) -> Rendered:
    buttons = [button(voice, YES_AGREED, "/affirm"), button(voice, NO, "/deny")]
    if again:
        return message(
            voice,
            voice.text(_CONSENT_AGAIN),
            rows=[buttons, _steps(voice)],
            asked=(form, "consent"),
        )
    why = _CONSENT_COMPLAINT if form == "complaint" else _CONSENT_WHY
    return message(
        voice,
        voice.text(why),
        voice.plural(
            "A day after the matter is closed it is made anonymous. "
            "You can see or delete everything at any time: write /mydata.",
            "{count} days after the matter is closed it is made anonymous. "
            "You can see or delete everything at any time: write /mydata.",
            voice.names.kept_days,
        ),
        voice.text("Do you agree?"),
        rows=[buttons, _steps(voice)],
        asked=(form, "consent"),
    )


@words("invalid")
def invalid(voice: Voice, payload: Payload) -> Rendered:
    """Say what is wrong with an answer and what to do about it."""
    problem = str(payload["problem"])
    sentence = _PROBLEMS.get(problem, _PROBLEMS["choice"])
    return message(voice, voice.text(sentence, example=_EXAMPLES.get(problem, "")), standing=False)


@words("corrected")
def corrected(voice: Voice, payload: Payload) -> Rendered:
    """Confirm that an earlier answer has been changed."""
    return message(
        voice,
        voice.text(
            "Changed – {heading}: {value}",
            heading=label(voice, "slot", str(payload["slot"])),
            value=value_words(voice, str(payload["slot"]), payload["value"]),
        ),
        standing=False,
    )


#: The order of a summary's lines, as (fact, slot).
_LINES = (
    ("kind", "offer_kind"),
    ("topic", "topic"),
    ("purpose", "purpose"),
    ("question", "question"),
    ("complaint", "complaint"),
    ("organisation", "organisation"),
    ("legal_form", "legal_form"),
    ("fields", "fields"),
    ("news_topics", "news_topics"),
    ("need", "need"),
    ("languages", "languages"),
    ("availability", "availability"),
    ("deadline", "deadline"),
    ("people", "people"),
    ("amount", "amount"),
    ("district", "district"),
    ("role", "role"),
    ("remark", "remark"),
    ("contact", "contact"),
)


def fact_lines(voice: Voice, form: str, facts: Mapping[str, Any]) -> str:
    """Return the facts of a form or a ticket, a line each."""
    return "\n".join(
        voice.text(
            # Translators: a line of a summary, such as "Languages: Arabic and German"
            "{heading}: {value}",
            heading=label(voice, "slot", _slot_of(form, slot)),
            value=value_words(voice, slot, facts[fact]),
        )
        for fact, slot in _LINES
        if facts.get(fact) not in (None, "", [], {}) and not (fact == "kind" and form != "offer")
    )


def _slot_of(form: str, slot: str) -> str:
    return "interpreter_language" if form == "interpreter" and slot == "languages" else slot


@words("summary")
def summary(voice: Voice, payload: Payload) -> Rendered:
    """Show what has been understood, before it is sent."""
    return message(
        voice,
        styled(voice, voice.text("This is what I have noted:"), "strong"),
        fact_lines(voice, str(payload["form"]), payload["facts"]),
        voice.text("Shall I send it to the office like this?"),
        rows=[
            [button(voice, mark("Yes, send it"), "/affirm")],
            [
                button(voice, mark("Change something"), "/deny"),
                button(voice, CANCEL, "/cancel"),
            ],
        ],
        asked=(str(payload["form"]), "confirm"),
    )


@words("choose_change")
def choose_change(voice: Voice, payload: Payload) -> Rendered:
    """Ask which line is to be changed."""
    slots = [str(slot) for slot in payload["slots"]]
    choices = [named(label(voice, "slot", slot), f'/change{{"slot":"{slot}"}}') for slot in slots]
    return message(
        voice,
        voice.text("What would you like to change?"),
        rows=[*_laid_out(choices, ROW_LIMIT - 2), [button(voice, CANCEL, "/cancel")]],
    )


@words("consent_declined")
def consent_declined(voice: Voice, payload: Payload) -> Rendered:
    """Accept a no: nothing has been kept."""
    return message(
        voice,
        voice.text(
            "That is quite all right. I have kept nothing of it and sent nothing. "
            "You can still ask me questions or talk to a person."
        ),
        rows=[[person(voice)], [menu_button(voice)]],
    )


@words("existing_answer")
def existing_answer(voice: Voice, payload: Payload) -> Rendered:
    """Show what is known already, before a request goes on."""
    entry = voice.names.entry(str(payload["entry"]), voice.language)
    if entry is None:
        return no_answer(voice, payload)
    intro: Paragraph | str = voice.text("Perhaps this answers your request already:")
    return message(
        voice,
        intro,
        *answer_paragraphs(voice, entry),
        voice.text("Is that enough for you, or shall the office look after your request?"),
        rows=[
            [button(voice, mark("That is enough, thank you"), "/affirm")],
            [button(voice, mark("Please go on with the request"), "/deny")],
        ],
        asked=(str(payload["form"]), "existing"),
    )


@words("enough")
def enough(voice: Voice, payload: Payload) -> Rendered:
    """End a request that an answer has settled."""
    return message(
        voice,
        voice.text("I am glad that helped. Nothing was sent to the office."),
        rows=[[menu_button(voice)]],
    )


@words("resume")
def resume(voice: Voice, payload: Payload) -> Rendered:
    """Ask whether to go on with what was begun."""
    wanted = payload.get("wanted")
    begin = (
        button(
            voice,
            # Translators: button; {form} is something like "your complaint"
            mark("Begin this instead: {form}"),
            "/switch",
            form=label(voice, "form", str(wanted)),
        )
        if wanted
        else button(voice, mark("No, drop it"), "/switch")
    )
    return message(
        voice,
        voice.text(
            # Translators: {form} is something like "your complaint", as in a list
            "You have begun something that is not finished yet: {form}. Shall we go on with it?",
            form=label(voice, "form", str(payload["form"])),
        ),
        rows=[[button(voice, mark("Yes, go on"), "/resume")], [begin]],
    )


@words("cancelled")
def cancelled(voice: Voice, payload: Payload) -> Rendered:
    """Confirm that a form has ended."""
    return message(
        voice,
        voice.text("All right, I have stopped. Nothing was sent."),
        rows=[[menu_button(voice)]],
    )


@words("nothing_to_cancel")
def nothing_to_cancel(voice: Voice, payload: Payload) -> Rendered:
    """Say that nothing is under way."""
    return message(
        voice,
        voice.text("There is nothing to stop at the moment. What can I do for you?"),
        rows=[[menu_button(voice)]],
    )


@words("nothing_to_go_back")
def nothing_to_go_back(voice: Voice, payload: Payload) -> Rendered:
    """Say that there is no earlier question."""
    return message(
        voice,
        voice.text("This was the first question, so there is no step back from here."),
        standing=False,
    )
