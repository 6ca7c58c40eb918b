"""Buttons survive the way to Telegram and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.wire import LIMIT, decode, encode, intent_of, question_mark, values_of


@pytest.mark.parametrize(
    "payload",
    [
        "/affirm",
        '/inform{"offer_kind":"shared_accommodation"}',
        '/feedback{"helpful":"yes","entry":"organisations/coordination_office"}',
        '/set_language{"language_choice":"tr"}',
        '/inform{"district":"Südost & Nord"}',
    ],
)
def test_a_payload_comes_back_as_it_went(payload: str) -> None:
    data = encode(payload)
    assert data is not None
    assert len(data.encode()) <= LIMIT
    pressed = decode(data)
    assert pressed is not None
    assert pressed.payload == payload


def test_an_answer_carries_the_mark_of_its_question() -> None:
    mark = question_mark("offer", "consent")
    pressed = decode(encode("/affirm", mark) or "")
    assert pressed is not None
    assert (pressed.payload, pressed.asked) == ("/affirm", mark)


def test_a_way_out_carries_none_so_that_it_always_works() -> None:
    assert encode("/talk_to_human", "abc") == "talk_to_human"
    assert encode("/cancel", "abc") == "cancel"


def test_what_does_not_fit_is_refused_rather_than_cut() -> None:
    assert encode('/show_entry{"entry":"' + "x" * 60 + '"}') is None


@given(st.text(max_size=80))
def test_foreign_data_never_fails(data: str) -> None:
    pressed = decode(data)
    assert pressed is None or intent_of(pressed.payload)


def test_values_of_broken_payloads_are_none() -> None:
    assert values_of("/inform{broken}") == {}
    assert values_of("no payload") == {}
