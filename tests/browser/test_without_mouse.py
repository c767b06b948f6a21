"""The loop without a mouse, and a measurement in few touches."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browser.hand import Hand
from tests.factories import PASSWORD
from yigongti.kernel import clock
from yigongti.kernel.workflow.models import Case


pytestmark = pytest.mark.needs("chromium")
FAR = 120


def tab_to(page, selector):
    """Tab until the wanted element has the focus, as somebody would who sees the ring move."""
    for _ in range(FAR):
        if page.evaluate("what => document.activeElement.matches(what)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached by Tab")


def press(page, selector, key="Enter"):
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press(key)


def pick(page, name, value):
    """One of a group of radios: Tab to the group, arrows within it."""
    tab_to(page, f"[name={name}]")
    page.keyboard.press("Space")
    for _ in range(FAR):
        if page.locator(f"[name={name}][value='{value}']").is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name}={value} is not reached by arrows")


def write(page, name, text):
    tab_to(page, f"[name={name}]")
    page.keyboard.type(text)


def enter(visit, account):
    hand = Hand(visit())
    page = hand.page
    page.goto("/sign-in")
    write(page, "login", account.login)
    write(page, "password", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    hand.begin()
    return hand


def write_date(page, name, day):
    tab_to(page, f"[name={name}]")
    page.keyboard.type(f"{day:%m%d%Y}" if page.evaluate("navigator.language").startswith("en") else f"{day:%Y\t%m%d}")
    if page.input_value(f"[name={name}]") != str(day):
        page.fill(f"[name={name}]", str(day))  # the order of a date's parts is the browser's own


def refer(page):
    page.keyboard.press("/")
    page.keyboard.type("jpx")
    page.wait_for_selector("#find-options [role=option]")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    if not page.url.endswith("/record"):
        press(page, "main a[href$='/record']")
    press(page, "main a[href^='/new/referral.upward']")


@pytest.mark.requirement("R47")
def test_the_loop_goes_up_and_back_by_keys_alone(visit, town):
    town.new_person("键盘香")
    doctor = enter(visit, town.doctor)
    refer(doctor.page)
    pick(doctor.page, "to_department", town.county.cardiology.pk)
    pick(doctor.page, "admission", "clinic")
    pick(doctor.page, "reason", "beyond_capability")
    tab_to(doctor.page, "[name=consent]")
    doctor.page.keyboard.press("Space")
    press(doctor.page, "button[name=step][value=submit]")
    assert doctor.page.locator("[data-receipt]").count() == 1
    number = doctor.page.url.rsplit("/", 1)[1]
    assert doctor.touches == 0

    desk = enter(visit, town.desk)
    desk.page.keyboard.press("/")
    desk.page.keyboard.type(number.lower())
    desk.page.wait_for_selector(f"#find-options a[href='/cases/{number}']")
    with desk.page.expect_navigation():
        desk.page.keyboard.press("Enter")
    for _accept_and_arrive in range(2):
        desk.page.evaluate("document.activeElement.blur()")
        with desk.page.expect_navigation():
            desk.page.keyboard.press("a")
        assert desk.page.locator("[data-receipt]").count() == 1

    ward = enter(visit, town.ward_doctor)
    ward.page.keyboard.press("/")
    ward.page.keyboard.type(number.lower())
    ward.page.wait_for_selector(f"#find-options a[href='/cases/{number}']")
    with ward.page.expect_navigation():
        ward.page.keyboard.press("Enter")
    press(ward.page, ".steps-bar a[href$='/return']")
    write(ward.page, "discharge_summary", "好转")
    write(ward.page, "care_plan", "低盐饮食")
    write_date(ward.page, "follow_up_on", clock.today() + timedelta(days=3))
    press(ward.page, "button[name=step][value=return]")
    assert ward.page.locator("[data-receipt]").count() == 1
    assert ward.touches == desk.touches == 0

    doctor.page.goto("/")
    child = Case.objects.get(parent__number=number).number
    press(doctor.page, f".case a[href='/cases/{child}']")
    press(doctor.page, ".steps-bar a[href$='/record']")
    pick(doctor.page, "way", "home")
    write(doctor.page, "systolic", "138")
    write(doctor.page, "diastolic", "86")
    pick(doctor.page, "medicines_taken", "regular")
    pick(doctor.page, "result", "satisfied")
    write(doctor.page, "note", "平稳")
    press(doctor.page, "button[name=step][value=record]")
    assert doctor.page.locator("[data-receipt]").count() == 1
    assert doctor.touches == 0


@pytest.mark.parametrize("width", [1440, 390])
def test_a_measurement_takes_five_touches(visit, town, width):
    resident = town.new_person("量血压")
    hand = Hand(visit(town.at("village_doctor", "village"), width=width, has_touch=width < 500))
    hand.page.goto(f"/residents/{resident.pk}/record")
    hand.begin()
    hand.go("main a[href$='/observe']")
    numbers = hand.page.locator("main form.form input[type=number], main form.form input[inputmode=decimal]")
    numbers.nth(0).click()
    hand.page.keyboard.type("138")
    numbers.nth(1).click()
    hand.page.keyboard.type("86")
    hand.go("main form.form .form-acts button.primary")
    assert hand.page.locator("[data-receipt]").count() == 1
    assert "138/86" in hand.page.inner_text("main")
    assert hand.touches <= 5
