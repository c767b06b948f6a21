"""就诊表：一行一次就诊。来源：领域参考 2.2。

费用分类以元填写、以分记账，合计要相等；手术带级别。同一就诊号再送是新的一版。
"""

from __future__ import annotations

from collections.abc import Sequence

from yigongti.exchange.batches.kinds import Kind, Outcome, Row, enter
from yigongti.exchange.kinds.certificates import entries_of
from yigongti.exchange.kinds.entries import (
    check_in_life,
    find_whom,
    follow_known,
    hold_numbers,
    moment_of,
    remember_versions,
    take_entries,
    undo_entries,
)
from yigongti.exchange.kinds.whom import WHOM, source_of
from yigongti.exchange.tables import words
from yigongti.exchange.tables.days import day, moment
from yigongti.exchange.tables.sheet import Column, Sheet
from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import BadValue, Refusal
from yigongti.organisations.queries import institutions_by_name
from yigongti.record.actions import Told, ToldOperation, wrong_with
from yigongti.record.queries.vocabulary import icd10


CLASSES = {"outpatient": "门诊", "emergency": "急诊", "inpatient": "住院"}
CLASS_WORDS = {"普通门诊": "outpatient", "入院": "inpatient"}
CHARGES, GRADES = entries_of("record.charge_class"), entries_of("record.operation_grade")
INCISIONS = entries_of("record.incision")
OPERATIONS = 3
GRADE_WORDS = {f"{said}{tail}": code for code, said in zip("1234", "一二三四", strict=True) for tail in ("级", "")}


def _text(name: str, header: str, *aliases: str, required: bool = False, hint: str = "") -> Column:
    return Column(field=name, header=header, aliases=aliases, required=required, hint=hint, read=words.text(most=200))


def _operations() -> list[Column]:
    return [
        column
        for n in range(1, OPERATIONS + 1)
        for column in (
            _text(f"operation_{n}", f"手术{n}名称"),
            _text(f"operation_code_{n}", f"手术{n}编码", hint="ICD-9-CM-3"),
            Column(field=f"operation_grade_{n}", header=f"手术{n}级别", choices=GRADES,
                   read=words.code(GRADES, synonyms=GRADE_WORDS)),
            Column(field=f"operation_on_{n}", header=f"手术{n}日期", read=day(), blank=None),
            _text(f"operation_by_{n}", f"手术{n}术者"),
            Column(field=f"operation_incision_{n}", header=f"手术{n}切口", choices=INCISIONS,
                   read=words.code(INCISIONS)),
        )
    ]  # fmt: skip


SHEET = Sheet(
    code="visits",
    title="就诊",
    about="一行一次就诊。没有分类费用的只填总费用；两样都填的，各类合计要等于总费用。",
    columns=(
        _text("visit", "就诊号", "住院号", "门诊号", "visit_id", required=True, hint="在送数据的系统里不重复"),
        *WHOM,
        _text("institution", "就诊机构", "机构名称", hint="机构登记的名称或简称；不填算来源系统的机构"),
        Column(field="kind", header="就诊类别", read=words.code(CLASSES, synonyms=CLASS_WORDS), required=True,
               choices=CLASSES),
        Column(field="begins", header="开始时间", read=moment(day_alone=True), required=True,
               aliases=("就诊时间", "入院时间", "就诊日期", "入院日期"), example="2026-03-04 09:30"),
        Column(field="ends", header="结束时间", read=moment(day_alone=True), blank=None,
               aliases=("出院时间", "出院日期")),
        _text("diagnosis_code", "主要诊断编码", "诊断编码", hint="ICD-10"),
        _text("diagnosis", "主要诊断", "主要诊断名称", "诊断"),
        _text("doctor", "医生", "接诊医生", "主治医师"),
        Column(field="total", header="总费用", read=words.money(), blank=None, hint="元"),
        *(Column(field=f"charge_{code}", header=label, read=words.money(), blank=0, hint="元")
          for code, label in CHARGES.items() if code != "unclassified"),
        *_operations(),
    ),
)  # fmt: skip
CLINICAL = frozenset(
    one.field for one in SHEET.columns if one.field in ("diagnosis_code", "diagnosis") or "operation" in one.field
)


def check(by: Actor, rows: Sequence[Row]) -> None:
    """Who, where, and whatever the record itself would refuse of the visit."""
    find_whom(by, rows, SHEET)
    places = institutions_by_name(for_=by, names={str(row.values.get("institution", "")) for row in rows})
    spare = int(values.number("publichealth.days_after_death"))
    for row in rows:
        named = row.values.get("institution")
        row.values["institution_id"] = places.get(str(named)) if named else None
        if named and not row.values["institution_id"]:
            row.wrong(SHEET, "institution", "没有这家机构，或不在您管辖的范围内")
        _check_visit(row, spare)
    follow_known("visit", rows, SHEET, "visit")


def _check_visit(row: Row, spare: int) -> None:
    begins, ends = row.values.get("begins"), row.values.get("ends")
    if begins and ends and moment_of(ends) < moment_of(begins):
        row.wrong(SHEET, "ends", "早于开始时间")
    check_in_life(row, SHEET, "begins", spare=spare)
    check_in_life(row, SHEET, "ends", spare=spare)
    try:
        row.values["diagnosis_code"] = icd10(str(row.values.get("diagnosis_code") or ""))
    except BadValue as bad:
        row.wrong(SHEET, "diagnosis_code", str(bad.facts["problem"]))
    for refusal in wrong_with(_told(_readable(row))[0]):
        row.wrong(SHEET, _column_of(row, refusal), str(refusal).replace("{", "（").replace("}", "）"))


def _readable(row: Row) -> Row:
    """The row with blanks for what could not be read; sums and operations of which a part is unreadable fall away."""
    unread = row.unread
    said = {column.field: column.blank for column in SHEET.columns} | {
        "begins": clock.now(), "kind": "outpatient", **row.values,
    }  # fmt: skip
    money = {"total", *(name for name in said if name.startswith("charge_"))}
    if unread & money:
        said |= dict.fromkeys(money)
    for n in range(1, OPERATIONS + 1):
        if any(name.startswith("operation") and name.endswith(f"_{n}") for name in unread):
            said |= {f"operation_{n}": "", f"operation_code_{n}": ""}
    return Row(number=row.number, values=said)


def _column_of(row: Row, refusal: Refusal) -> str:
    """The column that a refusal of the record is about."""
    if not refusal.field.startswith("operations."):
        return "total"
    given = [n for n in range(1, OPERATIONS + 1)
             if row.values.get(f"operation_{n}") or row.values.get(f"operation_code_{n}")]  # fmt: skip
    n = given[int(refusal.field.removeprefix("operations.")) - 1]
    return f"operation_code_{n}" if row.values.get(f"operation_code_{n}") else f"operation_{n}"


def take(by: Actor, rows: Sequence[Row]) -> Sequence[Outcome]:
    """One visit a row; a number that was brought before gets a new version."""
    hold_numbers(rows)
    check(by, rows)
    outcomes = take_entries(rows, _told)
    remember_versions("visit", rows, outcomes, "visit")
    return outcomes


def undo(by: Actor, rows: Sequence[Row]) -> Sequence[Outcome]:
    """Every visit taken back, with its charges and operations; a version before it counts again."""
    return undo_entries(rows)


def _told(row: Row) -> list[Told]:
    said = row.values
    sender = source_of(row)
    charges = {code: said[f"charge_{code}"] for code in CHARGES if said.get(f"charge_{code}")}
    return [Told(
        resident_id=said["resident"] or 0, institution_id=said["institution_id"] or sender.institution_id,
        kind="encounter", title=said["diagnosis"] or CLASSES[said["kind"]], at=moment_of(said["begins"]),
        until=moment_of(said["ends"]) if said["ends"] else None, source="sheet", author=said["doctor"],
        encounter_class=said["kind"], diagnosis_code=said["diagnosis_code"],
        out_of_county=not said["institution_id"] and sender.institution.level == "outside",
        charges=charges, total=said["total"], operations=tuple(_operated(said)), follows=said.get("follows"),
    )]  # fmt: skip


def _operated(said: dict[str, object]) -> list[ToldOperation]:
    return [
        ToldOperation(
            name=str(said[f"operation_{n}"] or ""), code=str(said[f"operation_code_{n}"] or ""),
            grade=int(str(said[f"operation_grade_{n}"])) if said[f"operation_grade_{n}"] else None,
            on=said[f"operation_on_{n}"], operator=str(said[f"operation_by_{n}"] or ""),  # type: ignore[arg-type]
            incision=str(said[f"operation_incision_{n}"] or ""),
        )
        for n in range(1, OPERATIONS + 1)
        if said[f"operation_{n}"] or said[f"operation_code_{n}"]
    ]  # fmt: skip


enter(
    Kind(
        sheet=SHEET, check=check, take=take, undo=undo, order=20,
        permission=registry.add_permission("exchange.table_visits", title="送就诊表", writes=True),
        key=lambda said: f"{said.get('source') or ''}|{said.get('visit') or ''}" if said.get("visit") else "",
        fields_closed=CLINICAL, marks=frozenset({"visit", "begins", "kind"}),
    )
)  # fmt: skip
