"""What others may ask: which institution is this, who belongs to whom on which day, what may the actor see."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Unit
from yigongti.kernel.access.units import ancestry
from yigongti.organisations import divisions, outlines
from yigongti.organisations.labels import AGREED, APART
from yigongti.organisations.models import (
    Charter,
    County,
    Department,
    DepartmentHost,
    Group,
    Institution,
    Membership,
    RoomHost,
    Staff,
    TownshipArea,
)
from yigongti.organisations.spelling import typed


FRESH_SECONDS = 5.0

_institutions: dict[str, tuple[float, Institution | None]] = {}
_grounds: dict[str, tuple[float, str]] = {}
_apart: dict[date, tuple[float, tuple[int, ...]]] = {}


def forget() -> None:
    """Read again at the next question: after a write, and between tests."""
    _institutions.clear()
    _grounds.clear()
    _apart.clear()
    divisions.forget()


# --- which institution


def institution_of(*, for_: Actor) -> Institution | None:
    """The nearest institution at or above the actor's unit; none for posts at the group or the county."""
    return institution_on_path(for_.unit_path)


def institution_of_unit(unit_id: int) -> Institution | None:
    """The nearest institution at or above a unit."""
    path = Unit.objects.filter(pk=unit_id).values_list("path", flat=True).first()
    return institution_on_path(path) if path else None


def institution_on_path(path: str) -> Institution | None:
    """The deepest institution on a path; kept for a few seconds, since every page of a post asks for the same."""
    known = _institutions.get(path)
    if known is None or time.monotonic() - known[0] > FRESH_SECONDS:
        known = (time.monotonic(), _deepest_institution(path))
        _institutions[path] = known
    return known[1]


def _deepest_institution(path: str) -> Institution | None:
    found = Institution.objects.filter(unit_id__in=ancestry(path)).select_related("unit")
    return found.order_by(Length("unit__path").desc()).first()


def institutions_within(*, for_: Actor) -> QuerySet[Institution]:
    """The open institutions within the actor's reach."""
    return open_institutions().filter(for_.reach("unit__"))


def open_institutions() -> QuerySet[Institution]:
    """Institutions that are not closed today, with their units."""
    return Institution.objects.select_related("unit").filter(is_open_today())


def is_open_today() -> Q:
    """Institutions or departments that are not closed yet."""
    return Q(closed_on__isnull=True) | Q(closed_on__gte=clock.today())


def institutions_by_name(*, for_: Actor, names: Iterable[str]) -> dict[str, int]:
    """The open institution within reach that each name or short name means; a name of two means none."""
    wanted = {name for name in names if name}
    rows = open_institutions().filter(for_.reach("unit__")).filter(Q(name__in=wanted) | Q(short_name__in=wanted))
    found: dict[str, set[int]] = {}
    for pk, name, short in rows.values_list("pk", "name", "short_name"):
        for said in {name, short} & wanted:
            found.setdefault(said, set()).add(pk)
    return {name: many.pop() for name, many in found.items() if len(many) == 1}


# --- what may be seen (R18)


def ground(*, for_: Actor) -> str:
    """The path below which the actor sees how organisations work: its own group; the county for the county's posts.

    Of another group only names are seen (R18).
    """
    known = _grounds.get(for_.unit_path)
    if known is None or time.monotonic() - known[0] > FRESH_SECONDS:
        known = (time.monotonic(), _ground(for_.unit_path))
        _grounds[for_.unit_path] = known
    return known[1]


def _ground(path: str) -> str:
    kinds = dict(Unit.objects.filter(pk__in=ancestry(path)).values_list("path", "kind"))
    group = next((p for p, kind in kinds.items() if kind == "group"), None)
    if group or len(kinds) <= 1:
        return group or path
    below_county = [p for p, kind in kinds.items() if kind != "county"]
    return min(below_county, key=len, default=path)


def on_ground(prefix: str = "", *, for_: Actor) -> Q:
    """What lies on the actor's ground, as a condition; `prefix` leads to the unit."""
    return Q(**{f"{prefix}path__startswith": ground(for_=for_)})


# --- who belongs to whom, on which day


def memberships_on(day: date, *, group_id: int | None = None) -> QuerySet[Membership]:
    """The memberships of a day: history is counted with the membership of its own time."""
    found = Membership.objects.filter(holds_on(day)).select_related("institution__unit", "group")
    return found.filter(group_id=group_id) if group_id else found


def hosts_on(day: date) -> QuerySet[DepartmentHost]:
    """Which institution hosted which department on a day (R95)."""
    return DepartmentHost.objects.filter(holds_on(day)).select_related("department", "institution")


def centre_on(day: date, *, room: Institution) -> Institution | None:
    """The centre that a village room stood under on a day: work of a day counts for the centre of that day."""
    rows = RoomHost.objects.filter(room=room).select_related("centre")
    found = rows.filter(holds_on(day)).first() or rows.filter(begins__gt=day).order_by("begins").first()
    return found.centre if found else institution_of_unit(room.unit.parent_id or room.pk)


def group_on(day: date, *, institution: Institution) -> Group | None:
    """The group of an institution on a day; a village room belongs where its centre belongs."""
    ids = [institution.pk, *reversed(ancestry(institution.unit.path)[:-1])]
    by_institution = {m.institution_id: m.group for m in memberships_on(day).filter(institution_id__in=ids)}
    return next((by_institution[pk] for pk in ids if pk in by_institution), None)


def holds_on(day: date) -> Q:
    """Dated rows that cover a day."""
    return Q(begins__lte=day) & (Q(ends__isnull=True) | Q(ends__gte=day))


# --- social-run members (R3)


def social_run() -> Q:
    """Privately run institutions, but for village rooms, which are outposts of their centre."""
    return Q(ownership="private") & ~Q(kind="village_room")


def social_run_apart() -> tuple[int, ...]:
    """Social-run institutions whose agreement does not open the record today; few, and kept for a few seconds."""
    day = clock.today()
    known = _apart.get(day)
    if known is None or time.monotonic() - known[0] > FRESH_SECONDS:
        agreed = Membership.objects.filter(holds_on(day), shares_record=True).values("institution_id")
        found = Institution.objects.filter(social_run()).exclude(pk__in=agreed).order_by("pk")
        known = _apart[day] = (time.monotonic(), tuple(found.values_list("pk", flat=True)))
    return known[1]


def said_sharing(institution: Institution) -> str:
    """What the agreement of a social-run institution says today; '' where none is needed."""
    if institution.ownership != "private" or institution.kind == "village_room":
        return ""
    return APART if institution.pk in social_run_apart() else AGREED


# --- lists


def named(text: str) -> Q:
    """Institutions by name, short name, pinyin or initials."""
    keys = typed(text)
    return Q(name__contains=text) | Q(short_name__contains=text) | Q(pinyin__contains=keys) | Q(initials__contains=keys)


def spelled_like(text: str) -> Q:
    """Departments or staff by name, pinyin or initials."""
    keys = typed(text)
    return Q(name__contains=text) | Q(pinyin__startswith=keys) | Q(initials__startswith=keys)


def departments_seen(*, for_: Actor) -> QuerySet[Department]:
    """The open departments on the actor's ground."""
    return Department.objects.select_related("unit", "institution").filter(
        is_open_today(), on_ground("unit__", for_=for_)
    )


def staff_condition(*, for_: Actor) -> Q:
    """The staff that work within the actor's reach, or at the actor's own institution."""
    own = institution_of(for_=for_)
    mine = Q(works_at__path__startswith=own.unit.path) if own else Q(pk__in=())
    return for_.reach("works_at__") | mine


def staff_seen(*, for_: Actor) -> QuerySet[Staff]:
    """The staff whom the actor may see."""
    return Staff.objects.select_related("works_at").filter(staff_condition(for_=for_))


def groups_seen(*, for_: Actor) -> QuerySet[Group]:
    """The groups on the actor's ground."""
    return Group.objects.select_related("unit").filter(on_ground("unit__", for_=for_))


def charters_seen(*, for_: Actor) -> QuerySet[Charter]:
    """The charters of the groups on the actor's ground."""
    return Charter.objects.select_related("group__unit").filter(on_ground("group__unit__", for_=for_))


def members_without_yes(charter: Charter) -> QuerySet[Membership]:
    """The members of the charter's group who have not approved this version."""
    said_yes = charter.approvals.filter(institution_id=OuterRef("institution_id"))
    return voting_members(charter).filter(~Exists(said_yes))


def voting_members(charter: Charter) -> QuerySet[Membership]:
    """The members that decide on a charter: a village room is its centre's outpost and has no vote of its own (R81)."""
    members = memberships_on(clock.today(), group_id=charter.group_id)
    return members.filter(institution__unit__parent_id=charter.group_id)


def voter_of(charter: Charter, *, for_: Actor) -> Institution | None:
    """For which member the actor speaks: its own institution, or from the group's own desk the leading one."""
    own = institution_of(for_=for_)
    if own is not None or for_.unit_id != charter.group_id:
        return own
    lead = voting_members(charter).filter(leads=True).first()
    return lead.institution if lead else None


def county_name() -> str:
    """The name of the county of this house, without its outline; '' before the first day."""
    return County.objects.values_list("name", flat=True).first() or ""


def said_division(code: str) -> str:
    """The place of a division code in words; the code itself where its name is not known."""
    return divisions.said(code) or code


def the_county() -> County | None:
    """The county of this house; one database holds one."""
    return County.objects.select_related("unit").first()


def outline() -> tuple[list[list[tuple[float, float]]], str]:
    """The rings of the county's outline, none before it is imported, and where it comes from."""
    county = the_county()
    if county is None or not county.outline:
        return [], ""
    return outlines.drawn(county.outline), county.outline_source.replace("，非官方地图", "").strip()


@dataclass(frozen=True, kw_only=True)
class Served:
    """The area of a centre's township: what the county's file calls it, its rings, and where they come from."""

    institution: int
    name: str
    rings: Sequence[Sequence[tuple[float, float]]]
    source: str


def township_areas(*, for_: Actor) -> list[Served]:
    """The areas of townships that stand, of the centres on the actor's ground; none before they are imported."""
    standing = TownshipArea.objects.filter(on_ground("institution__unit__", for_=for_), ends__isnull=True)
    rows = standing.order_by("institution_id").values_list("institution_id", "name", "rings", "source")
    return [Served(institution=pk, name=name, rings=rings, source=source) for pk, name, rings, source in rows]
