"""Impatience is harmless: two clicks, going back, and two desks at once have one effect each."""

from __future__ import annotations

import re

import pytest

from tests.browser.hand import Hand
from yigongti.kernel.workflow.models import Case


pytestmark = pytest.mark.needs("chromium")


def filled_form(visit, town, resident):
    hand = Hand(visit(town.at("village_doctor", "village")))
    hand.page.goto(f"/new/referral.upward?resident={resident.pk}")
    hand.choose("to_department", town.county.cardiology.pk)
    hand.choose("admission", "clinic")
    hand.choose("reason", "beyond_capability")
    hand.tick("consent")
    return hand


def test_two_clicks_and_going_back_make_one_referral(visit, town):
    resident = town.new_person("赵两击")
    hand = filled_form(visit, town, resident)
    with hand.page.expect_navigation():
        hand.page.locator("button[value=submit]").dblclick(no_wait_after=True)
    assert hand.page.locator("[data-receipt]").count() == 1
    number = Case.objects.get(person_id=resident.pk).number
    hand.page.go_back()
    hand.page.locator("[name=consent]").check()
    hand.keep("submit")
    assert Case.objects.filter(person_id=resident.pk).count() == 1
    assert number in hand.page.content()


def test_a_second_referral_is_led_to_the_open_one(visit, town):
    resident = town.new_person("钱重开")
    number = town.submitted(resident, admission="clinic")
    hand = filled_form(visit, town, resident)
    hand.keep("submit")
    hand.go(f"main a.button[href='/cases/{number}']")
    assert number in hand.page.inner_text("h1")
    assert Case.objects.filter(person_id=resident.pk).count() == 1


@pytest.mark.requirement("R47")
def test_of_two_desks_at_once_one_accepts_and_the_other_is_told_who_was_first(visit, town):
    number = town.submitted(town.new_person("孙同时"), admission="clinic")
    windows = []
    for role in ("referral_desk", "referral_lead"):
        page = visit(town.at(role, "hospital"))
        page.goto(f"/cases/{number}")
        windows.append(page)
    for page in windows:
        page.evaluate("document.querySelector('.steps-bar [data-primary]').click()")
    for page in windows:
        page.wait_for_selector("[data-receipt], [data-errors], .refusal")
    receipts = [page.locator("[data-receipt]").count() for page in windows]
    assert sorted(receipts) == [0, 1]
    told = windows[receipts.index(0)].inner_text("main")
    first = Case.objects.get(number=number).acts.get(step="accept").actor.split("·")[0]
    assert re.search(first, told), told
