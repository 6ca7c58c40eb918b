"""One payload of every kind that the bot can be told to say."""

from typing import Any

from casework.languages import SERVED
from casework.vocabulary import OFFER_KINDS

LANGUAGES = [*SERVED, "es", "pt", "ku"]
FACTS = {
    "kind": "interpreting",
    "topic": "rooms",
    "purpose": "culture",
    "languages": ["ar", "de", "zgh"],
    "availability": {"text": "", "days": ["tue", "weekend"], "times": ["evening"]},
    "district": "biebrich",
    "organisation": "Kulturverein Nur e. V.",
    "need": "Ein Raum für 30 Leute",
    "deadline": {"text": "", "date": "2026-04-01"},
    "question": "Wann haben Sie auf?",
    "complaint": "Niemand hat geantwortet.",
    "role": "volunteer",
    "remark": "Ich habe ein Auto",
    "legal_form": "association",
    "fields": ["education", "culture"],
    "news_topics": ["funding"],
    "people": 30,
    "amount": "500 €",
    "contact": "name@example.org",
}
MOMENT = "2026-03-10T15:00:00+00:00"
TICKET = {
    "reference": "W-26-00042",
    "kind": "offer",
    "topic": "interpreting",
    "lead": "coordination_volunteers",
    "state": "open",
    "opened_at": MOMENT,
    "last_news_at": MOMENT,
}
ASKED = {
    "offer": "offer_kind languages availability district consent contact remark",
    "request": "topic purpose organisation need deadline consent contact",
    "interpreter": "interpreter_language need availability district consent contact",
    "registration": "organisation legal_form fields languages district consent contact",
    "complaint": "complaint consent contact",
    "question": "question role consent contact",
    "subscription": "news_topics consent contact",
}
OPTIONS: dict[str, dict[str, Any]] = {
    "offer_kind": {"options": [*OFFER_KINDS]},
    "languages": {"options": LANGUAGES, "multiple": True, "chosen": ["ar"], "skippable": True},
    "interpreter_language": {"options": LANGUAGES, "multiple": True},
    "availability": {"options": ["weekdays", "weekend", "morning", "evening"], "multiple": True},
    "district": {"options": ["biebrich", "mainz_kastel"], "skippable": True},
    "consent": {"options": ["affirm", "deny"]},
    "contact": {"options": ["chat"]},
    "topic": {"options": ["funding", "rooms", "outdoor_space"]},
    "purpose": {"options": ["culture", "association"]},
    "legal_form": {"options": ["association", "initiative", "other"]},
    "fields": {"options": ["education", "culture"], "multiple": True, "chosen": ["culture"]},
    "news_topics": {"options": ["funding", "events"], "multiple": True},
    "role": {"options": ["volunteer", "organisation", "other"]},
    "remark": {"skippable": True},
    "deadline": {"skippable": True},
}
PROBLEMS = "choice too_long too_short email phone contact past date languages yes_no change"
KINDS = "photo document voice audio video location contact sticker other"


def _asks() -> list[dict[str, Any]]:
    return [
        {"say": "ask", "form": form, "slot": slot, **OPTIONS.get(slot, {}), **again}
        for form, slots in ASKED.items()
        for slot in slots.split()
        for again in ({}, {"again": True})
    ]


def _said(*keys: str) -> list[dict[str, Any]]:
    return [{"say": key} for key in keys]


def every_payload(entry: str) -> list[dict[str, Any]]:
    """One of each; `entry` is the id of an answer that exists."""
    reference = {"reference": "W-26-00042"}
    return [
        *_said(
            "menu",
            "goodbye",
            "you_are_welcome",
            "out_of_scope",
            "not_understood",
            "choose_language",
            "privacy_notice",
            "service_trouble",
            "no_answer",
            "nothing_to_cancel",
            "nothing_to_go_back",
            "no_tickets",
            "confirm_deletion",
            "data_deleted",
            "deletion_kept",
            "nothing_stored",
            "emergency",
            "danger_beside",
            "too_long",
            "nothing_readable",
            "edited_in_form",
            "edited_too_late",
            "unsupported",
            "limited_menu",
            "limited_nothing",
            "stale_button",
            "handed_back",
        ),
        *(
            {"say": key, **reference}
            for key in (
                "emergency_reported",
                "ticket_resolved",
                "ticket_closed",
                "ticket_reopened",
                "message_left",
                "with_person",
            )
        ),
        {"say": "greeting", "first": True},
        {"say": "greeting", "first": False},
        {"say": "menu", "stale": True},
        {"say": "not_understood", "guesses": ["offer_help", "complain", "talk_to_human"]},
        {"say": "not_understood", "guesses": ["offer_help/interpreting"], "entries": [entry]},
        {"say": "not_understood", "guesses": ["request_support/rooms"], "attempts": 2},
        {"say": "not_understood", "attempts": 2, "repeats": 1},
        {"say": "out_of_scope", "repeats": 1},
        {"say": "no_answer", "repeats": 1},
        {"say": "menu", "repeats": 1},
        {"say": "goodbye", "repeats": 1},
        {"say": "you_are_welcome", "repeats": 1},
        {"say": "unserved_language", "language": "es"},
        {"say": "next_matter", "form": "request"},
        {"say": "language_changed", "language": "tr"},
        {"say": "emergency", "form": "offer"},
        {"say": "answer", "entry": entry, "language": "de"},
        {"say": "suggestions", "entries": [entry, "no/such"], "language": "de"},
        {"say": "existing_answer", "entry": entry, "language": "de", "form": "request"},
        {"say": "events", "entries": [entry]},
        {"say": "feedback_thanks", "helpful": "yes"},
        {"say": "feedback_thanks", "helpful": "no", "entry": entry},
        *_asks(),
        *({"say": "invalid", "slot": "contact", "problem": one} for one in PROBLEMS.split()),
        {"say": "corrected", "slot": "languages", "value": ["ar", "de"]},
        {"say": "summary", "form": "offer", "facts": FACTS},
        {"say": "choose_change", "form": "offer", "slots": ASKED["offer"].split()},
        *({"say": key, "form": "offer"} for key in ("consent_declined", "cancelled", "enough")),
        {"say": "resume", "form": "offer"},
        {"say": "resume", "form": "offer", "wanted": "complaint"},
        {"say": "ticket_opened", **TICKET, "involved": ["migramundi"], "answer_by": MOMENT},
        {"say": "ticket_opened", **TICKET, "involved": [], "answer_by": None, "topic": None},
        {"say": "complaint_received", **reference, "answer_by": MOMENT},
        {"say": "handed_over", **reference, "open_now": True, "open_until": MOMENT},
        {"say": "handed_over", **reference, "open_now": False, "next_opening": MOMENT},
        {"say": "status", "tickets": [TICKET, {**TICKET, "state": "waiting"}]},
        {
            "say": "my_data",
            "language": "tr",
            "role": "volunteer",
            "consent_at": MOMENT,
            "messages": 3,
            "tickets": [{**TICKET, "facts": FACTS, "contact": None}],
        },
        {
            "say": "staff_reply",
            **reference,
            "staff": "Anna Beispiel",
            "text": "Guten Tag\n\nBis bald",
        },
        {"say": "staff_joined", **reference, "staff": "Anna Beispiel"},
        *({"say": "attachment_without_ticket", "kind": kind} for kind in KINDS.split()),
        {"say": "attachment_noted", "kind": "photo", **reference},
        {"say": "group_hello", "link": "https://t.me/anlaufstelle_bot"},
        {"say": "group_private", "link": "https://t.me/anlaufstelle_bot"},
    ]
