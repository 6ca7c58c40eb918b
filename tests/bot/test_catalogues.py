"""Every word the bot can say exists in ten languages."""

import pytest

from bot import catalogues
from bot.phrases import Voice
from bot.phrases.commands import bot_name, command_descriptions, description, short_description
from bot.phrases.names import OfficeNames
from casework.languages import SERVED


@pytest.mark.parametrize("language", SERVED)
def test_no_sentence_is_missing_fuzzy_stale_or_has_other_placeholders(language: str) -> None:
    assert list(catalogues.problems(language, catalogues.template())) == []


@pytest.mark.parametrize("language", SERVED)
def test_plural_forms_are_those_of_the_language(language: str) -> None:
    forms = catalogues.read(language).num_plurals
    assert forms == {"pl": 3, "ru": 3, "uk": 3, "ar": 6}.get(language, forms)
    for message in catalogues.read(language):
        if message.pluralizable:
            assert isinstance(message.string, list | tuple)
            assert len(message.string) == forms


@pytest.mark.parametrize("language", SERVED)
def test_telegram_takes_commands_and_descriptions(language: str, names: OfficeNames) -> None:
    voice = Voice(language, names)
    assert 1 <= len(bot_name(voice)) <= 64
    assert 1 <= len(description(voice)) <= 512
    assert 1 <= len(short_description(voice)) <= 120
    assert all(1 <= len(words) <= 256 for words in command_descriptions(voice).values())


def test_languages_differ_from_the_source() -> None:
    """A catalogue that was filled by copying would pass all other checks."""
    wanted = [message for message in catalogues.template() if message.id]
    for language in SERVED:
        if language == catalogues.SOURCE_LANGUAGE:
            continue
        catalogue = catalogues.read(language)
        found = {str(one.id): catalogue.get(one.id) for one in wanted}
        same = [name for name, one in found.items() if one is not None and one.string == one.id]
        assert len(same) < len(wanted) * 0.05, (language, same)
