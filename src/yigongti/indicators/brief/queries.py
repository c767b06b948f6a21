"""Briefs as a reader may see them: issued ones of the places one sees, drafts of places one writes about or issues."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from yigongti.indicators.brief.models import AnnualReport, Brief, BriefEdit
from yigongti.indicators.brief.spoken import Figure, Spoken, held_by, key_of, spoken
from yigongti.indicators.policy.briefs import OUTLINES
from yigongti.indicators.queries.cells import SEE
from yigongti.indicators.queries.frozen import frozen, standing
from yigongti.indicators.queries.places import Places, places
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.kernel.language import say
from yigongti.kernel.refusal import NotFound
from yigongti.kernel.workflow.models import Case
from yigongti.kernel.workflow.rooms import Panel


WRITE = registry.add_permission("indicators.write_brief", title="写简报和年度报告", writes=True)
ISSUE = registry.add_permission("indicators.issue_brief", title="发出简报和年度报告", writes=True)
OPEN = ("due", "drafting", "returned")
"""States of an annual report in which its words may change."""
SUBMITTED = ("submitted", "accepted")
"""States in which the bureau reads it."""


@dataclass(frozen=True, kw_only=True)
class Whole:
    """A brief with its figures, as it is read by somebody."""

    brief: Brief
    figures: dict[int, Figure]
    paragraphs: Sequence[Spoken]

    @property
    def used(self) -> list[Figure]:
        """The figures that its text speaks of, in the order in which it does."""
        found = {piece.href: None for one in self.paragraphs for piece in one.pieces if piece.href}
        by_href = {one.href: one for one in self.figures.values()}
        return [by_href[href] for href in found]

    @property
    def typed(self) -> int:
        """How many numbers in it were typed."""
        return sum(piece.typed for one in self.paragraphs for piece in one.pieces)

    @property
    def masthead(self) -> str:
        """每日汇报, 医改信息…"""
        return say(OUTLINES[self.brief.kind].masthead)


def briefs(*, for_: Actor, kind: str = "", before: int | None = None, limit: int = 50) -> list[Brief]:
    """Newest first; ask for one more than is shown to know of more."""
    rows = _seen(for_)
    rows = rows.filter(kind=kind) if kind else rows
    rows = rows.filter(pk__lt=before) if before else rows
    return list(rows.order_by("-pk")[:limit])


def whole(*, for_: Actor, pk: int, text: str | None = None) -> Whole:
    """One brief, with another text in place of its own while it is being written. Raises NotFound."""
    brief = _seen(for_).filter(pk=pk).first()
    if brief is None:
        raise NotFound
    seen = places(for_=for_)
    rows = list(brief.figures.order_by("number"))
    ids = {one for row in rows for one in (row.cell_id, row.before_id) if one}
    cells, in_force = frozen(for_=for_, ids=ids, seen=seen), standing(for_=for_, ids=ids)
    held = held_by(list(cells.values()))
    figures = {
        row.number: Figure(number=row.number, cell=cells[row.cell_id], before=cells.get(row.before_id or 0),
                           held=held[key_of(cells[row.cell_id])], in_force=row.cell_id in in_force)
        for row in rows if row.cell_id in cells
    }  # fmt: skip
    return Whole(brief=brief, figures=figures, paragraphs=spoken(brief.text if text is None else text, figures))


def edits(*, for_: Actor, brief: Brief) -> list[BriefEdit]:
    """Who changed what, newest first; as far as the brief itself is seen."""
    if not _seen(for_).filter(pk=brief.pk).exists():
        raise NotFound
    return list(brief.edits.select_related("by__account").order_by("-version"))


def may_write(brief: Brief, *, for_: Actor, seen: Places) -> bool:
    """Whether the reader writes about that place, and the brief is still a draft; a group's report only its people."""
    place = seen.by_id.get(brief.place_id)
    if not for_.may(WRITE) or brief.issued_at is not None or place is None or not seen.reached(place):
        return False
    report = report_of(brief)
    return report is None or (for_.unit_kind != "county" and not held(brief))


def report_of(brief: Brief) -> AnnualReport | None:
    """The annual report on its way whose words these are."""
    return AnnualReport.objects.select_related("case").filter(brief=brief).first()


def held(brief: Brief) -> bool:
    """Whether it is a report that others have before them: nobody changes it until it is sent back."""
    report = report_of(brief)
    return report is not None and report.case.state not in OPEN


def may_issue(brief: Brief, *, for_: Actor, seen: Places) -> bool:
    """Whoever is measured does not publish: only who stands above the place, or speaks for the whole county."""
    place = seen.by_id.get(brief.place_id)
    if place is None or brief.issued_at is not None or not for_.may(ISSUE) or not seen.reached(place):
        return False
    if report_of(brief) is not None:  # it is accepted, or sent back: by the steps of its case
        return False
    return for_.unit_kind == "county" or (for_.unit_path != place.path and place.path.startswith(for_.unit_path))


def _seen(actor: Actor) -> QuerySet[Brief]:
    """Issued ones of visible places; drafts where the reader may write or issue and reaches the place."""
    actor.require(SEE)
    visible = Q(issued_at__isnull=False, place_id__in=list(places(for_=actor).by_id))
    if actor.may(WRITE) or actor.may(ISSUE):
        unfinished = Q(report__isnull=False) & ~Q(report__case__state__in=SUBMITTED)
        visible |= actor.reach("place__") & ~unfinished if actor.unit_kind == "county" else actor.reach("place__")
    return Brief.objects.filter(visible).select_related("place", "written_by__unit", "issued_by__unit")


# --- the annual report on its case


def due_words(due: date) -> str:
    """Until when, and how many days are left or over."""
    left = (due - clock.today()).days
    if left >= 0:
        return say("最迟 {due} 报送，还有 {n} 天", due=due, n=left)
    return say("应于 {due} 前报送，已过 {n} 天", due=due, n=-left)


def _report(*, for_: Actor, case: Case, facts: AnnualReport) -> Mapping[str, Any]:
    brief = _seen(for_).filter(pk=facts.brief_id).first() if facts.brief_id else None
    whole_ = whole(for_=for_, pk=brief.pk) if brief else None
    return {
        "report": facts, "brief": brief, "due": due_words(facts.due_on) if case.state not in SUBMITTED else "",
        "count": len(whole_.used) if whole_ else 0, "paragraphs": whole_.paragraphs[:3] if whole_ else [],
        "writes": brief is not None and may_write(brief, for_=for_, seen=places(for_=for_)),
        "late": case.state not in SUBMITTED and facts.due_on < clock.today(),
    }  # fmt: skip


REPORT_PANELS = {"report": Panel(template="indicators/panels/report.html", context=_report)}
