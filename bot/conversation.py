"""The conversation, the same on every front: a message comes in, payloads go to the outbox.

A message passes through small stages: who is it, does a person own the conversation, can it be
read, which language, and then Rasa – or what is left without it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog

from bot import fallback, metrics
from bot.incoming import (
    TEXT_LIMIT,
    Incoming,
    as_yes_or_no,
    command_payload,
    readable,
    says_something,
)
from bot.language import NAME_SLOTS, Detector, Settled, Situation, settle, unserved
from bot.rasa import Position, Rasa, RasaDown
from bot.wire import intent_of, question_mark, values_of
from casework import messages, outbox, requesters, signs, tickets
from casework.context import Casework
from casework.languages import served
from casework.models import Message, Requester, Ticket

_log = structlog.get_logger(__name__)

Payloads = list[dict[str, Any]]

#: What a press may do while a person owns the conversation.
_ALWAYS_ANSWERED = frozenset(
    {"set_language", "change_language", "show_privacy", "show_data", "emergency", "inform_office"}
)
#: What must not be asked where others read along.
_PRIVATE = frozenset({"ask", "summary", "existing_answer", "resume", "choose_change", "my_data"})
#: How sure Rasa has to be of an emergency while a person owns the conversation.
_EMERGENCY_SURE = 0.7
_LOOK_BACK = 10


@dataclass(frozen=True, slots=True)
class _Turn:
    """A message on its way, with who wrote it and in which language it is answered."""

    incoming: Incoming
    requester: Requester
    text: str = ""
    written: str | None = None


class Conversation:
    """Answers what the fronts hand in; knows no channel's particulars."""

    def __init__(self, cw: Casework, rasa: Rasa, detector: Detector) -> None:
        self._cw = cw
        self._rasa = rasa
        self._detector = detector

    async def handle(self, incoming: Incoming, *, repeated: bool = False) -> str:
        """Deal with one thing that came in; the outcome for the inbox: `done` or `ignored`.

        `repeated`: it was begun before, and the process died over it.
        """
        group = incoming.group
        if group is not None and not group.spoken_to and incoming.event != "joined":
            return "ignored"
        requester = await requesters.meet(
            self._cw,
            channel=incoming.channel,
            address=incoming.address,
            language_hint=incoming.language_hint,
        )
        requester = await self._chosen_beside(incoming, requester)
        match incoming.event:
            case "blocked":
                await requesters.mark_unreachable(self._cw, requester.id)
            case "joined":
                await self._joined(incoming, requester)
            case "edit":
                await self._edited(_Turn(incoming, requester))
            case "message":
                await self._message(_Turn(incoming, requester), repeated=repeated)
        return "done"

    async def apologise(self, incoming: Incoming) -> None:
        """Admit that a message could not be dealt with, after all tries."""
        requester = await requesters.meet(
            self._cw, channel=incoming.channel, address=incoming.address, language_hint=None
        )
        await outbox.say(self._cw, requester.id, [{"say": "service_trouble"}])

    # --- stages ------------------------------------------------------------------------------

    async def _message(self, turn: _Turn, *, repeated: bool) -> None:
        incoming = turn.incoming
        payload = incoming.payload or command_payload(incoming.text)
        if payload is not None:
            await self._pressed(turn, payload, repeated=repeated)
        elif incoming.attachment is not None:
            await self._attached(turn, repeated=repeated)
        else:
            await self._written(turn, repeated=repeated)

    async def _written(self, turn: _Turn, *, repeated: bool) -> None:
        text = readable(turn.incoming.text)
        if len(text) > TEXT_LIMIT:
            await self._say(turn, [{"say": "too_long"}])
            return
        earlier = await messages.history(self._cw, turn.requester.id, _LOOK_BACK)
        turn = await self._in_language(replace(turn, text=text), earlier)
        ticket = await self._pass_on(turn)
        if ticket is not None:
            await self._say(turn, await self._emergency(text))
            return
        if not (repeated and _recorded(earlier, turn.incoming)):
            await self._record(turn)
        if not says_something(text):
            sign = as_yes_or_no(text)
            await self._say(
                turn, await self._turn(turn, sign) if sign else [{"say": "nothing_readable"}]
            )
            return
        if (foreign := unserved(text)) is not None and not signs.finder().of(text):
            await self._say(turn, [{"say": "unserved_language", "language": foreign}])
            return
        await self._say(turn, await self._turn(turn, text))

    async def _pressed(self, turn: _Turn, payload: str, *, repeated: bool) -> None:
        turn = replace(turn, text=turn.incoming.text or payload)
        intent = intent_of(payload)
        if intent == "set_language":
            turn = await self._choose_language(turn, payload)
        ticket = await tickets.human_ticket(self._cw, turn.requester.id)
        if ticket is not None:
            await self._say(turn, await self._pressed_beside_person(turn, payload, ticket))
            return
        earlier = await messages.history(self._cw, turn.requester.id, _LOOK_BACK)
        if not (repeated and _recorded(earlier, turn.incoming)):
            await self._record(turn)
        if await self._stale(turn):
            await self._say(turn, [{"say": "stale_button"}])
        elif intent == "leave_message":
            await self._say(turn, await fallback.leave_with_office(self._cw, turn.requester))
        else:
            await self._say(turn, await self._turn(turn, payload))

    async def _attached(self, turn: _Turn, *, repeated: bool) -> None:
        """A picture, voice message or place goes with a ticket; a caption counts as text."""
        attachment = turn.incoming.attachment or {}
        turn = replace(turn, text=readable(turn.incoming.text))
        if await self._pass_on(turn) is not None:
            return
        if attachment.get("kind") == "contact" and await self._asked_for_contact(turn):
            number = str(attachment.get("phone_number", ""))
            await self._message(
                replace(turn, incoming=replace(turn.incoming, text=number, attachment=None)),
                repeated=repeated,
            )
            return
        ticket = await self._add_to_ticket(turn, attachment)
        if ticket is not None:
            await self._say(
                turn,
                [
                    {
                        "say": "attachment_noted",
                        "kind": attachment["kind"],
                        "reference": ticket.reference,
                    }
                ],
            )
            return
        await self._without_ticket(turn, str(attachment.get("kind")))

    async def _without_ticket(self, turn: _Turn, kind: str) -> None:
        await self._record(turn)
        payloads: Payloads = [{"say": "attachment_without_ticket", "kind": kind}]
        if says_something(turn.text):
            earlier = await messages.history(self._cw, turn.requester.id, _LOOK_BACK)
            turn = await self._in_language(turn, earlier[:-1])
            payloads += await self._turn(turn, turn.text)
        await self._say(turn, payloads)

    async def _edited(self, turn: _Turn) -> None:
        """The new text counts: a question is answered anew, a person sees what was changed."""
        text = readable(turn.incoming.text)
        if turn.incoming.external_id is None or not text:
            return
        message = await messages.record_edit(
            self._cw, turn.requester.id, external_id=turn.incoming.external_id, text=text
        )
        if message is None:
            await self._say(turn, [{"say": "edited_too_late"}])
            return
        if message.edited_at is None or message.attachment is not None:
            return  # only a preview or the like has changed, or a caption
        if await tickets.human_ticket(self._cw, turn.requester.id) is not None:
            return
        turn = replace(turn, text=text)
        if (await self._position(turn)).form is not None:
            await self._say(turn, [{"say": "edited_in_form"}])
        else:
            await self._say(turn, await self._turn(turn, text))

    async def _joined(self, incoming: Incoming, requester: Requester) -> None:
        if incoming.group is not None:
            await outbox.say(
                self._cw, requester.id, [{"say": "group_hello", "link": incoming.group.link}]
            )

    # --- language ----------------------------------------------------------------------------

    async def _in_language(self, turn: _Turn, earlier: Sequence[Message]) -> _Turn:
        """Settle the language by what is written, and keep it."""
        own = [message for message in earlier if message.author == "requester"]
        requester = turn.requester
        situation = Situation(
            requester.language,
            chosen=requester.language_chosen,
            first=not own,
            before=own[-1].language if own else None,
        )
        settled: Settled = settle(self._detector, turn.text, situation)
        turn = replace(turn, written=settled.written)
        if settled.language == requester.language:
            return turn
        if own and (await self._position(turn)).slot in NAME_SLOTS:
            return turn
        return await self._speak(turn, settled.language, chosen=False)

    async def _chosen_beside(self, incoming: Incoming, requester: Requester) -> Requester:
        """Keep a language chosen on the page before the first message."""
        language = served(incoming.language_choice)
        if language is None or requester.language_chosen:
            return requester
        return (await self._speak(_Turn(incoming, requester), language, chosen=True)).requester

    async def _choose_language(self, turn: _Turn, payload: str) -> _Turn:
        language = served(values_of(payload).get("language_choice"))
        return await self._speak(turn, language, chosen=True) if language else turn

    async def _speak(self, turn: _Turn, language: str, *, chosen: bool) -> _Turn:
        await requesters.set_language(self._cw, turn.requester.id, language, chosen=chosen)
        return replace(turn, requester=await requesters.find(self._cw, turn.requester.id))

    # --- beside a person ---------------------------------------------------------------------

    async def _pass_on(self, turn: _Turn) -> Ticket | None:
        """Pass a message to the person who owns the conversation, if one does."""
        return await tickets.pass_on(
            self._cw,
            turn.requester.id,
            text=turn.text,
            language=turn.written or turn.requester.language,
            attachment=turn.incoming.attachment,
            external_id=turn.incoming.external_id,
        )

    async def _emergency(self, text: str) -> Payloads:
        """Even beside a person the bot gives the emergency numbers; otherwise it is silent."""
        if "danger" in signs.finder().of(text):
            return [{"say": "emergency"}]
        try:
            intent = (await self._rasa.parse(text)).get("intent") or {}
        except RasaDown:
            return []
        sure = float(intent.get("confidence") or 0) >= _EMERGENCY_SURE
        return [{"say": "emergency"}] if intent.get("name") == "emergency" and sure else []

    async def _pressed_beside_person(self, turn: _Turn, payload: str, ticket: Ticket) -> Payloads:
        if intent_of(payload) in _ALWAYS_ANSWERED:
            return await fallback.answer_press(self._cw, turn.requester, payload)
        return [{"say": "with_person", "reference": ticket.reference}]

    # --- the dialogue ------------------------------------------------------------------------

    async def _turn(self, turn: _Turn, said: str) -> Payloads:
        """Ask Rasa what to say; without it, do what can be done without."""
        found = signs.finder().of(said) if not intent_of(said) else frozenset()
        try:
            payloads = await self._rasa.turn(
                turn.requester.id,
                said,
                language=turn.requester.language,
                channel=turn.incoming.channel,
                signs=found,
            )
        except RasaDown:
            metrics.RASA_ERRORS.inc()
            return await self._without_rasa(turn, said, found)
        if not payloads:
            _log.error("rasa_said_nothing", intent=intent_of(said) or "text")
            return [{"say": "not_understood"}]
        payloads = await self._fit_for_group(turn, payloads)
        if "danger" in found and not any(each["say"] == "emergency" for each in payloads):
            payloads = [{"say": "danger_beside"}, *payloads]
        return payloads

    async def _without_rasa(self, turn: _Turn, said: str, found: frozenset[signs.Sign]) -> Payloads:
        if intent_of(said):
            return await fallback.answer_press(self._cw, turn.requester, said)
        if "danger" in found:
            return await fallback.answer_press(self._cw, turn.requester, "/emergency")
        if "person" in found:
            return await fallback.answer_press(self._cw, turn.requester, "/talk_to_human")
        return await fallback.answer_text(self._cw, turn.requester, said)

    async def _fit_for_group(self, turn: _Turn, payloads: Payloads) -> Payloads:
        """In a group nobody is asked for personal details: the form ends, and a link is given."""
        group = turn.incoming.group
        if group is None or not any(payload["say"] in _PRIVATE for payload in payloads):
            return payloads
        try:
            await self._rasa.turn(
                turn.requester.id,
                "/cancel",
                language=turn.requester.language,
                channel=turn.incoming.channel,
            )
        except RasaDown:
            metrics.RASA_ERRORS.inc()
        return [{"say": "group_private", "link": group.link}]

    async def _stale(self, turn: _Turn) -> bool:
        """Whether a button belongs to a question that is over."""
        asked = turn.incoming.asked
        if asked is None:
            return False
        try:
            position = await self._rasa.position(turn.requester.id)
        except RasaDown:
            return False
        return question_mark(position.form or "", position.slot or "") != asked

    async def _position(self, turn: _Turn) -> Position:
        try:
            return await self._rasa.position(turn.requester.id)
        except RasaDown:
            return Position()

    async def _asked_for_contact(self, turn: _Turn) -> bool:
        return (await self._position(turn)).slot == "contact"

    # --- record and answer -------------------------------------------------------------------

    async def _record(self, turn: _Turn) -> None:
        await messages.record_incoming(
            self._cw,
            turn.requester.id,
            text=turn.text,
            language=turn.written or turn.requester.language,
            attachment=turn.incoming.attachment,
            external_id=turn.incoming.external_id,
        )

    async def _add_to_ticket(self, turn: _Turn, attachment: Any) -> Ticket | None:
        return await tickets.add_attachment(
            self._cw,
            turn.requester.id,
            text=turn.text,
            language=turn.written or turn.requester.language,
            attachment=attachment,
            external_id=turn.incoming.external_id,
        )

    async def _say(self, turn: _Turn, payloads: Payloads) -> None:
        await outbox.say(self._cw, turn.requester.id, payloads)


def _recorded(earlier: Sequence[Message], incoming: Incoming) -> bool:
    return incoming.external_id is not None and any(
        message.external_id == incoming.external_id for message in earlier
    )
