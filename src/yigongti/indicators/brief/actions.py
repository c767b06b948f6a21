"""Writing, editing and issuing briefs. A figure enters by being bound to a frozen one, never by being typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.db import connection
from django.db.models import Max

from yigongti.indicators import drawn
from yigongti.indicators.brief import queries
from yigongti.indicators.brief.composing import Draft, draft, few, sentence
from yigongti.indicators.brief.models import Brief, BriefEdit, BriefFigure
from yigongti.indicators.brief.queries import ISSUE, WRITE, Whole
from yigongti.indicators.brief.refusals import (
    AlreadyThere,
    Held,
    Issued,
    Moved,
    NoSuchFigure,
    NothingPublished,
    NotReleased,
    TypedOver,
    Unread,
)
from yigongti.indicators.brief.words import faults, slots
from yigongti.indicators.policy.briefs import OUTLINES
from yigongti.indicators.queries.frozen import frozen, published, standing
from yigongti.indicators.queries.places import places
from yigongti.indicators.targets import Targets
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.refusal import Missing, NotAllowed, NotFound, Refusal, raise_all


LOCK = "SELECT pg_advisory_xact_lock(hashtext('indicators.briefs'))"
LONGEST = 20_000


@action("indicators.begin_brief", permission=WRITE)
def begin_brief(*, by: Actor, kind: str, level: str, place: int, period: Period) -> Receipt:
    """写一份简报的初稿。

    The draft holds what is published of the place and period. Raises NothingPublished, NotFound.
    """
    seen = places(for_=by)
    where = seen.by_id.get(place)
    if kind not in OUTLINES or where is None or level not in where.levels or not seen.reached(where):
        raise NotFound
    made = draft(for_=by, kind=kind, level=level, place=where, period=period, seen=seen)
    if not made.figures:
        raise NothingPublished(where=where.name, when=drawn.said_period(period))
    brief = _made(by, Brief(kind=kind, level=level, place_id=place, period=period.code), made)
    return Receipt(
        number=str(brief.pk), done=phrase("起草《{title}》，引用 {n} 个数字", title=brief.title, n=len(made.figures)),
        href=f"/indicators/briefs/{brief.pk}", subject=f"indicators.Brief:{brief.pk}", data={"id": brief.pk},
    )  # fmt: skip


def _made(by: Actor, brief: Brief, made: Draft) -> Brief:
    brief.title, brief.text = made.title, made.text
    brief.written_at, brief.written_by_id = clock.now(), by.post_id or 0
    brief.save(force_insert=True)
    BriefFigure.objects.bulk_create(
        BriefFigure(brief=brief, number=n, cell_id=cell, before_id=before)
        for n, (cell, before) in made.figures.items()
    )  # fmt: skip
    return brief


@action("indicators.edit_brief", permission=WRITE)
def edit_brief(*, by: Actor, brief: int, version: int, title: str, text: str, reason: str) -> Receipt:
    """改简报的文字。

    The figures stay what they are: a slot without one is refused, and so is a number typed where a figure is named.
    Raises Moved, Issued, NoSuchFigure, TypedOver, Missing.
    """
    found = _mine(by, brief, version)
    text = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    raise_all(_wrong(found, title.strip(), text, reason.strip()))
    edit(by, found.brief, title=title.strip(), text=text, reason=reason.strip())
    return _receipt(found.brief, "改了《{title}》的文字")


def _wrong(found: Whole, title: str, text: str, reason: str) -> list[Refusal]:
    given = {"title": ("标题", title), "text": ("正文", text), "reason": ("为什么改", reason)}
    wrong: list[Refusal] = [Missing(field=name, label=label) for name, (label, said) in given.items() if not said]
    titles = {n: one.cell.indicator.title for n, one in found.figures.items()}
    for fault in faults(f"{title}\n{text}", titles):
        if fault.what == "unknown":
            wrong.append(NoSuchFigure(field="text", slot=fault.said))
        else:
            wrong.append(TypedOver(field="text", number=fault.said, named=fault.title))
    return wrong


def edit(by: Actor, brief: Brief, *, title: str, text: str, reason: str) -> None:
    """Keep what it was and what it becomes."""
    before = f"{brief.title}\n\n{brief.text}"
    brief.title, brief.text, brief.version = title[:200], text[:LONGEST], brief.version + 1
    brief.save(update_fields=["title", "text", "version"])
    BriefEdit.objects.create(
        brief=brief, version=brief.version, before=before, after=f"{brief.title}\n\n{brief.text}", reason=reason[:200],
        at=clock.now(), by_id=by.post_id or 0,
    )  # fmt: skip


@action("indicators.add_figure", permission=WRITE)
def add_figure(
    *, by: Actor, brief: int, version: int, indicator: str, level: str, place: int, period: Period
) -> Receipt:
    """给简报添一个已发布的数字。

    It is bound under the next number, and a sentence with its slot is put at the end of the text. Raises NotReleased,
    Unread, AlreadyThere.
    """
    found = _mine(by, brief, version)
    asked = [period, period.year_before]
    ids = published(for_=by, indicators=[indicator], level=level, places_=[place], periods=asked)
    pk = ids.get((indicator, place, period.code))
    cell = frozen(for_=by, ids=[pk] if pk else [], seen=places(for_=by)).get(pk or 0)
    if cell is None or pk is None:
        raise NotReleased(slots=f"“{indicator}”")
    if not cell.shown or few([pk]):
        raise Unread(slots=cell.indicator.title)
    there = found.brief.figures.filter(cell_id=pk).first()
    if there is not None:
        raise AlreadyThere(slot=f"【{there.number}】")
    number = (found.brief.figures.aggregate(last=Max("number"))["last"] or 0) + 1
    before = ids.get((indicator, place, period.year_before.code))
    BriefFigure.objects.create(brief=found.brief, number=number, cell_id=pk, before_id=before)
    held = Targets([indicator]).of(cell) is not None
    told = f"{cell.place.name}{sentence(cell, number, earlier=before is not None, target=held)}"
    text = f"{found.brief.text}\n\n{told}"
    edit(by, found.brief, title=found.brief.title, text=text, reason=f"添数字【{number}】")
    return _receipt(found.brief, "《{title}》添了一个数字")


@action("indicators.issue_brief", permission=ISSUE)
def issue_brief(*, by: Actor, brief: int, version: int) -> Receipt:
    """发出简报。

    From then on the database refuses every change. Each of its figures must be published and in force. Whoever is
    measured cannot. Raises NotAllowed, NotReleased, Unread, Moved, Issued.
    """
    found = _found(by, brief, version)
    if not queries.may_issue(found.brief, for_=by, seen=places(for_=by)):
        raise NotAllowed(who=phrase(by.role.title), what="发出简报和年度报告", rule=by.role.source)
    refuse_unfit(by, found)
    issue(by, found.brief)
    return _receipt(found.brief, "发出《{title}》")


def issue(by: Actor, row: Brief) -> None:
    """Give it its number; what it corrects is marked."""
    now = clock.now()
    row.year, row.number = now.astimezone(clock.COUNTY_ZONE).year, _next_number(row)
    row.issued_at, row.issued_by_id = now, by.post_id
    if row.earlier_id:
        Brief.objects.filter(pk=row.earlier_id).update(superseded_at=now)
    row.save(update_fields=["year", "number", "issued_at", "issued_by"])


def refuse_unfit(by: Actor, found: Whole) -> None:
    """Every figure that the text speaks of is published, in force, and of enough people. Raises NotReleased, Unread."""
    used = {one.number for one in slots(f"{found.brief.title}\n{found.brief.text}")}
    bound = {row.number: row.cell_id for row in found.brief.figures.all()}
    published_ = standing(for_=by, ids=[bound[n] for n in used if n in bound])
    loose = [n for n in sorted(used) if bound.get(n) not in published_]
    if loose:
        raise NotReleased(slots="、".join(f"【{n}】" for n in loose))
    small = few(bound.values())
    hidden = [n for n in sorted(used)
              if n not in found.figures or not found.figures[n].cell.shown or bound[n] in small]  # fmt: skip
    if hidden:
        raise Unread(slots="、".join(f"【{n}】" for n in hidden))


def _next_number(brief: Brief) -> int:
    """Numbers run through a year for each kind and place; two who issue at once queue here."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
    year = clock.today().year
    same = Brief.objects.filter(kind=brief.kind, place_id=brief.place_id, year=year)
    return int(same.aggregate(last=Max("number"))["last"] or 0) + 1


@action("indicators.correct_brief", permission=WRITE)
def correct_brief(*, by: Actor, brief: int, reason: str) -> Receipt:
    """给已发出的简报起草更正。

    The same words and the figures as published now; the earlier one stays and says so once this one is issued.
    """
    if not reason.strip():
        raise Missing(field="reason", label="为什么更正")
    seen = places(for_=by)
    found = queries.whole(for_=by, pk=brief)
    place = seen.by_id.get(found.brief.place_id)
    if found.brief.issued_at is None or found.brief.superseded_at or place is None or not seen.reached(place):
        raise NotFound
    old = found.brief
    again = Brief(kind=old.kind, level=old.level, place_id=old.place_id, period=old.period, earlier=old,
                  why=reason.strip()[:200])  # fmt: skip
    made = _made(by, again, Draft(title=old.title, text=old.text, figures=_renewed(by, found)))
    return replace(_receipt(made, "起草《{title}》的更正"), data={"id": made.pk})


def _renewed(by: Actor, found: Whole) -> Mapping[int, tuple[int, int | None]]:
    """Each figure as it is published now, where it still is."""
    kept = {row.number: (row.cell_id, row.before_id) for row in found.brief.figures.all()}
    for number, one in found.figures.items():
        cell = one.cell
        asked = [cell.period, cell.period.year_before]
        ids = published(for_=by, indicators=[cell.indicator.code], level=cell.level, places_=[cell.place.id],
                        periods=asked)  # fmt: skip
        now = [ids.get((cell.indicator.code, cell.place.id, period.code)) for period in asked]
        kept[number] = (now[0] or kept[number][0], now[1] or kept[number][1])
    return kept


def _mine(by: Actor, pk: int, version: int) -> Whole:
    """A draft that the actor may write. Raises NotFound, Issued, Moved."""
    found = _found(by, pk, version)
    if not queries.may_write(found.brief, for_=by, seen=places(for_=by)):
        raise Held if queries.held(found.brief) else NotFound
    return found


def _found(by: Actor, pk: int, version: int) -> Whole:
    Brief.objects.select_for_update().filter(pk=pk).first()
    found = queries.whole(for_=by, pk=pk)
    if found.brief.issued_at is not None:
        raise Issued
    if found.brief.version != version:
        last = found.brief.edits.select_related("by__account").order_by("-version").first()
        raise Moved(who=last.by.account.person_name if last else "", when=exact_date(last.at) if last else "")
    return found


def _receipt(brief: Brief, done: str) -> Receipt:
    return Receipt(
        number=str(brief.pk), done=phrase(done, title=brief.title), href=f"/indicators/briefs/{brief.pk}",
        subject=f"indicators.Brief:{brief.pk}", facts={"version": brief.version},
    )  # fmt: skip
