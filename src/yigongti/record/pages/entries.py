"""One entry: what it says, its earlier versions, what belongs to the same encounter, and its file."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from yigongti.kernel.files import store
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.parts import Act
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound
from yigongti.record import queries, shown
from yigongti.record.pages import attachments, costs, orders
from yigongti.record.pages.person import about, saw
from yigongti.record.policy.kinds import KINDS
from yigongti.record.queries import Opened, Row
from yigongti.record.seeing import own_institution


# Shown in the browser as they are; anything else is only ever downloaded, so that no stored file runs here.
SHOWN_IN_PLACE = frozenset({"application/pdf", "image/jpeg", "image/png", "text/plain"})


@page("record.entry", "record/entries/<int:entry_id>", title="记录详情", permission="record.read")
def entry(request: Request, entry_id: int) -> HttpResponse:
    """An entry with its whole history."""
    opened, row = queries.entry(for_=request.actor, entry_id=entry_id)
    versions = queries.versions(for_=request.actor, opened=opened, entry_id=entry_id)
    children = queries.of_encounter(for_=request.actor, opened=opened, entry_id=entry_id)
    context = {
        **about(opened),
        "row": row,
        "title": shown.title_of(row),
        "kind": KINDS[row.kind],
        "mark": shown.marks_of(row),
        "facts": _facts(row),
        "versions": [(one, shown.title_of(one), shown.detail_of(one), shown.marks_of(one)) for one in versions],
        "children": [shown.on_timeline(child) for child in children],
        **costs.shown(request.actor, opened, row),
        **attachments.drawn(request, opened, row),
        "acts": _acts(request, row),
        "answers": _answers(request, opened, row),
        "newest": versions[0] if versions else row,
    }
    saw(request, opened, page="record.entry", sentence="查阅记录详情", subject=f"record.Entry:{entry_id}")
    return render(request, "record/entry.html", context)


@page("record.file", "record/entries/<int:entry_id>/file", title="文书原件", permission="record.read")
def original(request: Request, entry_id: int) -> HttpResponse:
    """The bytes of a document, under the name it was given."""
    opened, row = queries.entry(for_=request.actor, entry_id=entry_id)
    if "digest" not in row.detail:
        raise NotFound
    content = store.read(row.detail["digest"])
    saw(request, opened, page="record.file", sentence="查阅文书原件", subject=f"record.Entry:{entry_id}")
    media_type = row.detail.get("media_type", "")
    in_place = media_type in SHOWN_IN_PLACE
    response = HttpResponse(content, content_type=media_type if in_place else "application/octet-stream")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response.headers["Content-Disposition"] = _disposition(row, in_place=in_place)
    return response


def _disposition(row: Row, *, in_place: bool) -> str:
    return content_disposition_header(not in_place, row.detail.get("name") or "file") or "attachment"


def _facts(row: Row) -> list[tuple[str, str]]:
    kind = KINDS[row.kind]
    named = [
        (say(part.label), shown.said_part(part, row.detail[part.name]))
        for part in kind.parts
        if row.detail.get(part.name)
    ]
    ends = [(say(kind.ends or "结束时间"), f"{row.until:%Y-%m-%d %H:%M}")] if row.until else []
    code = [(say("编码"), f"{row.code} {row.system}")] if row.code and row.kind != "observation" else []
    return [
        (say(kind.when), f"{row.at:%Y-%m-%d %H:%M}"),
        *ends,
        *named,
        *code,
        (say("机构"), shown.place_of(row)),
        (say("书写者"), row.author),
        (say("录入时间"), f"{row.entered_at:%Y-%m-%d %H:%M}"),
        (say("来源"), shown.source_of(row)),
    ]


def _answers(request: Request, opened: Opened, row: Row) -> list[tuple[str, str]]:
    """The report that answers an order, the order that a report answers: as far as they may be seen."""
    named = {row.detail.get("images"): "看影像", row.detail.get("report"): "看报告", row.detail.get("order"): "看申请"}
    ids = [key for key in named if isinstance(key, int)]
    found = queries.entries_by_ids(for_=request.actor, ids=ids, basis=opened.basis.code) if ids else []
    return [
        (say("{word}：{title}", word=say(named[one.id]), title=shown.title_of(one)), f"/record/entries/{one.id}")
        for one in found
    ]


def _acts(request: Request, row: Row) -> list[Act]:
    """Correct and withdraw, where it was written and while it is the newest version."""
    found = []
    if "digest" in row.detail:
        found.append(Act(word=say("打开原件"), href=f"/record/entries/{row.id}/file", kind="primary", icon="document"))
    if row.kind == "encounter" and row.replaced_by_id is None and request.actor.may("record.add"):
        base = f"/residents/{row.resident_id}/record"
        found.append(Act(word=say("在这次就诊下记测量"), href=f"{base}/observe?encounter={row.id}", icon="chart"))
        found.append(Act(word=say("在这次就诊下加一条"), href=f"{base}/add?encounter={row.id}", icon="plus"))
    newest = row.replaced_by_id is None and not row.withdrawn
    if row.kind == "order":
        return orders.acts(request, row) if newest else []
    if newest and request.actor.may("record.correct") and row.institution_id == own_institution(request.actor):
        found.append(Act(word=say("更正"), href=f"/record/entries/{row.id}/correct", icon="document"))
        found.append(Act(word=say("撤销"), href=f"/record/entries/{row.id}/withdraw", kind="quiet", icon="undo"))
    return found
