"""The municipality's data: complete in ten languages, and errors named by file and line."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from casework.errors import PackError, UnknownOffice
from casework.languages import SERVED
from casework.pack import Pack, load_pack
from tests.support.office import make_settings


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_settings(tmp_path_factory.mktemp("data")).knowledge_dir


@pytest.fixture(scope="module")
def pack(knowledge: Path) -> Pack:
    return load_pack(knowledge, "wiesbaden")


@pytest.fixture
def broken(knowledge: Path, tmp_path: Path) -> Callable[[str, str, str], list[str]]:
    """Replaces text in a file of a copied pack and tells what is wrong with it then."""

    def problems(file: str, old: str, new: str) -> list[str]:
        copy = tmp_path / "wiesbaden"
        copy.mkdir(exist_ok=True)
        for original in (knowledge / "wiesbaden").glob("*.yml"):
            shutil.copy(original, copy)
        text = (copy / file).read_text(encoding="utf-8")
        assert old in text
        (copy / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(PackError) as refused:
            load_pack(tmp_path, "wiesbaden")
        return [problem.removeprefix(f"{copy}/") for problem in refused.value.problems]

    return problems


def _line(knowledge: Path, file: str, text: str) -> int:
    lines = (knowledge / "wiesbaden" / file).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if text in line)


def test_wiesbaden_has_its_offices_and_districts(pack: Pack) -> None:
    assert len(pack.offices) == 18
    assert len(pack.municipality.districts) == 26
    assert pack.municipality.languages == SERVED
    assert {"C", "V", "D", "I", "K", "P"} == set(pack.sources)


def test_no_address_is_invented(pack: Pack) -> None:
    assert {office.email for office in pack.offices.values()} == {""}


@pytest.mark.parametrize("language", [code for code in SERVED if code != "de"])
def test_every_office_has_a_name_that_can_be_found_on_the_door(pack: Pack, language: str) -> None:
    for office in pack.offices.values():
        name = office.name.in_language(language)
        in_brackets = name.rpartition("(")[2].rstrip(")").replace(", berami e. V.", "")
        assert name.endswith(")"), name
        assert all(word in office.name.de for word in in_brackets.split()), name


def test_words_of_an_unserved_language_are_german(pack: Pack) -> None:
    assert pack.office("sports_office").name.in_language("pt") == "Sportamt"


def test_an_unknown_office_is_named(pack: Pack) -> None:
    with pytest.raises(UnknownOffice, match="tax_office"):
        pack.office("tax_office")


@pytest.mark.parametrize(
    ("words", "district"),
    [
        ("Biebrich", "biebrich"),
        ("biebrich", "biebrich"),
        ("в Бибрихе", "biebrich"),
        ("у Бібріху", "biebrich"),
        ("بيبريش", "biebrich"),
        ("Biebrich'te", "biebrich"),
        ("Mainz - Kastel", "kastel"),
        ("Westend", "westend"),
        ("Bleichstrasse", "westend"),
        ("SÜDOST", "suedost"),
        ("Suedost", "suedost"),
        ("HESSLOCH", "hessloch"),
        ("ماینتس کاستل", "kastel"),
        ("şehir merkezinde", "mitte"),
        ("w śródmieściu", "mitte"),
        ("Berlin", None),
        ("", None),
    ],
)
def test_districts_are_found_however_they_are_written(
    pack: Pack, words: str, district: str | None
) -> None:
    found = pack.municipality.find_district(words)
    assert (found.id if found else None) == district


def test_a_wrong_key_is_named_with_its_line(
    broken: Callable[[str, str, str], list[str]], knowledge: Path
) -> None:
    line = _line(knowledge, "municipality.yml", "time_zone:")
    assert broken("municipality.yml", "time_zone: Europe/Berlin", "time_zone: Europe/Berlim") == [
        f"municipality.yml:{line}: time_zone: no such time zone"
    ]


def test_hours_that_make_no_sense_are_named(
    broken: Callable[[str, str, str], list[str]], knowledge: Path
) -> None:
    line = _line(knowledge, "municipality.yml", "16:00-18:00")
    problems = broken("municipality.yml", "16:00-18:00", "18:00-16:00")
    assert problems == [f"municipality.yml:{line}: contact_hours.tue.0: closes before it opens"]


def test_a_missing_language_is_named(
    broken: Callable[[str, str, str], list[str]], knowledge: Path
) -> None:
    text = (knowledge / "wiesbaden" / "offices.yml").read_text(encoding="utf-8")
    polish = next(
        line
        for line in text.splitlines(keepends=True)
        if line.startswith("      pl: ") and "(Sportamt)" in line
    )
    problems = broken("offices.yml", polish, "")
    assert len(problems) == 1
    assert problems[0].startswith("offices.yml:")
    assert "offices.5.name.pl: Field required" in problems[0]


def test_an_office_that_does_not_exist_is_named(
    broken: Callable[[str, str, str], list[str]], knowledge: Path
) -> None:
    line = _line(knowledge, "routing.yml", "topic: outdoor_space")
    assert broken("routing.yml", "involved: [parks_office]", "involved: [park_office]") == [
        f"routing.yml:{line}: no office park_office"
    ]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("topic: outdoor_space", "topic: outdoors", "request has no topic outdoors"),
        ("purpose: culture", "purpose: cultur", "purpose.0: Input should be 'culture'"),
        ("kind: complaint", "kind: complain", "kind.0: Input should be"),
        ("match: {}", "match: {kind: question}", "the last row must catch every case"),
        ("match: {kind: offer, topic: interpreting}", "match: {}", "never reached"),
        ("involved: [migramundi]", "involved: [coordination_volunteers]", "named twice"),
        ("involved: [migramundi]", "involve: [migramundi]", "involve: Extra inputs"),
    ],
)
def test_a_wrong_row_is_named(
    broken: Callable[[str, str, str], list[str]], old: str, new: str, problem: str
) -> None:
    problems = broken("routing.yml", old, new)
    assert any(problem in found for found in problems)
    assert all(found.startswith("routing.yml:") for found in problems)


def test_what_is_no_yaml_is_named_with_its_line(
    broken: Callable[[str, str, str], list[str]],
) -> None:
    assert broken("sources.yml", "sources:", "sources: [")[0].startswith("sources.yml:")
    assert "mapping" in broken("sources.yml", "sources:\n", "sources:\n  C: x: y\n")[0]


def test_a_key_given_twice_is_no_silent_choice(
    broken: Callable[[str, str, str], list[str]], knowledge: Path
) -> None:
    line = _line(knowledge, "municipality.yml", "reference_prefix:")
    assert broken("municipality.yml", "reference_prefix: W", "id: mainz") == [
        f"municipality.yml:{line}: id is there twice"
    ]


def test_two_districts_cannot_share_a_spelling(
    broken: Callable[[str, str, str], list[str]],
) -> None:
    assert "stands for" in broken("municipality.yml", "also: [Mainz-Kastel,", "also: [Naurod,")[0]


def test_a_land_without_known_holidays_is_named(
    broken: Callable[[str, str, str], list[str]],
) -> None:
    assert "no public holidays" in broken("municipality.yml", "country: DE", "country: XX")[0]


def test_every_problem_is_told_at_once(knowledge: Path, tmp_path: Path) -> None:
    (tmp_path / "wiesbaden").mkdir()
    for file in ("municipality.yml", "offices.yml", "routing.yml"):
        (tmp_path / "wiesbaden" / file).write_text("x: 1\n")
    (tmp_path / "wiesbaden" / "sources.yml").write_bytes(b"\xff")
    with pytest.raises(PackError) as refused:
        load_pack(tmp_path, "wiesbaden")
    found = "\n".join(refused.value.problems)
    for file in ("municipality.yml", "offices.yml", "routing.yml", "sources.yml"):
        assert file in found


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"municipality\.yml"):
        load_pack(tmp_path, "nowhere")
