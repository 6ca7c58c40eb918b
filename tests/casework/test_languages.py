"""The ten languages."""

import pytest
from babel import Locale

from casework.languages import RIGHT_TO_LEFT, SERVED, language_name, served


def test_directions_are_those_of_cldr() -> None:
    for code in SERVED:
        right_to_left = Locale(code).text_direction == "rtl"
        assert (code in RIGHT_TO_LEFT) is right_to_left


@pytest.mark.parametrize(
    ("hint", "code"),
    [
        ("de", "de"),
        ("de-AT", "de"),
        ("uk_UA", "uk"),
        ("EN-us", "en"),
        ("prs", "fa"),
        ("pt", None),
        ("", None),
        (None, None),
        ("x" * 50, None),
    ],
)
def test_a_hint_is_understood(hint: str | None, code: str | None) -> None:
    assert served(hint) == code


def test_languages_are_named_in_every_language() -> None:
    assert language_name("uk", "de") == "Ukrainisch"
    assert language_name("ar", "tr") == "Arapça"
    assert language_name("zz", "de") == "zz"
    assert language_name("de", "no language") == "de"
