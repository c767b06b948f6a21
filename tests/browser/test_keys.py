"""Without a mouse; in large type; in English."""

from __future__ import annotations

import pytest


pytestmark = pytest.mark.needs("chromium")


def focus_on(page, selector):
    return page.evaluate("what => document.activeElement.matches(what)", selector)


def test_a_worklist_is_worked_by_keys(visit, town):
    town.crowd  # noqa: B018 - makes it
    page = visit(town.crowded_desk)
    page.goto("/cases")
    page.keyboard.press("/")
    assert focus_on(page, "#find")
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    for key in "jjk":
        page.keyboard.press(key)
    assert page.evaluate("[...document.querySelectorAll('[data-row]')].indexOf(document.activeElement)") == 0
    href = page.locator("[data-row]").first.locator("[data-open]").get_attribute("href")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(href)
    page.go_back()
    page.keyboard.press("j")
    with page.expect_navigation():
        page.keyboard.press("a")
    assert page.locator("[data-receipt]").count() == 1
    assert page.url.endswith(href)


def fits(page, width):
    return page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("width", [320, 1440])
def test_large_type_keeps_every_page_of_the_loop_whole(visit, town, width):
    number = town.submitted(town.new_person("吴大字"), admission="clinic")
    desk = visit(town.at("referral_desk", "hospital"), width=width, cookies={"large_type": "1"}.items())
    for address in ("/", "/cases", f"/cases/{number}", f"/cases/{number}/decline", "/capacity/beds"):
        desk.goto(address)
        assert desk.evaluate("getComputedStyle(document.documentElement).fontSize") == "19px"
        assert fits(desk, width), address
    desk.goto(f"/cases/{number}")
    with desk.expect_navigation():
        desk.locator(".steps-bar [data-primary]").click()
    assert desk.locator("[data-receipt]").count() == 1


def test_in_english_the_pages_of_the_loop_speak_english_and_work(visit, town):
    number = town.submitted(town.new_person("郑英文"), admission="clinic")
    desk = visit(town.at("referral_desk", "hospital"), width=390, cookies={"language": "en"}.items())
    for address in ("/", "/cases", f"/cases/{number}/decline", f"/cases/{number}"):
        desk.goto(address)
        assert desk.get_attribute("html", "lang") == "en"
        assert fits(desk, 390), address
    button = desk.locator(".steps-bar [data-primary]")
    assert button.inner_text() == "Accept"
    with desk.expect_navigation():
        button.click()
    assert desk.locator("[data-receipt]").count() == 1
