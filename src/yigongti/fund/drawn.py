"""Claims and their sums as the parts draw them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from yigongti.fund.models import AMOUNTS, Claim
from yigongti.fund.policy import codes
from yigongti.fund.queries import Asked, Coverage, Sums
from yigongti.fund.told import LABELS, UNMATCHED, yuan
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.parts import Cell, Column, Figure, Option, Row, State
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.parameters import values
from yigongti.record.queries import classes_of_diagnosis
from yigongti.residents.queries.masked import Shown, masked_name, shown_to


AREAS = {one.code: one.label for one in codes.area.entries}
ELSEWHERE = "elsewhere"
PLACES = {**AREAS, ELSEWHERE: "县外"}
CHOICES: dict[str, Mapping[str, str]] = {
    "area": {"": "全部就医地", **AREAS},
    "care": {"": "全部就医类别", "bed": "住院", "visit": "门诊", "pharmacy": "药店"},
    "level": {"": "全部级别", **{one.code: one.label for one in codes.level.entries}},
    "matched": {"": "对没对到居民都看", "yes": "已对到居民", "no": "没有对到居民"},
}
COLUMNS = ("结算编号", "居民", "就医机构", "就医地", "就医类别", "结算日期", "总费用", "基金支付", "个人支付", "状态",
           "参保类别", "入院日期", "出院日期")  # fmt: skip
LISTED = 10
"""So many of them stand on the screen; an export holds all."""
MONEY = ("总费用", "基金支付", "个人支付")
NONE = "—"


# --- sums


def sum_columns() -> list[Column]:
    """The head of a table of sums."""
    yuans = ("总费用", "政策范围内", "基金支付")
    return [
        Column(label=say("就医地")), Column(label=say("人次"), numeric=True),
        Column(label=say("占全部人次"), numeric=True),
        *(Column(label=say(label), numeric=True, unit=say("元")) for label in yuans),
        Column(label=say("占全部基金支付"), numeric=True), Column(label=say("已对到居民"), numeric=True),
    ]  # fmt: skip


def safe(tables: Sequence[Sequence[Sums]]) -> list[list[Sums]] | None:
    """What who may not see single claims sees: where a cell of a few stands anywhere, all places outside the county are
    one, in every table alike, for a hidden cell could be told from the others; None where that is not enough."""
    found = [list(rows) for rows in tables]
    if _few(found):
        found = [_merged(rows) for rows in found]
    return None if _few(found) else found


def _few(tables: Sequence[Sequence[Sums]]) -> bool:
    return any(one.count < values.number("fund.smallest_cell") for rows in tables for one in rows)


def _merged(rows: Sequence[Sums]) -> list[Sums]:
    outside = [one for one in rows if one.area != "county"]
    return [*(one for one in rows if one.area == "county"), *([_added(outside, ELSEWHERE)] if outside else [])]


def _added(rows: Sequence[Sums], area: str) -> Sums:
    names = ("count", "matched", "total", "in_scope", "paid")
    return Sums(area=area, **{name: sum(getattr(one, name) for one in rows) for name in names})


def sum_rows(rows: Sequence[Sums]) -> list[Row]:
    """A line an area, then all. Shares need claims from outside the county: without, they would be 100 %."""
    if not rows:
        return []
    whole, divided = _added(rows, ""), _has_outside(rows)
    near_first = sorted(rows, key=lambda one: list(PLACES).index(one.area))
    return [*(_sum_row(one, whole, divided=divided) for one in near_first), _sum_row(whole, whole, divided=False)]


def _has_outside(rows: Iterable[Sums]) -> bool:
    return any(one.area != "county" for one in rows)


def _sum_row(one: Sums, whole: Sums, *, divided: bool) -> Row:
    return Row(
        cells=[
            say(PLACES[one.area]) if one.area else say("合计"),
            str(one.count), share(one.count, whole.count) if divided else NONE, yuan(one.total),
            yuan(one.in_scope), yuan(one.paid), share(one.paid, whole.paid) if divided else NONE,
            f"{one.matched}/{one.count}",
        ]
    )  # fmt: skip


def share(part: int, whole: int) -> str:
    """Per cent with one decimal, rounded half up in whole numbers."""
    if not whole:
        return NONE
    tenths = (2000 * part + whole) // (2 * whole)
    return f"{tenths // 10}.{tenths % 10}%"


def sum_line(rows: Sequence[Sums]) -> str:
    """The sums of a filter in one sentence."""
    return say(
        "筛出 {n} 条（不含作废）：总费用 {total} 元，基金支付 {paid} 元，对到居民 {matched} 条。",
        n=sum(one.count for one in rows), total=yuan(sum(one.total for one in rows)),
        paid=yuan(sum(one.paid for one in rows)), matched=sum(one.matched for one in rows),
    )  # fmt: skip


def figures(beds: Sequence[Sums], whole: Sequence[Sums], covered: Coverage, month: date) -> list[Figure]:
    """Two shares with what they are shares of; not computable where nothing has come from outside the county."""
    return [
        _figure(say("县域内住院人次占比"), beds, "count", covered, month),
        _figure(say("医保基金县域内支付占比"), whole, "paid", covered, month),
    ]


def _figure(label: str, rows: Sequence[Sums], what: str, covered: Coverage, month: date) -> Figure:
    here = sum(getattr(one, what) for one in rows if one.area == "county")
    whole = sum(getattr(one, what) for one in rows)
    can = _has_outside(rows) and bool(whole)
    counted = what == "count"
    said, unit = str if counted else yuan, "" if counted else f" {say('元')}"
    return Figure(
        label=label, value=share(here, whole) if can else say("不能算"),
        n=f"{said(here)}/{said(whole)}{unit}" if can else "", period=f"{month:%Y-%m}", final=not covered.provisional,
        state=None if can else State(word=say("缺县外结算数据"), kind="soon"),
    )  # fmt: skip


def coverage(covered: Coverage, rows: Sequence[Sums]) -> list[str]:
    """As of when, and what is missing."""
    if covered.taken_in_at is None or covered.settled_until is None:
        return []
    said = [say("数据截至 {at} 收进的最后一批；最晚结算日期 {day}。", at=exact_date(covered.taken_in_at),
                day=covered.settled_until.isoformat())]  # fmt: skip
    if covered.provisional:
        lag = values.number("fund.claims_lag_months")
        said.append(say("县外结算数据滞后，近 {n} 个月的数字是暂定的，以后会变。", n=lag))
    if not _has_outside(rows):
        said.append(say("本月还没有县外的结算数据：不能算县域内占比，不是百分之百。"))
    return said


# --- the list


def filters(route: str, asked: Asked | None) -> list[tuple[str, list[Option]]]:
    """Chips for each filter, keeping the others."""
    if asked is None:
        return []
    held = {"month": f"{asked.month:%Y-%m}", **{name: getattr(asked, name) for name in CHOICES}}
    names = {"area": "就医地", "care": "就医类别", "level": "机构级别", "matched": "居民"}
    return [
        (say(names[name]), [_chip(route, held, name, code, word) for code, word in known.items()])
        for name, known in CHOICES.items()
    ]


def _chip(route: str, held: Mapping[str, str], name: str, code: str, word: str) -> Option:
    given = {key: value for key, value in {**held, name: code}.items() if value}
    return Option(value=code, label=say(word), current=held[name] == code, href=f"{route}?{urlencode(given)}")


def line(one: Claim, shown: Shown | None) -> Row:
    """A claim in the list."""
    first, *rest = cells(one, shown)[: LISTED - 1]
    return Row(cells=[Cell(text=first, href=f"/fund/claims/{one.pk}"), *rest, Cell(text="", state=standing(one))])


def cells(one: Claim, shown: Shown | None) -> list[str]:
    """A claim in words, in the order of COLUMNS."""
    stay = [day.isoformat() if day else "" for day in (one.admitted_on, one.discharged_on)]
    state = standing(one)
    return [
        one.number, said_person(one, shown), place(one), say(AREAS[one.area]),
        say(codes.visit_kind.label(one.visit_kind)), one.settled_on.isoformat(), yuan(one.total), yuan(one.paid),
        yuan(one.account + one.self_paid), state.word if state else "",
        say(codes.insured_kind.label(one.insured_kind)), *stay,
    ]  # fmt: skip


def said_person(one: Claim, shown: Shown | None) -> str:
    """Masked unless the reader stands to the person; who is not matched has nobody who could."""
    if shown is None:
        why = one.detail.get(UNMATCHED)
        return f"{say('没有对到居民')}{f'（{say(why)}）' if why else ''}"
    return f"{shown.name} {say(shown.sex)} {shown.born}"


def place(one: Claim) -> str:
    """Ours by our name, others as they were sent."""
    return str(one.institution) if one.institution else one.institution_name_told


def standing(one: Claim) -> State | None:
    """Withdrawn, replaced, reversed by the bureau, or corrected."""
    if one.withdrawn_at:
        return State(word=say("已撤回"), kind="closed")
    if not one.stands:
        return State(word=say("旧版本"), kind="closed")
    if one.cancelled:
        return State(word=say("医保局作废"), kind="closed")
    return State(word=say("已更正，第 {n} 版", n=one.version), kind="active") if one.version > 1 else None


def file_lines(rows: Iterable[Claim], actor: Actor) -> Iterator[list[str]]:
    """The list for a file, masked as on the screen; persons are looked up five hundred at a time."""
    found = iter(rows)
    yield [say(label) for label in COLUMNS]
    while block := list(islice(found, 500)):
        persons = shown_to(for_=actor, ids=[one.resident_id for one in block if one.resident_id])
        for one in block:
            yield cells(one, persons.get(one.resident_id or 0))


# --- one claim


def pairs(one: Claim, shown: Shown | None, *, for_: Actor) -> list[tuple[str, str]]:
    """A claim field by field. A diagnosis of a special class, of a minor, or of somebody unknown (who may be
    one) stays unsaid, as if none had been sent."""
    sent = [f"{one.diagnosis_code} {one.diagnosis_name}".strip(), one.diagnosis_name, *one.other_diagnoses]
    hidden = shown is None or shown.minor or any(classes_of_diagnosis(said) for said in sent)
    unsaid = say("没有送来，或按规定不在这里显示")
    named = say("送来的姓名 {name}", name=masked_name(for_=for_, name=one.name_told)) if one.name_told else ""
    return [
        (say("居民"), said_person(one, shown) if shown else " ".join([said_person(one, shown), named]).strip()),
        (say("参保类别"), f"{say(codes.insured_kind.label(one.insured_kind))} {one.insured_division}".strip()),
        (say("就医机构"), f"{place(one)} {one.institution_code_told}".strip()),
        (say("就医地"), f"{say(AREAS[one.area])} {one.institution_division}".strip()),
        (say("机构级别"), say(codes.level.label(one.level)) if one.level else ""),
        (say("就医类别"), say(codes.visit_kind.label(one.visit_kind))),
        (say("入院日期"), one.admitted_on.isoformat() if one.admitted_on else ""),
        (say("出院日期"), one.discharged_on.isoformat() if one.discharged_on else ""),
        (say("结算日期"), one.settled_on.isoformat()),
        (say("结算月份"), f"{one.month:%Y-%m}"),
        (say("主要诊断"), unsaid if hidden else f"{one.diagnosis_code} {one.diagnosis_name}".strip() or unsaid),
        (say("手术编码"), unsaid if hidden else "、".join(one.operation_codes) or unsaid),
        (say("医保经办区划"), one.numbering),
        (say("医保局批次"), one.bureau_batch),
    ]


def amounts(one: Claim) -> dict[str, Any]:
    """The money of a claim as a table."""
    held = [(name, getattr(one, name)) for name in (*AMOUNTS, "deductible")]
    return {
        "columns": [Column(label=say("项目")), Column(label=say("金额"), numeric=True, unit=say("元"))],
        "rows": [Row(cells=[say(LABELS[name]), yuan(value)]) for name, value in held if value is not None],
    }


SOURCES = {"sheet": "表格导入", "table": "表格导入", "fhir": "FHIR"}
"""By which way a claim came, as people say it."""


def version(one: Claim, at: str) -> Row:
    """A version in the list of versions."""
    state = standing(one) or State(word=say("有效"), kind="done")
    first = Cell(text=say("第 {n} 版", n=one.version), href=f"/fund/claims/{one.pk}")
    source = say(SOURCES.get(one.source, one.source))
    return Row(cells=[first, at, source, Cell(text="", state=state), one.withdrawn_why])
