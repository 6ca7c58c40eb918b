"""The desk's sentences: complete in both languages, nothing left over."""

import pytest

from desk import catalogues


@pytest.mark.parametrize("language", catalogues.LANGUAGES)
def test_every_sentence_of_the_desk_is_there_in_both_languages(language: str) -> None:
    assert list(catalogues.problems(language, catalogues.template())) == []


def test_the_german_catalogue_is_not_english() -> None:
    same = {m.id for m in catalogues.read("de") if m.id and m.id == m.string}
    assert same <= {
        "Telegram", "Terminal", "Newsletter", "Initiative", "Organisation", "Religion", "Video",
        "Animation", "Sticker", "{words} ({understood})", "{kind}: {name}", "{kind}: {topic}",
        "{day}, {time}", "{actor}: {event}", "Training",
    }  # fmt: skip


def test_the_files_say_whether_a_human_has_read_them() -> None:
    assert {catalogues.reviewed(language) for language in catalogues.LANGUAGES} <= {"no", "yes"}
