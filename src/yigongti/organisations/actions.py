"""Writes that re-shape the organisation: county, outline, moves, closings, charters, the working calendar."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Unit
from yigongti.kernel.access.words import Reach, Role
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.audit import trail
from yigongti.kernel.jobs import beat
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import AlreadyDone, BadValue, Missing, NotAllowed, NotFound, raise_all
from yigongti.organisations import calendar, queries, shape
from yigongti.organisations.codes import division_fault
from yigongti.organisations.labels import AGREED, APART
from yigongti.organisations.models import (
    CalendarDay,
    Charter,
    CharterApproval,
    County,
    Department,
    Group,
    Institution,
)
from yigongti.organisations.outlines import Polygon, rings_in
from yigongti.organisations.permissions import MANAGE
from yigongti.organisations.unmaking import unmake as unmake  # sheets that are undone pass through this door


ONLY_ROOMS = "只有村卫生室这样变更；其他机构请用“变更归属”"
NOT_SOCIAL_RUN = "公立机构之间不用约定，村卫生室随所属卫生院"


SYSTEM = Role(
    code="system.organisations",
    title="系统",
    does="到了日期，把机构和科室移到新的归属之下。",
    works_at=("county",),
    reach=Reach.BELOW,
)


def _settled() -> None:
    """Let this process see the change at once; others within seconds."""
    transaction.on_commit(queries.forget)


# --- the county


@action("organisations.describe_county", permission=MANAGE)
def describe_county(*, by: Actor, name: str, division: str) -> Receipt:
    """登记本县。"""
    faults: list[Any] = [] if name.strip() else [Missing(field="name", label="县名")]
    if fault := division_fault(division, lengths=(6,)):
        faults.append(BadValue(field="division", label="区划代码", value=division[:20], problem=fault))
    if len(name) > 60:
        faults.append(BadValue(field="name", label="县名", value=f"{name[:20]}…", problem="最长 60 个字"))
    raise_all(faults)
    unit = Unit.objects.select_for_update().filter(by.reach(), kind="county", parent__isnull=True).first()
    if unit is None:
        raise NotAllowed(who=phrase(by.role.title), what="登记本县", rule=by.role.source)
    county, _new = County.objects.update_or_create(unit=unit, defaults={"name": name.strip(), "division": division})
    shape.rename(county)
    _settled()
    return _receipt(
        "XIAN",
        county,
        phrase("已登记{county}（{division}）", county=county.name, division=division),
        "/organisations/first-steps",
        division=division,
    )


@action("organisations.import_outline", permission=MANAGE)
def import_outline(*, by: Actor, polygons: Sequence[Polygon], source: str) -> Receipt:
    """导入县域轮廓。"""
    if not source.strip():
        raise Missing(field="source", label="来源")
    # Everybody draws on the one outline, and it decides nothing: whoever administrates here may bring it.
    county = County.objects.select_for_update(of=("self",)).first()
    if county is None:
        raise NotFound
    county.outline = {"type": "MultiPolygon", "coordinates": polygons}
    county.outline_source = source.strip()[:200]
    county.save(update_fields=["outline", "outline_source"])
    points = sum(map(len, rings_in(polygons)))
    return _receipt(
        "XIAN",
        county,
        phrase("已导入轮廓，{points} 个点", points=points),
        "/organisations/map",
        source=county.outline_source,
    )


def _receipt(kind: str, thing: Any, done: str, href: str, **facts: object) -> Receipt:
    return Receipt(
        number=f"{kind}-{thing.pk}", done=done, href=href, subject=f"{thing._meta.label}:{thing.pk}", facts=facts
    )


# --- moves and closings


def _institution(by: Actor, pk: int) -> Institution:
    found = Institution.objects.select_related("unit").filter(by.reach("unit__"), pk=pk).first()
    if found is None:
        raise NotFound
    return found


def _department(by: Actor, pk: int) -> Department:
    found = Department.objects.select_related("unit", "institution").filter(by.reach("unit__"), pk=pk).first()
    if found is None:
        raise NotFound
    return found


@action("organisations.move_institution", permission=MANAGE)
def move_institution(
    *, by: Actor, institution_id: int, group_id: int | None, begins: date | None, leads: bool = False, reason: str
) -> Receipt:
    """机构变更归属。"""
    institution = _institution(by, institution_id)
    group = Group.objects.filter(by.reach("unit__"), pk=group_id).first() if group_id else None
    raise_all(
        [
            *shape.day_fault(begins, field="begins", label="起始日期"),
            *([] if reason.strip() else [Missing(field="reason", label="事由")]),
            *([Missing(field="group", label="医共体（集团）")] if group_id and group is None else []),
            *_village_room_fault(institution),
        ]
    )
    assert begins is not None  # noqa: S101 - refused above
    shape.begin_membership(institution, group=group, begins=begins, leads=leads)
    moved = shape.apply_due(on=clock.today())
    _settled()
    where = group.name if group else phrase("不属于任何医共体")
    return Receipt(
        number=f"JG-{institution.pk}",
        done=phrase(
            "{institution}自 {begins} 起归属：{where}", institution=institution.name, begins=begins, where=where
        ),
        next="" if moved else phrase("到 {begins} 零时自动生效，之前一切照旧", begins=begins),
        href=f"/organisations/institutions/{institution.pk}",
        subject=f"organisations.Institution:{institution.pk}",
        facts={"group": group_id, "begins": begins.isoformat(), "leads": leads, "reason": reason.strip()[:200]},
    )


def _village_room_fault(institution: Institution) -> list[BadValue]:
    if institution.kind != "village_room":
        return []
    return [BadValue(field="", label="机构", value=institution.name, problem="村卫生室随所属卫生院归属，不单独变更")]


@action("organisations.move_room", permission=MANAGE)
def move_room(*, by: Actor, room_id: int, centre_id: int, begins: date | None, reason: str) -> Receipt:
    """村卫生室改设到另一家卫生院。"""
    room, centre = _institution(by, room_id), _institution(by, centre_id)
    fault = shape.parent_fault(room.kind, centre.unit) if room.kind == "village_room" else ONLY_ROOMS
    raise_all(
        [
            *shape.day_fault(begins, field="begins", label="起始日期"),
            *([] if reason.strip() else [Missing(field="reason", label="事由")]),
            *([BadValue(field="centre", label="卫生院", value=centre.name, problem=fault)] if fault else []),
        ]
    )
    assert begins is not None  # noqa: S101 - refused above
    shape.begin_room(room, centre=centre, begins=begins)
    moved = shape.apply_due(on=clock.today())
    _settled()
    done = phrase("{room}自 {begins} 起设在{centre}", room=room.name, begins=begins, centre=centre.name)
    return Receipt(
        number=f"JG-{room.pk}",
        done=done,
        next="" if moved else phrase("到 {begins} 零时自动生效，之前一切照旧", begins=begins),
        href=f"/organisations/institutions/{room.pk}",
        subject=f"organisations.Institution:{room.pk}",
        facts={"centre": centre.pk, "begins": begins.isoformat(), "reason": reason.strip()[:200]},
    )


@action("organisations.agree_sharing", permission=MANAGE)
def agree_sharing(*, by: Actor, institution_id: int, shares: bool, begins: date | None, agreement: str) -> Receipt:
    """约定社会办成员的病历共享范围。"""
    institution = _institution(by, institution_id)
    social = Institution.objects.filter(queries.social_run(), pk=institution.pk).exists()
    raise_all(
        [
            *shape.day_fault(begins, field="begins", label="起始日期"),
            *([] if agreement.strip() else [Missing(field="agreement", label="协议")]),
            *([] if social else [BadValue(field="", label="机构", value=institution.name, problem=NOT_SOCIAL_RUN)]),
        ]
    )
    assert begins is not None  # noqa: S101 - refused above
    shape.begin_sharing(institution, shares=shares, agreement=agreement.strip()[:2000], begins=begins)
    _settled()
    words = phrase(AGREED if shares else APART)
    done = phrase("{institution}自 {begins} 起：{words}", institution=institution.name, begins=begins, words=words)
    href = f"/organisations/institutions/{institution.pk}"
    return _receipt("JG", institution, done, href, shares=shares, begins=begins.isoformat(), agreement=agreement[:200])


@action("organisations.move_department", permission=MANAGE)
def move_department(*, by: Actor, department_id: int, institution_id: int, begins: date | None, reason: str) -> Receipt:
    """科室变更依托机构。"""
    department = _department(by, department_id)
    institution = _institution(by, institution_id)
    raise_all(
        [
            *shape.day_fault(begins, field="begins", label="起始日期"),
            *([] if reason.strip() else [Missing(field="reason", label="事由")]),
        ]
    )
    assert begins is not None  # noqa: S101 - refused above
    shape.begin_host(department, institution=institution, begins=begins)
    moved = shape.apply_due(on=clock.today())
    _settled()
    return Receipt(
        number=f"KS-{department.pk}",
        done=phrase(
            "{department}自 {begins} 起依托{institution}",
            department=department.name,
            begins=begins,
            institution=institution.name,
        ),
        next="" if moved else phrase("到 {begins} 零时自动生效，之前一切照旧", begins=begins),
        href=f"/organisations/registers/departments/{department.pk}",
        subject=f"organisations.Department:{department.pk}",
        facts={"host": institution_id, "begins": begins.isoformat(), "reason": reason.strip()[:200]},
    )


@action("organisations.close_institution", permission=MANAGE)
def close_institution(*, by: Actor, institution_id: int, on: date | None, reason: str) -> Receipt:
    """机构停办。"""
    institution = _institution(by, institution_id)
    _close_faults(on, reason)
    assert on is not None  # noqa: S101 - refused above
    shape.close_institution(institution, on=on)
    _settled()
    done = phrase("{institution}于 {on} 停办，其岗位同日止", institution=institution.name, on=on)
    href = f"/organisations/institutions/{institution.pk}"
    return _receipt("JG", institution, done, href, on=on.isoformat(), reason=reason.strip()[:200])


@action("organisations.close_department", permission=MANAGE)
def close_department(*, by: Actor, department_id: int, on: date | None, reason: str) -> Receipt:
    """科室停办。"""
    department = _department(by, department_id)
    _close_faults(on, reason)
    assert on is not None  # noqa: S101 - refused above
    shape.close_department(department, on=on)
    _settled()
    done = phrase("{department}于 {on} 停办，其岗位同日止", department=department.name, on=on)
    href = f"/organisations/registers/departments/{department.pk}"
    return _receipt("KS", department, done, href, on=on.isoformat(), reason=reason.strip()[:200])


def _close_faults(on: date | None, reason: str) -> None:
    raise_all(
        [
            *shape.day_fault(on, field="on", label="停办日期"),
            *([] if reason.strip() else [Missing(field="reason", label="事由")]),
        ]
    )


@beat("organisations.dates", cron="1 * * * * 0")
def apply_dates() -> list[str]:
    """Moves whose day has come. Every hour, so that a county's midnight is met in any time zone and after any pause."""
    with transaction.atomic():
        moved = shape.apply_due(on=clock.today())
        if moved:
            trail.wrote(
                by=system_actor(), action="organisations.dates", sentence="到期归属生效。", facts={"moved": moved}
            )
    queries.forget()
    return moved


def system_actor() -> Actor:
    """The house itself, acting at the root of the tree."""
    root = Unit.objects.get(parent__isnull=True, kind="county")
    return Actor(
        account_id=None,
        person_name="系统",
        post_id=None,
        role=SYSTEM,
        unit_id=root.pk,
        unit_name=root.name,
        unit_path=root.path,
        unit_kind=root.kind,
    )


@action("organisations.open_outside")
def open_outside(*, by: Actor, name: str) -> Receipt:
    """登记一家送来数据、尚待确认的外部机构。"""
    known = Institution.objects.filter(name=name, level="outside").first()
    if known is None:
        root = Unit.objects.get(parent__isnull=True, kind="county")
        known = shape.open_institution(
            Institution(name=name, short_name=name[:60], kind="other_hospital", level="outside"),
            parent=root, since=clock.today(),
        )  # fmt: skip
        _settled()
    made = _receipt(
        "Institution", known, phrase("{name}（待确认）", name=name), f"/organisations/institutions/{known.pk}"
    )
    return replace(made, data={"institution": known.pk})


# --- charter


@action("organisations.approve_charter")
def approve_charter(*, by: Actor, charter_id: int) -> Receipt:
    """成员单位同意章程。"""
    charter = Charter.objects.select_for_update(of=("self",)).select_related("group").filter(pk=charter_id).first()
    member = queries.voter_of(charter, for_=by) if charter else None
    if charter is None or member is None:
        raise NotFound
    waiting = queries.members_without_yes(charter)
    if not queries.voting_members(charter).filter(institution=member).exists():
        raise NotAllowed(who=member.name, what="对这个医共体的章程表决", rule=charter.title)
    if not waiting.filter(institution=member).exists():
        raise AlreadyDone(who=member.name, when=phrase("此前"), what="同意这一版章程")
    assert by.post_id is not None  # noqa: S101 - a member's post acts, never the system
    CharterApproval.objects.create(charter=charter, institution=member, post_id=by.post_id, at=clock.now())
    left = waiting.count()
    if left == 0:
        Charter.objects.filter(pk=charter.pk).update(approved_at=clock.now())
    done = phrase("{member}同意《{charter}》第 {n} 版", member=member.name, charter=charter.title, n=charter.version)
    href = f"/organisations/registers/charters/{charter.pk}"
    receipt = _receipt("ZC", charter, done, href, member=member.pk, left=left)
    return Receipt(
        number=receipt.number,
        done=done,
        next=phrase("还有 {left} 家成员单位未表决", left=left) if left else "全体成员单位同意，章程生效",
        href=href,
        subject=receipt.subject,
        facts=receipt.facts,
    )


# --- the working calendar


@action("organisations.import_calendar", permission=MANAGE)
def import_calendar(*, by: Actor, days: Sequence[Mapping[str, Any]], source: str) -> Receipt:
    """导入工作日历。"""
    if not source.strip():
        raise Missing(field="source", label="来源")
    if not days:
        raise Missing(field="days", label="日期")
    for day in days:
        facts = {"works": day["works"], "name": day["name"], "source": source.strip()[:120]}
        CalendarDay.objects.update_or_create(day=day["day"], defaults=facts)
    transaction.on_commit(calendar.forget)
    return Receipt(
        number=f"RL-{min(d['day'] for d in days):%Y%m%d}",
        done=phrase("已导入 {n} 天", n=len(days)),
        href="/organisations/registers/calendar",
        subject="organisations.CalendarDay:import",
        facts={"days": {d["day"].isoformat(): d["works"] for d in days}, "source": source},
    )
