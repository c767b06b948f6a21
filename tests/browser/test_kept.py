"""What was typed stays until it has arrived; the clocks of an open page go on; a session that ends can be renewed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore

from tests.browser.hand import Hand
from tests.factories import PASSWORD
from yigongti.kernel import clock
from yigongti.kernel.parameters import values
from yigongti.kernel.workflow.models import Case


pytestmark = pytest.mark.needs("chromium")
KEPT = "Object.keys(localStorage).filter((name) => name.startsWith('draft:'))"


def form_of(visit, town, resident):
    hand = Hand(visit(town.at("village_doctor", "village")))
    hand.page.goto(f"/new/referral.upward?resident={resident.pk}")
    return hand


def write(hand, text="胸痛两小时"):
    hand.page.fill("[name=summary]", text)
    hand.choose("reason", "beyond_capability")
    hand.page.wait_for_function(f"{KEPT}.length === 1")


def test_a_closed_window_loses_nothing_and_what_was_put_back_is_said(visit, town):
    resident = town.new_person("吴未交")
    hand = form_of(visit, town, resident)
    write(hand)
    hand.page.goto("/")
    hand.page.goto(f"/new/referral.upward?resident={resident.pk}")
    assert hand.page.input_value("[name=summary]") == "胸痛两小时"
    assert hand.page.locator("[name=reason][value=beyond_capability]").is_checked()
    assert hand.page.locator("[data-kept]").is_visible()
    with hand.page.expect_navigation():
        hand.page.locator("[data-kept] button").click()
    assert hand.page.input_value("[name=summary]") == ""
    assert hand.page.evaluate(KEPT) == []


def test_without_a_network_nothing_is_sent_and_the_page_stays(visit, town):
    resident = town.new_person("断网的")
    hand = form_of(visit, town, resident)
    write(hand)
    assert hand.page.locator("[data-offline]").is_hidden()
    hand.page.context.set_offline(True)
    hand.page.locator("[data-offline]").wait_for()
    hand.page.locator("button[name=step][value=submit]").click()
    assert hand.page.input_value("[name=summary]") == "胸痛两小时"
    assert hand.page.locator("[data-errors]").count() == 0
    hand.page.context.set_offline(False)
    hand.page.locator("[data-offline]").wait_for(state="hidden")
    hand.keep("submit")  # which arrives, and lacks a department
    assert hand.page.locator("[data-errors]").count() == 1


def test_another_patient_s_form_is_another_draft(visit, town):
    hand = form_of(visit, town, town.new_person("甲草稿"))
    write(hand)
    hand.page.goto(f"/new/referral.upward?resident={town.new_person('乙草稿').pk}")
    assert hand.page.input_value("[name=summary]") == ""


def test_a_session_that_ended_while_writing_loses_nothing(visit, town):
    resident = town.new_person("郑过期")
    hand = Hand(visit())
    hand.sign_in(town.doctor.login, PASSWORD)
    hand.page.goto(f"/new/referral.upward?resident={resident.pk}")
    write(hand)
    cookie = next(c for c in hand.page.context.cookies() if c["name"] == "session")
    SessionStore(cookie["value"]).delete()
    hand.keep("submit")
    assert "/sign-in" in hand.page.url
    assert "登录已过时或已失效" in hand.page.locator("main").inner_text()
    hand.page.fill("[name=login]", town.doctor.login)
    hand.page.fill("[name=password]", PASSWORD)
    hand.go("button.primary")
    assert hand.page.input_value("[name=summary]") == "胸痛两小时"
    assert not Case.objects.filter(person_id=resident.pk).exists()


def test_what_has_arrived_is_forgotten(visit, town):
    hand = form_of(visit, town, town.new_person("王到达"))
    hand.choose("to_department", town.county.cardiology.pk)
    hand.choose("admission", "clinic")
    hand.tick("consent")
    write(hand)
    hand.keep("submit")
    assert hand.page.locator("[data-receipt]").count() == 1
    assert hand.page.evaluate(KEPT) == []


def test_after_a_refusal_the_server_s_words_stand_and_the_draft_stays(visit, town):
    hand = form_of(visit, town, town.new_person("冯退回"))
    write(hand)
    hand.keep("submit")  # without consent, department and way of admission
    assert hand.page.locator("[data-errors]").count() == 1
    assert not hand.page.locator("[data-kept]").is_visible()
    assert hand.page.input_value("[name=summary]") == "胸痛两小时"
    assert len(hand.page.evaluate(KEPT)) == 1


def test_signing_out_clears_the_browser_and_nobody_reads_another_s_draft(visit, town):
    hand = Hand(visit())
    hand.sign_in(town.doctor.login, PASSWORD)
    hand.page.goto(f"/new/referral.upward?resident={town.new_person('陈退出').pk}")
    write(hand)
    hand.page.evaluate("localStorage.setItem('draft:0:/x', JSON.stringify({ at: Date.now(), said: [] }))")
    hand.page.goto("/")
    assert len(hand.page.evaluate(KEPT)) == 1  # another account's is swept away
    hand.page.locator(".me summary").click()
    hand.go("form[action='/sign-out'] button")
    assert hand.page.evaluate(KEPT) == []
    assert "您已退出" in hand.page.locator("main").inner_text()
    hand.page.evaluate("localStorage.setItem('draft:7:/x', JSON.stringify({ at: Date.now(), said: [] }))")
    hand.page.reload()
    assert hand.page.evaluate(KEPT) == []  # of an account that signed out nothing stays, whoever put it there


def test_what_was_sent_while_somebody_else_was_signed_in_waits_for_who_typed_it(visit, town):
    resident = town.new_person("施换人")
    hand = Hand(visit())
    hand.sign_in(town.doctor.login, PASSWORD)
    hand.page.goto(f"/new/referral.upward?resident={resident.pk}")
    write(hand)
    context = hand.page.context
    context.add_cookies(
        [{"name": "session", "value": town.session(town.at("referral_desk", "hospital")), "url": town.url}]
    )
    hand.keep("submit")
    assert (
        hand.page.locator("[data-unsent]").count() == 1
        and "胸痛两小时" in hand.page.locator("[data-unsent]").inner_text()
    )
    hand.go("[data-unsent] form[data-keeps] button")
    assert "/sign-in" in hand.page.url and len(hand.page.evaluate(KEPT)) == 1
    hand.page.fill("[name=login]", town.doctor.login)
    hand.page.fill("[name=password]", PASSWORD)
    hand.go("button.primary")
    assert hand.page.input_value("[name=summary]") == "胸痛两小时"
    assert not Case.objects.filter(person_id=resident.pk).exists()


def test_at_the_door_what_is_older_than_its_limit_goes_and_what_is_fresh_stays(visit, town):
    page = visit()
    page.goto("/sign-in")
    for name, age in (("old", 5), ("fresh", 1)):
        page.evaluate(
            f"localStorage.setItem('draft:7:/{name}', JSON.stringify({{ at: Date.now() - {age} * 3600000 }}))"
        )
    page.goto("/sign-in?ended=1")
    assert page.evaluate(KEPT) == ["draft:7:/fresh"]


def test_passwords_are_never_kept(visit, town):
    page = visit()
    page.goto("/sign-in")
    page.fill("[name=login]", "cunyi")
    page.fill("[name=password]", "geheim")
    page.wait_for_timeout(500)
    assert page.evaluate("localStorage.length") == 0


def test_the_clocks_of_an_open_page_go_on(visit, town):
    number = town.submitted(town.new_person("褚时钟"), admission="clinic")
    Case.objects.filter(number=number).update(due_at=clock.now() + timedelta(minutes=90, seconds=30))
    page = visit(town.at("referral_desk", "hospital"))
    page.clock.install()
    page.goto(f"/cases/{number}")
    shown = page.locator("main .heading .clock").first
    assert "1 小时 30 分" in shown.inner_text()
    page.clock.fast_forward("31:00")
    assert "59 分钟" in shown.inner_text()
    page.clock.fast_forward("01:05:00")
    assert "已过 5 分钟" in shown.inner_text()
    assert "is-overdue" in shown.get_attribute("class")


def test_the_end_of_the_session_warns_and_can_be_put_off_without_leaving_the_form(visit, town):
    resident = town.new_person("卫继续")
    page = visit(town.at("village_doctor", "village"))
    page.clock.install()
    page.goto(f"/new/referral.upward?resident={resident.pk}")
    strip = page.locator("form.session")
    assert not strip.is_visible()
    page.clock.fast_forward(values.number("access.session_minutes") * 60_000 - 200_000)
    assert strip.is_visible()
    page.fill("[name=summary]", "写到一半")
    strip.locator("button").click()
    strip.wait_for(state="hidden")
    assert page.input_value("[name=summary]") == "写到一半"
    assert page.url.endswith(f"resident={resident.pk}")
