"""Growing and re-shaping the organisation: the tables of this chapter kept in step with the kernel's bare tree."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from yigongti.kernel import clock
from yigongti.kernel.access.models import Post, Unit
from yigongti.kernel.access.units import ancestry, close_unit, lock_tree, make_unit, move_unit
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue, Missing, Refusal
from yigongti.organisations.models import County, Department, DepartmentHost, Group, Institution, Membership, RoomHost
from yigongti.organisations.spelling import spelled


PARENTS = {"village_room": ("township_centre", "community_centre", "county_hospital")}
UPPER = ("county", "group")


class StillInside(Refusal):
    """{name}还有{what}，请先迁出或停办。"""


class NoMembership(Refusal):
    """{name}在这一天不属于任何医共体，没有可以约定的成员协议。"""


class SecondLead(Refusal):
    """{group}在这段日期里已有牵头机构，一个医共体同时只有一家。"""


class SecondMembership(Refusal):
    """{name}在这段日期里已属于一个医共体，同一天不能属于两个（R2）。"""


def parent_fault(kind: str, parent: Unit) -> str:
    """Why an institution of this kind cannot hang under that unit; empty when it can."""
    allowed = PARENTS.get(kind, UPPER)
    if parent.kind in allowed:
        return ""
    return "村卫生室设在乡镇卫生院或社区卫生服务中心之下" if kind in PARENTS else "机构设在医共体或县之下"


def open_group(group: Group, *, county: County | None) -> Group:
    """A new group with its unit, below the county."""
    if county is None:
        raise Missing(field="name", label="本县（先登记本县，再登记医共体）")
    lock_tree()
    group.county = county
    group.unit = make_unit(parent=county.unit, kind="group", name=group.name)
    group.save(force_insert=True)
    return group


def open_institution(institution: Institution, *, parent: Unit, since: date, leads: bool = False) -> Institution:
    """A new institution with its unit; under a group it becomes a member from that day."""
    lock_tree()
    spell(institution)
    institution.unit = make_unit(parent=parent, kind=institution.kind, name=institution.name)
    institution.save(force_insert=True)
    group = Group.objects.filter(pk__in=ancestry(parent.path)).first()
    if group is not None:
        join(institution, group=group, begins=since, leads=leads)
    return institution


def spell(institution: Institution) -> None:
    """How it is found by Latin keys: the whole name's pinyin, the initials of the short name and of the whole."""
    institution.pinyin, whole = spelled(institution.name)
    short = spelled(institution.short_name)[1]
    institution.initials = f"{short} {whole}"[:40] if short != whole else whole[:40]


def join(institution: Institution, *, group: Group, begins: date, leads: bool = False) -> Membership:
    """A membership; the database refuses a second at one date, and a second lead."""
    try:
        with transaction.atomic():
            return Membership.objects.create(institution=institution, group=group, begins=begins, leads=leads)
    except IntegrityError as conflict:
        if "one_lead" in str(conflict):
            raise SecondLead(group=group.name) from None
        raise SecondMembership(name=institution.name) from None


def rename(thing: Any) -> None:
    """Keep the bare unit's name in step with the thing it stands for."""
    Unit.objects.filter(pk=thing.pk).update(name=thing.name)


def open_department(department: Department, *, since: date) -> Department:
    """A new department with its unit, hosted by its institution from that day."""
    lock_tree()
    department.pinyin, department.initials = spelled(department.name)
    department.unit = make_unit(parent=department.institution.unit, kind="department", name=department.name)
    department.save(force_insert=True)
    DepartmentHost.objects.create(department=department, institution=department.institution, begins=since)
    return department


# --- moving: the past stays, the present follows when the day has come


def begin_membership(institution: Institution, *, group: Group | None, begins: date, leads: bool) -> None:
    """From a day on the institution belongs to another group, or to none, and its village rooms with it."""
    lock_tree()
    rooms = Institution.objects.filter(unit__path__startswith=institution.unit.path, closed_on__isnull=True)
    for one in rooms.order_by("unit__path"):
        _end_before(one.memberships.all(), begins)
        if group is not None:
            join(one, group=group, begins=begins, leads=leads and one.pk == institution.pk)


def begin_sharing(institution: Institution, *, shares: bool, agreement: str, begins: date) -> None:
    """From a day on the member's agreement opens the record, or no longer does; the group stays."""
    lock_tree()
    standing = institution.memberships.select_for_update().filter(_on(begins)).first()
    if standing is None:
        raise NoMembership(name=institution.name)
    if standing.begins < begins:
        Membership.objects.filter(pk=standing.pk).update(ends=begins - timedelta(days=1))
        standing.pk, standing.begins = None, begins
    standing.shares_record, standing.agreement = shares, agreement
    standing.save()


def begin_host(department: Department, *, institution: Institution, begins: date) -> None:
    """From a day on another institution hosts the department."""
    lock_tree()
    _end_before(department.hosts.all(), begins)
    DepartmentHost.objects.create(department=department, institution=institution, begins=begins)


def begin_room(room: Institution, *, centre: Institution, begins: date) -> None:
    """From a day on the village room stands under another centre, in that centre's group; where it stood is kept."""
    lock_tree()
    if not room.room_hosts.exists():
        since = room.memberships.order_by("begins").values_list("begins", flat=True).first() or begins
        RoomHost.objects.create(room=room, centre_id=room.unit.parent_id, begins=min(since, begins - timedelta(days=1)))
    _end_before(room.room_hosts.all(), begins)
    RoomHost.objects.create(room=room, centre=centre, begins=begins)
    _follow(room, centre=centre, day=begins)


def _follow(room: Institution, *, centre: Institution, day: date) -> None:
    """A village room belongs where its centre belongs: its membership is the centre's from that day on."""
    of = centre.memberships.filter(_on(day)).select_related("group").first()
    own = room.memberships.filter(_on(day)).first()
    if (of and of.group_id) == (own and own.group_id):
        return
    _end_before(room.memberships.all(), day)
    if of is not None:
        join(room, group=of.group, begins=day)


def _end_before(rows: Any, begins: date) -> None:
    rows.filter(begins__gte=begins).delete()  # plans that the new one replaces; the audit trail keeps them
    rows.filter(Q(ends__isnull=True) | Q(ends__gte=begins)).update(ends=begins - timedelta(days=1))


def apply_due(*, on: date) -> list[str]:
    """Bring the tree to what the dated rows say of this day; sentences of what moved."""
    lock_tree()
    return [*_apply_memberships(on), *_apply_rooms(on), *_apply_hosts(on), *_apply_closings(on)]


def _on(day: date) -> Q:
    return Q(begins__lte=day) & (Q(ends__isnull=True) | Q(ends__gte=day))


def _apply_memberships(day: date) -> list[str]:
    moved: list[str] = []
    rows = Membership.objects.filter(_on(day), institution__unit__parent__kind__in=UPPER)
    rows = rows.exclude(institution__unit__parent_id=F("group_id"))
    for row in rows.select_related("institution__unit", "group__unit"):
        move_unit(row.institution.unit, parent=row.group.unit)
        moved.append(phrase("{institution}归属{group}", institution=row.institution.name, group=row.group.name))
    left = Institution.objects.filter(unit__parent__kind="group").exclude(
        pk__in=Membership.objects.filter(_on(day)).values("institution_id")
    )
    for institution in left.select_related("unit", "unit__parent__parent"):
        above = institution.unit.parent and institution.unit.parent.parent
        assert above is not None  # noqa: S101 - a group always hangs under the county
        move_unit(institution.unit, parent=above)
        moved.append(phrase("{institution}不再属于医共体", institution=institution.name))
    return moved


def _apply_rooms(day: date) -> list[str]:
    moved: list[str] = []
    rows = RoomHost.objects.filter(_on(day)).exclude(room__unit__parent_id=F("centre_id"))
    for row in rows.select_related("room__unit", "centre__unit"):
        move_unit(row.room.unit, parent=row.centre.unit)
        _follow(row.room, centre=row.centre, day=day)  # the centre may have changed its group since this was planned
        moved.append(phrase("{room}改设在{centre}", room=row.room.name, centre=row.centre.name))
    return moved


def _apply_hosts(day: date) -> list[str]:
    moved: list[str] = []
    rows = DepartmentHost.objects.filter(_on(day)).exclude(department__unit__parent_id=F("institution_id"))
    for row in rows.select_related("department__unit", "institution__unit"):
        move_unit(row.department.unit, parent=row.institution.unit)
        Department.objects.filter(pk=row.department_id).update(institution=row.institution)
        moved.append(
            phrase("{department}迁到{institution}", department=row.department.name, institution=row.institution.name)
        )
    return moved


# --- closing: the unit shuts on the day after the last, so that its people work to the end


def close_institution(institution: Institution, *, on: date) -> None:
    """The last day of an institution. What lies inside must have been closed or moved before."""
    lock_tree()
    _require_empty(institution, on)
    institution.memberships.filter(begins__gt=on).delete()
    institution.memberships.filter(_after(on)).update(ends=on)
    institution.room_hosts.filter(begins__gt=on).delete()
    institution.room_hosts.filter(_after(on)).update(ends=on)
    _close(institution, on)


def close_department(department: Department, *, on: date) -> None:
    """The last day of a department."""
    lock_tree()
    department.hosts.filter(begins__gt=on).delete()
    department.hosts.filter(_after(on)).update(ends=on)
    _close(department, on)


def _after(on: date) -> Q:
    return Q(ends__isnull=True) | Q(ends__gt=on)


def _close(thing: Any, on: date) -> None:
    thing.closed_on = on
    thing.save(update_fields=["closed_on"])
    later = Post.objects.filter(unit_id=thing.pk, begins__gt=on).select_related("account").first()
    if later is not None:
        raise StillInside(
            name=thing.name, what=phrase("{name}自 {day} 起的岗位", name=later.account.person_name, day=later.begins)
        )
    Post.objects.filter(_after(on), unit_id=thing.pk).update(ends=on)


def _apply_closings(day: date) -> list[str]:
    closed: list[str] = []
    due = Q(closed_on__lt=day, unit__closed_on__isnull=True)
    shut: list[Institution | Department] = [*Institution.objects.filter(due).select_related("unit")]
    shut += Department.objects.filter(due).select_related("unit")
    for one in shut:
        close_unit(one.unit, on=one.closed_on or day)
        closed.append(phrase("{one}停办", one=one.name))
    return closed


def _require_empty(institution: Institution, on: date) -> None:
    inside = Q(unit__path__startswith=institution.unit.path) & (Q(closed_on__isnull=True) | Q(closed_on__gt=on))
    rooms = Institution.objects.filter(inside).exclude(pk=institution.pk).order_by("unit__path")[:6]
    departments = Department.objects.filter(inside).order_by("unit__path")[:6]
    coming = RoomHost.objects.filter(_after(on), centre=institution, begins__gt=on).select_related("room")[:6]
    inside_now = [*(room.name for room in rooms), *(one.name for one in departments)]
    names = [*inside_now, *(one.room.name for one in coming)][:6]
    if names:
        raise StillInside(
            name=institution.name, what=phrase("{names}等" if len(names) > 5 else "{names}", names="、".join(names[:5]))
        )


def day_fault(day: date | None, *, field: str, label: str) -> list[Refusal]:
    """A change begins today or later: history is counted with the membership of its own time."""
    if day is None or day < clock.today():
        said = day.isoformat() if day else ""
        return [BadValue(field=field, label=label, value=said, problem="应为今天或以后；过去的归属不能改")]
    return []
