"""Briefs: figures are bound, never typed; words are edited and kept; issued ones stay; Word says what the page says."""

from __future__ import annotations

import io
import json
import re
from datetime import date
from decimal import Decimal

import docx
import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.access.conftest import signed_in
from tests.indicators.counted import COST, GOOD, by_hand, computed, rows_at
from tests.indicators.published import published
from tests.residents.people import person
from yigongti.indicators import catalogue
from yigongti.indicators.brief import actions, queries, refusals
from yigongti.indicators.brief.models import Brief, BriefEdit, BriefFigure
from yigongti.indicators.brief.words import Outline, Section
from yigongti.indicators.policy import briefs as outlines
from yigongti.kernel import clock
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.refusal import NotAllowed, NotFound


OCTOBER = Period.read("2026-10")
DAILY = Outline(
    kind="daily", title="{place}运行情况", masthead="每日汇报", opening="{period}，{place}的情况如下。",
    sections=(Section("一、就诊", (GOOD.code, COST.code)),),
)  # fmt: skip


@pytest.fixture
def county(db, monkeypatch):
    monkeypatch.setitem(outlines.OUTLINES, "daily", DAILY)
    with clock.stands_at(factories.at("2026-11-20 09:00")):
        made = factories.county()
        ids = [person(made.village, name=f"任{n}").pk for n in "甲乙丙丁戊己庚"]
        made.engine = by_hand(
            made, rows_at(made.village, good=30, bad=10, persons=ids),
            rows_at(made.hospital, good=70, bad=30, persons=ids),
            rows_at(made.village, good=20, bad=20, persons=ids, at=date(2025, 10, 5)),
        )  # fmt: skip
        catalogue.enter(GOOD, COST)
        computed(made.engine, GOOD, COST, first="2025-10")
        made.bureau = factories.actor("bureau", made.root, name="王卫健")
        made.president = factories.actor("president", made.group, name="赵院长")
        yield made
        catalogue.leave(GOOD, COST)


def begun(county, by=None):
    published(GOOD.code)
    published(GOOD.code, period="2025-10")
    receipt = actions.begin_brief(by=by or county.bureau, kind="daily", level="county", place=county.root.pk,
                                  period=OCTOBER)  # fmt: skip
    return receipt.data["id"]


def text_of(county, pk, by=None):
    return "\n".join(one.text for one in queries.whole(for_=by or county.bureau, pk=pk).paragraphs)


def edited(county, pk, text, *, by=None, version=None, reason="改顺"):
    row = Brief.objects.get(pk=pk)
    return actions.edit_brief(by=by or county.bureau, brief=pk, version=version or row.version, title=row.title,
                              text=text, reason=reason)  # fmt: skip


@pytest.mark.requirement("R174")
def test_the_first_draft_says_what_is_published_with_last_year_and_nothing_else(county):
    pk = begun(county)
    assert Brief.objects.get(pk=pk).text == ("2026-10，介休市的情况如下。\n\n一、就诊\n\n规范就诊率【1】，【1比】。"), (
        "the cost is not published"
    )
    assert text_of(county, pk).endswith("规范就诊率71.43%，比上年同期上升 21.43 个百分点。")


def test_where_nothing_is_published_there_is_no_brief(county):
    with pytest.raises(refusals.NothingPublished):
        actions.begin_brief(by=county.bureau, kind="daily", level="county", place=county.root.pk, period=OCTOBER)
    assert not Brief.objects.exists()


@pytest.mark.requirement("R174")
def test_numbers_cannot_be_typed_over_and_words_can_be_changed_with_what_they_were(county):
    pk = begun(county)
    with pytest.raises(refusals.TypedOver):
        edited(county, pk, "规范就诊率达到 93%以上。")
    with pytest.raises(refusals.NoSuchFigure):
        edited(county, pk, "【9】")
    edited(county, pk, "本月规范就诊率【1】，分子分母【1数】，【1标】。省里激励 500 万元。", reason="补一句")
    assert text_of(county, pk) == "本月规范就诊率71.43%，分子分母100/140，没有设目标。省里激励 500 万元*。"
    kept = BriefEdit.objects.get()
    assert "一、就诊" in kept.before
    assert (kept.version, kept.reason, kept.by.account.person_name) == (2, "补一句", "王卫健")
    with pytest.raises(refusals.Moved, match="王卫健"):
        edited(county, pk, "别的", version=1)


def test_a_figure_is_added_under_its_number_once_and_only_when_it_is_published(county):
    pk = begun(county)
    given = {"level": "county", "place": county.root.pk, "period": OCTOBER}
    with pytest.raises(refusals.NotReleased):
        actions.add_figure(by=county.bureau, brief=pk, version=1, indicator=COST.code, **given)
    published(COST.code)
    actions.add_figure(by=county.bureau, brief=pk, version=1, indicator=COST.code, **given)
    assert Brief.objects.get(pk=pk).text.endswith("\n\n介休市次均费用【2】。")
    with pytest.raises(refusals.AlreadyThere, match="【2】"):
        actions.add_figure(by=county.bureau, brief=pk, version=2, indicator=COST.code, **given)


@pytest.mark.never("president.figures")
def test_who_is_measured_writes_but_does_not_issue(county):
    published(GOOD.code, level="group")
    pk = actions.begin_brief(by=county.president, kind="daily", level="group", place=county.group.pk,
                             period=OCTOBER).data["id"]  # fmt: skip
    edited(county, pk, "规范就诊率【1】。", by=county.president)
    with pytest.raises(NotAllowed):
        actions.issue_brief(by=county.president, brief=pk, version=2)
    with pytest.raises(NotFound):
        actions.begin_brief(by=county.president, kind="daily", level="county", place=county.root.pk, period=OCTOBER)
    actions.issue_brief(by=county.bureau, brief=pk, version=2)
    row = Brief.objects.get(pk=pk)
    assert (row.year, row.number, row.issued_by.account.person_name) == (2026, 1, "王卫健")


def test_a_draft_is_seen_by_those_who_write_it_and_an_issued_one_by_whoever_sees_figures(county):
    pk = begun(county)
    doctor = factories.actor("township_head", county.township)
    assert queries.briefs(for_=doctor) == []
    with pytest.raises(NotFound):
        queries.whole(for_=doctor, pk=pk)
    actions.issue_brief(by=county.bureau, brief=pk, version=1)
    assert [one.pk for one in queries.briefs(for_=doctor)] == [pk]
    assert "71.43%" in text_of(county, pk, doctor)


@pytest.mark.requirement("R155")
def test_an_issued_brief_is_changed_by_nobody_and_a_correction_is_a_new_one(county):
    pk = begun(county)
    actions.issue_brief(by=county.bureau, brief=pk, version=1)
    with pytest.raises(refusals.Issued):
        edited(county, pk, "【1】")
    for change in (
        lambda: Brief.objects.filter(pk=pk).update(text="改"),
        lambda: BriefFigure.objects.filter(brief_id=pk).delete(),
        lambda: Brief.objects.filter(pk=pk).delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    published(GOOD.code, value=Decimal("70"))  # the figure is corrected: the brief still says what it said
    assert "71.43%" in text_of(county, pk)
    again = actions.correct_brief(by=county.bureau, brief=pk, reason="数字更正").data["id"]
    assert "70.00%" in text_of(county, again)
    actions.issue_brief(by=county.bureau, brief=again, version=1)
    old, new = Brief.objects.get(pk=pk), Brief.objects.get(pk=again)
    assert (old.superseded_at is not None, new.earlier_id, new.number) == (True, pk, 2)


def test_a_figure_that_was_corrected_meanwhile_is_not_issued(county):
    pk = begun(county)
    published(GOOD.code, value=Decimal("70"))
    with pytest.raises(refusals.NotReleased, match="【1】"):
        actions.issue_brief(by=county.bureau, brief=pk, version=1)


@pytest.mark.requirement("R25", "R174")
def test_page_word_and_data_say_the_same_and_each_number_leads_to_its_figure(county):
    pk = begun(county)
    edited(county, pk, "一、就诊\n规范就诊率【1】，【1比】。激励 500 万元。")
    client = signed_in(county.bureau)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        html = client.get(f"/indicators/briefs/{pk}").content.decode()
    assert len(asked) < 45
    data = json.loads(client.get(f"/indicators/briefs/{pk}.json").content)
    word = docx.Document(io.BytesIO(client.get(f"/indicators/briefs/{pk}/brief.docx").content))
    said = ["一、就诊", "规范就诊率71.43%，比上年同期上升 21.43 个百分点。激励 500 万元*。"]
    assert [one["text"] for one in data["paragraphs"]] == said
    assert Decimal(data["figures"][0]["value"]) == Decimal("71.43")
    body = ["".join(run.text for run in one.iter_inner_content()) for one in word.paragraphs]
    assert [text for text in said if text not in body] == []
    assert body[0] == "每日汇报"
    assert [cell.text for cell in word.tables[0].rows[1].cells][:3] == [
        "71.43%",
        "规范就诊率 · 介休市 · 2026-10",
        "100/140",
    ]
    links = [link.address for one in word.paragraphs for link in one.hyperlinks]
    assert len(links) == 2
    assert all(f"/figures/{GOOD.code}?place={county.root.pk}&level=county&period=2026-10" in link for link in links)
    text = re.sub(r"<[^>]+>", "", html.split('class="brief-text"')[1].split("数字出处")[0])
    assert "规范就诊率71.43%，比上年同期上升 21.43 个百分点。" in text
    assert f"/figures/{GOOD.code}?place={county.root.pk}" in html
    assert "补" not in html.split("改动")[0]


def test_the_forms_write_add_preview_issue_and_correct(county):
    pk, client = begun(county), signed_in(county.bureau)
    published(COST.code)
    here = f"/indicators/briefs/{pk}"
    assert client.get(f"{here}/edit").headers["Location"].endswith("?version=1")
    page = client.get(f"{here}/edit?version=1").content.decode()
    assert "比上年同期上升 21.43 个百分点" in page, "what each slot says stands beside the text"
    shown = client.post(f"{here}/preview", {"text": "规范就诊率 80%；规范就诊率【1】"}).content.decode()
    assert "不能手写" in shown
    assert "71.43%" in shown
    assert Brief.objects.get(pk=pk).version == 1

    def posted(address, **given):
        return client.post(address, {"key": "7f3a3c52-0000-4000-8000-" + f"{len(address):012d}", **given})

    answer = posted(f"{here}/edit?version=1", title="情况", text="规范就诊率 80%。", reason="试")
    assert answer.status_code == 422
    assert posted(f"{here}/figure?version=1", which=f"{COST.code}|county|{county.root.pk}|2026-10").status_code == 303
    assert posted(f"{here}/issue?version=2", read="1").status_code == 303
    assert posted(f"{here}/correct", reason="错字").status_code == 303
    assert Brief.objects.filter(earlier_id=pk).count() == 1
    listed = client.get("/indicators/briefs").content.decode()
    assert "第 1 期" in listed
    assert "草稿" in listed
