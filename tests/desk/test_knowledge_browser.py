"""The knowledge base in a real browser: the editor's scripts, and that no rule is broken."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from casework import entries, knowledge, wordlist
from casework.context import Casework
from tests.desk.library import START, make_library
from tests.desk.test_browser import Screen, driver, screen
from tests.support.clock import Clock

__all__ = ["driver", "screen"]


@pytest.fixture
async def cw(tmp_path: Path, clock: Clock) -> AsyncIterator[Casework]:
    async with make_library(tmp_path, clock) as office:
        for text in ("Gibt es Schwimmkurse für Frauen?", "schwimmkurs nur für frauen"):
            await knowledge.note_unanswered(office, text, "de", "nothing")
        await knowledge.note_unanswered(office, "متى تفتحون المكتب", "ar", "nothing")
        await wordlist.save(office, "money", {"de": ["Geld", "Zuschuss"], "ar": ["مال"]})
        yield office


async def log_in(screen: Screen) -> None:
    await screen.open("/desk/login")
    await screen.type("#login", "yildiz", Keys.TAB, "correct horse battery", Keys.ENTER)
    await screen.find("#tickets")


async def test_the_room_that_is_left_is_counted_while_one_writes(screen: Screen) -> None:
    await log_in(screen)
    await screen.open(START)
    left = "document.getElementById('title-de-left').textContent"
    assert await screen.until(left) == "Auf einen Knopf passen noch 22 Zeichen"
    await screen.type("#title-de", " und noch sehr viel mehr dazu")
    assert await screen.until(left) == "Auf Knöpfen wird der Titel gekürzt: 7 Zeichen zu viel"
    before = await screen.until("document.getElementById('answer-de-left').textContent")
    await screen.type("#answer-de", "😀")
    after = await screen.until("document.getElementById('answer-de-left').textContent")
    digits = ["".join(c for c in text if c.isdigit()) for text in (before, after)]
    assert int(digits[0]) - int(digits[1]) == 2  # as Telegram counts it
    assert await screen.until("!document.querySelector('[data-unsaved-note]').hidden")
    await screen.click(".save-bar .button.main")
    await screen.find("[data-toast]")
    assert await screen.until("document.querySelector('[data-unsaved-note]').hidden")


async def test_the_preview_appears_beside_what_is_being_written(
    screen: Screen, cw: Casework
) -> None:
    await log_in(screen)
    await screen.open(f"{START}?language=ar")
    await screen.type("#answer-de", Keys.END, " Jeden Tag.")
    await screen.click("[data-preview]")
    shown = await screen.until("document.querySelector('#preview:not([hidden])')?.innerText")
    assert "Jeden Tag." in shown
    assert "Mit einem Menschen sprechen" in shown
    direction = "getComputedStyle(document.querySelectorAll('#preview .bubble')[1]).direction"
    assert await screen.until(direction) == "rtl"
    assert "Jeden Tag." in await screen.until("document.getElementById('answer-de').value")
    assert await screen.until("location.pathname") == START
    await screen.click(".save-bar .button.main")
    await screen.find("[data-toast]")
    row = await entries.read(cw, "volunteering/start")
    assert "Jeden Tag." in next(t.answer for t in row.texts if t.language == "de")


async def test_a_preview_of_what_will_not_do_says_what_is_wrong(screen: Screen) -> None:
    await log_in(screen)
    await screen.open(START)
    await screen.type("#answer-de", Keys.END, " www.example.org")
    await screen.click("[data-preview]")
    told = await screen.until("document.getElementById('answer-de-problem')?.innerText")
    assert "gehört in das Feld" in told
    assert await screen.until("document.activeElement.id") == "problem"
    assert await screen.until("!document.querySelector('[data-unsaved-note]').hidden")
    # The refused form is a server's answer of its own, which the browser notes as such.
    refused = [line for line in await screen.do(screen.complaints) if "422" not in line]
    assert refused == []
    await screen.type("#answer-de", Keys.CONTROL + Keys.END, *[Keys.BACKSPACE] * 16)
    await screen.click(".save-bar .button.main")
    await screen.find("[data-toast]")


async def test_questions_are_dealt_with_by_keyboard_alone(screen: Screen, cw: Casework) -> None:
    await log_in(screen)
    await screen.open("/desk/questions")
    assert await screen.until("document.querySelectorAll('.question-card').length") == 2
    await screen.type(".question-card [name=other]", "Wann ist die Sprechstunde?", Keys.TAB)
    assert await screen.until("document.activeElement.value") == "take"
    element = await screen.do(lambda: screen.driver.switch_to.active_element)
    await screen.do(lambda: element.send_keys(Keys.ENTER))
    await screen.find("[data-toast]")
    assert await screen.until("document.querySelectorAll('.question-card').length") == 1


@pytest.mark.parametrize("width", [360, 768, 1400])
async def test_no_page_of_the_knowledge_base_scrolls_sideways(screen: Screen, width: int) -> None:
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    await screen.do(
        lambda: screen.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    )
    pages = [
        "/desk/knowledge",
        "/desk/knowledge/new",
        "/desk/knowledge/try?language=de&text=Wann+habt+ihr+offen&entry=volunteering/start",
        f"{START}?language=ar",
        f"{START}/languages",
        f"{START}/history",
        f"{START}/withdraw",
        "/desk/questions",
        "/desk/words",
        "/desk/words/money",
        "/desk/words/money/remove",
    ]
    try:
        await log_in(screen)
        for page in pages:
            await screen.open(page)
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            found = await screen.do(lambda w=wide: screen.driver.execute_script(f"return {w}"))
            assert found <= 0, page
            names = await screen.do(
                lambda: [
                    field.accessible_name or not field.is_displayed()
                    for field in screen.driver.find_elements(
                        By.CSS_SELECTOR, "main input:not([type=hidden]), main textarea, main select"
                    )
                ]
            )
            assert all(names), page
    finally:
        await screen.do(
            lambda: screen.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        )
