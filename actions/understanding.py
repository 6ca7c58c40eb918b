"""What the bot would make of one text: for `anlaufstelle understand`, by the live code."""

from collections.abc import Mapping
from typing import Any

from actions.decision import alarms, reply_to, reply_when_unclear, wants_a_form
from actions.turn import Turn
from casework import signs
from casework.context import Casework
from casework.knowledge import Found
from casework.routing import route

#: The kind of ticket that a form ends in; deleting ends in none.
_TICKET_OF = {
    "offer": "offer",
    "request": "request",
    "interpreter": "interpreter",
    "registration": "registration",
    "complaint": "complaint",
    "question": "question",
    "subscription": "contact",
}
_QUESTIONS = frozenset({"ask_question", "ask_events", "out_of_scope"})


def decide(cw: Casework, parse: Mapping[str, Any], text: str, language: str) -> dict[str, Any]:
    """Intent, kind, topic, languages, likely answers, the decision and the offices concerned.

    The intent is the likeliest one, also where it is too unlikely to act on and the bot asks back.
    """
    turn = Turn.parsed({**_certain(parse, text), "text": text}, language=language)
    decision, found = _decided(cw, turn)
    kind, topic = turn.value("offer_kind"), turn.value("topic")
    return {
        "text": text,
        "language": turn.language,
        "intent": turn.likeliest[0],
        "confidence": round(turn.likeliest[1], 4),
        "kind": kind,
        "topic": topic,
        "languages": turn.values("language"),
        "answers": [{"id": hit.id, "score": round(hit.score, 4)} for hit in found.hits],
        "decision": decision,
        "offices": _offices(cw, turn, decision, found),
    }


def _certain(parse: Mapping[str, Any], text: str) -> Mapping[str, Any]:
    """What Rasa makes of the text, unless there are signs that leave no doubt."""
    shares = {each["name"]: each["confidence"] for each in parse.get("intent_ranking") or ()}
    for sign in sorted(signs.finder().of(text)):  # danger before the wish for a person
        intent, least = signs.INTENTS[sign]
        if shares.get(intent, 0.0) >= least:
            certain = {"name": intent, "confidence": 1.0}
            return {**parse, "intent": certain, "intent_ranking": [certain], "parts": []}
    return parse


def _decided(cw: Casework, turn: Turn) -> tuple[str, Found]:
    nothing = Found("nothing", [])
    if alarms(turn):
        return "say", nothing
    if turn.intent == "talk_to_human":
        return "handoff", nothing
    if wants_a_form(turn):
        return "form", cw.knowledge.look_up(turn.text, turn.language)
    if turn.intent == "nlu_fallback":
        reply = reply_when_unclear(cw, turn)
        return reply.decision, reply.found
    if turn.intent in _QUESTIONS:
        reply = reply_to(cw, turn)
        return reply.decision, reply.found
    return "say", nothing


def _offices(cw: Casework, turn: Turn, decision: str, found: Found) -> list[dict[str, str]]:
    """Who the matter goes to; for a question, who would get it if it were passed on."""
    facts: dict[str, Any] = {"purpose": turn.value("purpose")}
    topic = turn.value("offer_kind") or turn.value("topic")
    if decision == "form":
        kind = _TICKET_OF.get(wants_a_form(turn) or "")
    elif decision == "handoff" or alarms(turn):
        kind, topic = "contact", None
    elif decision in ("answer", "suggest") or turn.intent == "ask_question":
        kind, topic = "question", None
        facts["entry"] = found.hits[0].id if found.hits else None
    else:
        kind = None
    if kind is None:
        return []
    way = route(cw.pack, kind, topic, facts)
    offices = [{"id": way.lead, "role": "lead"}]
    return [*offices, *({"id": office, "role": "involved"} for office in way.involved)]
