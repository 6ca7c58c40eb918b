"""One running product for all journeys; each is walked by somebody new."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.journeys.coordinator import Coordinator, at_the_desk
from tests.journeys.people import Person, somebody
from tests.journeys.product import Product, running_product
from tests.journeys.speakers import Speaker, speakers
from tests.support.rasa import RunningRasa

#: What the first coordinator chooses instead of the password that was made at the first start.
OWN_PASSWORD = "vier Wörter sind leicht zu merken"


@pytest.fixture(scope="session")
async def served(
    rasa: RunningRasa, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Product]:
    """The product with all its roles; its first login has got a password of its own."""
    async with running_product(tmp_path_factory.mktemp("product"), rasa) as product:
        async with at_the_desk(product) as coordinator:
            await _first_login(coordinator, product)
        yield product


async def _first_login(coordinator: Coordinator, product: Product) -> None:
    login, password = product.first_login.login, product.first_login.password
    await coordinator.logs_in(login, password)
    assert coordinator.at == "/desk/profile"
    new = {"old": password, "new": OWN_PASSWORD, "again": OWN_PASSWORD}
    await coordinator.sends("/desk/profile/password", **new)
    assert coordinator.at == "/desk/"


@pytest.fixture
def product(served: Product, rasa: RunningRasa) -> Iterator[Product]:
    """The running product; Rasa's actions are answered by it."""
    rasa.behind(served.cw)
    yield served
    assert served.api.refused == []


@pytest.fixture(params=speakers(), ids=lambda speaker: speaker.language)
def speaker(request: pytest.FixtureRequest) -> Speaker:
    """People of each language."""
    found: Speaker = request.param
    return found


@pytest.fixture
async def person(product: Product, speaker: Speaker) -> AsyncIterator[Person]:
    """Somebody of that language on their front."""
    async with somebody(product, speaker.front, speaker.language) as one:
        yield one


@pytest.fixture
async def coordinator(product: Product) -> AsyncIterator[Coordinator]:
    """Somebody at the desk, logged in."""
    async with at_the_desk(product) as one:
        await one.logs_in(product.first_login.login, OWN_PASSWORD)
        assert one.at == "/desk/"
        yield one
