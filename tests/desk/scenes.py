"""A working day of the coordination, told through the use cases."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from argon2 import PasswordHasher

from casework import messages, outbox, requesters, tickets
from casework.context import Casework
from casework.models import Requester, Staff, Ticket
from tests.support.clock import Clock
from tests.support.people import PASSWORD, make_requester


@dataclass(frozen=True, slots=True)
class Team:
    """Who works at the desk."""

    yildiz: Staff  # sees complaints
    berger: Staff  # does not
    english: Staff


@dataclass(frozen=True, slots=True)
class Day:
    """The tickets of the day by what they are about."""

    team: Team
    tickets: dict[str, Ticket]


async def make_team(cw: Casework) -> Team:
    """Three people with passwords of their own."""
    team = Team(
        yildiz=_member(cw, "yildiz", "Derya Yıldız", complaints=True),
        berger=_member(cw, "berger", "Jonas Berger"),
        english=_member(cw, "okafor", "Grace Okafor", language="en", complaints=True),
    )
    async with cw.database.transaction() as session:
        session.add_all([team.yildiz, team.berger, team.english])
    return team


def _member(cw: Casework, login: str, name: str, **values: Any) -> Staff:
    return Staff(
        login=login,
        name=name,
        password_hash=_password_hash(),
        password_is_own=True,
        created_at=cw.clock(),
        **values,
    )


@cache
def _password_hash() -> str:
    """Made once: a good hash takes its time."""
    return PasswordHasher().hash(PASSWORD)


async def person_says(cw: Casework, person: Requester, text: str, **values: Any) -> None:
    """A person writes, to the bot or, when a human speaks, to the office."""
    passed = await tickets.pass_on(cw, person.id, text=text, language=person.language, **values)
    if passed is None:
        await messages.record_incoming(cw, person.id, text=text, language=person.language, **values)


async def bot_says(cw: Casework, person: Requester, text: str) -> None:
    """The bot answers, and the answer arrives."""
    (item,) = await outbox.say(cw, person.id, [{"say": "greeting", "first": True}])
    await outbox.mark_sent(cw, item.id, text=text, external_id=f"m{item.id}")


async def deliver(cw: Casework, text: str = "…") -> None:
    """Everything that waits in the outbox arrives."""
    while items := await outbox.claim_due(cw, "telegram", 50):
        for item in items:
            words = item.payload.get("text") or text
            await outbox.mark_sent(cw, item.id, text=words, external_id=f"m{item.id}")


async def a_day(cw: Casework, clock: Clock) -> Day:
    """Tickets in several languages: overdue, urgent, confidential, answered, blocked."""
    clock.set("2026-02-23 09:00")
    team = await make_team(cw)
    found = {
        "turkish": await _an_offer_that_is_overdue(cw, clock),
        "arabic": await _a_request_in_conversation(cw, clock, team),
        "russian": await _a_question_passed_on(cw, clock),
        "urgent": await _an_emergency(cw, clock),
        "complaint": await _a_complaint(cw, clock),
        "ukrainian": await _somebody_who_blocked_the_bot(cw, clock, team),
        **await _more(cw, clock, team),
    }
    clock.set("2026-03-10 10:00")
    return Day(team, found)


async def _an_offer_that_is_overdue(cw: Casework, clock: Clock) -> Ticket:
    clock.set("2026-02-26 11:20")
    leyla = await make_requester(cw, language="tr", role="volunteer")
    await person_says(cw, leyla, "merhaba, arapça ve türkçe biliyorum, tercümanlık yapabilirim")
    await bot_says(cw, leyla, "Ne güzel! Hangi günlerde vaktiniz olur?")
    clock.forward(minutes=2)
    await person_says(cw, leyla, "salı akşamları, bazen cuma öğleden sonra")
    await bot_says(cw, leyla, "Özetliyorum: Tercümanlık, Arapça ve Türkçe, salı akşamları.")
    clock.forward(minutes=1)
    return await tickets.open_ticket(
        cw,
        requester_id=leyla.id,
        kind="offer",
        topic="interpreting",
        language="tr",
        contact="leyla.demir@example.org",
        facts={
            "languages": ["ar", "tr"],
            "availability": {
                "text": "salı akşamları, bazen cuma öğleden sonra",
                "days": ["tue"],
                "times": ["evening"],
            },
            "district": "kastel",
            "remark": "Hastane randevularına da gelebilirim. 12 yıldır Wiesbaden'deyim.",
        },
    )


async def _a_request_in_conversation(cw: Casework, clock: Clock, team: Team) -> Ticket:
    clock.set("2026-03-09 14:05")
    samir = await make_requester(cw, language="ar", role="organisation")
    await person_says(cw, samir, "السلام عليكم، نحن جمعية ثقافية ونبحث عن قاعة في Biebrich")
    await bot_says(cw, samir, "وعليكم السلام. كم عدد الأشخاص، ومتى تحتاجون القاعة؟")
    clock.forward(minutes=3)
    ticket = await tickets.open_ticket(
        cw,
        requester_id=samir.id,
        kind="request",
        topic="rooms",
        language="ar",
        contact="+49 611 5550142",
        facts={
            "organisation": "Al-Nour Kulturverein e. V.",
            "need": "نبحث عن قاعة لـ 40 شخصًا كل يوم سبت من الساعة 15 إلى 18 لدروس اللغة العربية.",
            "deadline": {"text": "بداية أبريل", "date": "2026-04-01"},
            "people": 40,
            "district": "biebrich",
        },
    )
    clock.forward(minutes=40)
    await tickets.reply(
        cw,
        ticket.id,
        team.yildiz.id,
        "Guten Tag, vielen Dank für Ihre Anfrage. Im Bürgerhaus Biebrich ist samstags ein Saal "
        "frei. Brauchen Sie auch eine Küche?",
    )
    await deliver(cw)
    clock.set("2026-03-10 08:45")
    await person_says(cw, samir, "شكرًا جزيلًا! لا نحتاج إلى مطبخ، لكن نحتاج إلى سبورة (Whiteboard).")
    await person_says(
        cw,
        samir,
        "هذا نظام الجمعية.",
        attachment={"kind": "document", "file_name": "Satzung_Al-Nour.pdf"},
    )
    await tickets.note(
        cw,
        ticket.id,
        team.berger.id,
        "Frau Weber vom Bürgerhaus ruft morgen zurück; Whiteboard ist vorhanden.",
    )
    return ticket


async def _a_question_passed_on(cw: Casework, clock: Clock) -> Ticket:
    clock.set("2026-03-06 16:40")
    olga = await make_requester(cw, language="ru")
    await person_says(
        cw, olga, "Здравствуйте! Куда обратиться, чтобы признали мой диплом медсестры?"
    )
    await bot_says(cw, olga, "На этот вопрос у меня нет ответа. Передать его сотрудникам?")
    return await tickets.hand_over(
        cw,
        olga.id,
        reason="question",
        question="Куда обратиться, чтобы признали мой диплом медсестры? Я из Казахстана.",
        entry_id="work/recognition",
        role="volunteer",
    )


async def _an_emergency(cw: Casework, clock: Clock) -> Ticket:
    clock.set("2026-03-10 09:50")
    reza = await make_requester(cw, language="fa", consent=False)
    await person_says(cw, reza, "همسرم مرا تهدید می‌کند، نمی‌دانم چه کار کنم")
    await bot_says(cw, reza, "در خطر فوری با 110 تماس بگیرید. خط کمک به زنان: 116 016")
    return await tickets.hand_over(cw, reza.id, reason="emergency")


async def _a_complaint(cw: Casework, clock: Clock) -> Ticket:
    clock.set("2026-03-05 10:10")
    piotr = await make_requester(cw, language="pl", role="volunteer")
    await person_says(cw, piotr, "Chcę złożyć skargę na kierownika grupy w schronisku.")
    return await tickets.open_ticket(
        cw,
        requester_id=piotr.id,
        kind="complaint",
        language="pl",
        facts={"complaint": "Kierownik grupy krzyczy na wolontariuszy przy wszystkich."},
    )


async def _somebody_who_blocked_the_bot(cw: Casework, clock: Clock, team: Team) -> Ticket:
    clock.set("2026-03-04 15:00")
    oksana = await make_requester(cw, language="uk", role="organisation")
    ticket = await tickets.open_ticket(
        cw,
        requester_id=oksana.id,
        kind="request",
        topic="funding",
        language="uk",
        facts={
            "purpose": "culture",
            "organisation": "Український дім Вісбаден",
            "need": "Фестиваль вуличної їжі та музики в червні, потрібно близько 4 000 €.",
            "amount": "4 000 €",
            "deadline": {"text": "до кінця березня"},
        },
    )
    await tickets.reply(cw, ticket.id, team.berger.id, "Guten Tag, wir klären das.")
    await requesters.mark_unreachable(cw, oksana.id)
    return ticket


async def _more(cw: Casework, clock: Clock, team: Team) -> dict[str, Ticket]:
    clock.set("2026-03-09 17:30")
    found: dict[str, Ticket] = {}
    for number, (language, kind, topic, facts) in enumerate(_MORE):
        person = await make_requester(cw, language=language, channel="web", address=f"web{number}")
        found[f"more{number}"] = await tickets.open_ticket(
            cw, requester_id=person.id, kind=kind, topic=topic, language=language, facts=facts
        )
        clock.forward(minutes=7)
    await tickets.assign(cw, found["more1"].id, team.yildiz.id, team.yildiz.id)
    await tickets.change_state(
        cw, found["more1"].id, team.yildiz.id, "waiting", waiting_for="office"
    )
    return found


_MORE: list[tuple[str, str, str | None, dict[str, Any]]] = [
    (
        "de",
        "offer",
        "learning_support",
        {"remark": "Ich bin Lehrerin im Ruhestand, Mathe und Deutsch."},
    ),
    (
        "it",
        "request",
        "training",
        {
            "organisation": "Circolo Italiano",
            "need": "Un corso di contabilità per i nostri soci.",
        },
    ),
    (
        "fr",
        "interpreter",
        None,
        {
            "languages": ["fr"],
            "need": "Rendez-vous chez le pédiatre",
            "availability": {"text": "jeudi à 9 h", "days": ["thu"], "times": ["morning"]},
        },
    ),
    (
        "en",
        "registration",
        None,
        {
            "organisation": "African Women's Network",
            "legal_form": "initiative",
            "fields": ["women_youth", "culture"],
            "languages": ["en", "fr"],
        },
    ),
    ("pl", "offer", "sports", {"remark": "Trenuję piłkę nożną z dziećmi."}),
]
