"""The face in a browser: one effect per click, the keyboard all the way, nothing too wide, nothing serious for axe."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import sync_playwright


pytestmark = [pytest.mark.needs("chromium"), pytest.mark.urls("tests.kernel.pages.face_site")]
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
GREAT = ("serious", "critical")


@pytest.fixture(scope="session", autouse=True)
def static_folder():
    """Whitenoise warns where nothing has been collected yet."""
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)


@pytest.fixture
def browser(chromium_path, live_server):
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=FLAGS)
        yield running
        running.close()


def open_page(browser, live_server, address, **options):
    page = browser.new_page(**options)
    page.goto(live_server.url + address)
    return page


def keys_kept(page, live_server):
    return page.request.get(f"{live_server.url}/keys").json()["keys"]


def test_a_second_click_and_a_retry_have_one_effect(browser, live_server):
    page = open_page(browser, live_server, "/form")
    before = len(keys_kept(page, live_server))
    page.fill("[name=what]", "血压")
    page.evaluate("() => { const send = document.getElementById('send'); send.click(); send.click(); }")
    page.wait_for_timeout(300)
    assert len(keys_kept(page, live_server)) == before + 1
    page.reload()
    page.fill("[name=what]", "血压")
    page.click("#send")
    page.wait_for_timeout(300)
    page.reload()
    page.fill("[name=what]", "血糖")
    page.click("#send")
    page.wait_for_timeout(300)
    first, again, other = keys_kept(page, live_server)[before:]
    assert first == again
    assert other != first


def test_search_is_keyboard_all_the_way(browser, live_server):
    page = open_page(browser, live_server, "/style")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    page.keyboard.type("zgl")
    page.wait_for_selector("#find-options [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/style?second")


def test_a_picker_forgets_its_value_when_the_words_change(browser, live_server):
    page = open_page(browser, live_server, "/style")
    page.locator("#f-who").press_sequentially("张")
    page.wait_for_selector("#f-who-options [role=option][aria-selected=true]")
    page.keyboard.press("Enter")
    assert page.input_value("[data-picked]") == page.input_value("#f-who") == "张兰镇卫生院"
    page.locator("#f-who").press_sequentially("x")
    assert page.input_value("[data-picked]") == ""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 720, 390, 320])
def test_every_part_fits_and_axe_finds_nothing_serious(browser, live_server, width, scheme):
    page = open_page(
        browser, live_server, "/style", viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.evaluate("document.documentElement.classList.add('large-type')")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = [item for item in Axe().run(page).response["violations"] if item["impact"] in GREAT]
    assert [(item["id"], item["nodes"][0]["html"][:120]) for item in found] == []
