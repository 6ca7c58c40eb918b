"""The web chat as people use it: in a real browser, small and large, by keyboard, right to left."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select, WebDriverWait
from sqlalchemy import select
from starlette.applications import Starlette

import bot.app
from casework import outbox
from casework.context import Casework
from casework.models import Requester
from tests.bot.conftest import running
from tests.bot.rasa_stand_in import StandIn, served

CHROMIUM, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync "
    "--force-prefers-reduced-motion"
)
SECONDS = 10

pytestmark = pytest.mark.skipif(
    not (Path(CHROMIUM).exists() and Path(DRIVER).exists()),
    reason="Chromium and its driver are not installed (Debian: chromium chromium-driver)",
)


class Browser:
    """A window on the chat; its calls run beside the event loop that serves the page."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver, self.url = driver, url

    async def do(self, call: Callable[[], Any]) -> Any:
        """Run a call of the driver without holding the server up."""
        return await asyncio.to_thread(call)

    async def opens(self, width: int = 1100, height: int = 800) -> None:
        """Open the page in a window of that size."""
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        await self.do(
            lambda: self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        )
        await self.do(lambda: self.driver.get(f"{self.url}/chat"))
        await self.sees(".line.bot")

    async def sees(self, selector: str, text: str = "") -> WebElement:
        """Wait for an element that holds the text."""

        def found(driver: webdriver.Chrome) -> WebElement | None:
            parts = driver.find_elements(By.CSS_SELECTOR, selector)
            return next((part for part in parts if text in part.text), None)

        waiting = WebDriverWait(
            self.driver, SECONDS, 0.05, ignored_exceptions=[StaleElementReferenceException]
        )
        element: WebElement = await self.do(lambda: waiting.until(found, f"{selector} {text}"))
        return element

    async def writes(self, text: str) -> None:
        """Write into the box and press Enter."""
        box = self.driver.find_element(By.ID, "text")
        await self.do(lambda: box.send_keys(text + Keys.ENTER))

    async def script(self, code: str) -> Any:
        """Return what a script in the page returns."""
        return await self.do(lambda: self.driver.execute_script(code))

    async def count(self, selector: str) -> int:
        """Count elements."""
        found = await self.do(lambda: self.driver.find_elements(By.CSS_SELECTOR, selector))
        return len(found)

    async def complaints(self) -> list[str]:
        """Return what the browser's console complains of."""
        lines = await self.do(lambda: self.driver.get_log("browser"))  # type: ignore[no-untyped-call]  # selenium's
        return [line["message"] for line in lines if line["level"] in ("SEVERE", "WARNING")]


@pytest.fixture
def driver(tmp_path: Path) -> Iterator[webdriver.Chrome]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    profile = tmp_path / "profile"
    for flag in (*FLAGS.split(), f"--user-data-dir={profile}", "--lang=de"):
        options.add_argument(flag)
    options.add_experimental_option("prefs", {"intl.accept_languages": "de"})
    one = webdriver.Chrome(options=options, service=webdriver.ChromeService(DRIVER))
    yield one
    one.quit()
    shutil.rmtree(profile, ignore_errors=True)


@pytest.fixture
async def browser(cw: Casework, driver: webdriver.Chrome) -> AsyncIterator[Browser]:
    async with served(Starlette(routes=bot.app.routes(cw))) as url, running(cw):
        yield Browser(driver, url)
        await asyncio.to_thread(driver.get, "about:blank")


async def test_one_writes_presses_and_reloads(browser: Browser, rasa: StandIn) -> None:
    rasa.says(
        "/offer_help",
        {"say": "ask", "form": "offer", "slot": "offer_kind", "options": ["sports", "donation"]},
    )
    await browser.opens()
    await browser.writes("Guten Tag zusammen")
    await browser.sees(".line.you", "Guten Tag zusammen")
    await browser.sees(".line.bot .bubble", "Ehrenamt")
    button = await browser.sees(".line:last-of-type .choices button", "Ich möchte helfen")
    await browser.do(button.click)
    await browser.sees(".line.bot .bubble", "Was würden Sie gern tun?")
    sports = await browser.sees(".choices button", "Sport")
    await browser.do(sports.click)
    await browser.sees(".line.you", "Sport")
    assert await browser.count('.choices button[data-data*="#"]') == 0
    await browser.do(browser.driver.refresh)
    await browser.sees(".line.you", "Sport")
    assert await browser.count(".line.you") == 3
    assert rasa.messages == ["Guten Tag zusammen", "/offer_help", '/inform{"offer_kind":"sports"}']
    assert await browser.complaints() == []


async def test_a_person_can_be_had_at_any_time(browser: Browser, rasa: StandIn) -> None:
    await browser.opens(320, 568)
    button = await browser.sees("#person", "Mit einem Menschen sprechen")
    await browser.do(button.click)
    await browser.sees(".line.bot .bubble", "Ehrenamt")
    assert rasa.messages == ["/talk_to_human"]


@pytest.mark.parametrize("language", ["de", "ar", "tr", "uk"])
async def test_on_a_small_phone_nothing_sticks_out(language: str, browser: Browser) -> None:
    await browser.opens(320, 568)
    chooser = Select(browser.driver.find_element(By.ID, "language"))
    if language != "de":
        await browser.do(lambda: chooser.select_by_value(language))
        await browser.sees(f"html[lang={language}]")
    await browser.sees(".line.bot")
    await browser.writes("https://www.wiesbaden.de/" + "sehrlang" * 30)
    await browser.sees(".line.you")
    assert await browser.script("return document.documentElement.scrollWidth") <= 320
    small = await browser.script(
        "return [...document.querySelectorAll('.foot button:not(.privacy), .choices button')]"
        ".filter(b => b.offsetParent && b.getBoundingClientRect().height < 44).length"
    )
    assert small == 0


async def test_arabic_reads_from_the_right_and_latin_parts_from_the_left(
    browser: Browser, cw: Casework
) -> None:
    await browser.opens()
    chooser = Select(browser.driver.find_element(By.ID, "language"))
    await browser.do(lambda: chooser.select_by_value("ar"))
    await browser.sees("html[dir=rtl]")
    await browser.sees(".line.bot")
    await browser.writes("Guten Tag")
    await browser.sees(".line.you", "Guten Tag")
    sides = await browser.script(
        "const box = (q) => document.querySelector(q).getBoundingClientRect();"
        "return [box('.line.bot .bubble').right, box('.line.you .bubble').left, innerWidth]"
    )
    assert sides[0] > sides[2] / 2 > sides[1]
    own = await browser.script(
        "return getComputedStyle(document.querySelector('.line.you .bubble p')).unicodeBidi"
    )
    assert own in ("plaintext", "isolate")


async def test_it_can_be_used_by_keyboard_alone(browser: Browser, rasa: StandIn) -> None:
    await browser.opens()
    await browser.writes("Guten Tag zusammen")
    await browser.sees(".line.bot .bubble", "Ehrenamt")
    focused = "return document.activeElement.id || document.activeElement.dataset.data || ''"
    assert await browser.script(focused) == "text"
    for _ in range(30):
        await browser.do(
            lambda: (
                webdriver.ActionChains(browser.driver)
                .key_down(Keys.SHIFT)
                .send_keys(Keys.TAB)
                .key_up(Keys.SHIFT)
                .perform()
            )
        )
        if await browser.script(focused) == "subscribe":
            break
    await browser.do(lambda: browser.driver.switch_to.active_element.send_keys(Keys.ENTER))
    await browser.sees(".line.you", "Newsletter bekommen")
    assert await browser.script(focused) == "text"


async def test_new_answers_are_announced_and_old_ones_are_not(browser: Browser) -> None:
    await browser.opens()
    await browser.sees("#log[aria-live=polite][role=log]:not([aria-busy])")
    names = await browser.script(
        "return [...document.querySelectorAll('button, select, textarea')]"
        ".filter(e => !(e.textContent.trim() || e.labels?.length || e.ariaLabel)).length"
    )
    assert names == 0


async def test_without_connection_it_says_so_and_sends_when_it_is_back(
    browser: Browser, rasa: StandIn
) -> None:
    await browser.opens()
    await _offline(browser, offline=True)
    await browser.writes("Guten Tag zusammen")
    await browser.sees("#notice", "Keine Verbindung")
    await _offline(browser, offline=False)
    await browser.sees(".line.bot .bubble", "Ehrenamt")
    assert rasa.messages == ["Guten Tag zusammen"]


async def test_too_long_a_message_is_kept_in_the_box(browser: Browser, rasa: StandIn) -> None:
    await browser.opens()
    await browser.script("document.getElementById('text').value = 'x'.repeat(4097)")
    await browser.writes("")
    await browser.sees("#notice", "zu lang")
    assert await browser.script("return document.getElementById('text').value.length") == 4097
    assert rasa.messages == []


async def test_a_coordinators_words_appear_without_a_reload(browser: Browser, cw: Casework) -> None:
    await browser.opens()
    await browser.writes("Guten Tag zusammen")
    await browser.sees(".line.bot .bubble", "Ehrenamt")
    async with cw.database.reading() as session:
        requester = (await session.scalars(select(Requester))).one()
    payload = {
        "say": "staff_reply",
        "reference": "W-26-00001",
        "staff": "Anna Beispiel",
        "text": "Guten Tag <b>und</b> https://www.wiesbaden.de/x",
    }
    await outbox.say(cw, requester.id, [payload])
    bubble = await browser.sees(".line.staff .bubble", "Anna Beispiel")
    assert "<b>und</b>" in bubble.text
    link = await browser.sees(".line.staff a", "https://www.wiesbaden.de/x")
    assert link.get_attribute("rel") == "noopener noreferrer"


async def _offline(browser: Browser, *, offline: bool) -> None:
    conditions = {
        "offline": offline,
        "latency": 0,
        "downloadThroughput": -1,
        "uploadThroughput": -1,
    }
    await browser.do(lambda: browser.driver.execute_cdp_cmd("Network.enable", {}))
    await browser.do(
        lambda: browser.driver.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)
    )
