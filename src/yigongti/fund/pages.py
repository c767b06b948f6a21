"""Pages of the fund: a month's sums by where care was given, the claims behind them, one claim with its versions."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.fund import drawn, queries
from yigongti.fund.models import Claim
from yigongti.fund.queries import LINES, SUMS, Asked
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.downloads import table_file
from yigongti.kernel.pages.parts import Act, Column, Option
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date
from yigongti.residents.queries.masked import shown_to


ROWS = 50
MONTHS = 24
"""So many months stand as chips; what is older is behind a chip of its own."""
CARES = {"bed": "住院", "visit": "门诊", "pharmacy": "药店", "": "全部（含药店）"}
FILTERS = ("area", "level", "care", "matched")


@page(SUMS, "fund", title="医保结算", menu=40, icon="chart")
def sums(request: Request) -> HttpResponse:
    """A month by where care was given: numerator, denominator, coverage, and as of when."""
    actor = request.actor
    months, newer = _shown_months(request)
    month = _month(request, months)
    context: dict[str, Any] = {"title": say("医保结算"), "months": _months("/fund", month, months, newer), "bed": None}
    if month and queries.months(for_=actor, most=1, before=_after(month)) == [month]:
        context |= _of_month(actor, month)
    elif month:
        context["coverage"] = [say("{month} 没有收到结算数据。", month=f"{month:%Y-%m}")]
    return render(request, "fund/sums.html", context)


def _of_month(actor: Actor, month: date) -> dict[str, Any]:
    covered = queries.coverage(for_=actor, month=month)
    by_care = queries.sums_by_care(for_=actor, month=month)
    found = [by_care[care] for care in CARES]
    said = drawn.coverage(covered, found[-1])
    shown = found if actor.may(LINES) else drawn.safe(found)
    if shown is None:
        return {"coverage": [*said, say("例数太少的数字不显示，以免认出个人。")], "tables": [], "figures": []}
    lines = f"/fund/claims?{urlencode({'month': f'{month:%Y-%m}'})}" if actor.may(LINES) else ""
    return {
        "coverage": said, "lines": lines, "figures": drawn.figures(shown[0], shown[-1], covered, month),
        "tables": [
            (say(title), drawn.sum_columns(), drawn.sum_rows(rows))
            for title, rows in zip(CARES.values(), shown, strict=True)
        ],
    }  # fmt: skip


def _shown_months(request: Request) -> tuple[list[date], bool]:
    """The newest months and one more; where an older one is asked for, those from it on, and that there are newer."""
    newest = queries.months(for_=request.actor, most=MONTHS + 1)
    asked = _read_month(request.GET.get("month", ""))
    if asked is None or len(newest) <= MONTHS or asked > newest[MONTHS]:
        return newest, False
    return queries.months(for_=request.actor, most=MONTHS + 1, before=_after(asked)), True


def _read_month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01") if len(text) == 7 and text[:4] < "9999" else None
    except ValueError:
        return None


def _after(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def _month(request: Request, months: list[date]) -> date | None:
    """The month asked for, whether there are claims of it or not; where none is, the newest that is over: of the one
    under way a first few claims would be read as its figures."""
    over = (one for one in months if _after(one) <= clock.today())
    return _read_month(request.GET.get("month", "")) or next(over, months[0] if months else None)


def _months(
    address: str, month: date | None, months: list[date], newer: bool, more: dict[str, str] | None = None
) -> list[Option]:
    """A chip a month; where there are older ones yet, they begin with the last chip, and what is older leads back."""
    labels = {one: f"{one:%Y-%m}" for one in months[:MONTHS]} | dict.fromkeys(months[MONTHS:], say("更早的"))
    found = [
        Option(value=f"{one:%Y-%m}", label=label, current=one == month,
               href=f"{address}?{urlencode({'month': f'{one:%Y-%m}', **(more or {})})}")
        for one, label in labels.items()
    ]  # fmt: skip
    newest = Option(value="", label=say("最新的"), href=f"{address}?{urlencode(more)}" if more else address)
    return [newest, *found] if newer else found


@page(LINES, "fund/claims", title="结算明细")
def claims(request: Request) -> HttpResponse:
    """The claims of a month, persons masked, with the sums of what is asked for."""
    actor = request.actor
    months, newer = _shown_months(request)
    asked = _asked(request, months)
    found, more = _page_of(request, asked) if asked else ([], "")
    _note(request, "fund.claims", "查看医保结算明细", found)
    chosen = {name: getattr(asked, name) for name in FILTERS} if asked else {}
    context = {
        "title": say("结算明细"),
        "months": _months("/fund/claims", asked.month if asked else None, months, newer, _said(chosen)),
        "filters": drawn.filters("/fund/claims", asked),
        "columns": [Column(label=say(label), numeric=label in drawn.MONEY) for label in drawn.COLUMNS[: drawn.LISTED]],
        "rows": [drawn.line(one, shown) for one, shown in _with_persons(request, found)],
        "more_url": more,
        "sums": drawn.sum_line(queries.sums(for_=actor, asked=asked)) if asked else "",
        "acts": _acts(asked) if asked else [],
    }
    continues = request.headers.get("HX-Request") and request.GET.get("after")
    return render(request, "parts/table_more.html" if continues else "fund/claims.html", context)


def _acts(asked: Asked) -> list[Act]:
    whole = f"/fund?{urlencode({'month': f'{asked.month:%Y-%m}'})}"
    return [
        Act(word=say("导出 CSV"), href=_address("/fund/claims.csv", asked), kind="quiet", icon="download"),
        Act(word=say("回到汇总"), href=whole, kind="quiet"),
    ]


def _asked(request: Request, months: list[date]) -> Asked | None:
    month = _month(request, months)
    known = drawn.CHOICES
    chosen = {name: request.GET.get(name, "") for name in FILTERS}
    return Asked(month=month, **{n: v if v in known[n] else "" for n, v in chosen.items()}) if month else None


def _page_of(request: Request, asked: Asked) -> tuple[list[Claim], str]:
    after = _place(request.GET.get("after", ""))
    found = queries.claims(for_=request.actor, asked=asked, after=after, limit=ROWS + 1)
    last = found[ROWS - 1] if len(found) > ROWS else None
    return found[:ROWS], _address("/fund/claims", asked, after=f"{last.settled_on}_{last.pk}") if last else ""


def _place(after: str) -> tuple[date, int] | None:
    day, _, pk = after.partition("_")
    try:
        return (date.fromisoformat(day), row_number(pk)) if row_number(pk) else None
    except ValueError:
        return None


def _address(route: str, asked: Asked, **more: str) -> str:
    given = {"month": f"{asked.month:%Y-%m}", **{name: getattr(asked, name) for name in FILTERS}, **more}
    return f"{route}?{urlencode(_said(given))}"


def _said(given: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in given.items() if value}


def _with_persons(request: Request, found: list[Claim]) -> list[tuple[Claim, Any]]:
    persons = shown_to(for_=request.actor, ids=[one.resident_id for one in found if one.resident_id])
    return [(one, persons.get(one.resident_id or 0)) for one in found]


def _note(request: Request, code: str, sentence: str, found: list[Claim], subject: str = "") -> None:
    persons = [one.resident_id for one in found if one.resident_id]
    trail.saw(by=request.actor, page=code, sentence=f"{sentence}（已遮）", persons=persons, basis="masked",
              subject=subject)  # fmt: skip


@page("fund.export", "fund/claims.csv", title="结算明细", permission=LINES)
def export(request: Request) -> Any:
    """What the list shows, whole, for the spreadsheet: masked as on the screen."""
    actor = request.actor
    asked = _asked(request, queries.months(for_=actor, most=1))
    facts = {"month": f"{asked.month:%Y-%m}", **{n: getattr(asked, n) for n in FILTERS}} if asked else {}
    rows = queries.every_claim(for_=actor, asked=asked) if asked else Claim.objects.none()

    def taken(count: int) -> None:
        trail.wrote(by=actor, action="fund.export", sentence="导出医保结算明细（已遮）。",
                    facts={**facts, "rows": count})  # fmt: skip

    lines = drawn.file_lines(rows.iterator(chunk_size=500), actor)
    return table_file(request, name="fund-claims", lines=lines, taken=taken)


@page("fund.claim", "fund/claims/<int:pk>", title="一笔结算", permission=LINES)
def claim(request: Request, pk: int) -> HttpResponse:
    """One claim as settled, masked, with its versions."""
    found, same = queries.claim(for_=request.actor, pk=pk)
    _note(request, "fund.claim", "查看一笔医保结算", [found], f"fund.Claim:{pk}")
    ((_, shown),) = _with_persons(request, [found])
    context = {
        "title": say("结算 {number}", number=found.number),
        "state": drawn.standing(found),
        "pairs": drawn.pairs(found, shown, for_=request.actor),
        "amounts": drawn.amounts(found),
        "columns": [Column(label=say(label)) for label in ("版本", "收进", "来源", "状态", "撤回的理由")],
        "rows": [drawn.version(one, exact_date(one.taken_in_at)) for one in same],
        "back": _address("/fund/claims", Asked(month=found.month)),
    }
    return render(request, "fund/claim.html", context)
