"""The desk in a real browser: what its scripts add, and that no rule of the page is broken."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from casework import tickets
from casework.context import Casework
from casework.models import Requester
from tests.desk.scenes import Day, person_says
from tests.desk.server import Server
from tests.support.people import PASSWORD

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
_PATIENCE = 15


class Screen:
    """A browser window. Selenium blocks, so each call runs beside the server's event loop."""

    def __init__(self, driver: webdriver.Chrome, url: str) -> None:
        self.driver = driver
        self.url = url

    async def do(self, act: Callable[[], Any]) -> Any:
        return await asyncio.to_thread(act)

    async def open(self, path: str) -> None:
        await self.do(lambda: self.driver.get(self.url + path))

    async def find(self, selector: str) -> WebElement:
        """The first element, as soon as it is there."""

        def found() -> WebElement:
            wait = WebDriverWait(self.driver, _PATIENCE)
            return wait.until(lambda d: d.find_element(By.CSS_SELECTOR, selector))

        element: WebElement = await self.do(found)
        return element

    async def until(self, script: str) -> Any:
        """What a script says, as soon as that is true."""
        wait = WebDriverWait(self.driver, _PATIENCE)
        return await self.do(lambda: wait.until(lambda d: d.execute_script(f"return {script}")))

    async def type(self, selector: str, *keys: str) -> None:
        element = await self.find(selector)
        await self.do(lambda: element.send_keys(*keys))

    async def click(self, selector: str) -> None:
        element = await self.find(selector)
        await self.do(element.click)

    async def log_in(self, login: str) -> None:
        await self.open("/desk/login")
        await self.type("#login", login, Keys.TAB, PASSWORD, Keys.ENTER)
        await self.find("#tickets")

    def complaints(self) -> list[str]:
        """What the browser objected to: broken rules of the page, scripts that failed."""
        return [line["message"] for line in self.driver.get_log("browser")]


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    browser, helper = shutil.which("chromium"), shutil.which("chromedriver")
    if not browser or not helper:
        pytest.skip("no Chromium with ChromeDriver on this machine")
    options = webdriver.ChromeOptions()
    options.binary_location = browser
    for flag in (*_FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    running = webdriver.Chrome(options=options, service=webdriver.ChromeService(helper))
    yield running
    running.quit()


@pytest.fixture
async def screen(driver: webdriver.Chrome, server: Server) -> AsyncIterator[Screen]:
    """A fresh window at the desk; at the end the browser must have had nothing to object to."""
    opened = Screen(driver, server.url)
    yield opened
    objections = await opened.do(opened.complaints)
    await opened.do(lambda: driver.get("about:blank"))
    await opened.do(driver.delete_all_cookies)
    assert objections == []


async def requester_of(cw: Casework, day: Day, name: str) -> Requester:
    ticket = await tickets.read(cw, day.tickets[name].id, day.team.yildiz)
    assert ticket.requester is not None
    return ticket.requester


async def test_a_new_message_appears_and_is_announced_while_somebody_writes(
    screen: Screen, day: Day, cw: Casework
) -> None:
    ticket = day.tickets["arabic"]
    await screen.log_in("yildiz")
    await screen.open(f"/desk/tickets/{ticket.id}")
    await screen.type("#reply", "Guten Tag, ")
    await asyncio.sleep(0.5)
    await person_says(cw, await requester_of(cw, day, "arabic"), "هل القاعة متاحة؟")
    await screen.until("document.querySelector('#messages > :last-child .text').lang === 'ar'")
    shown = await screen.until("document.querySelector('#messages > :last-child .text').innerText")
    assert shown == "هل القاعة متاحة؟"
    direction = (
        "getComputedStyle(document.querySelector('#messages > :last-child .text')).direction"
    )
    assert await screen.until(direction) == "rtl"
    assert await screen.until("document.getElementById('announcer').textContent") == (
        "Neue Nachricht der Person"
    )
    # What is being written stays, and the next keys go where they went before.
    assert await screen.until("document.activeElement.id") == "reply"
    await screen.type("#reply", "gern.", Keys.CONTROL + Keys.ENTER)
    await screen.find("[data-toast]")
    text = await screen.until("document.querySelector('#messages > :last-child .text').innerText")
    assert text == "Guten Tag, gern."
    assert await screen.until("document.getElementById('reply').value === ''")


async def test_the_delivery_of_a_reply_is_followed_live(
    screen: Screen, day: Day, cw: Casework
) -> None:
    from tests.desk.scenes import deliver

    ticket = day.tickets["turkish"]
    await screen.log_in("yildiz")
    await screen.open(f"/desk/tickets/{ticket.id}")
    await screen.type("#reply", "Merhaba", Keys.CONTROL + Keys.ENTER)
    await screen.until("document.querySelector('#messages .d-waiting')")
    await deliver(cw)
    await screen.until("document.querySelector('#messages .d-sent')")
    assert await screen.until("document.getElementById('speaker-words').textContent") == (
        "Sie sprechen, der Bot schweigt."
    )


async def test_a_colleagues_takeover_is_seen_before_one_answers_past_it(
    screen: Screen, day: Day, cw: Casework
) -> None:
    ticket = day.tickets["turkish"]
    await screen.log_in("yildiz")
    await screen.open(f"/desk/tickets/{ticket.id}")
    await screen.type("#reply", "Ich würde gern")
    await asyncio.sleep(0.5)
    await tickets.take_over(cw, ticket.id, day.team.berger.id)
    await screen.until(
        "document.getElementById('speaker-words').textContent.includes('Jonas Berger spricht')"
    )
    assert await screen.until("document.getElementById('reply').value") == "Ich würde gern"
    hint = await screen.until("document.getElementById('reply-hint').textContent")
    assert "übernehmen Sie das Gespräch von der Kollegin" in hint


async def test_half_made_choices_are_not_torn_away(screen: Screen, day: Day, cw: Casework) -> None:
    ticket = day.tickets["more0"]
    await screen.log_in("yildiz")
    await screen.open(f"/desk/tickets/{ticket.id}")
    await screen.click("#offices-change summary")
    await screen.click("input[name=involved][value=parks_office]")
    await asyncio.sleep(0.5)
    await tickets.change_offices(
        cw, ticket.id, day.team.berger.id, lead="sports_office", involved=["migramundi"]
    )
    await screen.find("#offices-panel .changed-notice")
    box = "document.querySelector('input[name=involved][value=parks_office]')"
    assert await screen.until(f"{box}.checked")
    await screen.click("#offices-change form button")
    await screen.find("#problem")
    assert await screen.until(f"{box}.checked")
    assert await screen.until("document.querySelector('#offices-change').open")
    # The refused form is a server's answer of its own, which the browser notes as such.
    refused = [line for line in await screen.do(screen.complaints) if "409" not in line]
    assert refused == []


async def test_the_queue_renews_itself_and_keeps_the_focus(
    screen: Screen, day: Day, cw: Casework
) -> None:
    await screen.log_in("yildiz")
    focused = f"ticket-{day.tickets['russian'].id}"
    await screen.until(f"document.getElementById('{focused}').focus() || true")
    await asyncio.sleep(0.5)
    await tickets.change_priority(cw, day.tickets["more4"].id, day.team.berger.id, "urgent")
    moved = (
        f"document.querySelector('.queue tbody tr:nth-child(2) #ticket-{day.tickets['more4'].id}')"
    )
    await screen.until(moved)
    assert await screen.until("document.activeElement.id") == focused
    assert "2 dringend" in await screen.until("document.getElementById('tally').textContent")


async def test_filters_work_at_once_and_leave_a_short_address(screen: Screen, day: Day) -> None:
    await screen.log_in("yildiz")
    await screen.type("#filter-kind", "Hilfsangebot")
    await screen.until("location.search === '?kind=offer'")
    assert await screen.until("document.querySelectorAll('.queue tbody tr').length") == 3


async def test_the_counter_counts_characters_as_the_server_does(screen: Screen, day: Day) -> None:
    await screen.log_in("yildiz")
    await screen.open(f"/desk/tickets/{day.tickets['turkish'].id}")
    fill = (
        "(a => { a.value = '😀'.repeat(3502); a.dispatchEvent(new Event('input')); return true; })"
        "(document.getElementById('reply'))"
    )
    await screen.until(fill)
    left = await screen.until("document.getElementById('reply-left').textContent")
    assert left == "Zu viele Zeichen: 2"
    invalid = "document.getElementById('reply').getAttribute('aria-invalid')"
    assert await screen.until(invalid) == "true"
    await screen.until("sessionStorage.clear() || true")


async def test_a_draft_survives_leaving_the_page(screen: Screen, day: Day) -> None:
    path = f"/desk/tickets/{day.tickets['turkish'].id}"
    await screen.log_in("yildiz")
    await screen.open(path)
    await screen.type("#reply", "Halb fertig")
    await screen.open("/desk/")
    await screen.open(path)
    assert await screen.until("document.getElementById('reply').value") == "Halb fertig"
    await screen.type("#reply", Keys.CONTROL + Keys.ENTER)
    await screen.find("[data-toast]")
    await screen.open(path)
    assert await screen.until("document.getElementById('reply').value === ''")


async def test_everything_on_a_ticket_can_be_reached_by_keyboard(screen: Screen, day: Day) -> None:
    await screen.log_in("yildiz")
    await screen.open(f"/desk/tickets/{day.tickets['turkish'].id}")
    wanted = {"search", "take-over", "reply", "move-1", "assign-me", "priority-button"}
    seen: set[str] = set()
    for _ in range(40):
        await screen.do(ActionChains(screen.driver).send_keys(Keys.TAB).perform)
        seen.add(
            str(await screen.do(lambda: screen.driver.switch_to.active_element.get_attribute("id")))
        )
    assert wanted <= seen


@pytest.mark.parametrize("width", [360, 768, 1024, 1920])
async def test_no_page_scrolls_sideways(screen: Screen, day: Day, width: int) -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    await screen.do(
        lambda: screen.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    )
    try:
        await screen.log_in("yildiz")
        pages = [f"/desk/tickets/{ticket.id}" for ticket in day.tickets.values()][:6]
        for page in ("/desk/", "/desk/profile", *pages):
            await screen.open(page)
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert await screen.do(lambda w=wide: screen.driver.execute_script(f"return {w}")) <= 0
    finally:
        await screen.do(
            lambda: screen.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        )


async def test_after_the_login_ends_an_open_page_asks_for_it(
    screen: Screen, day: Day, cw: Casework
) -> None:
    from casework import staff
    from desk.visit import SESSION_COOKIE

    await screen.log_in("yildiz")
    cookies = await screen.do(screen.driver.get_cookies)
    token = next(c["value"] for c in cookies if c["name"] == SESSION_COOKIE)
    await staff.log_out(cw, token)
    await cw.signals.publish("queue")
    await screen.find("#password")


def test_static_files_bring_nothing_from_elsewhere() -> None:
    from desk.app import STATIC

    for file in Path(STATIC).iterdir():
        text = file.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text
        assert "https://" not in text
