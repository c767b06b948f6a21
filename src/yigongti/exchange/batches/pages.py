"""Pages of sheets: what may be brought, one sheet with its progress and its rows, a row to be mended."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from yigongti.exchange.batches import actions, queries
from yigongti.exchange.batches.belonging_pages import bringer, take_over_act, whose
from yigongti.exchange.batches.checking import problems_of
from yigongti.exchange.batches.kept_as import media_type
from yigongti.exchange.batches.kinds import Kind, kind_of, kinds_of
from yigongti.exchange.batches.models import BUSY, Batch, BatchRow
from yigongti.exchange.labels import BATCH_STATES, ROW_STATES, VERDICTS
from yigongti.exchange.tables.problems import Problem
from yigongti.kernel.audit import trail
from yigongti.kernel.files import store
from yigongti.kernel.language import say, unpacked
from yigongti.kernel.pages.asking import Request, whole_number
from yigongti.kernel.pages.form_pages import act_by_form
from yigongti.kernel.pages.parts import Act, Cell, Column, Field, Option, Row, State
from yigongti.kernel.pages.picked import ActForm
from yigongti.kernel.pages.posting import done, errors_of, key_of
from yigongti.kernel.pages.register_pages import HISTORY_ROWS, history
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import Missing, NotFound, Refusal


SEE, WORK = "exchange.tables", "exchange.tables_work"
ROWS = 50
SHOWN_COLUMNS = 4
FACT, QUOTED = re.compile(r"\{[^}]*\}"), re.compile(r"“[^”]*”")
ORDER = ("wrong", "alike", "good", "known", "applied", "stays", "undone", "read")


@page("exchange.tables", "tables", title="表格导入", menu=28, icon="document")
def tables(request: Request) -> HttpResponse:
    """The kinds that one may bring, and what was brought."""
    actor, before = request.actor, request.GET.get("before", "")
    found = queries.batches(for_=actor, limit=ROWS, before=_number(before))
    left = queries.left_behind(of=found)
    more = f"/tables?{urlencode({'before': found[-1].pk})}" if len(found) == ROWS else ""
    context = {
        "title": say("表格导入"),
        "kinds": kinds_of(for_=actor),
        "columns": [Column(label=say(word)) for word in ("编号", "哪种表", "文件", "谁送来", "时间", "状态")],
        "rows": [_batch_row(one, left.get(one.pk, 0)) for one in found],
        "more_url": more,
    }
    continues = request.headers.get("HX-Request") and before
    return render(request, "parts/table_more.html" if continues else "exchange/tables.html", context)


def _number(text: str) -> int:
    """A place in a list, from an address that anybody may have typed."""
    return whole_number(text, most=10**9) or 0


def _batch_row(one: Batch, left: int) -> Row:
    return Row(
        cells=[
            Cell(text=f"T{one.pk}", href=f"/tables/{one.pk}"),
            say(kind_of(one.kind).sheet.title),
            one.name,
            bringer(one),
            exact_date(one.brought_at),
            Cell(text="", state=_state(one, left)),
        ]
    )


def _state(one: Batch, left: int = 0) -> State:
    if one.state == "done" and left:
        return State(word=say("收进了，{n} 行没有", n=left), kind="soon")
    word, kind = BATCH_STATES[one.state]
    return State(word=say(word), kind=kind)


@page("exchange.bring_table", "tables/bring/<slug:code>", title="送表", permission=WORK, writes=True)
def bring(request: Request, code: str) -> HttpResponse:
    """The sheet's columns, its template, and where the file goes in."""
    kind = kind_of(code)
    request.actor.require(kind.permission)
    error = ""
    if request.method == "POST":
        try:
            return done(request, _brought(request, kind))
        except Refusal as refusal:
            error = " ".join(word for words in errors_of(refusal).values() for word in words)
    most = values.number("exchange.table_largest_megabytes")
    field = Field(
        name="file", label=say("表格文件"), kind="file", error=error, accept=".csv,.xlsx,.xls,.ods,.txt",
        help=say("Excel 或 CSV，最大 {n} MB；先检查，检查完再由您决定是否收进", n=most),
    )  # fmt: skip
    context = {
        "title": say("送表：{kind}", kind=say(kind.sheet.title)), "line": say(kind.sheet.about), "kind": kind,
        "field": field, "errors": [("f-file", error)] if error else [],
        "columns": [Column(label=say(word)) for word in ("列名", "要填吗", "怎么填", "也认这些列名")],
        "rows": [_column_row(one) for one in kind.sheet.columns],
    }  # fmt: skip
    return render(request, "exchange/bring_table.html", context, status=422 if error else 200)


def _brought(request: Request, kind: Kind) -> Any:
    given = request.FILES.get("file")
    if given is None:
        raise Missing(field="file", label="表格文件")
    name, key = given.name or "", key_of(request)
    kept = store.keep(
        by=request.actor, name=name, media_type=media_type(name), chunks=given.chunks(),
        megabytes=values.number("exchange.table_largest_megabytes"), judged=False,
    )  # fmt: skip
    return actions.bring(by=request.actor, key=key, kind=kind.code, digest=kept.digest, name=name)


def _column_row(one: Any) -> Row:
    hint = say(one.hint) if one.hint else "、".join(say(word) for word in list(one.choices.values())[:12])
    return Row(cells=[say(one.header), say("必填") if one.required else say("可不填"), hint, "、".join(one.aliases)])


@page("exchange.table", "tables/<int:pk>", title="表格", permission=SEE)
def one_table(request: Request, pk: int) -> HttpResponse:
    """How far it is, what is wrong, what looks alike, and what can be done."""
    found, kind = queries.batch(for_=request.actor, pk=pk)
    if request.headers.get("HX-Request") and request.GET.get("progress"):
        return _progress(request, found)
    counts = queries.counts(of=found)
    asked = request.GET.get("state", "")
    state = asked if asked in ROW_STATES else next((one for one in ORDER if counts.get(one)), "good")
    after = request.GET.get("after", "")
    rows = queries.rows(of=found, state=state, after=_number(after), limit=ROWS)
    more = f"/tables/{pk}?{urlencode({'state': state, 'after': rows[-1].number})}" if len(rows) == ROWS else ""
    closed = queries.closed_to(for_=request.actor, of=found, kind=kind)
    people = queries.persons(for_=request.actor, rows=rows) if state == "alike" else {}
    _audited(request, found, people)
    shown = _shown_columns(kind, closed)
    context = {
        **_head(request, found, counts),
        "batch": found, "kind": kind, "state_shown": state, "told": [say(unpacked(one)) for one in found.told],
        "filters": [_filter(found, one, counts[one], one == state) for one in ORDER if counts.get(one)],
        "rules": _rules(found, kind, closed) if state == "wrong" and not after else [],
        "columns": [Column(label=say("第几行")), *(Column(label=say(one.header)) for one in shown),
                    Column(label=say("说明"))],
        "rows": [_row(found, one, shown, closed) for one in rows],
        "pairs": [_pair(found, kind, one, closed, people) for one in rows] if state == "alike" else [],
        "more_url": more, "verdicts": {code: say(words) for code, words in VERDICTS.items()},
        "works": request.actor.may(WORK), "own": not closed, **_history(request, found),
    }  # fmt: skip
    continues = request.headers.get("HX-Request") and after
    return render(request, "parts/table_more.html" if continues else "exchange/table.html", context)


def _head(request: Request, found: Batch, counts: dict[str, int]) -> dict[str, Any]:
    return {
        "title": f"T{found.pk} {found.name}", "line": say(kind_of(found.kind).sheet.title),
        "acts": [*take_over_act(found), *_acts(found, counts)] if request.actor.may(WORK) else [],
        "figures": [(say(ROW_STATES[one][0]), counts[one]) for one in ORDER if counts.get(one)],
        "about": [(say("谁送来"), bringer(found)), (say("由谁办"), whose(found)),
                  (say("送来时间"), exact_date(found.brought_at)), (say("一共"), say("{n} 行", n=found.rows))],
        "busy": found.state in BUSY, **_share(found),
        "state": _state(found, counts.get("wrong", 0) + counts.get("alike", 0)),
    }  # fmt: skip


def _history(request: Request, found: Batch) -> dict[str, Any]:
    """What was done with it, newest first."""
    entries = history(f"exchange.Batch:{found.pk}", before=_number(request.GET.get("before", "")) or None)
    older = f"/tables/{found.pk}?before={entries[HISTORY_ROWS - 1].pk}" if len(entries) > HISTORY_ROWS else ""
    return {"history": [(entry, []) for entry in entries[:HISTORY_ROWS]], "older": older}


def _progress(request: Request, found: Batch) -> HttpResponse:
    """The bar alone, asked for every second; the whole page once there is nothing more to wait for."""
    answer = render(request, "exchange/table_progress.html", {"batch": found, "busy": True, "state": _state(found),
                                                              **_share(found)})  # fmt: skip
    if found.state not in BUSY:
        answer["HX-Refresh"] = "true"
    return answer


def _share(found: Batch) -> dict[str, Any]:
    """How much of the present stage is behind, in rows of the sheet and in hundredths."""
    past = min(found.reached, found.rows)
    past = found.rows - past if found.state == "undoing" and past else past
    return {"past": past, "share": past * 100 // found.rows if found.rows else 0}


def _acts(found: Batch, counts: dict[str, int]) -> list[Act]:
    at = f"/tables/{found.pk}"
    if found.state in BUSY:
        return [Act(word=say("停下"), post=f"{at}/cancel", kind="danger")]
    acts = []
    if found.state in ("checked", "cancelled", "stopped") and (counts.get("good") or counts.get("read")):
        words = say("收进 {n} 行", n=counts.get("good", 0)) if found.state == "checked" else say("继续")
        acts.append(Act(word=words, post=f"{at}/run", kind="primary"))
    if found.state in ("checked", "cancelled", "done") and counts.get("wrong"):
        acts.append(Act(word=say("整列填写"), href=f"{at}/fill"))
    if found.state in ("done", "cancelled", "stopped", "checked"):
        if any(counts.get(one) for one in ("wrong", "alike", "known")):
            acts.append(Act(word=say("重新检查"), post=f"{at}/recheck"))
        words = say("撤销整张表") if counts.get("applied") else say("不要这张表了")
        acts.append(Act(word=words, href=f"{at}/undo", kind="danger"))
    return acts


def _filter(found: Batch, state: str, count: int, current: bool) -> Option:
    return Option(value=state, label=say(ROW_STATES[state][0]), count=count, current=current,
                  href=f"/tables/{found.pk}?{urlencode({'state': state})}")  # fmt: skip


def _rules(found: Batch, kind: Kind, closed: frozenset[str]) -> list[tuple[str, int]]:
    return [_rule(one, kind, closed) for one in queries.rules(of=found)]


def _rule(one: queries.Rule, kind: Kind, closed: frozenset[str]) -> tuple[str, int]:
    column = next((column for column in kind.sheet.columns if column.header == one.header), None)
    problem = Problem.from_json({"field": column.field if column else "", "header": one.header, "value": "",
                                 "rule": one.rule, "facts": one.facts})  # fmt: skip
    return _said(problem, closed), one.count


def _shown_columns(kind: Kind, closed: frozenset[str]) -> list[Any]:
    """What names a row to a human: the first columns that are open to the reader."""
    return [one for one in kind.sheet.columns if one.field not in closed][:SHOWN_COLUMNS]


def _cells(found: Batch, one: BatchRow, shown: list[Any]) -> list[str]:
    cells = one.mended or one.cells
    places = [found.heading.get(column.field, -1) for column in shown]
    return [cells[place] if 0 <= place < len(cells) else "" for place in places]


def _row(found: Batch, one: BatchRow, shown: list[Any], closed: frozenset[str]) -> Row:
    note = one.note if not closed else say("说明只给送表的人看") if one.note else ""
    words = "；".join(_said(problem, closed) for problem in problems_of(one)) or note
    href = f"/tables/{found.pk}/rows/{one.number}" if one.state in ("wrong", "alike") else ""
    return Row(cells=[Cell(text=str(one.number), href=href), *_cells(found, one, shown), words])


def _said(problem: Problem, closed: frozenset[str]) -> str:
    """What is wrong; of a clinical cell that the reader may not see, the rule without anything that stood there."""
    if problem.field in closed:
        return f"{say(problem.header)}：{FACT.sub('…', QUOTED.sub('“…”', problem.rule))}"
    return problem.says if problem.header else problem.why


def _pair(found: Batch, kind: Kind, one: BatchRow, closed: frozenset[str], people: dict[int, Any]) -> dict[str, Any]:
    """A row beside the registrations that it may be."""
    told = [one for one in kind.sheet.columns if one.field in found.heading and one.field not in closed]
    cells = one.mended or one.cells
    held = [(say(column.header), cells[found.heading[column.field]]) for column in told
            if found.heading[column.field] < len(cells) and cells[found.heading[column.field]].strip()]  # fmt: skip
    return {
        "number": one.number, "held": held,
        "others": [(other["why"], people[other["resident"]]) for other in one.alike if other["resident"] in people],
    }  # fmt: skip


def _audited(request: Request, found: Batch, people: dict[int, Any]) -> None:
    """A sheet names people whom nobody has registered yet: looking at another's is kept as well."""
    trail.saw(
        by=request.actor, page="exchange.table", sentence="查看送来的表", persons=list(people), basis="registered",
        subject=f"exchange.Batch:{found.pk}", nobody=True,
    )  # fmt: skip


@page("exchange.run_table", "tables/<int:pk>/run", title="收进", permission=WORK, writes=True)
def run(request: Request, pk: int) -> HttpResponse:
    """Set it going."""
    _posted(request)
    return done(request, actions.run(by=request.actor, key=key_of(request), batch_id=pk))


@page("exchange.recheck_table", "tables/<int:pk>/recheck", title="重新检查", permission=WORK, writes=True)
def recheck(request: Request, pk: int) -> HttpResponse:
    """Look again at what is not in: people and institutions may be there by now."""
    _posted(request)
    return done(request, actions.recheck(by=request.actor, key=key_of(request), batch_id=pk))


@page("exchange.cancel_table", "tables/<int:pk>/cancel", title="停下", permission=WORK, writes=True)
def cancel(request: Request, pk: int) -> HttpResponse:
    """Stop it where it is."""
    _posted(request)
    return done(request, actions.cancel(by=request.actor, key=key_of(request), batch_id=pk))


def _posted(request: Request) -> None:
    if request.method != "POST":
        raise NotFound


class UndoForm(ActForm):
    """Why."""

    why = forms.CharField(label="撤销的理由", max_length=200, help_text="例如送错了表")


@page("exchange.undo_table", "tables/<int:pk>/undo", title="撤销整张表", permission=WORK, writes=True)
def undo(request: Request, pk: int) -> HttpResponse:
    """Take back everything that the sheet has brought and nobody has used."""
    found, _kind = queries.batch(for_=request.actor, pk=pk)
    return act_by_form(
        request, UndoForm, title=say("撤销整张表"), line=found.name, back=f"/tables/{pk}", word=say("撤销"),
        act=lambda given, key: actions.undo(by=request.actor, key=key, batch_id=pk, why=given["why"]),
    )  # fmt: skip


@page("exchange.decide_row", "tables/<int:pk>/decide", title="决定是否同一人", permission=WORK, writes=True)
def decide(request: Request, pk: int) -> HttpResponse:
    """One row, or all that are left."""
    _posted(request)
    verdict, number = request.POST.get("verdict", ""), request.POST.get("number", "")
    if _number(number):
        return done(request, actions.decide(by=request.actor, key=key_of(request), batch_id=pk, number=int(number),
                                            verdict=verdict))  # fmt: skip
    return done(request, actions.decide_rest(by=request.actor, key=key_of(request), batch_id=pk, verdict=verdict))


@page("exchange.fill_column", "tables/<int:pk>/fill", title="整列填写", permission=WORK, writes=True)
def fill(request: Request, pk: int) -> HttpResponse:
    """One value for every empty cell of a column, or for a column that the sheet does not have."""
    found, kind = queries.batch(for_=request.actor, pk=pk)

    class FillForm(ActForm):
        column = forms.ChoiceField(label="列", choices=[(one.field, one.header) for one in kind.sheet.columns])
        text = forms.CharField(label="填什么", max_length=200, help_text="只填进空着的格子，已有内容的不动")

    return act_by_form(
        request, FillForm, title=say("整列填写"), line=found.name, back=f"/tables/{pk}", word=say("填上并重新检查"),
        act=lambda given, key: actions.fill(
            by=request.actor, key=key, batch_id=pk, field=given["column"], text=given["text"]
        ),
    )  # fmt: skip


@page("exchange.mend_row", "tables/<int:pk>/rows/<int:number>", title="改正一行", permission=WORK, writes=True)
def mend(request: Request, pk: int, number: int) -> HttpResponse:
    """The row as a form: each column with its cell, and what is wrong with it beside it; refused, as it was typed."""
    found, kind = queries.batch(for_=request.actor, pk=pk)
    one = queries.row(of=found, number=number)
    closed = queries.closed_to(for_=request.actor, of=found, kind=kind)
    _audited(request, found, {})
    columns = [column for column in kind.sheet.columns if column.field not in closed and column.field in found.heading]
    if request.method != "POST":
        return _mending(request, found, one, columns, closed)
    given = {column.field: request.POST[column.field] for column in columns if column.field in request.POST}
    try:
        return done(request, actions.mend(by=request.actor, key=key_of(request), batch_id=pk, number=number,
                                          cells=given, seen=request.POST.get("seen", "")))  # fmt: skip
    except Refusal as refusal:
        return _mending(request, found, one, columns, closed, given=given, refusal=refusal)


def _mending(
    request: Request, found: Batch, one: BatchRow, columns: list[Any], closed: frozenset[str], *,
    given: Mapping[str, str] = MappingProxyType({}), refusal: Refusal | None = None,
) -> HttpResponse:  # fmt: skip
    """The form of a row as it stands; after a refusal with what was typed, and beside it what stands there now."""
    wrong: dict[str, list[str]] = {"": [refusal.sentence]} if refusal else {}
    for problem in problems_of(one):
        if problem.field not in closed:
            wrong.setdefault(problem.field, []).append(problem.why)
    cells = _cells(found, one, columns)
    context = {
        "title": say("改正第 {n} 行", n=one.number), "line": found.name, "back": f"/tables/{found.pk}",
        "word": say("改正并重新检查"), "seen": actions.print_of(one),
        "fields": [
            Field(name=column.field, label=say(column.header), value=given.get(column.field, cell),
                  help=_beside(column, cell, given), required=column.required,
                  error=" ".join(wrong.get(column.field, ())))
            for column, cell in zip(columns, cells, strict=True)
        ],
        "errors": [(f"f-{name}" if name else "", word) for name, words in wrong.items() for word in words],
    }  # fmt: skip
    return render(request, "register/form.html", context, status=refusal.status if refusal else 200)


def _beside(column: Any, cell: str, given: Mapping[str, str]) -> str:
    if given.get(column.field, cell) != cell:
        return say("表里现在是“{text}”", text=cell)
    return say(column.hint) if column.hint else ""
