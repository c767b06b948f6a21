"""慢病确诊日期表：一行一人，高血压、糖尿病各一列日期，写成健康档案里的诊断。来源：R119、R120；国家基本公共卫生服务规范。"""

from __future__ import annotations

from collections.abc import Sequence

from yigongti.exchange.batches.kinds import Kind, Outcome, Row, enter
from yigongti.exchange.kinds.entries import check_in_life, find_whom, moment_of, note_known, take_entries, undo_entries
from yigongti.exchange.kinds.whom import WHOM, source_of
from yigongti.exchange.tables.days import day
from yigongti.exchange.tables.sheet import Column, Sheet
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.record.actions import Told


# Column, its heading, what other systems call it, and the diagnosis (ICD-10, 医保 2.0 版).
DISEASES = (
    ("hypertension_on", "高血压确诊日期", ("htn_onset",), "I10.x00", "高血压"),
    ("diabetes_on", "2型糖尿病确诊日期", ("t2dm_onset", "糖尿病确诊日期"), "E11.900", "2型糖尿病"),
)

SHEET = Sheet(
    code="onsets",
    title="慢病确诊日期",
    about="一行一人；没有这种病的空着。",
    columns=(
        *WHOM,
        *(
            Column(field=name, header=header, aliases=aliases, read=day(), blank=None, example="2016-07-01")
            for name, header, aliases, _code, _title in DISEASES
        ),
    ),
)


def check(by: Actor, rows: Sequence[Row]) -> None:
    """Whom it is of; a diagnosis of tomorrow is none."""
    find_whom(by, rows, SHEET)
    for row in rows:
        for name, *_ in DISEASES:
            check_in_life(row, SHEET, name)
        days = [row.values.get(name) for name, *_ in DISEASES]
        if not row.problems and any(days):
            row.key = "|".join(str(one or "") for one in (row.values["resident"], *days))
    note_known(rows, _told)


def take(by: Actor, rows: Sequence[Row]) -> Sequence[Outcome]:
    """One diagnosis for each date."""
    check(by, rows)
    return take_entries(rows, _told, once=True)


def undo(by: Actor, rows: Sequence[Row]) -> Sequence[Outcome]:
    """Every diagnosis withdrawn."""
    return undo_entries(rows)


def _told(row: Row) -> list[Told]:
    return [
        Told(
            resident_id=row.values["resident"] or 0, institution_id=source_of(row).institution_id, kind="condition",
            title=title, code=code, system="icd10", at=moment_of(row.values[name]), source="sheet",
            diagnosis_code=code,
        )
        for name, _header, _aliases, code, title in DISEASES
        if row.values.get(name)
    ]  # fmt: skip


enter(
    Kind(
        sheet=SHEET, check=check, take=take, undo=undo, order=35, marks=frozenset({"hypertension_on"}),
        permission=registry.add_permission("exchange.table_onsets", title="送慢病确诊日期表", writes=True),
        fields_closed=frozenset(name for name, *_ in DISEASES),
    )
)  # fmt: skip
