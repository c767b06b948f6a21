"""Pages of data staff: deaths that contradict the registration, and those that were applied and may have to be undone.

They say who and which days; a cause of death is none of data staff's business.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.blocks import Block, block
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.parts import Cell, Column, Option, Row
from yigongti.kernel.pages.picked import ActForm, coded
from yigongti.kernel.pages.registry import page
from yigongti.publichealth import drawn, queries
from yigongti.publichealth.models import Death
from yigongti.publichealth.policy.codes import EFFECTS
from yigongti.publichealth.taking_deaths import DECISIONS, OPEN_TO, decide_death
from yigongti.residents.actions.deaths import DECIDE


ROWS = 50
COLUMNS = ("居民", "证明上的死亡日期", "登记的死亡日期", "矛盾", "状态")
TABS = {"waiting": ("waiting",), "applied": ("applied", "same"), "settled": ("declined", "undone")}
WORDS = {"waiting": "待核对", "applied": "已登记去世", "settled": "核对过的"}


@page("publichealth.contradictions", "publichealth/contradictions", title="去世核对", permission=DECIDE, menu=28,
      icon="check")  # fmt: skip
def contradictions(request: Request) -> HttpResponse:
    """Who is said to have died, against what; and whom certificates have set as dead."""
    tab = request.GET.get("tab", "waiting")
    tab = tab if tab in TABS else "waiting"
    after = request.GET.get("after", "")
    found = queries.contradictions(
        for_=request.actor, effects=TABS[tab], after=row_number(after),
        limit=ROWS + 1,
    )  # fmt: skip
    _note(request.actor, "publichealth.contradictions", "查看去世核对", found[:ROWS])
    more = {"tab": tab, "after": found[ROWS - 1].pk} if len(found) > ROWS else {}
    context = {
        "title": say("去世核对"),
        "filters": [(say("状态"), [
            Option(value=code, label=say(word), current=code == tab, href=f"/publichealth/contradictions?tab={code}")
            for code, word in WORDS.items()
        ])],
        "columns": [Column(label=say(label)) for label in COLUMNS],
        "rows": [_line(one) for one in found[:ROWS]],
        "more_url": f"/publichealth/contradictions?{urlencode(more)}" if more else "",
        "at": None, "acts": [],
    }  # fmt: skip
    continues = request.headers.get("HX-Request") and after
    return render(request, "parts/table_more.html" if continues else "publichealth/list.html", context)


def _line(one: Death) -> Row:
    person = one.resident.master if one.resident else None
    known = person.died_on.isoformat() if person and person.died_on else ""
    return Row(
        cells=[
            Cell(text=_who(one), href=f"/publichealth/contradictions/{one.pk}"), one.died_on.isoformat(), known,
            say(one.contradiction), Cell(text="", state=drawn.effect(one)),
        ]
    )  # fmt: skip


def _who(one: Death) -> str:
    person = one.resident.master if one.resident else None
    return f"{person.name} {person.birth_date} · {person.record_no}" if person else ""


def _told(one: Death) -> str:
    """Of whom the certificate itself says it: that may be somebody else."""
    return " ".join(filter(None, (one.name_told, say(drawn.SEX[one.sex]), str(one.born_on or ""))))


class DecisionForm(ActForm):
    decision = coded({"": "请选择一项", **DECISIONS}, label="核对结论")
    note = forms.CharField(label="核对的依据", max_length=400, help_text="例如已与家属、村医或出证机构核实")


@page("publichealth.contradiction", "publichealth/contradictions/<int:pk>", title="核对一次去世", permission=DECIDE,
      writes=True)  # fmt: skip
def contradiction(request: Request, pk: int) -> HttpResponse:
    """Decide one: by the certificate, not by it, or undo what it set."""
    found = queries.contradiction(for_=request.actor, pk=pk)
    _note(request.actor, "publichealth.contradiction", "核对一次去世", [found])
    person = found.resident.master if found.resident else None
    known = say("已登记于 {day} 去世", day=person.died_on) if person and person.died_on else say("登记为在世")
    said = say("证明上的死亡日期 {day}", day=found.died_on)
    told = say("证明上写的是 {who}", who=_told(found))
    line = (_who(found), told, said, known, say(found.contradiction), say(EFFECTS[found.effect]))
    return act_by_form(
        request, DecisionForm, title=say("去世核对"), back="/publichealth/contradictions", word=say("确定"),
        line="；".join(filter(None, line)),
        initial={"decision": "undo" if found.effect in OPEN_TO["undo"] else ""},
        act=lambda given, key: decide_death(
            by=request.actor, key=key, death=pk, decision=given["decision"], note=given["note"]
        ),
    )  # fmt: skip


def _note(actor: Actor, code: str, sentence: str, found: list[Death]) -> None:
    persons = [one.resident_id for one in found if one.resident_id]
    trail.saw(by=actor, page=code, sentence=sentence, persons=persons, basis="registered")


@block(permission=DECIDE, order=8)
def waits(*, for_: Actor) -> Block | None:
    """Deaths that wait for a decision."""
    found = queries.waiting_count(for_=for_)
    if not found:
        return None
    lines: list[Any] = [(say("{n} 份死亡证明与登记有矛盾", n=found), "/publichealth/contradictions")]
    return Block(title=say("去世核对"), lines=lines)
