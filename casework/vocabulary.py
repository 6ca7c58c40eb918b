"""The trade's fixed words: keys that are stored, routed by and worded elsewhere."""

from typing import Literal, get_args

TicketKind = Literal[
    "offer", "request", "interpreter", "registration", "complaint", "question", "contact"
]
OfferKind = Literal[
    "interpreting",
    "mentoring",
    "learning_support",
    "accompaniment",
    "shared_accommodation",
    "sports",
    "housing_search",
    "donation",
    "other",
]
RequestTopic = Literal[
    "funding", "rooms", "outdoor_space", "training", "advice", "education_work", "networking"
]
FundingPurpose = Literal[
    "culture", "association", "state_programme", "sports", "equipment", "other"
]
Role = Literal["volunteer", "organisation", "other"]
State = Literal["new", "open", "waiting", "resolved", "closed"]
WaitingFor = Literal["requester", "office"]
Speaker = Literal["bot", "human"]
Priority = Literal["urgent", "normal"]
LegalForm = Literal["association", "initiative", "other"]
OrganisationField = Literal[
    "education",
    "culture",
    "sport",
    "religion",
    "social_advice",
    "women_youth",
    "politics_participation",
    "other",
]
NewsTopic = Literal["volunteering", "organisations", "funding", "training", "events"]
Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun", "weekend", "weekdays", "daily"]
TimeOfDay = Literal["morning", "noon", "afternoon", "evening", "night"]
HandOverReason = Literal["asked", "emergency", "question"]
Channel = Literal["telegram", "web", "terminal", "email"]
StaffRole = Literal["coordinator", "admin"]

TICKET_KINDS: tuple[TicketKind, ...] = get_args(TicketKind)
OFFER_KINDS: tuple[OfferKind, ...] = get_args(OfferKind)
REQUEST_TOPICS: tuple[RequestTopic, ...] = get_args(RequestTopic)
FUNDING_PURPOSES: tuple[FundingPurpose, ...] = get_args(FundingPurpose)
ROLES: tuple[Role, ...] = get_args(Role)
STATES: tuple[State, ...] = get_args(State)
LEGAL_FORMS: tuple[LegalForm, ...] = get_args(LegalForm)
ORGANISATION_FIELDS: tuple[OrganisationField, ...] = get_args(OrganisationField)
NEWS_TOPICS: tuple[NewsTopic, ...] = get_args(NewsTopic)
DAYS: tuple[Day, ...] = get_args(Day)
TIMES: tuple[TimeOfDay, ...] = get_args(TimeOfDay)

#: States in which somebody still has work with the ticket.
UNDER_WAY: tuple[State, ...] = ("new", "open", "waiting")
