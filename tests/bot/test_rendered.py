"""Long texts are cut where a reader would pause, and nothing is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.phrases import Button, Paragraph, Rendered, units

ROWS = ((Button("Ja", "/affirm"),),)


def message(*texts: str) -> Rendered:
    return Rendered(tuple(Paragraph(text) for text in texts), "de", ROWS)


def test_a_short_message_stays_one() -> None:
    assert message("Guten Tag").split(4096) == [message("Guten Tag")]


def test_buttons_stand_under_the_last_part() -> None:
    parts = message("a " * 3000, "b " * 3000).split(4096)
    assert [bool(part.rows) for part in parts] == [False] * (len(parts) - 1) + [True]


def test_it_is_cut_between_paragraphs_first() -> None:
    parts = message("a" * 3000, "b" * 3000).split(4096)
    assert [part.text for part in parts] == ["a" * 3000, "b" * 3000]


def test_emoji_count_double_as_telegram_counts() -> None:
    assert units("👍") == 2
    assert all(units(part.text) <= 4096 for part in message("👍" * 4096).split(4096))


def test_accents_and_joined_emoji_are_not_torn_apart() -> None:
    parts = message("e\u0301" * 3000).split(4096)
    assert all(part.text.startswith("e") for part in parts)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=12))
def test_nothing_is_lost_and_nothing_is_too_long(texts: list[str]) -> None:
    parts = message(*texts).split(200)
    assert all(units(part.text) <= 200 for part in parts)
    kept = "".join("".join(part.text.split()) for part in parts)
    assert kept == "".join("".join(text.split()) for text in texts)
