"""The annual report: opened by the calendar, written from published figures, signed, returned, accepted."""

from __future__ import annotations

import io

import docx
import pytest
from django.db import IntegrityError, transaction

from tests import factories
from tests.access.conftest import signed_in
from tests.indicators.counted import GOOD, by_hand, computed, rows_at
from tests.indicators.published import published
from yigongti.indicators import catalogue
from yigongti.indicators.brief import actions, queries, refusals
from yigongti.indicators.brief.models import AnnualReport, Brief
from yigongti.indicators.brief.reporting import open_annual_reports
from yigongti.indicators.brief.words import Outline, Section
from yigongti.indicators.policy import briefs as outlines
from yigongti.kernel import clock
from yigongti.kernel.refusal import NotAllowed, NotFound
from yigongti.kernel.workflow import clocks, engine
from yigongti.kernel.workflow.models import Notice
from yigongti.kernel.workflow.refusals import NotYourTurn, SameHand


ANNUAL = Outline(
    kind="annual", title="{place}{period}工作情况报告", masthead="年度工作情况报告", numbered=False,
    opening="现将{place}{period}工作情况报告如下。", sections=(Section("一、就诊", (GOOD.code,)),),
)  # fmt: skip


def at(text):
    return clock.stands_at(factories.at(text))


@pytest.fixture
def county(db, monkeypatch):
    monkeypatch.setitem(outlines.OUTLINES, "annual", ANNUAL)
    with at("2026-11-01 06:20"):
        made = factories.county()
        catalogue.enter(GOOD)
        made.engine = by_hand(made, rows_at(made.village, good=30, bad=10), rows_at(made.hospital, good=70, bad=30))
        computed(made.engine, GOOD)
        published(GOOD.code, level="group", period="2026-10")
        made.quality = factories.actor("quality_officer", made.group, name="质控甲")
        made.president = factories.actor("president", made.group, name="院长乙")
        made.bureau = factories.actor("bureau", made.root, name="卫健丙")
        yield made
        catalogue.leave(GOOD)


def report(county):
    return AnnualReport.objects.select_related("case", "brief").get(place=county.group)


def take(who, county, step, **given):
    engine.take(by=who, number=report(county).case.number, step=step, given=given)


@pytest.mark.requirement("R25")
def test_the_calendar_opens_it_and_who_is_late_is_told_upwards(county):
    with at("2026-10-31 23:00"):
        assert open_annual_reports() == 0
    assert open_annual_reports() == 2, "one for each group"
    assert open_annual_reports() == 0
    found = report(county)
    assert (found.year, str(found.due_on), found.case.state) == (2026, "2026-11-30", "due")
    with pytest.raises(refusals.ReportedAlready):
        engine.begin(by=county.quality, workflow="indicators.annual", step="begin", given={})

    def told():
        clocks.fire_due()
        return list(Notice.objects.filter(case=found.case).order_by("pk").values_list("kind", "part"))

    with at("2026-11-02 08:00"):
        assert told() == [("remind", "drafter")]
    with at("2026-12-01 08:00"):
        assert told()[1:] == [("escalate", "signer")]
        page = signed_in(county.president).get(f"/cases/{found.case.number}").content.decode()
        assert "应于 2026-11-30 前报送，已过 1 天" in page
    with at("2026-12-04 08:00"):
        assert told()[2:] == [("escalate", "receiver")]
        assert signed_in(county.bureau).get(f"/cases/{found.case.number}").status_code == 200


@pytest.mark.requirement("R25", "R174")
@pytest.mark.never("quality_officer.own_judgement")
def test_it_is_written_from_published_figures_signed_returned_and_accepted(county):
    open_annual_reports()
    take(county.quality, county, "write", period="2026-10")
    pk = report(county).brief_id
    whole = queries.whole(for_=county.quality, pk=pk)
    assert whole.paragraphs[-1].text == "规范就诊率71.43%。"
    assert whole.used[0].href.startswith(f"/figures/{GOOD.code}?")
    with pytest.raises(NotFound):
        queries.whole(for_=county.bureau, pk=pk)  # the bureau reads what is submitted
    edit(county.quality, pk, "本年规范就诊率【1】。")
    take(county.quality, county, "hand_in")
    with pytest.raises(refusals.Held):
        edit(county.president, pk, "先签了再改。")
    with pytest.raises((NotYourTurn, NotAllowed)):
        take(county.quality, county, "sign")
    take(county.president, county, "sign")
    assert report(county).signed_version == 2
    with pytest.raises(NotAllowed):
        actions.issue_brief(by=county.bureau, brief=pk, version=2)  # it is accepted by its case, not past it
    take(county.bureau, county, "return", back="缺下一步打算")
    edit(county.quality, pk, "本年规范就诊率【1】。下一步，逐项整改。")
    page = signed_in(county.quality).get(f"/cases/{report(county).case.number}").content.decode()
    assert "缺下一步打算" in page
    for who, step in ((county.quality, "hand_in"), (county.president, "sign"), (county.bureau, "accept")):
        take(who, county, step)
    assert report(county).case.state == "accepted"
    assert Brief.objects.get(pk=pk).issued_by_id == county.bureau.post_id
    with pytest.raises(IntegrityError), transaction.atomic():
        Brief.objects.filter(pk=pk).update(text="另一种说法")
    client = signed_in(county.president)
    assert "逐项整改" in client.get(f"/indicators/briefs/{pk}").content.decode()
    paper = docx.Document(io.BytesIO(client.get(f"/indicators/briefs/{pk}/brief.docx").getvalue()))
    assert "年度工作情况报告" in paper.paragraphs[0].text
    assert any("71.43%" in cell.text for table in paper.tables for row in table.rows for cell in row.cells)


def test_it_may_speak_of_the_year_so_far(county):
    published(GOOD.code, level="group", period="2026-Y10")
    open_annual_reports()
    take(county.quality, county, "write", period="2026-Y10")
    whole = queries.whole(for_=county.quality, pk=report(county).brief_id)
    assert "2026 年初至 10 月" in report(county).brief.title
    assert (whole.brief.period, whole.used[0].cell.period.code) == ("2026-Y10", "2026-Y10")
    with pytest.raises(refusals.NothingPublished):
        take(county.quality, county, "write", period="2026")  # which is another figure


def edit(who, pk, text):
    row = Brief.objects.get(pk=pk)
    actions.edit_brief(by=who, brief=pk, version=row.version, title=row.title, text=text, reason="改")


def test_nothing_is_handed_in_unwritten_without_figures_or_by_two_posts_of_one_hand(county):
    open_annual_reports()
    with pytest.raises(refusals.NothingPublished):
        take(county.quality, county, "write", period="2025")
    take(county.quality, county, "write", period="2026-10")
    edit(county.quality, report(county).brief_id, "没有数字。")
    with pytest.raises(refusals.NothingPublished):
        take(county.quality, county, "hand_in")
    take(county.quality, county, "write", period="2026-10")  # the draft anew; what it was is kept
    assert report(county).brief.edits.count() == 2
    take(county.quality, county, "hand_in")
    same = factories.Account.objects.get(pk=county.quality.account_id)
    post = factories.post("president", county.group, account_=same)
    with pytest.raises(SameHand):
        take(factories.actor_of(post), county, "sign")


def test_a_paper_tells_no_figure_of_too_few_whoever_writes_it(county):
    """The quality centre may see them; its readers may not."""
    published(GOOD.code, level="group", period="2026-10", small=True)
    open_annual_reports()
    with pytest.raises(refusals.NothingPublished):
        take(county.quality, county, "write", period="2026-10")
