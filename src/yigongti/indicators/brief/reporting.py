"""The annual report on its way from the group to the bureau: opened by the calendar, held while others look at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import structlog

from yigongti.indicators.brief import queries
from yigongti.indicators.brief.actions import edit, issue, refuse_unfit
from yigongti.indicators.brief.composing import Draft, draft
from yigongti.indicators.brief.models import AnnualReport, Brief, BriefFigure
from yigongti.indicators.brief.queries import REPORT_PANELS, Whole
from yigongti.indicators.brief.refusals import NothingPublished, NotWritten, ReportedAlready
from yigongti.indicators.drawn import said_period
from yigongti.indicators.policy.annual import annual
from yigongti.indicators.queries.places import places
from yigongti.kernel import clock, event
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Unit
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import BadValue, NotFound, Refusal
from yigongti.kernel.workflow import engine, rooms
from yigongti.kernel.workflow.clocks import the_clock
from yigongti.kernel.workflow.models import Case
from yigongti.organisations.queries import the_county


event.declare("indicators.reported", "年度工作情况已报送")
event.declare("indicators.report_accepted", "年度工作情况已受理")

log = structlog.get_logger()


def sides(facts: AnnualReport, by: Actor | None) -> Mapping[str, int]:
    """The group that reports, and the county whose bureau receives."""
    county = the_county()
    reporter = facts.place_id or (by.unit_id if by else 0)
    return {"reporter": reporter, "receiver": county.pk if county else 0}


def day_of(year: int, code: str) -> date:
    """The day of a year that a parameter names as month and day."""
    return date.fromisoformat(f"{year}-{values.value(code)}")


def open_annual_reports() -> int:
    """Open the report of each group whose day has come and that has none of this year; how many. The calendar's act:
    who is late has not forgotten it unseen."""
    year = clock.today().year
    if clock.today() < day_of(year, "indicators.annual_opens"):
        return 0
    begun = AnnualReport.objects.filter(year=year).values("place_id")
    groups = Unit.objects.filter(kind="group", closed_on=None).exclude(pk__in=begun)
    return sum(_opened(group) for group in groups.order_by("pk"))


def _opened(group: Unit) -> bool:
    by = replace(the_clock(), unit_id=group.pk, unit_path=group.path, unit_name=group.name)
    try:
        engine.begin(by=by, workflow=annual.code, step="begin", given={})
    except Refusal as refusal:  # somebody of the group was quicker
        log.warning("indicators.report_not_opened", group=group.pk, why=str(refusal))
        return False
    return True


# --- guards


@rooms.guard("indicators.report_due")
def report_due(*, case: Case, facts: AnnualReport, by: Actor) -> None:
    """One report a group and year; its days are those of this year."""
    year = clock.today().year
    facts.place_id, facts.year = by.unit_id, year
    facts.remind_on = day_of(year, "indicators.annual_opens")
    facts.due_on = day_of(year, "indicators.annual_due")
    if AnnualReport.objects.select_for_update().filter(place_id=by.unit_id, year=year).exists():
        raise ReportedAlready(year=year)


@rooms.guard("indicators.report_fit")
def report_fit(*, case: Case, facts: AnnualReport, by: Actor) -> None:
    """It is written, speaks of figures, and each of them is published, in force and large enough to be told."""
    whole = _whole(facts, by)
    if not whole.used:
        raise NothingPublished(where=facts.place.name, when=facts.period)
    refuse_unfit(by, whole)


def _whole(facts: AnnualReport, by: Actor) -> Whole:
    if facts.brief_id is None:
        raise NotWritten
    Brief.objects.select_for_update().get(pk=facts.brief_id)
    return queries.whole(for_=by, pk=facts.brief_id)


# --- effects


@rooms.effect("indicators.compose_report")
def compose_report(*, case: Case, facts: AnnualReport, by: Actor) -> None:
    """The first draft from what is published; a second one overwrites the first, and what that was is kept."""
    made, period = _composed(facts, by)
    facts.period = period.code
    if facts.brief is None:
        facts.brief = _new(facts, by, made)
        return
    facts.brief.figures.all().delete()
    facts.brief.period = period.code
    facts.brief.save(update_fields=["period"])
    _bind(facts.brief, made)
    edit(by, facts.brief, title=made.title, text=made.text, reason=f"按{said_period(period)}的数字重写初稿")


def _composed(facts: AnnualReport, by: Actor) -> tuple[Draft, Period]:
    """Raises BadValue, NothingPublished."""
    try:
        period = Period.read(facts.period.strip())
    except ValueError:
        problem = "写成 2026-Y10、2025 或 2026-Q3"
        raise BadValue(field="period", label="用哪个时期的数字", value=facts.period, problem=problem) from None
    seen = places(for_=by)
    place = seen.by_id.get(facts.place_id)
    if place is None:
        raise NotFound
    made = draft(for_=by, kind="annual", level=place.level, place=place, period=period, seen=seen)
    if not made.figures:
        raise NothingPublished(where=place.name, when=said_period(period))
    return made, period


def _new(facts: AnnualReport, by: Actor, made: Draft) -> Brief:
    brief = Brief.objects.create(
        kind="annual", level="group", place_id=facts.place_id, period=facts.period, title=made.title, text=made.text,
        written_at=clock.now(), written_by_id=by.post_id or 0,
    )  # fmt: skip
    _bind(brief, made)
    return brief


def _bind(brief: Brief, made: Draft) -> None:
    BriefFigure.objects.bulk_create(
        BriefFigure(brief=brief, number=n, cell_id=cell, before_id=before)
        for n, (cell, before) in made.figures.items()
    )  # fmt: skip


@rooms.effect("indicators.sign_report")
def sign_report(*, case: Case, facts: AnnualReport, by: Actor) -> None:
    """These words and no others are what the head has signed."""
    facts.signed_version = facts.brief.version if facts.brief else None


@rooms.effect("indicators.issue_report")
def issue_report(*, case: Case, facts: AnnualReport, by: Actor) -> None:
    """Accepted is issued: from now on the database refuses every change of it."""
    if facts.brief is not None:
        issue(by, facts.brief)


def rows(case_ids: list[int]) -> Mapping[int, rooms.CaseRow]:
    """Which report, in lists of cases."""
    found = AnnualReport.objects.filter(pk__in=case_ids).values_list("pk", "place__name", "year", "due_on")
    return {
        pk: rooms.CaseRow(name=f"{name} {year}", what=queries.due_words(due)) for pk, name, year, due in found
    }  # fmt: skip


rooms.keep(rooms.Kept(page=annual, facts=AnnualReport, sides=sides, rows=rows, panels=REPORT_PANELS))
