"""Conversations with a real Rasa and a real office, without any front."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from casework.context import Casework
from tests.support.rasa import RunningRasa, Talk, answering_office, begin_talk

NewTalk = Callable[..., Awaitable[Talk]]


@pytest.fixture(scope="session")
async def office(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Casework]:
    """An office with Wiesbaden's answers; each test writes as somebody new."""
    async with answering_office(tmp_path_factory.mktemp("office")) as cw:
        yield cw


@pytest.fixture
def talk(rasa: RunningRasa, office: Casework) -> NewTalk:
    """Begin a conversation: `await talk("tr", consent=True)`."""
    rasa.behind(office)

    async def begin(language: str = "de", *, consent: bool = False) -> Talk:
        return await begin_talk(rasa, office, language, consent=consent)

    return begin
