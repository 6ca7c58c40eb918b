"""Short names of kinds, topics, states and the like, as the office calls them."""

from desk.catalogues import mark
from desk.wording import Wording

LABELS: dict[str, dict[str, str]] = {
    "kind": {
        # Translators: what a ticket is about
        "offer": mark("Help offer"),
        "request": mark("Request of an organisation"),
        "interpreter": mark("Interpreter wanted"),
        "registration": mark("Registration of an organisation"),
        "complaint": mark("Complaint"),
        "question": mark("Question"),
        "contact": mark("Talk to a person"),
    },
    "topic": {
        # Translators: kinds of help that a volunteer offers
        "interpreting": mark("Interpreting"),
        "mentoring": mark("Mentoring, tandem"),
        "learning_support": mark("Learning support"),
        "accompaniment": mark("Going along to offices and doctors"),
        "shared_accommodation": mark("Help in shared accommodation"),
        "housing_search": mark("Help with the search for a flat"),
        "donation": mark("Donation"),
        # Translators: what an organisation needs
        "funding": mark("Funding"),
        "rooms": mark("Rooms"),
        "outdoor_space": mark("Outdoor space"),
        "training": mark("Training"),
        "advice": mark("Advice"),
        "education_work": mark("Education work"),
        "networking": mark("Networking"),
        "sports": mark("Sports"),
        "newsletter": mark("Newsletter"),
        "emergency": mark("Emergency"),
        "other": mark("Other"),
    },
    "entry_topic": {
        # Translators: topics of the knowledge base
        "authorities": mark("Authorities"),
        "education": mark("Education"),
        "emergency": mark("Emergency"),
        "funding": mark("Funding"),
        "health": mark("Health"),
        "housing": mark("Housing"),
        "interpreting": mark("Interpreting"),
        "language": mark("Learning German"),
        "organisations": mark("Migrant organisations"),
        "service": mark("About this service"),
        "sport_culture": mark("Sports and culture"),
        "volunteering": mark("Volunteering"),
        "work": mark("Work"),
    },
    "entry_state": {
        # Translators: where an entry of the knowledge base stands
        "live": mark("Published"),
        "draft": mark("Draft"),
        "withdrawn": mark("Withdrawn"),
    },
    "need": {
        # Translators: entries of the knowledge base in a list: those where this is left to do
        "check": mark("Translation to be checked"),
        "missing": mark("Language missing"),
        "overdue": mark("Review overdue"),
        "unhelpful": mark("Not helpful"),
        "unasked": mark("Never asked"),
        "unreviewed": mark("Not read by a speaker"),
        "draft": mark("Drafts"),
        "withdrawn": mark("Withdrawn entries"),
    },
    "next_step": {
        # Translators: what a button below an answer leads to
        "offer_help": mark("Offer help"),
        "request_support": mark("Ask for support"),
        "request_interpreter": mark("Ask for an interpreter"),
        "register_organisation": mark("Register an organisation"),
        "talk_to_human": mark("Talk to somebody of the office"),
        "complain": mark("Complain"),
        "subscribe": mark("Get the newsletter"),
    },
    "outcome": {
        # Translators: what became of a question that somebody asked the bot
        "nothing": mark("no answer found"),
        "unsure": mark("several answers offered"),
        "not_helpful": mark("answer did not help"),
    },
    "entry_field": {
        # Translators: parts of an entry of the knowledge base
        "title": mark("Title"),
        "answer": mark("Answer"),
        "asking": mark("Ways of asking"),
        "reviewed": mark("Read by somebody who speaks the language"),
        "outdated": mark("To be checked"),
        "source": mark("Source"),
        "section": mark("Section"),
        "as_of": mark("As of"),
        "review_months": mark("Review after months"),
        "next_step": mark("Button below the answer"),
        "offices": mark("Offices in charge"),
        "url": mark("Web address"),
        "published": mark("Published"),
    },
    "purpose": {
        # Translators: what money is asked for
        "culture": mark("Cultural project"),
        "association": mark("The association itself or a small project"),
        "state_programme": mark("State programme, professionalisation"),
        "sports": mark("Sports"),
        "equipment": mark("Equipment"),
        "other": mark("Other"),
    },
    "state": {
        # Translators: where a ticket stands
        "new": mark("New"),
        "open": mark("In progress"),
        "waiting": mark("Waiting"),
        "waiting_requester": mark("Waiting for the person"),
        "waiting_office": mark("Waiting for an office"),
        "resolved": mark("Answered"),
        "closed": mark("Closed"),
    },
    "role": {
        "volunteer": mark("Volunteer"),
        "organisation": mark("Organisation"),
        "other": mark("Other"),
    },
    "legal_form": {
        "association": mark("Registered association"),
        "initiative": mark("Initiative"),
        "other": mark("Other"),
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
        "other": mark("Other"),
    },
    "news_topics": {
        "volunteering": mark("Volunteering"),
        "organisations": mark("Migrant organisations"),
        "funding": mark("Funding"),
        "training": mark("Training"),
        "events": mark("Events"),
    },
    "days": {
        "weekend": mark("at the weekend"),
        "weekdays": mark("on weekdays"),
        "daily": mark("every day"),
    },
    "times": {
        "morning": mark("in the morning"),
        "noon": mark("around noon"),
        "afternoon": mark("in the afternoon"),
        "evening": mark("in the evening"),
        "night": mark("at night"),
    },
    "channel": {
        # Translators: where the person writes
        "telegram": mark("Telegram"),
        "web": mark("Web chat"),
        "terminal": mark("Terminal"),
        "email": mark("E-mail"),
    },
    "attachment": {
        # Translators: what the person has sent beside words
        "photo": mark("Photo"),
        "document": mark("Document"),
        "voice": mark("Voice message"),
        "audio": mark("Sound recording"),
        "video": mark("Video"),
        "video_note": mark("Video message"),
        "animation": mark("Animation"),
        "location": mark("Location"),
        "venue": mark("Place"),
        "contact": mark("Contact card"),
        "sticker": mark("Sticker"),
    },
    "fact": {
        # Translators: headings of what the person has stated
        "purpose": mark("Purpose"),
        "organisation": mark("Organisation"),
        "legal_form": mark("Legal form"),
        "fields": mark("Fields of activity"),
        "languages": mark("Languages"),
        "need": mark("What is needed"),
        "question": mark("The question"),
        "complaint": mark("The complaint"),
        "availability": mark("When"),
        "deadline": mark("By when"),
        "district": mark("District"),
        "people": mark("Number of people"),
        "amount": mark("Amount"),
        "role": mark("Writes as"),
        "news_topics": mark("Wants news about"),
        "remark": mark("Remark"),
        "entry": mark("Nearest entry of the knowledge base"),
        "reason": mark("Why a person is wanted"),
    },
    "reason": {
        # Translators: why the conversation was handed over
        "asked": mark("The person asked for a human being"),
        "emergency": mark("Possible emergency"),
        "question": mark("The person passed their question on"),
    },
}

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def label(wording: Wording, group: str, key: str | None) -> str:
    """The name of a key in the reader's language; a key that has none stands for itself."""
    if key is None:
        return ""
    if group == "days" and key in _WEEKDAYS:
        return str(wording.locale.days["format"]["wide"][_WEEKDAYS.index(key)])
    message = LABELS[group].get(key)
    return wording.text(message) if message else key


def options(wording: Wording, group: str, keys: tuple[str, ...]) -> list[tuple[str, str]]:
    """Keys with their names, for a choice."""
    return [(key, label(wording, group, key)) for key in keys]


def state_of(wording: Wording, state: str, waiting_for: str | None) -> str:
    """A ticket's state, with whom it waits for."""
    key = f"{state}_{waiting_for}" if state == "waiting" and waiting_for else state
    return label(wording, "state", key)
