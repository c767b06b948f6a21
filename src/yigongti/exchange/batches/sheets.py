"""Files that go out: a kind's template, and a sheet as it was brought with what is wrong beside its cells."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

from django.http import HttpResponse

from yigongti.exchange.batches import queries
from yigongti.exchange.batches.checking import problems_of
from yigongti.exchange.batches.kept_as import CSV, EXCEL
from yigongti.exchange.batches.kinds import kind_of
from yigongti.exchange.batches.models import Batch, BatchRow
from yigongti.exchange.tables.lines import Line
from yigongti.exchange.tables.problems import Problem
from yigongti.exchange.tables.writing import marked, template, template_csv
from yigongti.kernel.audit import trail
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotAllowed, NotFound


BLOCK = 2000


@page("exchange.table_template", "tables/bring/<slug:code>/template.<slug:form>", title="表格模板",
      permission="exchange.tables")  # fmt: skip
def blank(request: Request, code: str, form: str) -> HttpResponse:
    """The template, as a workbook or as a line of headers."""
    kind = kind_of(code)
    request.actor.require(kind.permission)
    if form not in ("xlsx", "csv"):
        raise NotFound
    content, kept = (template(kind.sheet), EXCEL) if form == "xlsx" else (template_csv(kind.sheet), CSV)
    answer = HttpResponse(content, content_type=kept)
    answer["Content-Disposition"] = _attached(f"{kind.sheet.title}模板.{form}")
    return answer


@page("exchange.marked_table", "tables/<int:pk>/marked.xlsx", title="带问题说明的表格", permission="exchange.tables")
def with_problems(request: Request, pk: int) -> HttpResponse:
    """Every row that is not in yet, cell for cell, with its problems: to be put right and brought again."""
    found, kind = queries.batch(for_=request.actor, pk=pk)
    if queries.closed_to(for_=request.actor, of=found, kind=kind):
        raise NotAllowed(who=request.actor.role.title, what="带问题说明的表格", rule="临床内容只给送表的人")
    target = Path(tempfile.mkstemp(suffix=".xlsx")[1])
    marked(found.head, _lines(found), path_or_file=target)
    trail.wrote(by=request.actor, action="exchange.marked_table", sentence="下载带问题说明的表格",
                subject=f"exchange.Batch:{pk}")  # fmt: skip
    answer = HttpResponse(target.read_bytes(), content_type=EXCEL)
    target.unlink()
    answer["Content-Disposition"] = _attached(f"{Path(found.name).stem}（问题）.xlsx")
    return answer


def _lines(found: Batch) -> Iterator[tuple[Line, Sequence[Problem]]]:
    """Row after row, some thousands at a time: a county's register does not fit in memory twice."""
    after = 0
    while True:
        rows = list(
            BatchRow.objects.filter(batch=found, number__gt=after, state__in=("wrong", "alike")).order_by("number")[
                :BLOCK
            ]
        )
        for row in rows:
            yield Line(row.number, tuple(row.mended or row.cells)), problems_of(row) or [_note(row)]
        if len(rows) < BLOCK:
            return
        after = rows[-1].number


def _note(row: BatchRow) -> Problem:
    words = row.note or "；".join(str(one["why"]) for one in row.alike)
    return Problem("", "", "", words.replace("{", "（").replace("}", "）") or "像已登记的人")


def _attached(name: str) -> str:
    return f"attachment; filename*=UTF-8''{quote(name)}"
