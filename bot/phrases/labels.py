"""Short names of the kinds, topics, states and the like, in the recipient's language."""

from datetime import UTC, datetime
from typing import Any

from bot.phrases.voice import Voice, mark

LABELS: dict[str, dict[str, str]] = {
    "offer_kind": {
        # Translators: kinds of help that a volunteer offers; these are buttons, keep them short
        "interpreting": mark("Interpreting"),
        "mentoring": mark("Mentoring or a language tandem"),
        "learning_support": mark("Help with learning and homework"),
        "accompaniment": mark("Going along to offices and doctors"),
        "shared_accommodation": mark("Helping in a refugee shelter"),
        "sports": mark("Sports"),
        "housing_search": mark("Helping others find a flat"),
        "donation": mark("Donating things or money"),
        "other": mark("Other help"),
    },
    "topic": {
        # Translators: what an organisation needs; these are buttons, keep them short
        "funding": mark("Funding"),
        "rooms": mark("Rooms"),
        "outdoor_space": mark("A place outdoors"),
        "training": mark("Training"),
        "advice": mark("Advice"),
        "education_work": mark("Education and learning"),
        "networking": mark("Contact with other organisations"),
    },
    "purpose": {
        # Translators: what an organisation needs money for
        "culture": mark("A cultural project"),
        "association": mark("The association itself or a small project"),
        "state_programme": mark("The state programme WIR"),
        "sports": mark("Sports"),
        "equipment": mark("Equipment"),
        "other": mark("Something else"),
    },
    "legal_form": {
        "association": mark("Registered association (e. V.)"),
        "initiative": mark("Initiative without legal form"),
        "other": mark("Another legal form"),
    },
    "fields": {
        # Translators: what an organisation works on
        "education": mark("Education"),
        "culture": mark("Culture"),
        "sport": mark("Sports"),
        "religion": mark("Religion"),
        "social_advice": mark("Social advice"),
        "women_youth": mark("Women and young people"),
        "politics_participation": mark("Politics and participation"),
        "other": mark("Something else"),
    },
    "news_topics": {
        "volunteering": mark("Volunteering"),
        "organisations": mark("Migrant organisations"),
        "funding": mark("Funding"),
        "training": mark("Training"),
        "events": mark("Events"),
    },
    "role": {
        "volunteer": mark("As a volunteer"),
        "organisation": mark("For an organisation"),
        "other": mark("For myself or my family"),
    },
    "kind": {
        # Translators: what a matter is about, beside its number in a list of one's own matters
        "offer": mark("Offer of help"),
        "request": mark("Request of an organisation"),
        "interpreter": mark("Request for an interpreter"),
        "registration": mark("Entry in the register"),
        "complaint": mark("Complaint"),
        "question": mark("Question"),
        "contact": mark("Conversation with the office"),
    },
    "state": {
        # Translators: where a matter stands
        "new": mark("received, nobody has taken it up yet"),
        "open": mark("somebody is working on it"),
        "waiting": mark("waiting for an answer"),
        "waiting_requester": mark("the office is waiting for your answer"),
        "waiting_office": mark("waiting for another office"),
        "resolved": mark("answered"),
        "closed": mark("closed"),
    },
    "day": {
        "weekend": mark("at the weekend"),
        "weekdays": mark("on weekdays"),
        "daily": mark("every day"),
    },
    "time": {
        "morning": mark("in the morning"),
        "noon": mark("around noon"),
        "afternoon": mark("in the afternoon"),
        "evening": mark("in the evening"),
        "night": mark("at night"),
    },
    "slot": {
        # Translators: headings of the lines in a summary that one confirms; also buttons
        "offer_kind": mark("Kind of help"),
        "topic": mark("What is needed"),
        "purpose": mark("Purpose"),
        "languages": mark("Languages"),
        "interpreter_language": mark("Language"),
        "availability": mark("When"),
        "district": mark("Part of the city"),
        "organisation": mark("Organisation"),
        "legal_form": mark("Legal form"),
        "fields": mark("Fields of work"),
        "need": mark("What it is about"),
        "deadline": mark("By when"),
        "contact": mark("How to reach you"),
        "remark": mark("Remark"),
        "complaint": mark("What happened"),
        "question": mark("Question"),
        "role": mark("You are writing"),
        "news_topics": mark("Topics"),
        "people": mark("Number of people"),
        "amount": mark("Amount"),
    },
    "form": {
        # Translators: what somebody is in the middle of; stands inside a sentence
        "offer": mark("your offer of help"),
        "request": mark("your organisation's request"),
        "interpreter": mark("your request for an interpreter"),
        "registration": mark("the entry in the register"),
        "complaint": mark("your complaint"),
        "question": mark("your question to the office"),
        "subscription": mark("your subscription"),
        "deletion": mark("the deletion of your data"),
    },
}

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
THIS_CHAT = mark("Here in this chat")
_TICKET_TOPICS = {"offer": "offer_kind", "request": "topic"}


def label(voice: Voice, group: str, key: str) -> str:
    """Return a key's name, or the key itself where it has none: a person's own words."""
    message = LABELS.get(group, {}).get(key)
    return voice.text(message) if message else key


def matter(voice: Voice, kind: str, topic: str | None) -> str:
    """Name what a ticket is about."""
    name = label(voice, "kind", kind)
    group = _TICKET_TOPICS.get(kind)
    if not topic or group is None or topic not in LABELS[group]:
        return name
    return f"{name} – {label(voice, group, topic)}"


def value_words(voice: Voice, slot: str, value: Any) -> str:
    """Return a slot's value as the person reads it in a summary."""
    match slot:
        case "languages" | "interpreter_language":
            return voice.listing(voice.language_name(code) for code in _several(value))
        case "district":
            return voice.names.district(str(value), voice.language)
        case "availability" | "deadline":
            return _time_words(voice, value)
        case "contact":
            return voice.text(THIS_CHAT) if value in (None, "", "chat") else str(value)
        case "people" | "amount" if isinstance(value, int):
            return voice.number(value)
    return voice.listing(label(voice, slot, str(one)) for one in _several(value))


def _several(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _time_words(voice: Voice, value: Any) -> str:
    """Prefer the person's own words; else name the days, times or the date."""
    if not isinstance(value, dict):
        return str(value)
    if value.get("text"):
        return str(value["text"])
    if value.get("date"):
        day = datetime.fromisoformat(value["date"]).replace(tzinfo=UTC).date()
        return voice.day(day)
    days = [day_word(voice, key) for key in value.get("days") or ()]
    times = [label(voice, "time", key) for key in value.get("times") or ()]
    return voice.listing([*days, *times])


def day_word(voice: Voice, key: str) -> str:
    """Name a day of the week, the weekend and the like."""
    if key in WEEKDAYS:
        return voice.weekday(WEEKDAYS.index(key))
    return label(voice, "day", key)
