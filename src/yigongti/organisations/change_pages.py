"""Forms that re-shape the organisation: moving, closing, charters, the calendar, the outline."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse

from yigongti.kernel import clock
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.picked import ActForm, Picked
from yigongti.kernel.pages.posting import done, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound
from yigongti.organisations import actions, calendar, outlines, queries, tables
from yigongti.organisations.map_files import DatumField, file_field, text_of
from yigongti.organisations.models import Department, Institution
from yigongti.organisations.permissions import CHARTER, MANAGE


def _institution(request: Request, unit: int) -> Institution:
    found = queries.institutions_within(for_=request.actor).filter(pk=unit).first()
    if found is None:
        raise NotFound
    return found


def _department(request: Request, unit: int) -> Department:
    actor = request.actor
    found = Department.objects.select_related("institution").filter(actor.reach("unit__"), pk=unit).first()
    if found is None:
        raise NotFound
    return found


# --- moving and closing


class MoveInstitutionForm(ActForm):
    """To which group, from which day."""

    group = Picked("group", label="归属到", required=False, help_text="不填就是不属于任何医共体")
    leads = forms.BooleanField(label="是牵头机构", required=False)
    begins = forms.DateField(label="起始日期")
    reason = forms.CharField(label="事由", max_length=200, help_text="例如批文号")


class MoveRoomForm(ActForm):
    """Under which centre, from which day."""

    centre = Picked("own_institution", label="卫生院")
    begins = forms.DateField(label="起始日期")
    reason = forms.CharField(label="事由", max_length=200, help_text="例如批文号")


class SharingForm(ActForm):
    """Whether a social-run member's agreement opens the record, from which day."""

    shares = forms.BooleanField(
        label="协议约定病历与公立成员一样共享", required=False, help_text="不勾选：只凭诊治关系、紧急或履职互看"
    )
    begins = forms.DateField(label="起始日期")
    agreement = forms.CharField(label="协议", max_length=2000, help_text="名称、日期和有关条款")


class MoveDepartmentForm(ActForm):
    """To which institution, from which day."""

    institution = Picked("own_institution", label="依托机构")
    begins = forms.DateField(label="起始日期")
    reason = forms.CharField(label="事由", max_length=200, help_text="例如批文号")


class CloseForm(ActForm):
    """Which day is the last."""

    on = forms.DateField(label="停办日期")
    reason = forms.CharField(label="事由", max_length=200, help_text="例如批文号")


@page(
    "organisations.move_institution",
    "organisations/institutions/<int:unit>/move",
    title="变更归属",
    permission=MANAGE,
    writes=True,
)
def move_institution(request: Request, unit: int) -> HttpResponse:
    """An institution goes to another group, from a day on."""
    institution = _institution(request, unit)
    group = queries.group_on(clock.today(), institution=institution)
    return act_by_form(
        request,
        MoveInstitutionForm,
        title=say("{name}变更归属", name=institution.name),
        line=say("现在：{group}", group=group.name if group else say("不属于任何医共体")),
        back=f"/organisations/institutions/{unit}",
        word=say("变更归属"),
        initial={"begins": clock.today()},
        act=lambda given, key: actions.move_institution(
            by=request.actor,
            key=key,
            institution_id=unit,
            group_id=given["group"].pk if given["group"] else None,
            begins=given["begins"],
            leads=given["leads"],
            reason=given["reason"],
        ),
    )


@page(
    "organisations.move_room",
    "organisations/institutions/<int:unit>/centre",
    title="变更所属卫生院",
    permission=MANAGE,
    writes=True,
)
def move_room(request: Request, unit: int) -> HttpResponse:
    """A village room goes to another centre, from a day on."""
    room = _institution(request, unit)
    centre = queries.centre_on(clock.today(), room=room)
    return act_by_form(
        request,
        MoveRoomForm,
        title=say("{name}变更所属卫生院", name=room.name),
        line=say("现在：{group}", group=centre.name if centre else ""),
        back=f"/organisations/institutions/{unit}",
        word=say("变更所属卫生院"),
        initial={"begins": clock.today()},
        act=lambda given, key: actions.move_room(
            by=request.actor,
            key=key,
            room_id=unit,
            centre_id=given["centre"].pk,
            begins=given["begins"],
            reason=given["reason"],
        ),
    )


@page(
    "organisations.agree_sharing",
    "organisations/institutions/<int:unit>/sharing",
    title="约定病历共享",
    permission=MANAGE,
    writes=True,
)
def agree_sharing(request: Request, unit: int) -> HttpResponse:
    """What a social-run member and the others see of each other's records, from a day on (R3)."""
    institution = _institution(request, unit)
    return act_by_form(
        request,
        SharingForm,
        title=say("{name}约定病历共享", name=institution.name),
        line=say("现在：{group}", group=say(queries.said_sharing(institution))),
        back=f"/organisations/institutions/{unit}",
        word=say("约定"),
        initial={"begins": clock.today()},
        act=lambda given, key: actions.agree_sharing(by=request.actor, key=key, institution_id=unit, **given),
    )


@page(
    "organisations.move_department",
    "organisations/departments/<int:unit>/move",
    title="变更依托机构",
    permission=MANAGE,
    writes=True,
)
def move_department(request: Request, unit: int) -> HttpResponse:
    """A department goes to another host, from a day on."""
    department = _department(request, unit)
    return act_by_form(
        request,
        MoveDepartmentForm,
        title=say("{name}变更依托机构", name=department.name),
        line=say("现在：{group}", group=department.institution.name),
        back=f"/organisations/registers/departments/{unit}",
        word=say("变更依托机构"),
        initial={"begins": clock.today()},
        act=lambda given, key: actions.move_department(
            by=request.actor,
            key=key,
            department_id=unit,
            institution_id=given["institution"].pk,
            begins=given["begins"],
            reason=given["reason"],
        ),
    )


@page(
    "organisations.close_institution",
    "organisations/institutions/<int:unit>/close",
    title="机构停办",
    permission=MANAGE,
    writes=True,
)
def close_institution(request: Request, unit: int) -> HttpResponse:
    """The last day of an institution."""
    institution = _institution(request, unit)
    return act_by_form(
        request,
        CloseForm,
        title=say("{name}停办", name=institution.name),
        line=say("停办当天仍可工作，岗位同日止；历史全部保留。"),
        back=f"/organisations/institutions/{unit}",
        word=say("停办"),
        act=lambda given, key: actions.close_institution(
            by=request.actor,
            key=key,
            institution_id=unit,
            on=given["on"],
            reason=given["reason"],
        ),
    )


@page(
    "organisations.close_department",
    "organisations/departments/<int:unit>/close",
    title="科室停办",
    permission=MANAGE,
    writes=True,
)
def close_department(request: Request, unit: int) -> HttpResponse:
    """The last day of a department."""
    department = _department(request, unit)
    return act_by_form(
        request,
        CloseForm,
        title=say("{name}停办", name=department.name),
        line=say("停办当天仍可工作，岗位同日止；历史全部保留。"),
        back=f"/organisations/registers/departments/{unit}",
        word=say("停办"),
        act=lambda given, key: actions.close_department(
            by=request.actor,
            key=key,
            department_id=unit,
            on=given["on"],
            reason=given["reason"],
        ),
    )


# --- charter


@page(
    "organisations.approve_charter",
    "organisations/charters/<int:charter>/approve",
    title="同意章程",
    permission=CHARTER,
    writes=True,
)
def approve_charter(request: Request, charter: int) -> HttpResponse:
    """The own institution's yes to a version of the charter."""
    if request.method != "POST":
        raise NotFound
    receipt = actions.approve_charter(by=request.actor, key=key_of(request), charter_id=charter)
    return done(request, receipt)


# --- calendar and outline


class CalendarRowsForm(ActForm):
    """Days as rows, and where they come from."""

    days = forms.CharField(
        label="日期",
        widget=forms.Textarea(attrs={"rows": 12}),
        help_text="每行一天：日期，班或休，名称。例如 2027-01-01，休，元旦",
    )
    source = forms.CharField(label="来源", max_length=120, help_text="例如通知的名称与文号")


@page(
    "organisations.import_calendar",
    "organisations/calendar/import",
    title="导入工作日历",
    permission=MANAGE,
    writes=True,
)
def import_calendar(request: Request) -> HttpResponse:
    """Holidays and swapped workdays, pasted from a sheet."""
    return act_by_form(
        request,
        CalendarRowsForm,
        title=say("导入工作日历"),
        line=say("已知到 {day}；之后只按星期推算。", day=calendar.known_until()),
        back="/organisations/registers/calendar",
        word=say("导入"),
        initial=_shipped_rows(),
        act=lambda given, key: actions.import_calendar(
            by=request.actor,
            key=key,
            days=tables.calendar_days(given["days"]),
            source=given["source"],
        ),
    )


def _shipped_rows() -> dict[str, str]:
    """What ships, as rows to look at, change and take over as the county's own."""
    days = sorted(calendar.shipped().items())
    lines = [f"{day}，{'班' if said.works else '休'}，{said.name}" for day, said in days]
    return {"days": "\n".join(lines), "source": days[-1][1].source if days else ""}


class OutlineForm(ActForm):
    """A GeoJSON text or file, and where it comes from."""

    file = file_field()
    outline = forms.CharField(
        label="GeoJSON",
        required=False,
        widget=forms.Textarea(attrs={"rows": 8}),
        help_text="文件里有多个地方时，取编号等于本县区划代码的那一个",
    )
    datum = DatumField()
    source = forms.CharField(label="来源", max_length=200, help_text="会写在地图下面")


@page("organisations.import_outline", "organisations/outline", title="导入县域轮廓", permission=MANAGE, writes=True)
def import_outline(request: Request) -> HttpResponse:
    """The county's outline; a drawing, not an official map."""
    county = queries.the_county()

    def act(given: Any, key: Any) -> Any:
        text = text_of(request, pasted=given["outline"], field="outline")
        polygons = outlines.polygons_of(text, division=county.division if county else "", datum=given["datum"])
        return actions.import_outline(by=request.actor, key=key, polygons=polygons, source=given["source"])

    return act_by_form(
        request,
        OutlineForm,
        title=say("导入县域轮廓"),
        line=say("只作示意，不是官方地图。"),
        back="/organisations/map",
        word=say("导入"),
        act=act,
        multipart=True,
    )
