"""The referral pages that definitions do not derive: the board, and its line on the workbench."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages import drawn_cases, news
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.blocks import Block, block
from yigongti.kernel.pages.parts import Clock, Option, State
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.turns import Turn, turns_of
from yigongti.kernel.workflow import rooms
from yigongti.kernel.workflow.models import Case
from yigongti.kernel.workflow.rooms import CaseRow
from yigongti.kernel.workflow.words import Workflow
from yigongti.organisations import queries as organisations
from yigongti.referral import board as boards
from yigongti.referral.board import Asked, Tally


# Whom a step of another side concerns reads it among the notices; a new referral waits in the worklist anyway.
news.listen(*(f"referral.{told}" for told in ("accepted", "declined", "cancelled", "expired", "ended", "returned")))

AT_ONCE = 8
MORE = 50
ADDRESS = "/referral/board"


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One referral on the board; `href` and `who` only for those who may open it."""

    number: str
    href: str
    who: str
    way: tuple[str, str]
    turn: Turn
    since: datetime
    clock: Clock | None
    flags: Sequence[State]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A state of the board: how many stand in it, the most pressing, and where the rest is."""

    title: str
    count: int
    overdue: int
    cards: Sequence[Card]
    more_url: str


@page("referral.board", "referral/board", title="转诊看板", menu=35, icon="chart")
def board(request: Request) -> HttpResponse:
    """Open referrals of a direction by state: who must act next, since when and until when."""
    places = _institutions(request.actor)
    given = _given(request, places)
    asked = Asked(direction=given["direction"], path=places[given["institution"]].unit.path
                  if given["institution"] else "", late=bool(given["late"]))  # fmt: skip
    if request.htmx and given["state"]:
        column = _column(request, given, asked, given["state"], {})
        return render(request, "referral/board_more.html", {"column": column})
    tally = boards.tally(for_=request.actor, asked=asked)
    context = {
        "columns": _columns(request, given, asked, tally), "institutions": _options(places, given), "given": given,
        "directions": _directions(given, tally), "lateness": _lateness(given), "whole": _address(given, state=""),
    }  # fmt: skip
    return render(request, "referral/board.html", context)


def _institutions(actor: Actor) -> dict[str, Any]:
    """What the board can be narrowed to: the institutions of the group, village rooms under their centre."""
    found = organisations.open_institutions().filter(organisations.on_ground("unit__", for_=actor))
    return {str(one.pk): one for one in found.exclude(level="village").order_by("level", "pinyin", "pk")}


def _given(request: Request, places: Mapping[str, Any]) -> dict[str, str]:
    """What the address asks for, as far as it means something."""
    asked = {name: request.GET.get(name, "") for name in ("direction", "institution", "late", "state", "after")}
    if asked["direction"] not in boards.DIRECTIONS:
        asked["direction"] = boards.DIRECTIONS[0]
    if asked["institution"] not in places:
        asked["institution"] = ""
    if asked["state"] not in {s.code for s in rooms.kept[asked["direction"]].page.states}:
        asked["state"] = ""
    return asked


def _address(given: Mapping[str, str], **changes: str) -> str:
    asked = {**given, "after": "", **changes}
    return f"{ADDRESS}?{urlencode({name: text for name, text in asked.items() if text})}"


def _columns(request: Request, given: Mapping[str, str], asked: Asked, tally: Sequence[Tally]) -> list[Column]:
    counted = {one.state: one for one in tally if one.workflow == given["direction"]}
    if given["state"]:
        return [_column(request, given, asked, given["state"], counted)]
    found = boards.first_of_each_state(for_=request.actor, asked=asked, most=AT_ONCE)
    cards = _cards(request, [case for cases in found.values() for case in cases[:AT_ONCE]])
    workflow = rooms.kept[given["direction"]].page
    return [
        _filled(given, counted, state.code, found.get(state.code, []), cards, AT_ONCE)
        for state in workflow.states
        if state.code != boards.DRAFT and state.code not in workflow.ends
    ]


def _column(
    request: Request, given: Mapping[str, str], asked: Asked, state: str, counted: Mapping[str, Tally]
) -> Column:
    after = _place(given["after"])
    cases = boards.of_state(for_=request.actor, asked=asked, state=state, after=after, most=MORE)
    return _filled(given, counted, state, cases, _cards(request, cases[:MORE]), MORE)


def _place(text: str) -> tuple[datetime, int] | None:
    due, _, last = text.partition("~")
    try:
        place = datetime.fromisoformat(due), row_number(last)
    except ValueError:
        return None
    return place if place[0].tzinfo and place[1] else None


def _filled(
    given: Mapping[str, str], counted: Mapping[str, Tally], state: str, cases: Sequence[Case],
    cards: Mapping[int, Card], most: int,
) -> Column:  # fmt: skip
    tally, shown = counted.get(state), cases[:most]
    more = _address(given, state=state, after=boards.place_of(shown[-1])) if len(cases) > most else ""
    return Column(
        title=say(rooms.kept[given["direction"]].page.state(state).title), count=tally.count if tally else 0,
        overdue=tally.overdue if tally else 0, cards=[cards[case.pk] for case in shown], more_url=more,
    )  # fmt: skip


def _cards(request: Request, cases: Sequence[Case]) -> dict[int, Card]:
    """The cases as cards, by their key; who may not open a case reads no name on it."""
    open_ones = boards.open_to(for_=request.actor, cases=cases)
    rows: dict[int, CaseRow] = {}
    for code in {case.workflow for case in cases}:
        rows.update(rooms.kept[code].rows([case.pk for case in cases if case.workflow == code]))
    turns = turns_of(cases)
    persons = [case.person_id for case in cases if case.pk in open_ones and case.person_id]
    trail.saw(by=request.actor, page="referral.board", sentence="查看转诊看板", persons=persons, basis="case")
    return {case.pk: _card(case, rows[case.pk], turns[case.pk], opens=case.pk in open_ones) for case in cases}


def _card(case: Case, row: CaseRow, turn: Turn, *, opens: bool) -> Card:
    urgent = [State(word=say("加急"), kind="soon")] if case.urgent else []
    urged = [State(word=say("催办"), kind="overdue")] if getattr(case, "urged", False) else []
    return Card(
        number=case.number, href=f"/cases/{case.number}" if opens else "", who=row.name if opens else "",
        way=(row.frm, row.to), turn=turn, since=case.entered_at, clock=drawn_cases.clock_of(case),
        flags=[*urgent, *urged],
    )  # fmt: skip


def _directions(given: Mapping[str, str], tally: Sequence[Tally]) -> list[Option]:
    return [
        Option(value=code, label=say(rooms.kept[code].page.title), href=_address(given, direction=code, state=""),
               current=given["direction"] == code, count=sum(one.count for one in tally if one.workflow == code))
        for code in boards.DIRECTIONS
    ]  # fmt: skip


def _lateness(given: Mapping[str, str]) -> list[Option]:
    return [
        Option(value=value, label=say(label), href=_address(given, late=value), current=given["late"] == value)
        for value, label in {"": "全部", "1": "只看超时"}.items()
    ]


def _options(places: Mapping[str, Any], given: Mapping[str, str]) -> list[Option]:
    return [Option(value=pk, label=one.short_name or one.name, current=pk == given["institution"])
            for pk, one in places.items()]  # fmt: skip


@block(permission="referral.board", order=40)
def open_referrals(*, for_: Actor) -> Block | None:
    """How many referrals are open and how many of them have broken their clock."""
    counted = boards.tally(for_=for_, asked=Asked())
    if not counted:
        return None
    late = [one for one in counted if one.overdue]
    lines = [(_late_line(rooms.kept[one.workflow].page, one), _late_address(one)) for one in late]
    return Block(
        title=say("在办转诊"), count=sum(one.count for one in counted), lines=lines, href=ADDRESS,
        word=say("看转诊看板"),
    )  # fmt: skip


def _late_address(one: Tally) -> str:
    return f"{ADDRESS}?{urlencode({'direction': one.workflow, 'state': one.state, 'late': '1'})}"


def _late_line(workflow: Workflow, one: Tally) -> str:
    title, where = say(workflow.title), say(workflow.state(one.state).title)
    return say("{title}·{state}：超时 {n} 单", title=title, state=where, n=one.overdue)
