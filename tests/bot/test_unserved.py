"""Languages that are not served, and what their speakers are told."""

import pytest

from bot.language import unserved
from bot.phrases.voice import language_names
from casework.languages import SERVED
from tests.bot.talking import Person


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Γεια σας, μιλάτε ελληνικά;", "el"),
        ("ሰላም፣ እርዳታ እፈልጋለሁ", "am"),
        ("ሰላም ኣብዚ ሓገዝ ኣሎ ዶ", "ti"),
        ("안녕하세요 도와주세요", "ko"),
        ("こんにちは、助けてください", "ja"),
        ("مجھے مدد چاہیے، کیا آپ اردو بولتے ہیں؟", "ur"),
        ("زه مرستې ته اړتیا لرم", "ps"),
        ("Merhaba, yardım lazım", None),
        ("Привет, нужна помощь", None),
        ("سلام، کمک می‌خواهم", None),
        ("Kulturamt?", None),
        ("12345 !!!", None),
        ("😀", None),
    ],
)
def test_by_letters(text: str, language: str | None) -> None:
    assert unserved(text) == language


def test_the_served_languages_are_named_in_the_unserved_one() -> None:
    assert "alemán" in language_names("es", SERVED)
    assert language_names("xx", SERVED) == []


async def test_a_person_is_offered_to_whoever_writes_an_unserved_language(person: Person) -> None:
    said = await person.writes("Γεια σας, μιλάτε ελληνικά;")
    assert [payload["say"] for payload in said] == ["unserved_language"]
    assert said[0]["language"] == "el"
