"""`knowledge check` names what is wrong, with file and line, and what is due."""

import random
import re
from datetime import date
from pathlib import Path

import pytest

from casework.knowledge_check import RIVALS_NAMED, Finding, check
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


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("https://www.example.org/rooms).", 'ends with ")."'),
        ("https://www.example..org/rooms", "no such host can be"),
        ("https://www.exa_mple-.org/", "no such host can be"),
        ("https://www.example.org:80x/", "no address of a web page"),
        ("https://www.example.org/Raum_(Verein)", ""),
        ("https://müller.example.org/räume?a=1#b", ""),
    ],
)
def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path, url: str, problem: str) -> None:
    own = VOLUNTEERING.replace("offices: [", f'url: "{url}"\n    offices: [', 1)
    found = errors(tmp_path, own)
    assert len(found) == bool(problem), found
    assert all(re.search(r"volunteering\.yml:\d+: https://", text) for text in found)
    assert all(problem in text for text in found)


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ("[hier](im Chat)", "[hier](im Chat) is shown as it stands"),
        ("<b>hier", "<b> is shown as it stands"),
        ("**hier", "**h is shown as it stands"),
        ("an info@wiesbaden", "info@wiesbaden: "),
        ("an @wiesbaden.de", "@wiesbaden.de: "),
        ("an info@wiesbaden.de.", ""),
        ("5 < 6 und 7 > 6 [sic] (so) * 3", ""),
    ],
)
def test_markup_and_wrong_mail_addresses_in_an_answer_are_warnings(
    tmp_path: Path, words: str, problem: str
) -> None:
    found = findings(tmp_path, VOLUNTEERING.replace("hier im Chat", words))
    place = rf"volunteering\.yml:{line_of('answer:')}: volunteering/start: "
    named = [finding.text for finding in found if re.search(place, finding.text)]
    assert bool(named) == bool(problem), named
    assert all(problem in text for text in named)
    assert {finding.severity for finding in found} == {"warning"}


def test_an_office_with_a_wrong_mail_address_is_an_error(tmp_path: Path) -> None:
    packs = write_pack(tmp_path / "packs")
    offices = packs / "wiesbaden" / "offices.yml"
    content = offices.read_text(encoding="utf-8")
    offices.write_text(re.sub("email: .*", 'email: "info(at)wiesbaden.de"', content, count=1))
    found = check(packs, "wiesbaden", TODAY)
    assert re.search(r"offices\.yml:\d+: \w+: info\(at\)wiesbaden.de: ", found[0].text)


RIVAL = "- Unser Verein sucht einen Raum für die Probe"


def test_two_entries_that_compete_for_a_question_are_named_with_both_places(
    tmp_path: Path,
) -> None:
    own = VOLUNTEERING.replace("- seid ihr heute da", RIVAL)
    found = [finding for finding in findings(tmp_path, own) if "sounds like" in finding.text]
    assert {finding.severity for finding in found} == {"warning"}
    pattern = (
        r'volunteering\.yml:\d+: "Unser Verein .*" stands for volunteering/office_hours, '
        r'but sounds like organisations/rooms at .*organisations\.yml:\d+: "Unser Verein sucht'
    )
    assert any(re.search(pattern, finding.text) for finding in found)
    before = [text for text in warnings(tmp_path / "before") if "sounds like" in text]
    assert not any("Raum" in text for text in before)


def _in_a_column(lines: list[str]) -> str:
    return ("\n" + " " * 10).join(lines)


def test_of_many_rivals_the_clearest_are_named_and_the_others_counted(tmp_path: Path) -> None:
    letters = random.Random(1)
    names = ["".join(letters.choices("abdefgiklmnorstu", k=8)) for _ in range(RIVALS_NAMED + 5)]
    many = [f"- {name} {more}" for name in names for more in ("offen", "heute")]
    rooms = ORGANISATIONS.replace("- Unser Verein sucht einen Raum", _in_a_column(many))
    strange = [f"- {name}" for name in names]
    own = VOLUNTEERING.replace("- seid ihr heute da", _in_a_column(strange))
    packs = write_pack(tmp_path / "packs", volunteering=own, organisations=rooms)
    found = [finding.text for finding in check(packs, "wiesbaden", TODAY)]
    assert sum("sounds like" in text for text in found) == RIVALS_NAMED
    assert any("more sentences like these" in text for text in found)


def test_a_file_that_nobody_reads_is_a_warning(tmp_path: Path) -> None:
    packs = write_pack(tmp_path / "packs")
    (packs / "wiesbaden" / "faq" / "housing.yaml").write_text("topic: housing\n")
    found = [finding.text for finding in check(packs, "wiesbaden", TODAY)]
    assert any("housing.yaml: not read" in text for text in found)


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
