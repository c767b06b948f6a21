"""慢病随访表：一行一次随访，写成公共卫生服务的就诊和当时的测量，进本人的趋势和随访指标。来源：R120、R124；国家基本公共
卫生服务规范（第三版）高血压、2 型糖尿病患者随访服务记录表。

同一次随访按随访编号认，没有编号的按本人、时间和病种认；再送来内容不同的不覆盖，要先撤销原来那张表。
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from yigongti.exchange.batches.kinds import Kind, Outcome, Row, enter
from yigongti.exchange.kinds.certificates import entries_of
from yigongti.exchange.kinds.entries import (
    MADE,
    check_in_life,
    find_whom,
    hold_numbers,
    moment_of,
    remember_versions,
    take_entries,
    undo_entries,
)
from yigongti.exchange.kinds.measurements import LARGEST_GLUCOSE
from yigongti.exchange.kinds.whom import WHOM, source_of
from yigongti.exchange.models import KnownEntry
from yigongti.exchange.tables import words
from yigongti.exchange.tables.days import day, moment
from yigongti.exchange.tables.sheet import Column, Sheet
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.organisations.queries import institutions_by_name
from yigongti.record.actions import Told
from yigongti.record.queries.vocabulary import SERIES


WAYS, RESULTS = entries_of("chronic.way"), entries_of("chronic.result")
ADHERENCE = entries_of("chronic.adherence")
DISEASES = {code: label for code, label in entries_of("chronic.disease").items() if code != "chd"}
WAY_WORDS = {
    "上门": "home",
    "入户": "home",
    "家庭随访": "home",
    "门诊随访": "clinic",
    "面访": "clinic",
    "电话随访": "phone",
}
DISEASE_WORDS = {"高血压病": "hypertension", "2型糖尿病": "diabetes", "Ⅱ型糖尿病": "diabetes"}
MEASURED = (
    ("systolic", "blood_pressure", 0), ("diastolic", "blood_pressure", 1), ("glucose", "fasting_glucose", 0),
    ("hba1c", "hba1c", 0), ("heart_rate", "heart_rate", 0), ("weight", "weight", 0),
)  # fmt: skip
"""Column, the series that it belongs to, and which of its numbers it is."""
TAKEN_ALREADY = "这次随访已收进过，内容不同：请先撤销原来那张表"


def _text(name: str, header: str, *aliases: str, most: int = 200, hint: str = "") -> Column:
    return Column(field=name, header=header, aliases=aliases, read=words.text(most=most), hint=hint)


def _coded(
    name: str, header: str, choices: dict[str, str], *aliases: str, synonyms: dict[str, str] | None = None,
    required: bool = False,
) -> Column:  # fmt: skip
    return Column(field=name, header=header, aliases=aliases, read=words.code(choices, synonyms=synonyms),
                  choices=choices, required=required)  # fmt: skip


def _number(name: str, *aliases: str) -> Column:
    series, place = next((SERIES[code], n) for field, code, n in MEASURED if field == name)
    header = series.measures[place].title
    return Column(field=name, header=header, aliases=aliases, read=words.number(), blank=None, hint=series.unit)


SHEET = Sheet(
    code="follow-ups",
    title="慢病随访",
    about="一行一次随访。没有测量的空着；血压两个数都要填。",
    columns=(
        _text("visit", "随访编号", "随访ID", hint="在送数据的系统里不重复；没有的按本人、时间和病种认"),
        *WHOM,
        Column(field="at", header="随访日期", read=moment(day_alone=True), required=True, aliases=("随访时间",),
               example="2026-03-04"),
        _coded("disease", "随访病种", DISEASES, "病种", synonyms=DISEASE_WORDS),
        _coded("way", "随访方式", WAYS, synonyms=WAY_WORDS, required=True),
        _number("systolic"), _number("diastolic"), _number("glucose"), _number("hba1c", "糖化"),
        _number("heart_rate"), _number("weight"),
        _coded("medicines", "服药情况", ADHERENCE, "服药依从性"),
        _text("discomfort", "不适或症状", "症状", most=400),
        _coded("result", "此次随访分类", RESULTS, "随访分类"),
        _text("note", "处理与交代", "处理意见", "生活方式指导", most=400),
        Column(field="next_on", header="下次随访日期", read=day(), blank=None),
        _text("institution", "随访机构", hint="机构登记的名称或简称；不填算来源系统的机构"),
        _text("doctor", "随访医生", "随访医生签名"),
    ),
)  # fmt: skip
CLINICAL = frozenset(
    {"disease", "medicines", "discomfort", "result", "note", *(name for name, _series, _place in MEASURED)}
)


def check(by: Actor, rows: Sequence[Row]) -> None:
    """Whom and where it was, what a living person can show, and whether it was brought before."""
    find_whom(by, rows, SHEET)
    places = institutions_by_name(for_=by, names={str(row.values.get("institution", "")) for row in rows})
    for row in rows:
        named = row.values.get("institution")
        row.values["institution_id"] = places.get(str(named)) if named else None
        if named and not row.values["institution_id"]:
            row.wrong(SHEET, "institution", "没有这家机构，或不在您管辖的范围内")
        check_in_life(row, SHEET, "at")
        _check_numbers(row)
        if not row.problems:
            row.values["numbered"] = row.key = _numbered(row)
    _note_known(rows)


def _check_numbers(row: Row) -> None:
    for name, code, place in MEASURED:
        number, measure = row.values.get(name), SERIES[code].measures[place]
        greatest = LARGEST_GLUCOSE if code == "fasting_glucose" else measure.greatest  # more is most likely mg/dL
        if number is not None and not measure.least <= number <= greatest:
            row.wrong(SHEET, name, "应在 {least}–{greatest} {unit} 之间", least=str(measure.least),
                      greatest=str(greatest), unit=SERIES[code].unit)  # fmt: skip
    if row.unread & {"systolic", "diastolic"}:
        return
    upper, lower = row.values["systolic"], row.values["diastolic"]
    if (upper is None) != (lower is None):
        row.wrong(SHEET, "diastolic" if lower is None else "systolic", "血压要有两个数")
    elif upper is not None and upper <= lower:
        row.wrong(SHEET, "diastolic", "{a}须大于{b}", a="收缩压", b="舒张压")


def _numbered(row: Row) -> str:
    """By what it is known again."""
    said = row.values
    own = said["visit"] or f"{said['resident']}|{moment_of(said['at']).isoformat()}|{said['disease']}"
    return f"随访|{own}"[:120]


def _note_known(rows: Sequence[Row]) -> None:
    """What was brought before and says the same is known; what says something else is not taken over it."""
    sound = {(source_of(row).pk, row.key): row for row in rows if not row.problems}
    held = KnownEntry.objects.filter(kind="visit", sender__in={sender for sender, _ in sound},
                                     value__in={value for _, value in sound})  # fmt: skip
    for one in held.select_related("entry"):
        row = sound.get((one.sender_id, one.value))
        if row and one.entry.detail == _visit(row).detail:
            row.known = f"{MADE}{one.entry_id}"
        elif row:
            row.wrong(SHEET, "visit" if row.values["visit"] else "at", TAKEN_ALREADY)


def take(by: Actor, rows: Sequence[Row]) -> Sequence[Outcome]:
    """Each follow-up a visit, and what was measured at it."""
    hold_numbers(rows)
    check(by, rows)
    fresh = [row for row in rows if not row.known]
    visits = take_entries(fresh, lambda row: [_visit(row)])
    remember_versions("visit", fresh, visits, "numbered")
    made = {row.number: int(one.made.removeprefix(MADE)) for row, one in zip(fresh, visits, strict=True) if one.made}
    visited = [row for row in fresh if row.number in made and _measured(row)]
    numbers = take_entries(visited, lambda row: [replace(one, encounter_id=made[row.number]) for one in _measured(row)])
    refused = {row.number: one.note for row, one in zip(visited, numbers, strict=True) if one.note}
    said = {row.number: one for row, one in zip(fresh, visits, strict=True)}
    return [
        replace(said[row.number], note=refused.get(row.number, said[row.number].note)) if row.number in said
        else Outcome(state="known", made=row.known)
        for row in rows
    ]  # fmt: skip


def undo(by: Actor, rows: Sequence[Row]) -> Sequence[Outcome]:
    """Every follow-up taken back with its measurements."""
    return undo_entries(rows, whole_visits=True)


def _visit(row: Row) -> Told:
    said, sender = row.values, source_of(row)
    result = RESULTS.get(said["result"], "")
    title = f"随访（{WAYS[said['way']]}）" + (f"：{result}" if result else "")
    return Told(
        resident_id=said["resident"], institution_id=said["institution_id"] or sender.institution_id,
        kind="encounter", title=title, at=moment_of(said["at"]), source="sheet", author=said["doctor"],
        encounter_class="public_health", text="\n".join(_lines(said)), detail=_detail(said),
    )  # fmt: skip


def _lines(said: dict[str, Any]) -> list[str]:
    told = (
        ("病种", DISEASES.get(said["disease"])), ("服药情况", ADHERENCE.get(said["medicines"])),
        ("不适或症状", said["discomfort"]), ("处理与交代", said["note"]),
        ("下次随访日期", said["next_on"] and said["next_on"].isoformat()),
    )  # fmt: skip
    return [f"{name}：{what}" for name, what in told if what]


def _detail(said: dict[str, Any]) -> dict[str, Any]:
    """All that was said, to be compared when it comes again; the way is where the facts of follow-ups look for it."""
    kept = {name: str(said[name]) for name in (*sorted(CLINICAL), "next_on", "doctor") if said[name] not in (None, "")}
    return {"way": said["way"], "follow_up": kept}


def _measured(row: Row) -> list[Told]:
    base = replace(_visit(row), kind="observation", system="series", encounter_class="", text="", detail={})
    found = []
    for code in dict.fromkeys(code for _, code, _ in MEASURED):
        numbers = [row.values[name] for name, of, _ in MEASURED if of == code]
        if numbers[0] is not None:
            found.append(_observed(base, code, numbers))
    return found


def _observed(base: Told, code: str, numbers: Sequence[Decimal]) -> Told:
    series = SERIES[code]
    return replace(
        base, code=code, title=series.title, text=f"{'/'.join(str(one) for one in numbers)} {series.unit}",
        measured={"series": code, "value": numbers[0], "second_value": numbers[1] if len(numbers) > 1 else None,
                  "unit": series.unit},
    )  # fmt: skip


enter(
    Kind(
        sheet=SHEET, check=check, take=take, undo=undo, order=32,
        permission=registry.add_permission("exchange.table_follow_ups", title="送慢病随访表", writes=True),
        fields_closed=CLINICAL, marks=frozenset({"at", "way"}),
    )
)  # fmt: skip
