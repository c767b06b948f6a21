"""The one search: a case by its number or its patient's name, keys all the way, on the telephone too."""

from __future__ import annotations

import pytest


pytestmark = pytest.mark.needs("chromium")


@pytest.fixture
def desk(town):
    return town.at("referral_desk", "hospital")


def chosen(page):
    return page.locator("#find-options [aria-selected=true]")


@pytest.mark.parametrize("width", [1440, 390])
def test_a_case_is_opened_by_its_number_with_keys_alone(visit, town, desk, width):
    number = town.submitted(town.new_person("寻单号"), admission="clinic")
    page = visit(desk, width=width)
    page.goto("/")
    page.keyboard.press("Control+k")
    page.keyboard.type(number.lower().replace("-", ""))
    page.wait_for_selector(f"#find-options a[href='/cases/{number}']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(f"/cases/{number}")


def test_arrows_go_round_enter_opens_and_escape_closes(visit, town, desk):
    number = town.submitted(town.new_person("箭头甲"), admission="clinic")
    other = town.submitted(town.new_person("箭头乙"), admission="clinic")
    page = visit(desk)
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.insert_text("箭头")
    page.wait_for_selector(f"#find-options a[href='/cases/{number}']")
    first = chosen(page).get_attribute("href")
    page.keyboard.press("ArrowDown")
    assert chosen(page).get_attribute("href") != first
    page.keyboard.press("ArrowUp")
    assert chosen(page).get_attribute("href") == first
    page.keyboard.press("Escape")
    assert not page.locator("#find-options").is_visible()
    page.keyboard.press("ArrowDown")
    assert page.locator("#find-options").is_visible()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.split("/")[-1] in {number, other}


def test_a_thumb_opens_what_was_found(visit, town, desk):
    number = town.submitted(town.new_person("拇指"), admission="clinic")
    page = visit(desk, width=390, height=844, has_touch=True)
    page.goto("/")
    page.locator("#find").tap()
    page.keyboard.insert_text("拇指")
    option = page.locator(f"#find-options a[href='/cases/{number}']")
    option.wait_for()
    box = option.bounding_box()
    assert box["height"] >= 44
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    with page.expect_navigation():
        option.tap()
    assert page.url.endswith(number)


def test_what_one_may_begin_is_found_by_initials(visit, town):
    page = visit(town.at("village_doctor", "village"))
    page.goto("/")
    page.keyboard.press("/")
    page.keyboard.type("xbsz")
    page.wait_for_selector("#find-options a[href='/new/referral.upward']")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith("/new/referral.upward")
