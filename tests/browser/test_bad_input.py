"""What is wrong is said at once, what was typed stays, and rare characters live."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.browser.hand import Hand
from tests.residents.people import card
from yigongti.kernel import clock
from yigongti.residents.models import Resident


pytestmark = pytest.mark.needs("chromium")
RARE = "𠮷野😀"
WRONG_CARD = card()[:-1] + str((int(card()[-1].replace("X", "0")) + 1) % 10)


def submit(page):
    with page.expect_navigation():
        page.locator("main form[data-once] .form-acts button.primary, main form[data-once] button.primary").last.click()


def focused_summary(page):
    return page.evaluate("document.activeElement.matches('[data-errors]')")


def test_the_register_form_says_all_at_once_and_keeps_what_was_typed(visit, town):
    page = visit(town.at("village_doctor", "village"))
    page.goto("/residents/new")
    typed = {"name": RARE, "id_card": WRONG_CARD, "phone": "12"}
    for name, text in typed.items():
        page.fill(f"[name={name}]", text)
    submit(page)
    assert page.locator("[data-errors] li").count() >= 2
    assert focused_summary(page)
    assert {name: page.input_value(f"[name={name}]") for name in typed} == typed
    for link in page.locator("[data-errors] a").all():
        assert page.locator(link.get_attribute("href")).count() == 1


def test_a_rare_name_and_a_picture_sign_survive(visit, town):
    page = visit(town.at("village_doctor", "village"))
    page.goto("/residents/new")
    page.fill("[name=name]", "𠮷秀英")
    page.fill("[name=id_card]", card(sequence=8))
    page.fill("[name=lives_address]", "南街 3 号 😀")
    if page.locator("[name=phone_owner][value=none]").count():
        Hand(page).choose("phone_owner", "none")
    submit(page)
    made = Resident.objects.get(name="𠮷秀英")
    assert made.lives_address == "南街 3 号 😀"
    page.goto(f"/residents/{made.pk}")
    assert "𠮷秀英" in page.inner_text("h1")


def test_the_follow_up_form_says_all_at_once_and_keeps_what_was_typed(visit, town):
    number = town.follow_up(town.new_person("李随访"))
    hand = Hand(visit(town.at("village_doctor", "village")))
    hand.page.goto(f"/cases/{number}/record")
    hand.page.fill("[name=systolic]", "999")
    hand.page.fill("[name=diastolic]", "80")
    hand.page.fill("[name=note]", RARE)
    hand.choose("way", "home")
    hand.keep("record")
    assert hand.page.locator("[data-errors] li").count() >= 2  # taken medicines and result are missing
    assert focused_summary(hand.page)
    assert hand.page.input_value("[name=systolic]") == "999"
    assert hand.page.input_value("[name=note]") == RARE
    assert hand.page.locator("[name=way][value=home]").is_checked()
    hand.choose("medicines_taken", "regular")
    hand.choose("result", "satisfied")
    hand.keep("record")
    assert "999" in hand.page.inner_text("[data-errors]")
    hand.page.fill("[name=systolic]", "138")
    hand.keep("record")
    assert hand.page.locator("[data-receipt]").count() == 1
    assert RARE in hand.page.inner_text("main")


def test_a_plan_for_yesterday_is_refused_beside_the_field(visit, town):
    number = town.submitted(town.new_person("周昨日"), admission="clinic")
    town.take(number, "accept")
    town.take(number, "arrive")
    hand = Hand(visit(town.at("county_doctor", "cardiology")))
    hand.page.goto(f"/cases/{number}/return")
    hand.page.fill("[name=discharge_summary]", "好转")
    hand.page.fill("[name=care_plan]", "休息")
    hand.page.fill("[name=follow_up_on]", str(clock.today() - timedelta(days=1)))
    hand.keep("return")
    assert hand.page.locator("#f-follow_up_on-field.wrong .field-error").count() == 1
    assert hand.page.input_value("[name=care_plan]") == "休息"
