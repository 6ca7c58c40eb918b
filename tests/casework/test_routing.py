"""The whole table of offices: who leads, who is involved, and why."""

from typing import Any

import pytest

from casework.pack import Pack, load_pack
from casework.routing import route
from casework.vocabulary import FUNDING_PURPOSES, OFFER_KINDS, REQUEST_TOPICS, TICKET_KINDS
from tests.support.office import make_settings

VOLUNTEERS = "coordination_volunteers"
ORGANISATIONS = "coordination_organisations"


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Pack:
    return load_pack(make_settings(tmp_path_factory.mktemp("data")).knowledge_dir, "wiesbaden")


Case = tuple[str, str | None, dict[str, Any], str, list[str]]

TABLE: list[Case] = [
    ("offer", "interpreting", {}, VOLUNTEERS, ["migramundi"]),
    ("offer", "mentoring", {}, VOLUNTEERS, ["gemeinsam_in_wiesbaden"]),
    ("offer", "learning_support", {}, VOLUNTEERS, ["volunteer_center"]),
    ("offer", "accompaniment", {}, VOLUNTEERS, []),
    ("offer", "housing_search", {}, VOLUNTEERS, []),
    ("offer", "donation", {}, VOLUNTEERS, []),
    ("offer", "other", {}, VOLUNTEERS, []),
    ("offer", "shared_accommodation", {}, VOLUNTEERS, ["social_service_asylum"]),
    ("offer", "sports", {}, VOLUNTEERS, ["sports_office"]),
    ("request", "rooms", {}, ORGANISATIONS, []),
    ("request", "networking", {}, ORGANISATIONS, []),
    ("request", "advice", {}, ORGANISATIONS, []),
    ("request", "outdoor_space", {}, ORGANISATIONS, ["parks_office"]),
    ("request", "training", {}, ORGANISATIONS, ["buergerkolleg"]),
    ("request", "education_work", {}, ORGANISATIONS, ["education_coordination"]),
    (
        "request",
        "funding",
        {"purpose": "culture"},
        ORGANISATIONS,
        ["cultural_office", "integration_department"],
    ),
    ("request", "funding", {"purpose": "association"}, ORGANISATIONS, ["foreigners_council"]),
    (
        "request",
        "funding",
        {"purpose": "state_programme"},
        ORGANISATIONS,
        ["kompetenzzentrum_vielfalt"],
    ),
    ("request", "funding", {"purpose": "sports"}, ORGANISATIONS, ["sports_office"]),
    ("request", "funding", {"purpose": "equipment"}, ORGANISATIONS, ["house_of_resources"]),
    ("request", "funding", {"purpose": "other"}, ORGANISATIONS, ["integration_department"]),
    ("request", "funding", {}, ORGANISATIONS, ["integration_department"]),
    ("interpreter", None, {}, VOLUNTEERS, ["migramundi"]),
    ("registration", None, {}, ORGANISATIONS, []),
    ("complaint", None, {}, VOLUNTEERS, []),
    ("contact", None, {}, VOLUNTEERS, []),
    ("contact", None, {"role": "organisation"}, ORGANISATIONS, []),
    ("contact", None, {"role": "volunteer"}, VOLUNTEERS, []),
    ("question", None, {}, VOLUNTEERS, []),
    ("question", None, {"role": "organisation"}, ORGANISATIONS, []),
    ("question", None, {"entry": "funding/overview"}, ORGANISATIONS, []),
    ("question", None, {"entry": "organisations/rooms"}, ORGANISATIONS, []),
    ("question", None, {"entry": "funding/overview", "role": "volunteer"}, VOLUNTEERS, []),
]

BY_ENTRY = [
    ("authorities/residence", "immigration_authority"),
    ("authorities/benefits", "job_center"),
    ("work/job_search", "job_center"),
    ("work/recognition", "job_center"),
    ("housing/shared_accommodation", "social_service_asylum"),
    ("health/psychosocial", "wipso_net"),
    ("education/children", "education_coordination"),
    ("education/coordination", "education_coordination"),
    ("sport_culture/sport", "sports_office"),
    ("sport_culture/culture", "cultural_office"),
]


@pytest.mark.parametrize("case", TABLE)
def test_a_case_goes_to_its_office(pack: Pack, case: Case) -> None:
    kind, topic, facts, lead, involved = case
    found = route(pack, kind, topic, facts)
    assert (found.lead, list(found.involved)) == (lead, involved)


@pytest.mark.parametrize(("entry", "office"), BY_ENTRY)
@pytest.mark.parametrize(
    ("role", "lead"),
    [
        ("volunteer", VOLUNTEERS),
        ("other", VOLUNTEERS),
        (None, VOLUNTEERS),
        ("organisation", ORGANISATIONS),
    ],
)
def test_a_question_involves_the_office_of_the_nearest_answer(
    pack: Pack, entry: str, office: str, role: str | None, lead: str
) -> None:
    found = route(pack, "question", None, {"entry": entry, "role": role})
    assert (found.lead, list(found.involved)) == (lead, [office])


def test_every_thinkable_case_has_an_office_and_a_reason(pack: Pack) -> None:
    topics: dict[str, tuple[str | None, ...]] = {"offer": OFFER_KINDS, "request": REQUEST_TOPICS}
    for kind in TICKET_KINDS:
        for topic in topics.get(kind, (None, "newsletter", "emergency")):
            for purpose in (None, *FUNDING_PURPOSES):
                for role in (None, "volunteer", "organisation", "other"):
                    found = route(pack, kind, topic, {"purpose": purpose, "role": role})
                    assert pack.office(found.lead)
                    assert found.reason["de"] != found.reason["en"]
