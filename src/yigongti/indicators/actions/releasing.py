"""What stands beside the page of releases: taking figures, the window of appeals, freezing, publishing, correcting."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import timedelta

from yigongti.indicators import catalogue
from yigongti.indicators.models import Appeal, FrozenCell, Release, Value
from yigongti.indicators.policy.release import release
from yigongti.indicators.queries import releases
from yigongti.indicators.queries.cells import FIGURES, plain
from yigongti.indicators.refusals import (
    AppealsOpen,
    MovedSince,
    NothingToRelease,
    NotOver,
    WhyAgain,
    WindowOpen,
    WindowShut,
)
from yigongti.kernel import clock, event
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.measures import lake
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import BadValue, Missing, NotFound
from yigongti.kernel.workflow import engine, rooms
from yigongti.kernel.workflow.clocks import the_clock
from yigongti.kernel.workflow.models import Case
from yigongti.organisations.queries import the_county


event.declare("indicators.reviewed", "指标已审核，开始异议期")
event.declare("indicators.published", "指标已发布")

COPIED = ("indicator", "version", "level", "place_id", "period", "starts", "status", "numerator", "denominator",
          "value", "before", "low", "high", "n", "small", "why", "gaps", "snapshot", "cut")  # fmt: skip


def sides(facts: Release, by: Actor | None) -> Mapping[str, int]:
    """The publisher is the county, whose bureau is measured by none of these; the proposer is who put it up."""
    county = the_county()
    publisher = county.pk if county else 0
    if by is not None:
        return {"proposer": by.unit_id, "publisher": publisher}
    return {"publisher": publisher}


# --- guards


@rooms.guard("indicators.period_over")
def period_over(*, case: Case, facts: Release, by: Actor) -> None:
    """A period that people can read, that is over; a correction says why."""
    try:
        period = Period.read(facts.period)
    except ValueError:
        raise BadValue(
            field="period", label="时期", value=facts.period, problem="写成 2026-10、2026-Q3、2025 或 2026-Y10"
        ) from None
    if period.ends > clock.today():
        raise NotOver(field="period", period=facts.period)
    facts.earlier = releases.in_force(for_=by, what=facts.what, level=facts.level, period=facts.period)
    if facts.earlier is not None and not facts.doubt.strip():
        raise WhyAgain(field="doubt")
    facts.version = facts.earlier.version + 1 if facts.earlier else 1


@rooms.guard("indicators.window_over")
def window_over(*, case: Case, facts: Release, by: Actor) -> None:
    """The days for appeals are over and every appeal is answered."""
    if facts.appeals_until and clock.today() <= facts.appeals_until:
        raise WindowOpen(until=facts.appeals_until)
    left = Appeal.objects.filter(release=facts, answered_at=None).count()
    if left:
        raise AppealsOpen(count=left)


@rooms.guard("indicators.unmoved")
def unmoved(*, case: Case, facts: Release, by: Actor) -> None:
    """What is frozen is what was reviewed: where the data have moved, it is taken and reviewed again."""
    moved = releases.moved(for_=by, release=facts)
    if moved:
        raise MovedSince(count=len(moved))


# --- effects


@rooms.effect("indicators.take_figures")
def take_figures(*, case: Case, facts: Release, by: Actor) -> None:
    """Copy the figures as they are computed now."""
    what = catalogue.named(facts.what)
    facts.title = f"{what.title if what else facts.what} {facts.period}"
    if facts._state.adding:
        facts.save(force_insert=True)
    FrozenCell.objects.filter(release=facts).delete()
    codes = [one.code for one in catalogue.of_what(facts.what)]
    found = Value.objects.filter(indicator__in=codes, level=facts.level, period=facts.period)
    made = FrozenCell.objects.bulk_create(_copies(facts, found))
    if not made:
        raise NothingToRelease(field="what", period=facts.period)
    facts.reviewed_at = facts.appeals_until = None


def _copies(facts: Release, found: Iterable[Value]) -> list[FrozenCell]:
    return [
        FrozenCell(release=facts, fingerprint=fingerprint(one), **{name: getattr(one, name) for name in COPIED})
        for one in found
    ]


def fingerprint(one: Value | FrozenCell) -> str:
    """A hash of what a figure says and of what data it says it."""
    told = [str(plain(getattr(one, name)) if name in FIGURES else getattr(one, name)) for name in COPIED]
    return hashlib.sha256("\x1f".join(told).encode()).hexdigest()


@rooms.effect("indicators.open_window")
def open_window(*, case: Case, facts: Release, by: Actor) -> None:
    """From now on the measured may doubt; a county that sets no days has no window."""
    days = values.number("indicators.appeal_days")
    facts.reviewed_at = clock.now()
    facts.appeals_until = clock.today() + timedelta(days=days) if days else None


@rooms.effect("indicators.freeze")
def freeze(*, case: Case, facts: Release, by: Actor) -> None:
    """Shut the cells: the fingerprint of the whole is that of all of them in their order."""
    cells = FrozenCell.objects.filter(release=facts).order_by("indicator", "place_id")
    whole = "".join(cells.values_list("fingerprint", flat=True))
    facts.fingerprint = hashlib.sha256(whole.encode()).hexdigest()
    facts.frozen_at = clock.now()
    keep_snapshots(set(FrozenCell.objects.filter(release=facts).values_list("snapshot", flat=True)))


def keep_snapshots(names: set[str]) -> None:
    """The rows behind what is frozen stay as they were counted."""
    for name in names:
        if name.isdecimal():
            lake.keep(int(name))


@rooms.effect("indicators.publish")
def publish(*, case: Case, facts: Release, by: Actor) -> None:
    """In force from now; what it corrects is marked and kept."""
    earlier = releases.in_force(for_=by, what=facts.what, level=facts.level, period=facts.period)
    if earlier is not None:
        Release.objects.filter(pk=earlier.pk).update(superseded_at=clock.now())
        engine.take_as_clock(by=the_clock(), case=earlier.case, step="supersede")
    facts.published_at = clock.now()


# --- appeals


@action("indicators.appeal")
def appeal(*, by: Actor, cell: int, said: str) -> Receipt:
    """对指标提出异议。"""
    if not said.strip():
        raise Missing(field="said", label="异议")
    found = releases.open_cells(for_=by).select_related("place", "release__case").filter(pk=cell).first()
    if found is None or not by.reaches_path(found.place.path):
        raise NotFound
    until = found.release.appeals_until
    if until is None or clock.today() > until:
        raise WindowShut
    made = Appeal.objects.create(
        release=found.release,
        indicator=found.indicator,
        place=found.place,
        said=said.strip()[:2000],
        at=clock.now(),
        by_id=by.post_id or 0,
    )
    return Receipt(
        number=f"YY{made.pk:06d}", done=phrase("对 {title} 中 {place} 的数字提出异议", title=found.release.title,
                                               place=found.place.name),
        next="发布方在冻结前答复", href=f"/indicators/releases/{found.release.case.number}",
        subject=f"indicators.Release:{found.release_id}", facts={"cell": found.pk, "said": made.said},
    )  # fmt: skip


@action("indicators.answer_appeal")
def answer_appeal(*, by: Actor, appeal: int, answer: str, upheld: bool) -> Receipt:
    """答复对指标的异议。"""
    if not answer.strip():
        raise Missing(field="answer", label="答复")
    waiting = Appeal.objects.select_for_update(of=("self",)).select_related("release__case")
    row = waiting.filter(pk=appeal, answered_at=None).first()
    if row is None:
        raise NotFound
    row.answer, row.upheld = answer.strip()[:2000], upheld
    row.answered_at, row.answered_by_id = clock.now(), by.post_id
    row.save()
    return Receipt(
        number=f"YY{row.pk:06d}", done=phrase("{verdict}。", verdict=phrase("异议成立" if upheld else "异议不成立")),
        next="成立的，改正源头数据后重新取数" if upheld else "",
        href=f"/indicators/releases/{row.release.case.number}", subject=f"indicators.Release:{row.release_id}",
        facts={"answer": row.answer, "upheld": upheld},
    )  # fmt: skip


rooms.keep(
    rooms.Kept(page=release, facts=Release, sides=sides, rows=releases.rows, panels=releases.PANELS)
)  # fmt: skip
