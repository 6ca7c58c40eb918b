"""`knowledge check` names what is wrong, with file and line, and what is due."""

import re
from datetime import date
from pathlib import Path

import pytest

from casework.knowledge_check import Finding, check
from tests.support.answers import ORGANISATIONS, VOLUNTEERING, write_pack

TODAY = date(2026, 3, 10)


def findings(tmp_path: Path, volunteering: str = VOLUNTEERING) -> list[Finding]:
    packs = write_pack(tmp_path / "packs", volunteering=volunteering, organisations=ORGANISATIONS)
    return check(packs, "wiesbaden", TODAY)


def errors(tmp_path: Path, volunteering: str) -> list[str]:
    found = findings(tmp_path, volunteering)
    return [finding.text for finding in found if finding.severity == "error"]


def warnings(tmp_path: Path) -> list[str]:
    return [finding.text for finding in findings(tmp_path) if finding.severity == "warning"]


def line_of(text: str) -> int:
    return next(n for n, line in enumerate(VOLUNTEERING.splitlines(), 1) if text in line)


def test_a_sound_pack_has_warnings_only(tmp_path: Path) -> None:
    assert {finding.severity for finding in findings(tmp_path)} == {"warning"}


def test_missing_languages_are_listed(tmp_path: Path) -> None:
    missing = next(text for text in warnings(tmp_path) if "office_hours is missing" in text)
    assert missing.endswith("is missing in tr, pl, ru, uk, ar, fa, it, fr")


def test_overdue_reviews_are_listed(tmp_path: Path) -> None:
    line = line_of("as_of")
    assert any(
        re.search(rf"volunteering.yml:{line}: volunteering/start is overdue .*2019-01", text)
        for text in warnings(tmp_path)
    )


def test_offices_without_an_address_are_listed(tmp_path: Path) -> None:
    pattern = r"offices.yml:\d+: coordination_volunteers has no e-mail address"
    assert any(re.search(pattern, text) for text in warnings(tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "place", "problem"),
    [
        ("as_of: 2019-01", "as_of: 2019-1", "as_of", "match pattern"),
        ("as_of: 2019-01", "as_of: 2199-01", "as_of", "still to come"),
        ("next_step: offer_help", "next_step: dance", "next_step", "no next step dance"),
        ("next_step: offer_help", "next_step: offer_help/x", "next_step", "no next step"),
        ("review_months: 12", "review_months: never", "review_months", "valid integer"),
        ("section: ", "sektion: ", "section", "sektion: Extra inputs"),
        ("source: V", "source: X", "source", "no source X"),
        ("[coordination_volunteers]", "[coordination_x]", "offices", "no office coordination_x"),
        ("      ar:", "      ro:", "texts", "not served: ro"),
        ("Schreiben Sie uns", "Siehe http://x.de", "answer", "a link belongs"),
        ("offices: [", "url: www.x.de\n    offices: [", "offices", "a whole https://"),
        ("id: volunteering/start", "id: start", "id", "match pattern"),
        ("title: Wie kann ich mich", "title: &a Wie kann", "title", ""),
    ],
)
def test_a_mistake_is_named_with_its_line(
    tmp_path: Path, old: str, new: str, place: str, problem: str
) -> None:
    found = errors(tmp_path, VOLUNTEERING.replace(old, new, 1))
    if not problem:
        assert found == []
        return
    assert any(problem in text for text in found), found
    assert all(re.search(r"volunteering\.yml:\d+: ", text) for text in found)
    lines = [int(re.search(r":(\d+):", text)[1]) for text in found]  # type: ignore[index]
    assert any(abs(line - line_of(f"{place}:")) <= 1 for line in lines), found


def test_an_answer_too_long_for_one_message_is_an_error(tmp_path: Path) -> None:
    found = errors(tmp_path, VOLUNTEERING.replace("Dienstags", "Dienstags " * 400))
    assert any("too long for one message" in text for text in found)


def test_two_entries_that_are_asked_for_alike_are_an_error(tmp_path: Path) -> None:
    found = errors(
        tmp_path, VOLUNTEERING.replace("- seid ihr heute da", "- unser verein SUCHT einen Raum!")
    )
    assert len(found) == 1
    assert re.search(r"volunteering\.yml:\d+: asked already at .*organisations\.yml:\d+", found[0])


def test_a_way_of_asking_that_stands_twice_in_its_entry_is_a_warning(tmp_path: Path) -> None:
    twice = VOLUNTEERING.replace("- seid ihr heute da", "- wann habt ihr offen")
    found = [finding for finding in findings(tmp_path, twice) if "asked already" in finding.text]
    assert [finding.severity for finding in found] == ["warning"]


def test_an_id_that_stands_twice_is_an_error(tmp_path: Path) -> None:
    twice = VOLUNTEERING.replace("volunteering/office_hours", "volunteering/start")
    assert any("is there already" in text for text in errors(tmp_path, twice))


def test_a_title_too_long_for_a_button_is_a_warning(tmp_path: Path) -> None:
    long = VOLUNTEERING.replace("How can I volunteer?", "How can I volunteer? " * 4)
    assert any("do not fit on a button" in finding.text for finding in findings(tmp_path, long))


def test_every_file_is_looked_at_also_when_one_is_no_yaml(tmp_path: Path) -> None:
    found = errors(tmp_path, "topic: [\n")
    assert len(found) == 1
    assert re.search(r"volunteering\.yml:\d+: ", found[0])


def test_a_pack_with_a_broken_file_of_its_own_is_named(tmp_path: Path) -> None:
    packs = write_pack(tmp_path / "packs")
    (packs / "wiesbaden" / "offices.yml").write_text("offices: 3\n", encoding="utf-8")
    found = check(packs, "wiesbaden", TODAY)
    assert found[0].severity == "error"
    assert "offices.yml:1" in found[0].text
