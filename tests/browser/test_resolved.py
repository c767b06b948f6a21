"""What issue 4 calls resolved, by hand in the browser: from a figure off its target down to one person's timeline by
stated duty; a ranking that no measured hand can touch; the brief on paper."""

from __future__ import annotations

import re
import uuid
from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.access.conftest import signed_in
from tests.indicators.counted import GOOD, by_hand, computed, rows_at
from tests.residents.people import person
from yigongti.indicators import catalogue, engine
from yigongti.indicators.actions import set_target
from yigongti.indicators.brief import actions as briefs
from yigongti.indicators.brief.words import Outline, Section
from yigongti.indicators.models import Release
from yigongti.indicators.policy import briefs as outlines
from yigongti.kernel import clock
from yigongti.kernel.access.models import Opening
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.parameters.codes import CodeList, code_lists
from yigongti.kernel.parameters.codes import Entry as Code
from yigongti.kernel.workflow import engine as cases


pytestmark = pytest.mark.needs("chromium")

OCTOBER = Period.read("2026-10")
DAILY = Outline(
    kind="daily", title="{place}运行情况", masthead="每日汇报", opening="{period}，{place}的情况如下。",
    sections=(Section("一、就诊", (GOOD.code,)),),
)  # fmt: skip


@pytest.fixture
def figures(town, monkeypatch):
    """Good visits of the town's people, counted by hand; a target that the group misses."""
    county = town.county
    people = [person(county.village, f"卫{n}") for n in "一二三四五六七"]
    ids = [one.pk for one in people]
    hand = by_hand(county, rows_at(county.village, good=30, bad=10, persons=ids),
                   rows_at(county.township, good=25, bad=25, persons=ids),
                   rows_at(county.hospital, good=60, bad=40, persons=ids))  # fmt: skip
    listed = code_lists["indicators.what"]
    more = (*listed.entries, Code(code=GOOD.code, label=GOOD.title))
    monkeypatch.setitem(code_lists, listed.code, CodeList(code=listed.code, title=listed.title, source=listed.source,
                                                          entries=more))  # fmt: skip
    monkeypatch.setitem(outlines.OUTLINES, "daily", DAILY)
    monkeypatch.setattr(engine, "_provided", [lambda as_of=None: hand])
    catalogue.enter(GOOD)
    computed(hand, GOOD)
    set_target(by=town.at("bureau"), indicator=GOOD.code, level="group", value=Decimal(90), begins=date(2026, 1, 1),
               source="县考核办法")  # fmt: skip
    yield people
    catalogue.leave(GOOD)


def ago(days):
    return clock.stands_at(clock.now() - timedelta(days=days))


def reviewed(quality, bureau, level):
    """A release whose window for appeals is over."""
    given = {"what": GOOD.code, "level": level, "period": "2026-10"}
    with ago(12):
        number = cases.begin(by=quality, workflow="indicators.release", step="compose", given=given).number
    with ago(11):
        cases.take(by=bureau, number=number, step="review", given={"verdict": "已核对"})
    return number


def follow(page, what):
    with page.expect_navigation():
        page.locator(what).first.click()


@pytest.mark.requirement("R22", "R133")
def test_the_president_follows_a_figure_off_its_target_and_the_quality_centre_goes_on_to_one_person(
    visit, town, figures
):
    page = visit(town.at("president", "group"))
    page.goto("/indicators")
    off = page.locator(".exceptions li", has_text=GOOD.title)
    assert "未达标" in off.inner_text() or "90" in off.inner_text()
    follow(page, f".exceptions a:has-text('{GOOD.title}')")
    follow(page, ".formula a:has-text('看每一行')")
    rows = page.inner_text("main")
    assert "115 行" in rows
    assert "卫*" in rows
    assert not any(one.name in rows for one in figures)
    assert page.locator("a[href*='/indicators/open-row']").count() == 0
    duty = visit(town.at("quality_officer", "group"), width=390, height=844)
    duty.goto(page.url)
    follow(duty, "a[href*='/indicators/open-row']")
    duty.fill("[name=reason]", "核查规范就诊率")
    follow(duty, "button[data-primary]")
    whom = int(re.search(r"/residents/(\d+)/record", duty.url)[1])
    assert whom in {one.pk for one in figures}
    opening = Opening.objects.get(reason="质量检查：核查规范就诊率")
    assert opening.person_id == whom
    seen = Entry.objects.filter(kind="read", persons__contains=[whom], basis__startswith="duty")
    assert {one.account_id for one in seen} == {town.at("quality_officer", "group").account_id}


@pytest.mark.requirement("R22", "R153", "R174")
def test_the_bureau_publishes_a_ranking_that_no_measured_hand_touches_and_the_brief_is_printed(visit, town, figures):
    quality, bureau = town.at("quality_officer", "group"), town.at("bureau", "root")
    number, whole = (reviewed(quality, bureau, level) for level in ("institution", "county"))
    for role, place in (("president", "group"), ("township_head", "township"), ("quality_officer", "group")):
        for step in ("freeze", "publish", "withdraw", "review"):
            typed = {"key": str(uuid.uuid4()), "step": step, "why": "难看", "verdict": "好"}
            assert signed_in(town.at(role, place)).post(f"/cases/{number}/{step}", typed).status_code in (403, 404)
    page = visit(bureau)
    for state in ("frozen", "published"):
        page.goto(f"/cases/{number}")
        follow(page, ".steps-bar [data-primary]")
        assert Release.objects.get(case__number=number).case.state == state, page.inner_text("main")[:400]
    for step in ("freeze", "publish"):
        cases.take(by=bureau, number=whole, step=step, given={})
    page = visit(town.at("township_head", "township"))
    page.goto(f"/figures/{GOOD.code}/ranking?at=institution&period=2026-10")
    assert f"已发布：{number}" in page.inner_text("main")
    made = briefs.begin_brief(by=bureau, kind="daily", level="county", place=town.county.root.pk, period=OCTOBER)
    briefs.issue_brief(by=bureau, brief=made.data["id"], version=1)
    page = visit(town.at("president", "group"), width=794, height=1123)
    page.goto(f"/indicators/briefs/{made.data['id']}")
    follow(page, "a.brief-figure")
    assert f"/figures/{GOOD.code}" in page.url
    page.go_back()
    page.emulate_media(media="print")
    assert not any(part.is_visible() for part in page.locator(".top, .side, .bar, .heading-acts").all())
    assert "60.53%" in page.inner_text(".brief")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
