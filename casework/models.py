"""The tables. Rows are written by the use cases of this package and by nobody else."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Dialect, ForeignKey, Index, MetaData, String, Text, UniqueConstraint
from sqlalchemy import DateTime as _DateTime
from sqlalchemy.ext.asyncio import AsyncAttrs
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship
from sqlalchemy.types import TypeDecorator

from casework.encryption import EncryptedText
from casework.strings import cleaned


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, always aware and in UTC, on databases with and without time zones."""

    impl = _DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """On the way in: refused without a time zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """On the way out: in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class PlainText(TypeDecorator[str]):
    """Text of any length, without the characters that PostgreSQL refuses."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """On the way in: cleaned."""
        return None if value is None else cleaned(value)


class Base(AsyncAttrs, DeclarativeBase):
    """Names every constraint, so that migrations can find it on every database."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012  (SQLAlchemy's own protocol)
        datetime: UtcDateTime,
        dict[str, Any]: JSON,
        list[str]: JSON,
        str: PlainText,
    }


#: Numbers that others remember (an address, a place in a queue) are never given out again.
_NUMBERED_ONCE = {"sqlite_autoincrement": True}


class Requester(Base):
    """A person on a channel: one Telegram chat, one web-chat session, one terminal."""

    __tablename__ = "requester"
    __table_args__ = (UniqueConstraint("channel", "address"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)  # UUID4; Rasa's sender id
    channel: Mapped[str] = mapped_column(String(16))  # telegram | web | terminal
    address: Mapped[str] = mapped_column(String(128))  # chat id; hash of the web session token
    language: Mapped[str] = mapped_column(String(8))
    language_chosen: Mapped[bool] = mapped_column(default=False)  # by the person's own word
    role: Mapped[str | None] = mapped_column(String(16))  # volunteer | organisation | other
    consent_at: Mapped[datetime | None]
    consent_version: Mapped[str | None] = mapped_column(String(16))
    reachable: Mapped[bool] = mapped_column(default=True)  # False: the bot was blocked
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    forgotten_at: Mapped[datetime | None]  # data deleted on request; the row follows it soon


class Ticket(Base):
    """A case: what somebody offers, asks or complains of, and who looks after it."""

    __tablename__ = "ticket"
    __table_args__ = (
        Index(None, "state", "due_at"),
        Index(None, "requester_id", "state"),
        _NUMBERED_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(String(24), unique=True)  # W-26-00042
    kind: Mapped[str] = mapped_column(String(16))  # see casework.vocabulary
    topic: Mapped[str | None] = mapped_column(String(48))  # kind of offer, topic of request …
    language: Mapped[str] = mapped_column(String(8))
    requester_id: Mapped[str | None] = mapped_column(ForeignKey("requester.id"))
    facts: Mapped[dict[str, Any]]  # language-neutral keys and values, see casework.facts
    contact: Mapped[str | None] = mapped_column(EncryptedText)  # None: this chat
    lead_office: Mapped[str] = mapped_column(String(48))
    routing_reason: Mapped[dict[str, Any]]  # {"de": …, "en": …}, as it was at the opening
    state: Mapped[str] = mapped_column(String(16))  # new open waiting resolved closed
    waiting_for: Mapped[str | None] = mapped_column(String(16))  # requester | office
    speaker: Mapped[str] = mapped_column(String(8), default="bot")  # bot | human
    human_since: Mapped[datetime | None]  # last hand-over, take-over or reply by a person
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    priority: Mapped[str] = mapped_column(String(8), default="normal")  # urgent | normal
    confidential: Mapped[bool] = mapped_column(default=False)
    tags: Mapped[list[str]] = mapped_column(JSON, default=list)
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  # the clock that ends first; None while stopped
    first_answer_due_at: Mapped[datetime | None]
    next_news_due_at: Mapped[datetime | None]
    resolution_due_at: Mapped[datetime | None]
    clock_stopped_at: Mapped[datetime | None]
    first_answered_at: Mapped[datetime | None]
    last_news_at: Mapped[datetime | None]
    resolved_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    anonymised_at: Mapped[datetime | None]
    feedback: Mapped[str | None] = mapped_column(String(16))  # helped | not_helped

    requester: Mapped[Requester | None] = relationship(lazy="raise")
    assignee: Mapped["Staff | None"] = relationship(lazy="raise")
    involved: Mapped[list["TicketOffice"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="TicketOffice.id"
    )
    messages: Mapped[list["Message"]] = relationship(lazy="raise", order_by="Message.id")
    events: Mapped[list["TicketEvent"]] = relationship(lazy="raise", order_by="TicketEvent.id")


class TicketOffice(Base):
    """An office that is involved in a ticket beside the lead."""

    __tablename__ = "ticket_office"
    __table_args__ = (UniqueConstraint("ticket_id", "office"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    office: Mapped[str] = mapped_column(String(48))


class TicketEvent(Base):
    """Who did what when. Rows are added, never changed (a guard in the session refuses it)."""

    __tablename__ = "ticket_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(16))  # requester | bot | staff | system
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(String(32))
    details: Mapped[dict[str, Any]]

    staff: Mapped["Staff | None"] = relationship(lazy="raise")


class Message(Base):
    """One line of a conversation. Without a ticket it is kept a day, with one as long as it."""

    __tablename__ = "message"
    __table_args__ = (
        Index(None, "requester_id", "id"),
        Index(None, "ticket_id", "id"),
        Index(None, "outbox_id"),
        _NUMBERED_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    requester_id: Mapped[str | None] = mapped_column(ForeignKey("requester.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    author: Mapped[str] = mapped_column(String(16))  # requester | bot | staff | note
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    language: Mapped[str | None] = mapped_column(String(8))
    text: Mapped[str]
    original_text: Mapped[str | None]  # before the person edited it
    edited_at: Mapped[datetime | None]
    attachment: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    external_id: Mapped[str | None] = mapped_column(String(64))  # the channel's message id
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id", ondelete="SET NULL"))

    staff: Mapped["Staff | None"] = relationship(lazy="raise")
    outbox: Mapped["OutboxItem | None"] = relationship(lazy="raise")


class InboxItem(Base):
    """An update as it came in, once per channel and update id."""

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("channel", "update_id"),
        Index(None, "processed_at", "id"),
        Index(None, "channel", "address", "processed_at"),
        _NUMBERED_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    update_id: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(128))  # whose turn order it keeps
    payload: Mapped[dict[str, Any]]  # emptied once processed
    received_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    processed_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(32))  # done | ignored | failed


class OutboxItem(Base):
    """Something to be sent: keys and parameters, worded when it is delivered."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(None, "state", "due_at"),
        Index(None, "requester_id", "id"),
        Index(None, "channel", "address", "state"),
        Index(None, "ticket_id"),
        _NUMBERED_ONCE,
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))  # telegram | web | terminal | email
    requester_id: Mapped[str | None] = mapped_column(ForeignKey("requester.id"))
    address: Mapped[str] = mapped_column(String(254))
    payload: Mapped[dict[str, Any]]  # {"say": key, …}
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    claimed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(16), default="pending")
    # pending | sent | failed (given up) | unreachable (the bot was blocked)
    sent_at: Mapped[datetime | None]
    problem: Mapped[str | None] = mapped_column(String(200))
    external_id: Mapped[str | None] = mapped_column(String(64))


class HelpOffer(Base):
    """What a volunteer offers."""

    __tablename__ = "help_offer"
    __table_args__ = (Index(None, "kind", "state"), Index(None, "requester_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    requester_id: Mapped[str | None] = mapped_column(ForeignKey("requester.id"))
    ticket_id: Mapped[int] = mapped_column(ForeignKey("ticket.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(String(32))
    languages: Mapped[list[str]]
    availability: Mapped[dict[str, Any]]  # {"text": …, "days": […], "times": […]}
    district: Mapped[str | None] = mapped_column(String(48))
    contact: Mapped[str | None] = mapped_column(EncryptedText)
    remark: Mapped[str | None]
    active_until: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(16), default="new")
    created_at: Mapped[datetime]


class Organisation(Base):
    """A row of the register of migrant organisations."""

    __tablename__ = "organisation"

    id: Mapped[int] = mapped_column(primary_key=True)
    requester_id: Mapped[str | None] = mapped_column(ForeignKey("requester.id"))
    ticket_id: Mapped[int | None] = mapped_column(ForeignKey("ticket.id", ondelete="SET NULL"))
    name: Mapped[str]
    legal_form: Mapped[str | None] = mapped_column(String(32))
    fields: Mapped[list[str]]
    languages: Mapped[list[str]]
    district: Mapped[str | None] = mapped_column(String(48))
    umbrella: Mapped[str | None]
    rooms_to_share: Mapped[bool | None]
    contact: Mapped[str | None] = mapped_column(EncryptedText)
    state: Mapped[str] = mapped_column(String(16), default="announced")  # announced | confirmed
    last_confirmed_at: Mapped[datetime | None]


class KnowledgeEntry(Base):
    """A curated answer: facts here, words per language in `KnowledgeText`."""

    __tablename__ = "knowledge_entry"

    id: Mapped[str] = mapped_column(String(128), primary_key=True)  # topic/name
    collection: Mapped[str] = mapped_column(String(48), index=True)  # the pack: its municipality
    topic: Mapped[str] = mapped_column(String(256))
    position: Mapped[int]
    source: Mapped[str]
    source_section: Mapped[str | None]
    as_of: Mapped[str] = mapped_column(String(7))  # YYYY-MM
    review_months: Mapped[int]
    next_step: Mapped[str | None] = mapped_column(String(64))
    offices: Mapped[list[str]]
    url: Mapped[str | None]
    published: Mapped[bool] = mapped_column(default=True)
    published_at: Mapped[datetime | None]  # for the first time; None: still a draft
    edited_at: Mapped[datetime | None]  # by the office; an import leaves it alone

    texts: Mapped[list["KnowledgeText"]] = relationship(
        lazy="raise", cascade="all, delete-orphan", order_by="KnowledgeText.language"
    )


class KnowledgeText(Base):
    """An entry's words in one language."""

    __tablename__ = "knowledge_text"
    __table_args__ = (UniqueConstraint("entry_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("knowledge_entry.id", ondelete="CASCADE"))
    language: Mapped[str] = mapped_column(String(8))
    title: Mapped[str]
    answer: Mapped[str]
    asking: Mapped[list[str]]
    reviewed: Mapped[bool] = mapped_column(default=False)  # by a human who speaks it
    outdated_at: Mapped[datetime | None]  # the German words changed, these were not yet checked
    url: Mapped[str | None]  # an imported page's address in this language
    context: Mapped[str | None]  # titles above an imported page: searched, never shown
    external_id: Mapped[str | None] = mapped_column(String(64))  # an imported page's own id


class KnowledgeRevision(Base):
    """Who changed what of an entry when. Rows are added, never changed."""

    __tablename__ = "knowledge_revision"
    __table_args__ = (Index(None, "entry_id", "id"), _NUMBERED_ONCE)

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(ForeignKey("knowledge_entry.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))  # None: an import
    kind: Mapped[str] = mapped_column(String(16))
    # created | edited | checked | removed | published | withdrawn | imported
    language: Mapped[str | None] = mapped_column(String(8))  # None: the entry's own facts
    before: Mapped[dict[str, Any]]  # the fields that changed, as they were
    after: Mapped[dict[str, Any]]  # and as they are

    staff: Mapped["Staff | None"] = relationship(lazy="raise")


class WordGroup(Base):
    """Words that mean the same to whoever asks, in all languages; search takes one for another."""

    __tablename__ = "word_group"

    id: Mapped[str] = mapped_column(String(48), primary_key=True)
    collection: Mapped[str] = mapped_column(String(48), index=True)
    position: Mapped[int]
    words: Mapped[dict[str, Any]]  # language: its words
    edited_at: Mapped[datetime | None]  # by the office; an import leaves it alone


class OpenQuestion(Base):
    """A question the knowledge base could not answer, or answered badly. Without any person."""

    __tablename__ = "open_question"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    language: Mapped[str] = mapped_column(String(8))
    text: Mapped[str]
    entry_id: Mapped[str | None] = mapped_column(String(128))  # the answer that did not help
    outcome: Mapped[str] = mapped_column(String(16))  # nothing | unsure | not_helpful


class EntryUse(Base):
    """How often an entry was shown and found helpful, a row per day, entry and language."""

    __tablename__ = "entry_use"
    __table_args__ = (UniqueConstraint("day", "entry_id", "language"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[str] = mapped_column(String(10))
    entry_id: Mapped[str] = mapped_column(String(128))
    language: Mapped[str] = mapped_column(String(8))
    shown: Mapped[int] = mapped_column(default=0)
    helpful: Mapped[int] = mapped_column(default=0)
    not_helpful: Mapped[int] = mapped_column(default=0)


class Staff(Base):
    """Somebody who works at the desk."""

    __tablename__ = "staff"
    __table_args__ = _NUMBERED_ONCE

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    password_hash: Mapped[str]
    password_is_own: Mapped[bool] = mapped_column(default=False)  # False: somebody else knows it
    language: Mapped[str] = mapped_column(String(8), default="de")
    role: Mapped[str] = mapped_column(String(16), default="coordinator")  # coordinator | admin
    complaints: Mapped[bool] = mapped_column(default=False)  # may see complaints
    active: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    created_at: Mapped[datetime]


class StaffSession(Base):
    """A login at the desk; only the token's SHA-256 is kept."""

    __tablename__ = "staff_session"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"))
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    staff: Mapped[Staff] = relationship(lazy="raise")


class Counter(Base):
    """The last number given out, such as a year's last ticket."""

    __tablename__ = "counter"

    name: Mapped[str] = mapped_column(String(48), primary_key=True)
    value: Mapped[int]
