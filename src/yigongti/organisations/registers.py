"""The registers of this chapter: what is listed, found, kept and exported, and who may see and write it."""

from __future__ import annotations

from typing import Any

from django.db.models import Max, Q

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.parts import Act
from yigongti.kernel.pages.picked import RegisterForm
from yigongti.kernel.pages.register import register
from yigongti.kernel.pages.said import exact_date
from yigongti.organisations import calendar, divisions, forms, queries, shape
from yigongti.organisations.checks import institution_warnings
from yigongti.organisations.codes import ws218_class
from yigongti.organisations.labels import (
    DUTIES,
    FAMILIES,
    GRADES,
    KINDS,
    LEGAL_MODELS,
    LEVELS,
    OWNERSHIPS,
    SEXES,
    WEEKDAYS,
    label,
)
from yigongti.organisations.models import (
    CalendarDay,
    Centre,
    Charter,
    Department,
    Division,
    Duty,
    Group,
    Institution,
    OpeningHours,
    Staff,
    Stationing,
)
from yigongti.organisations.permissions import CHARTER, DUTY, MANAGE, SEE, STAFF
from yigongti.organisations.spelling import spelled
from yigongti.organisations.tabs import tabs


PLACE = "organisations/registers"


def _ground(prefix: str) -> Any:
    return lambda actor: queries.on_ground(prefix, for_=actor)


def _reach(prefix: str) -> Any:
    return lambda actor: actor.reach(prefix)


# --- writing what has a unit of its own


def _write_group(by: Actor, form: RegisterForm) -> Group:
    group: Group = form.save(commit=False)
    if not group._state.adding:
        group.save()
        shape.rename(group)
        return group
    county = queries.the_county()
    return shape.open_group(group, county=county)


def write_institution(by: Actor, form: RegisterForm) -> Institution:
    institution: Institution = form.save(commit=False)
    given = form.cleaned_data
    if institution._state.adding:
        return shape.open_institution(
            institution, parent=given["parent"], since=given["since"], leads=given.get("leads", False)
        )
    shape.spell(institution)
    institution.save()
    shape.rename(institution)
    return institution


def write_department(by: Actor, form: RegisterForm) -> Department:
    department: Department = form.save(commit=False)
    if department._state.adding:
        return shape.open_department(department, since=form.cleaned_data["since"])
    department.pinyin, department.initials = spelled(department.name)
    department.save()
    shape.rename(department)
    return department


def _write_staff(by: Actor, form: RegisterForm) -> Staff:
    staff: Staff = form.save(commit=False)
    staff.pinyin, staff.initials = spelled(staff.name)
    staff.save()
    return staff


def _write_charter(by: Actor, form: RegisterForm) -> Charter:
    charter: Charter = form.save(commit=False)
    if charter._state.adding:
        last = Charter.objects.filter(group=charter.group).aggregate(last=Max("version"))["last"]
        charter.version = (last or 0) + 1
    charter.save()
    return charter


# --- what a row offers


def _institution_acts(actor: Actor, row: Institution) -> list[Act]:
    return [Act(word=say("看机构页"), href=f"/organisations/institutions/{row.pk}")]


def _department_acts(actor: Actor, row: Department) -> list[Act]:
    where = f"/organisations/departments/{row.pk}"
    acts = []
    if row.closed_on is None and actor.may(MANAGE) and actor.reaches_path(row.unit.path):
        acts.append(Act(word=say("变更依托机构"), href=f"{where}/move"))
        acts.append(Act(word=say("停办"), href=f"{where}/close", kind="danger"))
    return acts


def _charter_acts(actor: Actor, row: Charter) -> list[Act]:
    own = queries.voter_of(row, for_=actor)
    waits = own is not None and queries.members_without_yes(row).filter(institution=own).exists()
    if not (waits and actor.may(CHARTER)):
        return []
    return [Act(word=say("本单位同意"), post=f"/organisations/charters/{row.pk}/approve", kind="primary")]


def _charter_warnings(row: Charter) -> list[str]:
    return [] if row.approved_at is not None else [say("草案")]


def _charter_about(row: Charter) -> list[tuple[str, str]]:
    yes = [f"{a.institution.short_name}（{exact_date(a.at)}）" for a in row.approvals.select_related("institution")]
    waiting = [] if row.approved_at else [m.institution.short_name for m in queries.members_without_yes(row)]
    return [
        (say("版本"), str(row.version)),
        (say("已同意的成员单位"), "、".join(yes)),
        (say("还没有同意的成员单位"), "、".join(waiting) or say("没有")),
        (say("通过时间"), exact_date(row.approved_at) if row.approved_at else say("未通过")),
    ]


def _institution_about(row: Institution) -> list[tuple[str, str]]:
    category = [(say("WS 218 类别"), say(ws218_class(row.ws218_code)))] if row.ws218_code else []
    shared = queries.said_sharing(row)
    sharing = [(say("病历共享"), say(shared))] if shared else []
    return [(say("类型"), say(label(KINDS, row.kind))), *category, *sharing]


# --- the registers


register(
    code="organisations.groups", route=f"{PLACE}/groups", title="医共体（集团）", reads=SEE, writes=MANAGE,
    model=Group, form=forms.GroupForm,
    columns={"name": "名称", "legal_model": "法人形式", "founded_on": "成立日期"}, words={"legal_model": LEGAL_MODELS},
    search=("name__contains",), related=("unit",), scope=_ground("unit__"), mine=_reach("unit__"),
    write=_write_group, after=queries.forget, tabs=tabs,
)  # fmt: skip
register(
    code="organisations.institutions", route=f"{PLACE}/institutions", title="机构", reads=SEE, writes=MANAGE,
    model=Institution, form=forms.InstitutionForm,
    columns={"name": "名称", "kind": "类型", "level": "级别", "ownership": "举办", "grade": "等级",
             "beds_open": "开放床位", "credit_code": "统一社会信用代码", "closed_on": "停办日期"},
    words={"kind": KINDS, "level": LEVELS, "ownership": OWNERSHIPS, "grade": GRADES},
    search=("name__contains", "short_name__contains", "pinyin__contains", "initials__contains",
            "credit_code__startswith"),
    filters=("level", "ownership"), order=("level", "pinyin"), related=("unit",), scope=_ground("unit__"),
    mine=_reach("unit__"), write=write_institution, after=queries.forget, warns=institution_warnings,
    about=_institution_about, acts=_institution_acts,
    tabs=tabs,
)  # fmt: skip
register(
    code="organisations.departments", route=f"{PLACE}/departments", title="科室", reads=SEE, writes=MANAGE,
    model=Department, form=forms.DepartmentForm,
    columns={"name": "名称", "institution": "机构", "receives_referrals": "接收转诊", "treats": "能收治什么",
             "closed_on": "停办日期"},
    words={"receives_referrals": {True: "可接收", False: "不接收"}},
    search=("name__contains", "pinyin__startswith", "initials__startswith", "institution__short_name__contains"),
    filters=("receives_referrals",), order=("pinyin",), related=("unit", "institution"), scope=_ground("unit__"),
    mine=_reach("unit__"), write=write_department, after=queries.forget, acts=_department_acts,
    tabs=tabs,
)  # fmt: skip
register(
    code="organisations.centres", route=f"{PLACE}/centres", title="中心", reads=SEE, writes=MANAGE,
    model=Centre, form=forms.CentreForm,
    columns={"name": "名称", "family": "类别", "host": "依托机构", "opened_on": "成立日期", "closed_on": "撤销日期"},
    words={"family": FAMILIES}, search=("name__contains", "host__name__contains"), filters=("family",), order=("name",),
    related=("host",), scope=_ground("host__unit__"), mine=_reach("host__unit__"),
    tabs=tabs,
)  # fmt: skip
register(
    code="organisations.staff", route=f"{PLACE}/staff", title="职工", reads=STAFF, writes=STAFF,
    model=Staff, form=forms.StaffForm,
    columns={"name": "姓名", "sex": "性别", "profession": "职业", "title": "职称", "works_at": "工作单位",
             "establishment_at": "编制单位", "payroll_at": "发薪单位", "phone": "电话", "left_on": "离开日期"},
    words={"sex": SEXES}, search=("name__contains", "pinyin__startswith", "initials__startswith", "phone__startswith"),
    order=("pinyin",), related=("works_at", "establishment_at", "payroll_at", "account"),
    scope=lambda actor: queries.staff_condition(for_=actor), mine=_reach("works_at__"), write=_write_staff,
    tabs=tabs,
)  # fmt: skip
register(
    code="organisations.stationings", route=f"{PLACE}/stationings", title="派驻", reads=STAFF, writes=STAFF,
    model=Stationing, form=forms.StationingForm,
    columns={"staff": "职工", "institution": "派驻机构", "begins": "开始日期", "ends": "结束日期"},
    search=("staff__name__contains", "staff__initials__startswith", "institution__name__contains"),
    order=("-begins",), related=("staff", "institution"), scope=_ground("institution__unit__"),
    mine=_reach("staff__works_at__"), tabs=tabs,
)  # fmt: skip
register(
    code="organisations.duties", route=f"{PLACE}/duties", title="值班", reads=SEE, writes=DUTY,
    model=Duty, form=forms.DutyForm,
    columns={"unit": "单位", "duty": "值班", "account": "值班人", "begins": "开始", "ends": "结束"},
    words={"duty": DUTIES}, search=("unit__name__contains", "account__person_name__contains"), filters=("duty",),
    order=("-begins",), related=("unit", "account"), scope=_ground("unit__"), mine=_reach("unit__"),
    tabs=tabs,
)  # fmt: skip
register(
    code="organisations.hours", route=f"{PLACE}/hours", title="开放时间", reads=SEE, writes=MANAGE,
    model=OpeningHours, form=forms.HoursForm,
    columns={"institution": "机构", "weekday": "星期", "opens": "开门", "closes": "关门"}, words={"weekday": WEEKDAYS},
    search=("institution__name__contains", "institution__initials__contains"), filters=("weekday",),
    order=("institution_id", "weekday", "opens"), related=("institution",), scope=_ground("institution__unit__"),
    mine=_reach("institution__unit__"),
    tabs=tabs,
)  # fmt: skip
register(
    code="organisations.calendar", route=f"{PLACE}/calendar", title="工作日历", reads=SEE, writes=MANAGE,
    model=CalendarDay, form=forms.CalendarForm,
    columns={"day": "日期", "works": "上班", "name": "名称", "source": "来源"},
    words={"works": {True: "上班", False: "休息"}}, search=("name__contains",), filters=("works",), order=("-day",),
    scope=lambda actor: Q(), mine=lambda actor: Q(), after=calendar.forget,
    tabs=tabs, shipped=calendar.shipped_rows,
)  # fmt: skip
register(
    code="organisations.divisions", route=f"{PLACE}/divisions", title="区划", reads=SEE, writes=MANAGE,
    model=Division, form=forms.DivisionForm, columns={"name": "名称", "code": "区划代码"},
    search=("name__contains", "code__startswith"), order=("code",), scope=lambda actor: Q(), mine=lambda actor: Q(),
    after=divisions.forget, tabs=tabs,
)  # fmt: skip
register(
    code="organisations.charters", route=f"{PLACE}/charters", title="章程", reads=SEE, writes=MANAGE,
    model=Charter, form=forms.CharterForm,
    columns={"title": "标题", "group": "医共体（集团）", "version": "版本", "begins": "施行日期",
             "approved_at": "通过时间"},
    search=("title__contains",), order=("-begins",), related=("group__unit",), scope=_ground("group__unit__"),
    mine=_reach("group__unit__"), write=_write_charter, warns=_charter_warnings, about=_charter_about,
    acts=_charter_acts,
    tabs=tabs,
)  # fmt: skip
