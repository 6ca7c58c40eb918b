"""Two browsers: somebody at the web chat, and a coordinator at the desk."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from bot.phrases import render
from bot.phrases.names import OfficeNames
from tests.journeys.conftest import OWN_PASSWORD
from tests.journeys.product import PATIENCE, Product

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
)
_UNTOUCHED = "return window.untouched === true"


class Window:
    """A browser window. Selenium blocks, so its calls run beside the product's event loop."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self._driver, self._url = driver, url

    async def opens(self, path: str) -> None:
        """Go to a page, and put a mark on it that a reload would wipe away."""
        await self._do(lambda: self._driver.get(self._url + path))
        await self.marks()

    async def marks(self) -> None:
        """Mark the page that is open."""
        await self._do(lambda: self._driver.execute_script("window.untouched = true"))

    async def is_untouched(self) -> bool:
        """Whether the page is still the one that was marked."""
        return bool(await self._do(lambda: self._driver.execute_script(_UNTOUCHED)))

    async def turns(self) -> None:
        """Wait until another page has come in place of the marked one; mark that."""
        await self._until(lambda driver: not driver.execute_script(_UNTOUCHED), "another page")
        await self.marks()

    async def sees(self, selector: str, text: str = "") -> str:
        """Wait for an element that holds the text; its words."""
        return str(await self._act(selector, text, lambda element: element.text))

    async def clicks(self, selector: str, text: str = "") -> None:
        """Click an element that holds the text."""
        await self._act(selector, text, WebElement.click)

    async def types(self, selector: str, *keys: str) -> None:
        """Type into a field."""
        await self._act(selector, "", lambda element: element.send_keys(*keys))

    async def complaints(self) -> list[str]:
        """What the browser objected to."""
        lines: list[dict[str, str]] = await self._do(self._log)
        return [line["message"] for line in lines]

    def _log(self) -> Any:
        return self._driver.get_log("browser")  # type: ignore[no-untyped-call]

    async def _act(self, selector: str, text: str, act: Callable[[WebElement], Any]) -> Any:
        """Do something with an element, once it is there and stays there while it is done."""

        def look(driver: webdriver.Chrome) -> list[Any]:
            parts = driver.find_elements(By.CSS_SELECTOR, selector)
            fitting = (part for part in parts if text in part.text)
            return [act(part) for part in islice(fitting, 1)]

        return (await self._until(look, f"{selector} {text}"))[0]

    async def _until(self, look: Callable[[webdriver.Chrome], Any], what: str) -> Any:
        stale = [StaleElementReferenceException]
        waiting = WebDriverWait(self._driver, PATIENCE, 0.05, ignored_exceptions=stale)
        return await self._do(lambda: waiting.until(look, what))

    async def _do(self, act: Callable[[], Any]) -> Any:
        return await asyncio.to_thread(act)


@pytest.fixture
async def chat(product: Product, tmp_path: Path) -> AsyncIterator[Window]:
    """A Turkish browser."""
    async for window in _window(product, tmp_path / "chat", "tr"):
        yield window


@pytest.fixture
async def desk(product: Product, tmp_path: Path) -> AsyncIterator[Window]:
    """A German browser."""
    async for window in _window(product, tmp_path / "desk", "de"):
        yield window


async def _window(product: Product, profile: Path, language: str) -> AsyncIterator[Window]:
    browser, helper = shutil.which("chromium"), shutil.which("chromedriver")
    if not browser or not helper:
        pytest.skip("Chromium and its driver are not installed (chromium, chromium-driver)")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in (*_FLAGS, f"--user-data-dir={profile}", f"--lang={language}"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"intl.accept_languages": language})
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(helper)
    driver = await asyncio.to_thread(lambda: webdriver.Chrome(options=options, service=service))
    window = Window(driver, product.url)
    try:
        yield window
        assert await window.complaints() == []
    finally:
        await asyncio.to_thread(driver.quit)


async def test_two_people_talk_without_reloading(
    product: Product, chat: Window, desk: Window
) -> None:
    await chat.opens("/chat")
    await chat.types("#text", "Bir insanla konuşmak istiyorum, çok acele", Keys.ENTER)
    told = await chat.sees(".line.bot .bubble", "W-26-")
    reference = next(word for word in told.replace(".", " ").split() if word.startswith("W-26-"))

    await desk.opens("/desk/")
    await desk.types("#login", product.first_login.login, Keys.TAB, OWN_PASSWORD, Keys.ENTER)
    await desk.turns()
    await desk.types("#search", reference, Keys.ENTER)  # others' journeys may fill the queue's page
    await desk.turns()
    await desk.clicks("#take-over")
    await desk.turns()
    await desk.types("#reply", "Merhaba, ben Kern. Nasıl yardımcı olabilirim?")
    await desk.types("#reply", Keys.CONTROL + Keys.ENTER)
    await desk.turns()
    await desk.sees("#messages .by-staff .text", "Merhaba, ben Kern.")
    await chat.sees(".line.staff .bubble", "Merhaba, ben Kern. Nasıl yardımcı olabilirim?")

    await chat.types("#text", "Yarın gelebilir miyim?", Keys.ENTER)
    await desk.sees("#messages .by-requester .text", "Yarın gelebilir miyim?")
    assert await chat.is_untouched()
    assert await desk.is_untouched()

    await desk.clicks("#hand-back")
    again = render(OfficeNames(product.cw), {"say": "handed_back"}, "tr")
    await chat.sees(".line.bot .bubble", again.text)
    assert await chat.is_untouched()
