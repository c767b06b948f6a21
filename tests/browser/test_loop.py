"""The loop of R47 in the browser: up with a bed, accepted, back with a plan, followed up, closed. Desktop and phone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browser.hand import Hand
from tests.factories import PASSWORD
from yigongti.kernel import clock


pytestmark = pytest.mark.needs("chromium")
SIZES = pytest.mark.parametrize(
    ("width", "height", "name", "initials"), [(1440, 900, "任桂香", "rgx"), (390, 844, "任桂花", "rgh")]
)


def enter(visit, account, **window):
    hand = Hand(visit(**window))
    hand.sign_in(account.login, PASSWORD)
    return hand


def find(hand, initials):
    """The keyboard once: the search box, the initials, and Enter."""
    hand.page.keyboard.press("/")
    hand.page.keyboard.type(initials)
    hand.page.wait_for_selector("#find-options [role=option]")
    with hand.page.expect_navigation():
        hand.page.keyboard.press("Enter")


def refer(hand, department):
    """From the record to the receipt; the diagnosis is the record's."""
    hand.begin()
    hand.go("main a[href^='/new/referral.upward']")
    hand.choose("to_department", department.pk)
    hand.choose("admission", "ward")
    hand.choose("reason", "beyond_capability")
    hand.tick("consent")
    hand.keep("submit")
    assert hand.page.locator("[data-receipt]").count() == 1
    assert hand.touches <= 10
    assert hand.keys == 0
    return hand.page.url.rsplit("/", 1)[1]


def accept(desk, number):
    desk.page.goto("/")
    desk.begin()
    desk.go(f".case:has(a[href='/cases/{number}']) [data-primary]")
    assert desk.page.locator("[data-receipt]").count() == 1
    assert desk.touches <= 2


def admit(desk, number):
    desk.page.goto(f"/cases/{number}")
    desk.go(".steps-bar [data-primary]")  # arrives
    desk.go(".steps-bar [data-primary]")  # is admitted
    assert desk.page.locator(".steps-bar a[href$='/return']").count() == 0, "the return is the doctor's"


def treat_and_return(ward, number):
    ward.page.goto(f"/cases/{number}")
    ward.go(".steps-bar [data-primary]")  # the form of the return
    ward.page.fill("[name=discharge_summary]", "好转出院")
    ward.page.fill("[name=care_plan]", "低盐饮食，按时服药")
    ward.page.fill("[name=follow_up_on]", str(clock.today() + timedelta(days=3)))
    ward.keep("return")
    assert ward.page.locator("[data-receipt]").count() == 1


def follow_up(hand, name):
    """From the work page to the receipt."""
    hand.page.goto("/")
    hand.begin()
    hand.go(f".case:has-text('{name}') [data-primary]")
    hand.choose("way", "home")
    hand.page.locator("[name=systolic]").click()
    hand.page.keyboard.type("138")
    hand.page.locator("[name=diastolic]").click()
    hand.page.keyboard.type("86")
    hand.choose("medicines_taken", "regular")
    hand.choose("result", "satisfied")
    hand.keep("record")
    assert hand.page.locator("[data-receipt]").count() == 1
    assert hand.touches <= 12


@SIZES
@pytest.mark.requirement("R47")
def test_a_patient_goes_up_and_comes_back_in_few_touches(visit, town, width, height, name, initials):
    town.new_person(name)
    doctor = enter(visit, town.doctor, width=width, height=height, has_touch=width < 500)
    find(doctor, initials)
    if not doctor.page.url.endswith("/record"):
        doctor.go("main a[href$='/record']")
    number = refer(doctor, town.county.cardiology)
    desk = enter(visit, town.desk, width=width, height=height, has_touch=width < 500)
    accept(desk, number)
    admit(desk, number)
    ward = enter(visit, town.ward_doctor, width=width, height=height, has_touch=width < 500)
    treat_and_return(ward, number)
    follow_up(doctor, name)
    doctor.page.goto(f"/cases/{number}")
    assert "已办结" in doctor.page.inner_text("main .heading")
