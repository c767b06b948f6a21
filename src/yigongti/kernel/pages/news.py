"""What happened to my cases while others had them: told when a step is taken, unread until the case is opened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from yigongti.kernel import clock, event
from yigongti.kernel.access.actor import NO_ACCOUNT, NO_POST, Actor
from yigongti.kernel.access.asking import asked
from yigongti.kernel.pages.asking import row_number
from yigongti.kernel.pages.models import News, Reading
from yigongti.kernel.parameters import values
from yigongti.kernel.question import Slot
from yigongti.kernel.workflow import rooms
from yigongti.kernel.workflow.models import Act, Case, CaseSide, Notice
from yigongti.kernel.workflow.words import Part, Workflow


MANY = 100
"""Unread ones are counted up to here."""

Place = tuple[datetime, str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One line of the list: a step that was taken (`step`), or a reminder or escalation of the clock (`kind`)."""

    kind: str
    at: datetime
    pk: int
    case: Case
    step: str
    actor: str
    unread: bool

    @property
    def place(self) -> Place:
        """Where the list stands after this line; newest first, the two sources in a fixed order."""
        return self.at, self.source, self.pk

    @property
    def source(self) -> str:
        """Which of the two tables it lies in."""
        return "step" if self.kind == "step" else "clock"


# --- telling


def listen(*events: str) -> None:
    """Tell the other sides of a case whenever one of these events is announced."""
    for code in events:
        event.on(code)(tell)


def tell(*, by: Actor, facts: Mapping[str, Any]) -> None:
    """Put the step that was just taken before the sides that did not take it and are not asked to act anyway."""
    case: Case = facts["case"]
    act: Act = facts["act"]
    page = rooms.of(case).page
    sides = list(CaseSide.objects.filter(case=case).values_list("side", "unit", "unit__path"))
    units, paths = {side: unit for side, unit, _ in sides}, {side: path for side, _, path in sides}
    asked = page.part(case.turn_part).side if case.turn_part in {p.code for p in page.parts} else ""
    told = [
        part
        for part in page.parts
        if part.side in units and part.side != asked
        and not (by.role.code in part.roles and by.reaches_path(paths[part.side])) and _sees(page, part.side, act)
    ]  # fmt: skip
    News.objects.bulk_create(
        News(case=case, unit_id=units[p.side], part=p.code, step=act.step, actor=by.title.strip("·"), at=act.at)
        for p in _once(told, units)
    )


def _sees(page: Workflow, side: str, act: Act) -> bool:
    """The side saw the case before the step, or sees it now."""
    return any(one.side == side and {act.frm, act.to} & set(one.states) for one in page.sees)


def _once(parts: Iterable[Part], units: Mapping[str, int]) -> list[Part]:
    """Two parts of the same people at the same unit are told once."""
    told: list[Part] = []
    for part in parts:
        if not any(units[o.side] == units[part.side] and set(part.roles) <= set(o.roles) for o in told):
            told.append(part)
    return told


# --- reading


def unread(*, for_: Actor) -> int:
    """How many are unread, up to MANY: one question for the frame of every page."""
    if not _parts(for_):
        return 0
    since = clock.now() - timedelta(days=values.number("pages.notices_days"))
    return len(asked("unread", *map(id, rooms.kept.values()), for_=for_, write=_unread, since=since))


def _unread(who: Actor) -> QuerySet[Any, Any]:
    steps = _steps(who).filter(at__gte=Slot("since"), read=False).values_list("pk")
    clocks = _clocks(who).filter(at__gte=Slot("since"), read=False, seen_at=None).values_list("pk")
    return steps.union(clocks, all=True)[:MANY]


def listing(*, for_: Actor, only_unread: bool, after: Place | None, limit: int) -> list[Told]:
    """What was told to the actor's parts, newest first, from a place on."""
    if not _parts(for_):
        return []
    steps, clocks = _after(_steps(for_), "step", after), _after(_clocks(for_), "clock", after)
    if only_unread:
        since = clock.now() - timedelta(days=values.number("pages.notices_days"))
        steps, clocks = steps.filter(read=False, at__gte=since), clocks.filter(read=False, seen_at=None, at__gte=since)
    found = [_of_step(n) for n in steps.select_related("case").order_by("-at", "-pk")[:limit]]
    found += [_of_clock(n) for n in clocks.select_related("case").order_by("-at", "-pk")[:limit]]
    return sorted(found, key=lambda told: told.place, reverse=True)[:limit]


def read_case(*, for_: Actor, case: Case) -> None:
    """The case was opened: what was told about it is read."""
    told = _steps(for_).filter(case=case, read=False).values_list("pk")
    urged = _clocks(for_).filter(case=case, read=False).values_list("pk")
    if for_.post_id and _parts(for_) and told.union(urged, all=True)[:1]:
        Reading.objects.update_or_create(post_id=for_.post_id, case=case, defaults={"at": clock.now()})


def read_all(*, for_: Actor) -> None:
    """Everything that was told so far is read."""
    if for_.post_id:
        Reading.objects.update_or_create(post_id=for_.post_id, case=None, defaults={"at": clock.now()})


def readers_of(case: Case) -> list[Reading]:
    """Who has opened the case after being told about it, latest first."""
    return list(Reading.objects.filter(case=case).select_related("post__account", "post__unit").order_by("-at"))


def read_place(text: str) -> Place | None:
    """The place a list goes on from; None for the beginning, and for what no page of ours has written."""
    at, _, rest = text.partition("~")
    source, _, last = rest.partition("~")
    try:
        place = datetime.fromisoformat(at), source, row_number(last)
    except ValueError:
        return None
    return place if place[0].tzinfo and source in ("step", "clock") and place[2] else None


def write_place(told: Told) -> str:
    """The place after this line, for the address of what comes next."""
    return f"{told.at.isoformat()}~{told.source}~{told.pk}"


def _parts(for_: Actor) -> Sequence[tuple[str, str]]:
    """The workflows and parts that the actor's role acts for."""
    return [(code, p.code) for code, made in rooms.kept.items() for p in made.page.parts if for_.role.code in p.roles]


def _mine(for_: Actor) -> Q:
    named = Q(pk__in=())
    for workflow, part in _parts(for_):
        named |= Q(case__workflow=workflow, part=part)
    return named & for_.reach("unit__")


def _read(for_: Actor) -> Exists:
    mine = Reading.objects.filter(post_id=for_.post_id or NO_POST, at__gte=OuterRef("at"))
    return Exists(mine.filter(Q(case=None) | Q(case=OuterRef("case"))))


def _steps(for_: Actor) -> QuerySet[Any]:
    """Steps of others; told to two units that the actor both reaches, a step shows once."""
    mine = _mine(for_)
    same = News.objects.filter(mine, case=OuterRef("case"), at=OuterRef("at"), step=OuterRef("step"))
    return News.objects.filter(mine, ~Exists(same.filter(pk__lt=OuterRef("pk")))).annotate(read=_read(for_))


def _clocks(for_: Actor) -> QuerySet[Any]:
    """Reminders and escalations: to everybody of the part, or to the one on duty."""
    to_me = Q(account=None) | Q(account_id=for_.account_id or NO_ACCOUNT)
    return Notice.objects.filter(_mine(for_), to_me).annotate(read=_read(for_))


def _after(told: QuerySet[Any], source: str, after: Place | None) -> QuerySet[Any]:
    """Lines beyond the place, in the order of (at, source, pk) from the newest down."""
    if after is None:
        return told
    at, last_source, last = after
    beyond = Q(at__lt=at)
    if source < last_source:
        beyond |= Q(at=at)
    elif source == last_source:
        beyond |= Q(at=at, pk__lt=last)
    return told.filter(beyond)


def _of_step(news: Any) -> Told:
    return Told(kind="step", at=news.at, pk=news.pk, case=news.case, step=news.step, actor=news.actor,
                unread=not news.read)  # fmt: skip


def _of_clock(notice: Any) -> Told:
    return Told(kind=notice.kind, at=notice.at, pk=notice.pk, case=notice.case, step="", actor="",
                unread=not notice.read and notice.seen_at is None)  # fmt: skip
