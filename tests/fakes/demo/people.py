"""Who stands on the demo page from the start: one person for each served language, and one more."""

from __future__ import annotations

from tests.fakes import FakeBotApi

PEOPLE = (
    ("de", "Anna", "Becker"),
    ("en", "Grace", "Okafor"),
    ("tr", "Ayşe", "Yılmaz"),
    ("pl", "Piotr", "Kowalski"),
    ("ru", "Ольга", "Иванова"),
    ("uk", "Оксана", "Шевченко"),
    ("ar", "سمير", "حداد"),
    ("fa", "پریسا", "احمدی"),
    ("it", "Giulia", "Romano"),
    ("fr", "Malika", "Benali"),
    ("es", "Lucía", "Ortega"),
)
FIRST_ID = 1_001


def settle(api: FakeBotApi) -> None:
    """Let the people in."""
    for number, (language, first_name, last_name) in enumerate(PEOPLE):
        api.user(FIRST_ID + number, first_name, language, last_name=last_name)
