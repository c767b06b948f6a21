"""Orders on the screen: written by a search as you type, taken back with a reason, printed for the patient to carry."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.finders import meant, pickers
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.drawn_cases import check_code
from yigongti.kernel.pages.parts import Act, Field, Option
from yigongti.kernel.pages.posting import key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import BadValue, NotFound
from yigongti.record import ordering, queries, shown
from yigongti.record.pages.answering import Form, answer, under
from yigongti.record.pages.fields import Ask
from yigongti.record.pages.person import about, saw
from yigongti.record.policy.kinds import KINDS
from yigongti.record.policy.order_items import PRIORITIES
from yigongti.record.queries import Row
from yigongti.record.seeing import own_institution


LONGEST_NAME = 40


@page("record.order", "residents/<int:resident_id>/record/order", title="开检查检验申请", permission="record.add",
      writes=True)  # fmt: skip
def order(request: Request, resident_id: int) -> HttpResponse:
    """One order."""
    opened = queries.open_record(for_=request.actor, resident_id=resident_id)
    names = ("text", "priority", "at", "sensitivity")
    form = Form(
        code="record.order", title=say("开检查检验申请"), word="开出申请",
        fields=lambda ask: _fields(request.actor, ask),
        write=lambda posted: ordering.place_order(
            by=request.actor, key=key_of(request), resident_id=opened.resident.pk, encounter_id=under(posted),
            title=_picked(posted, "title"), performer=_performer(request.actor, posted),
            **{name: posted.get(name, "") for name in names},
        ),
    )  # fmt: skip
    return answer(request, opened, form)


def _picked(posted: Mapping[str, str], name: str) -> str:
    """What was typed or picked, which are the same words: no list knows every examination."""
    return posted.get(f"{name}_text", "") or posted.get(name, "")


def _performer(by: Actor, posted: Mapping[str, str]) -> str:
    """The institution that was picked, or the one that the typed name means; a name that stands is never none.

    Raises BadValue where it means none or several.
    """
    chosen, typed = (
        posted.get("performer_choice") or posted.get("performer", ""),
        posted.get("performer_text", "").strip(),
    )
    if not typed or posted.get("performer_choice") or typed == getattr(ordering.performer_named(chosen), "name", ""):
        return chosen
    found = meant("institution", for_=by, text=typed, given={})
    if len(found) != 1:
        problem = "请从名单中选择一个" if found else "没有找到"
        raise BadValue(field="performer", label="执行机构", value=typed[:LONGEST_NAME], problem=problem)
    return found[0].value


def _candidates(by: Actor, ask: Ask) -> list[Option]:
    """What may have been meant by a name that several answer to."""
    typed = ask.typed.get("performer_text", "").strip() if ask.errors.get("performer") else ""
    found = meant("institution", for_=by, text=typed, given={}) if typed else []
    return [Option(value=choice.value, label=choice.label, help=choice.detail) for choice in found]


def _fields(by: Actor, ask: Ask) -> list[Field]:
    own = str(own_institution(by) or "")
    known = ordering.performer_named(ask.typed.get("performer", own))
    name = ask.typed.get("performer_text", known.name if known else "")
    urgency = [Option(value=word, label=say(word)) for word in PRIORITIES]
    return [
        ask.one("title", KINDS["order"].name, "picker", url="/pick/order_item", text=_picked(ask.typed, "title"),
                placeholder=say(pickers["order_item"].hint), help=say("没有列出的，直接填写名称")),
        ask.area("text", "诊断和目的", help_="例如：高血压 3 年，复查肾功能"),
        ask.one("priority", "缓急", "cards", options=urgency, value="普通"),
        ask.one("performer", "执行机构", "picker", url="/pick/institution", value=own,
                text=name, candidates=_candidates(by, ask), help=say("登记了收申请的对外接口的，同时发到它的系统")),
        ask.when(KINDS["order"].when),
        ask.secret(),
    ]  # fmt: skip


@page("record.cancel_order", "record/entries/<int:entry_id>/cancel", title="取消申请", permission="record.add",
      writes=True)  # fmt: skip
def cancel(request: Request, entry_id: int) -> HttpResponse:
    """Take an order back, for a reason."""
    opened, row = queries.entry(for_=request.actor, entry_id=entry_id)
    if row.kind != "order":
        raise NotFound
    form = Form(
        code="record.cancel_order", title=say("取消申请：{what}", what=row.title), danger=True, word="取消这份申请",
        fields=lambda ask: [ask.area("reason", "取消原因", help_="已经发到执行机构系统的，取消也会发去。")],
        write=lambda posted: ordering.cancel_order(
            by=request.actor, key=key_of(request), entry_id=entry_id, reason=posted.get("reason", "")
        ),
    )  # fmt: skip
    return answer(request, opened, form, subject=f"record.Entry:{entry_id}")


@page("record.order_paper", "record/entries/<int:entry_id>/paper", title="打印申请单", permission="record.read",
      on_paper=True)  # fmt: skip
def paper(request: Request, entry_id: int) -> HttpResponse:
    """The order for the patient to carry: its number also as a code that a reader takes."""
    opened, row = queries.entry(for_=request.actor, entry_id=entry_id)
    if row.kind != "order":
        raise NotFound
    number = row.detail.get("placer") or row.detail.get("filler") or ""
    context = {
        **about(opened), "row": row, "number": number, "code": check_code(number) if number else "",
        "place": shown.place_of(row), "mark": shown.marks_of(row),
        "ordered_words": f"{row.at:%Y-%m-%d %H:%M}", "printed_words": f"{clock.now():%Y-%m-%d %H:%M}",
        "printed_by": request.actor.title,
        "parts": [(say(one.label), shown.said_part(one, row.detail[one.name])) for one in KINDS["order"].parts
                  if row.detail.get(one.name) and one.name != "placer"],
    }  # fmt: skip
    saw(request, opened, page="record.order_paper", sentence="打印申请单", subject=f"record.Entry:{entry_id}")
    return render(request, "record/order_paper.html", context)


def acts(request: Request, row: Row) -> list[Act]:
    """Print it; take it back, where it was written and while nothing has come of it."""
    found = [Act(word=say("打印申请单"), href=f"/record/entries/{row.id}/paper", icon="print")]
    own = row.institution_id == own_institution(request.actor)
    if own and request.actor.may("record.add") and row.detail.get("state") in ordering.OPEN:
        found.append(Act(word=say("取消申请"), href=f"/record/entries/{row.id}/cancel", kind="quiet", icon="undo"))
    return found
