"""The pages of every register: list with search, filter and more; form; one row with its history; export."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import render

from yigongti.kernel.action.gate import Gated
from yigongti.kernel.audit import trail
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.downloads import table_file
from yigongti.kernel.pages.form_pages import said
from yigongti.kernel.pages.parts import Act, Cell, Column, Option, Row, State
from yigongti.kernel.pages.posting import done, errors_of, key_of
from yigongti.kernel.pages.register_rows import Register
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound, Refusal


PAGE_ROWS = 50
HISTORY_ROWS = 50


def open_pages(made: Register, save: Gated[Any]) -> None:
    """Register the five pages of a register; what the form says passes `save`."""

    @page(made.code, made.route, title=made.title, permission=made.may_read, menu=made.menu, icon=made.icon)
    def rows(request: Request) -> HttpResponse:
        return _list(request, made)

    @page(f"{made.code}.export", f"{made.route}.csv", title=made.title, permission=made.may_read)
    def export(request: Request) -> Any:
        return _export(request, made)

    @page(f"{made.code}.new", f"{made.route}/new", title=made.title, permission=made.may_write, writes=True)
    def new(request: Request) -> HttpResponse:
        return _form(request, made, save, "")

    @page(f"{made.code}.row", f"{made.route}/<str:pk>", title=made.title, permission=made.may_read)
    def row(request: Request, pk: str) -> HttpResponse:
        return _row(request, made, pk)

    @page(
        f"{made.code}.edit",
        f"{made.route}/<str:pk>/edit",
        title=made.title,
        permission=made.may_write,
        writes=True,
    )
    def edit(request: Request, pk: str) -> HttpResponse:
        return _form(request, made, save, pk)


# --- list


def _list(request: Request, made: Register) -> HttpResponse:
    actor = request.actor
    text, chosen = _asked(request, made)
    rows = made.found(for_=actor, text=text, chosen=chosen)
    if request.GET.get("after"):
        rows = rows.filter(made.beyond(_mark(request.GET["after"])))
    page_rows = list(rows[: PAGE_ROWS + 1])
    more = _more(request, made, page_rows[PAGE_ROWS - 1]) if len(page_rows) > PAGE_ROWS else ""
    context = {
        "register": made,
        "title": say(made.title),
        "columns": [Column(label=say(label)) for label in made.columns.values()],
        "rows": [
            *(_table_row(made, row) for row in page_rows[:PAGE_ROWS]),
            *([] if more else _shipped(made, text, chosen)),
        ],
        "more_url": more,
        "text": text,
        "chosen": {name: value for name, value in chosen.items() if value},
        "filters": [(say(made.columns.get(name, name)), _chips(request, made, name, chosen)) for name in made.filters],
        "acts": _list_acts(request, made),
        "tabs": made.tabs(actor, made.code.rpartition(".")[2]) if made.tabs else [],
    }
    continues = request.headers.get("HX-Request") and request.GET.get("after")
    return render(request, "parts/table_more.html" if continues else "register/list.html", context)


def _shipped(made: Register, text: str, chosen: Mapping[str, str]) -> list[Row]:
    """What holds without anybody having entered it, below the last of what was entered."""
    return made.shipped(text, chosen) if made.shipped else []


def _asked(request: Request, made: Register) -> tuple[str, dict[str, str]]:
    chosen = {name: request.GET.get(name, "") for name in made.filters}
    known = {
        name: value if value in {str(code) for code in made.words.get(name, {})} else ""
        for name, value in chosen.items()
    }
    return request.GET.get("q", "")[:60], known


def _table_row(made: Register, row: Any) -> Row:
    names = list(made.columns)
    warnings = made.warns(row) if made.warns else []
    state = State(word=warnings[0], kind="soon") if warnings else None
    first = Cell(text=made.shown(row, names[0]) or str(row), href=f"/{made.route}/{row.pk}", state=state)
    return Row(cells=[first, *(made.shown(row, name) for name in names[1:])])


def _chips(request: Request, made: Register, name: str, chosen: Mapping[str, str]) -> list[Option]:
    codes = {"": "全部", **{str(code): words for code, words in made.words.get(name, {}).items() if code != ""}}
    return [
        Option(
            value=code, label=say(words), href=_address(request, {**chosen, name: code}), current=code == chosen[name]
        )
        for code, words in codes.items()
    ]


def _address(request: Request, chosen: Mapping[str, str], **extra: str) -> str:
    asked = {"q": request.GET.get("q", ""), **chosen, **extra}
    said = urlencode({name: value for name, value in asked.items() if value})
    return f"{request.path}?{said}" if said else request.path


def _more(request: Request, made: Register, last: Any) -> str:
    mark = json.dumps(made.mark(last))
    chosen = {name: request.GET.get(name, "") for name in made.filters}
    return _address(request, chosen, after=base64.urlsafe_b64encode(mark.encode()).decode())


def _mark(after: str) -> list[str]:
    try:
        mark = json.loads(base64.urlsafe_b64decode(after.encode()))
    except (ValueError, RecursionError):
        raise NotFound from None
    if not isinstance(mark, list):
        raise NotFound
    return [str(value) for value in mark]


def _list_acts(request: Request, made: Register) -> list[Act]:
    export = _address(request, {name: request.GET.get(name, "") for name in made.filters})
    acts = [
        Act(
            word=say("导出 CSV"),
            href=export.replace(request.path, f"/{made.route}.csv", 1),
            kind="quiet",
            icon="download",
        )
    ]
    if request.actor.may(made.may_write):
        acts.insert(0, Act(word=say("新登记"), href=f"/{made.route}/new", kind="primary", icon="plus"))
    return acts


# --- export


def _export(request: Request, made: Register) -> FileResponse:
    actor = request.actor
    text, chosen = _asked(request, made)
    rows = made.found(for_=actor, text=text, chosen=chosen)

    def taken(count: int) -> None:
        trail.wrote(by=actor, action=f"{made.code}.export", sentence=f"导出{made.title}。",
                    facts={"q": text, **chosen, "rows": count})  # fmt: skip

    return table_file(request, name=made.code, lines=_lines(made, rows, text, chosen), taken=taken)


def _lines(made: Register, rows: QuerySet[Any], text: str, chosen: Mapping[str, str]) -> Iterator[list[str]]:
    """Head and rows; what holds unless a row says otherwise stands below, as in the list."""
    yield [say(label) for label in made.columns.values()]
    for row in rows.iterator(chunk_size=500):
        yield [made.shown(row, name) for name in made.columns]
    for line in _shipped(made, text, chosen):
        yield [cell.text if isinstance(cell, Cell) else cell for cell in line.cells]


# --- one row


def _row(request: Request, made: Register, pk: str) -> HttpResponse:
    actor = request.actor
    row = made.row(for_=actor, pk=pk)
    form = made.form(actor=actor, instance=row)
    pairs = [(say(str(f.label)), made.shown(row, name)) for name, f in form.fields.items()]
    pairs += made.about(row) if made.about else []
    before = request.GET.get("before", "")
    entries = history(made.subject(row), before=row_number(before) or None)
    acts = list(made.acts(actor, row)) if made.acts else []
    writable = made.model._default_manager.filter(made.mine(actor), pk=row.pk)
    if actor.may(made.may_write) and writable.exists():
        acts.insert(0, Act(word=say("修改"), href=f"/{made.route}/{row.pk}/edit", kind="primary"))
    context = {
        "register": made,
        "title": str(row),
        "line": say(made.title),
        "pairs": pairs,
        "acts": acts,
        "warnings": [State(word=words, kind="soon") for words in (made.warns(row) if made.warns else ())],
        "history": [(entry, _said_changes(made, entry)) for entry in entries[:HISTORY_ROWS]],
        "older": f"{request.path}?before={entries[HISTORY_ROWS - 1].pk}" if len(entries) > HISTORY_ROWS else "",
    }
    return render(request, "register/row.html", context)


def history(subject: str, *, before: int | None = None) -> list[Entry]:
    """What was written about a subject, newest first; one more than a page, to know whether there is more."""
    entries = Entry.objects.filter(subject=subject, kind="write")
    if before is not None:
        entries = entries.filter(pk__lt=before)
    return list(entries.order_by("-id")[: HISTORY_ROWS + 1])


def _said_changes(made: Register, entry: Entry) -> list[tuple[str, str, str]]:
    changed = entry.facts.get("changed", {}) if isinstance(entry.facts, dict) else {}
    labels = {name: str(f.label) for name, f in made.form.base_fields.items()}
    return [(say(labels.get(name, name)), old, new) for name, (old, new) in changed.items()]


# --- form


def _form(request: Request, made: Register, save: Gated[Any], pk: str) -> HttpResponse:
    actor = request.actor
    row = made.row(for_=actor, pk=pk, writing=True) if pk else None
    if request.method != "POST":
        start = {name: request.GET[name] for name in made.form.base_fields if name in request.GET}
        form = made.form(actor=actor, instance=row, initial=start)
        return _form_page(request, made, row, form, {}, 200)
    values = {name: str(value) for name, value in request.POST.items() if _asked_for(made, name)}
    try:
        receipt = save(by=actor, key=key_of(request), row=pk, seen=request.POST.get("seen", ""), values=values)
    except Refusal as refusal:
        form = made.form(values, actor=actor, instance=row)
        form.is_valid()
        return _form_page(request, made, row, form, errors_of(refusal), refusal.status)
    return done(request, receipt)


def _asked_for(made: Register, name: str) -> bool:
    return any(name in (field, f"{field}_text", f"{field}_choice") for field in made.form.base_fields)


def _form_page(
    request: Request, made: Register, row: Any, form: Any, errors: dict[str, list[str]], status: int
) -> HttpResponse:
    if row is not None and form.is_bound:
        row = made.model._default_manager.get(pk=row.pk)  # the form has written its values into the one it was given
    context = {
        "register": made,
        "title": f"{say('修改')} {row}" if row is not None else f"{say('新登记')}：{say(made.title)}",
        **said(form, errors),
        "seen": made.seen(row) if row is not None else "",
        "back": f"/{made.route}/{row.pk}" if row is not None else f"/{made.route}",
    }
    return render(request, "register/form.html", context, status=status)
