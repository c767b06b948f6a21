"""The organisation to look at: the tree, one institution, the map."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.drawing import Place
from yigongti.kernel.pages.parts import Act, Cell, Column, Row, State
from yigongti.kernel.pages.register_pages import HISTORY_ROWS, history
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound
from yigongti.organisations import outlines, queries, rosters
from yigongti.organisations.checks import institution_warnings
from yigongti.organisations.codes import ws218_class
from yigongti.organisations.labels import DUTIES, GRADES, KINDS, LEVELS, OWNERSHIPS, WEEKDAYS, grade_code, label
from yigongti.organisations.models import Department, Institution, OpeningHours
from yigongti.organisations.permissions import MANAGE, SEE, STAFF
from yigongti.organisations.tabs import PLACE, tabs
from yigongti.organisations.tree import matching, tree


STAFF_ROWS = 50


# --- the tree


@page("organisations.tree", "organisations", title="机构", permission=SEE, menu=80, icon="county")
def whole_tree(request: Request) -> HttpResponse:
    """The county from the top; a search leaves the branches that lead to what was found."""
    actor = request.actor
    text = request.GET.get("q", "").strip()[:60]
    nodes = tree(for_=actor)
    shown = matching(nodes, _names_like(text)) if text else nodes
    context = {"nodes": shown, "text": text, "tabs": tabs(actor, "tree"), "acts": _tree_acts(actor)}
    return render(request, "organisations/tree.html", context)


def _names_like(text: str) -> set[str]:
    institutions = queries.open_institutions().filter(queries.named(text)).values_list("name", flat=True)
    departments = Department.objects.filter(queries.spelled_like(text)).values_list("name", flat=True)
    return {*institutions, *departments}


def _tree_acts(actor: Actor) -> list[Act]:
    if not actor.may(MANAGE):
        return []
    return [
        Act(word=say("登记机构"), href=f"{PLACE}/institutions/new", icon="plus"),
        Act(word=say("建设步骤"), href="/organisations/first-steps", kind="quiet"),
    ]


# --- one institution


@page("organisations.institution", "organisations/institutions/<int:unit>", title="机构", permission=SEE)
def one_institution(request: Request, unit: int) -> HttpResponse:
    """What an institution is, who works and is on duty there, when it is open, how it changed."""
    actor = request.actor
    found = Institution.objects.select_related("unit__parent").filter(queries.on_ground("unit__", for_=actor), pk=unit)
    institution = found.first()
    if institution is None:
        raise NotFound
    memberships = list(institution.memberships.select_related("group").order_by("-begins"))
    leads = any(
        m.leads and m.begins <= clock.today() and (m.ends is None or m.ends >= clock.today()) for m in memberships
    )
    hours = list(institution.hours.order_by("weekday", "opens"))
    context = {
        "title": institution.name,
        "line": " · ".join(_kind_words(institution, leads)),
        "state": _open_state(institution, hours, clock.now()),
        "warnings": [State(word=words, kind="soon") for words in institution_warnings(institution, leads=leads)],
        "receives": State(word=say("接收转诊"), kind="active"),
        "acts": _institution_acts(actor, institution),
        "pairs": _facts(institution),
        "memberships": memberships,
        "centres": list(institution.room_hosts.select_related("centre").order_by("-begins")),
        "departments": _departments(institution),
        "rooms": _rooms(institution),
        "hours": _week(hours),
        "duty": [
            (say(title), rosters.on_duty(institution.unit.path, code, clock.now())) for code, title in DUTIES.items()
        ],
        "staff": _staff(actor, institution),
        "map": _map(actor, only=institution),
        "history": [(entry, []) for entry in history(f"organisations.Institution:{unit}")[:HISTORY_ROWS]],
    }
    return render(request, "organisations/institution.html", context)


def _kind_words(institution: Institution, leads: bool) -> list[str]:
    grade = say(label(GRADES, grade_code(institution.grade))) if institution.grade else ""
    words = [say(label(KINDS, institution.kind)), grade, say("牵头机构") if leads else ""]
    return [word for word in words if word]


def _open_state(institution: Institution, hours: list[OpeningHours], at: datetime) -> State:
    if institution.closed_on is not None:
        return State(word=say("{day} 停办", day=institution.closed_on), kind="closed")
    if not hours:
        return State(word=say("未登记开放时间"), kind="waiting")
    return (
        State(word=say("现在开门"), kind="active")
        if rosters.is_open(hours, at=at)
        else State(word=say("现在关门"), kind="closed")
    )


def _facts(institution: Institution) -> list[tuple[str, str]]:
    point = f"{institution.longitude}, {institution.latitude}" if institution.longitude is not None else ""
    category, shared = ws218_class(institution.ws218_code), queries.said_sharing(institution)
    return [
        (say("级别"), say(label(LEVELS, institution.level))),
        (say("举办"), say(label(OWNERSHIPS, institution.ownership))),
        *([(say("病历共享"), say(shared))] if shared else []),
        (
            say("床位"),
            say("开放 {open} 张，核定 {approved} 张", open=institution.beds_open, approved=institution.beds_approved),
        ),
        (say("法定代表人"), institution.legal_representative),
        (say("统一社会信用代码"), institution.credit_code),
        (say("机构代码（WS 218）"), f"{institution.ws218_code} {say(category)}".strip()),
        (say("区划代码"), institution.division),
        (say("地址"), institution.address),
        (say("电话"), institution.phone),
        (say("经纬度"), point),
        (say("远程心电"), say("可做") if institution.remote_ecg else say("没有")),
    ]


def _departments(institution: Institution) -> list[Department]:
    return list(institution.departments.filter(queries.is_open_today()).order_by("pinyin", "pk"))


def _rooms(institution: Institution) -> list[Institution]:
    inside = Institution.objects.filter(unit__parent_id=institution.pk).filter(queries.is_open_today())
    return list(inside.order_by("pinyin", "pk"))


def _week(hours: list[OpeningHours]) -> list[tuple[str, str]]:
    spans: dict[int, list[str]] = {}
    for span in hours:
        spans.setdefault(span.weekday, []).append(f"{span.opens:%H:%M}–{span.closes:%H:%M}")
    return (
        [(say(day), "，".join(spans.get(number, ())) or say("不开")) for number, day in WEEKDAYS.items()]
        if hours
        else []
    )


def _staff(actor: Actor, institution: Institution) -> dict[str, Any] | None:
    """Names and titles for colleagues; phones and homes stay with those who keep the register."""
    seen = queries.staff_seen(for_=actor).filter(works_at__path__startswith=institution.unit.path, left_on__isnull=True)
    rows = list(seen.order_by("pinyin", "pk")[: STAFF_ROWS + 1])
    if not rows:
        return None
    full = f"{PLACE}/staff" if actor.may(STAFF) else ""
    return {
        "columns": [Column(label=say(words)) for words in ("姓名", "职业", "职称", "工作单位")],
        "rows": [Row(cells=[s.name, s.profession, s.title, s.works_at.name]) for s in rows[:STAFF_ROWS]],
        "more": len(rows) > STAFF_ROWS,
        "full": full,
    }


def _institution_acts(actor: Actor, institution: Institution) -> list[Act]:
    if not (actor.may(MANAGE) and actor.reaches_path(institution.unit.path)) or institution.closed_on is not None:
        return []
    acts = [Act(word=say("修改"), href=f"{PLACE}/institutions/{institution.pk}/edit")]
    if institution.kind != "village_room":
        acts.append(Act(word=say("变更归属"), href=f"/organisations/institutions/{institution.pk}/move"))
    else:
        acts.append(Act(word=say("变更所属卫生院"), href=f"/organisations/institutions/{institution.pk}/centre"))
    if queries.said_sharing(institution):
        acts.append(Act(word=say("约定病历共享"), href=f"/organisations/institutions/{institution.pk}/sharing"))
    acts.append(Act(word=say("停办"), href=f"/organisations/institutions/{institution.pk}/close", kind="danger"))
    return acts


# --- the map


@page("organisations.map", "organisations/map", title="地图", permission=SEE)
def county_map(request: Request) -> HttpResponse:
    """The outline with every institution that has a point, and the same as a list."""
    actor = request.actor
    rows = queries.open_institutions().exclude(level="outside").order_by("level", "pinyin", "pk")
    ground = queries.ground(for_=actor)
    context = {
        "map": _map(actor),
        "tabs": tabs(actor, "map"),
        "columns": [Column(label=say("机构")), Column(label=say("类型")), Column(label=say("床位"), numeric=True)],
        "rows": [_map_row(row, ground) for row in rows if row.level != "village"],
        "rooms": [(row, row.unit.path.startswith(ground)) for row in rows if row.level == "village"],
        "nowhere": sum(row.longitude is None for row in rows),
        "acts": _map_acts(actor),
    }
    return render(request, "organisations/map.html", context)


def _map_acts(actor: Actor) -> list[Act]:
    if not actor.may(MANAGE):
        return []
    acts = [Act(word=say("导入轮廓"), href="/organisations/outline", kind="quiet"),
            Act(word=say("导入乡镇辖区"), href="/organisations/areas", kind="quiet")]  # fmt: skip
    if queries.township_areas(for_=actor):
        acts.append(Act(word=say("撤下乡镇辖区"), href="/organisations/areas/remove", kind="danger"))
    return acts


def _map_row(row: Institution, ground: str) -> Row:
    seen = row.unit.path.startswith(ground)
    name = Cell(text=row.name, href=f"/organisations/institutions/{row.pk}" if seen else "")
    return Row(cells=[name, say(label(KINDS, row.kind)), str(row.beds_open) if seen and row.beds_open else ""])


def _map(actor: Actor, *, only: Institution | None = None) -> dict[str, Any] | None:
    county = queries.the_county()
    if county is None or (only is not None and only.longitude is None):
        return None
    ground = queries.ground(for_=actor)
    rows = [only] if only else queries.open_institutions().exclude(level="outside").exclude(longitude=None)
    places = [_place(row, ground, linked=only is None) for row in rows]
    if not county.outline and not places:
        return None
    return {"rings": outlines.drawn(county.outline), "places": places, "source": _source(county.outline_source)}


def _source(text: str) -> str:
    """That it is no official map is said once, by the map itself."""
    return text.replace("，非官方地图", "").strip()


def _place(row: Institution, ground: str, *, linked: bool) -> Place:
    href = f"/organisations/institutions/{row.pk}" if linked and row.unit.path.startswith(ground) else ""
    return Place(
        label=row.short_name or row.name,
        longitude=row.longitude or 0.0,
        latitude=row.latitude or 0.0,
        level=row.level,
        href=href,
    )
