"""测量值表：一行一次测量（血压、血糖、糖化血红蛋白等），按记录的录入界限检查，写进本人的趋势。来源：R120、R133。

数值原样留着；进入趋势的取三位小数，不四舍五入到整数，免得把 139.6 变成 140。没有写单位的按法定计量单位算，数值只可能是
另一种单位的要求写明，不猜。
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from yigongti.exchange.batches.kinds import Kind, Outcome, Row, enter
from yigongti.exchange.kinds.entries import check_in_life, find_whom, moment_of, note_known, take_entries, undo_entries
from yigongti.exchange.kinds.whom import WHOM, source_of
from yigongti.exchange.tables import words
from yigongti.exchange.tables.days import moment
from yigongti.exchange.tables.sheet import Column, Sheet
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.words import registry
from yigongti.record.actions import Told
from yigongti.record.queries.vocabulary import SERIES, Series


KINDS = {code: one.title for code, one in SERIES.items()}
KIND_WORDS = {"bp": "blood_pressure", "glu": "random_glucose", "血糖": "random_glucose", "糖化": "hba1c",
              "hr": "heart_rate", "脉搏": "heart_rate", "spo2": "oxygen_saturation"}  # fmt: skip
GLUCOSE = ("fasting_glucose", "postprandial_glucose", "random_glucose")
# 1 mmol/L of glucose is 18.016 mg/dL: the molar mass of C6H12O6, 180.16 g/mol.
MG_DL = Decimal("18.016")
LARGEST_GLUCOSE = Decimal("33.3")
"""What a meter shows at most in mmol/L (GB/T 19634); more, without a unit, is most likely mg/dL and has to be said."""
UNITS = {unit: unit for unit in (*dict.fromkeys(one.unit for one in SERIES.values()), "mg/dL")}

SHEET = Sheet(
    code="measurements",
    title="测量值",
    about="一行一次测量。血压两个数分两列，先收缩压；血糖最好写明单位。",
    columns=(
        *WHOM,
        Column(field="at", header="测量时间", read=moment(day_alone=True), required=True, aliases=("日期", "测量日期",
               "date"), example="2026-03-04 09:30"),
        Column(field="kind", header="测量项目", read=words.code(KINDS, synonyms=KIND_WORDS), required=True,
               aliases=("项目", "kind"), choices=KINDS, example="血压"),
        Column(field="value", header="数值", read=words.number(), required=True, aliases=("结果", "收缩压", "value1"),
               example="138"),
        Column(field="second", header="第二个数值", read=words.number(), aliases=("舒张压", "value2"),
               hint="血压的舒张压", blank=None, example="86"),
        Column(field="unit", header="单位", read=words.code(UNITS), aliases=("计量单位", "unit"), choices=UNITS,
               hint="不填按法定计量单位"),
    ),
)  # fmt: skip


def check(by: Actor, rows: Sequence[Row]) -> None:
    """Whom it is of, and whether a living person can show it."""
    find_whom(by, rows, SHEET)
    for row in rows:
        check_in_life(row, SHEET, "at")
        _check_numbers(row)
        if not row.problems:
            (told,) = _told(row)
            row.key = "|".join(str(one) for one in (told.resident_id, told.at, told.code, *_numbers(row)))
    note_known(rows, _told)


def _check_numbers(row: Row) -> None:
    """Each check whose cells can be read."""
    for needs, check in CHECKS:
        if not row.unread & needs:
            check(row, SERIES[row.values["kind"]])


def _check_second(row: Row, series: Series) -> None:
    if series.paired and row.values["second"] is None:
        row.wrong(SHEET, "second", "血压要有两个数")


def _check_unit(row: Row, series: Series) -> None:
    units = {series.unit, "mg/dL"} if row.values["kind"] in GLUCOSE else {series.unit}
    if row.values["unit"] and row.values["unit"] not in units:
        row.wrong(SHEET, "unit", "{what}的单位应为 {unit}", what=series.title, unit=series.unit)


def _check_unit_unsaid(row: Row, series: Series) -> None:
    if row.values["kind"] in GLUCOSE and not row.values["unit"] and row.values["value"] > LARGEST_GLUCOSE:
        row.wrong(SHEET, "unit", "没有写单位，{value} 像是 mg/dL，请写明单位", value=str(row.values["value"]))


def _check_bounds(place: int, name: str) -> Callable[[Row, Series], None]:
    def check(row: Row, series: Series) -> None:
        if place < len(series.measures) and row.values[name] is not None:
            measure = series.measures[place]
            if not measure.least <= _in_unit(row, row.values[name]) <= measure.greatest:
                row.wrong(SHEET, name, "应在 {least}–{greatest} {unit} 之间", least=str(measure.least),
                          greatest=str(measure.greatest), unit=series.unit)  # fmt: skip

    return check


def _check_order(row: Row, series: Series) -> None:
    if series.paired and row.values["second"] is not None and row.values["value"] <= row.values["second"]:
        row.wrong(SHEET, "second", "{a}须大于{b}", a=series.measures[0].title, b=series.measures[1].title)


CHECKS: tuple[tuple[set[str], Callable[[Row, Series], None]], ...] = (
    ({"kind", "second"}, _check_second),
    ({"kind", "unit"}, _check_unit),
    ({"kind", "unit", "value"}, _check_unit_unsaid),
    ({"kind", "unit", "value"}, _check_bounds(0, "value")),
    ({"kind", "unit", "second"}, _check_bounds(1, "second")),
    ({"kind", "value", "second"}, _check_order),
)
"""The cells that a check needs, and the check; one that found a fault keeps those that need the same cell back."""


def _numbers(row: Row) -> list[Decimal]:
    given = [one for one in (row.values["value"], row.values["second"]) if one is not None]
    return [_in_unit(row, one) for one in given[: _count(row)]]


def _in_unit(row: Row, number: Decimal) -> Decimal:
    """In the unit of the series."""
    factor = MG_DL if row.values["unit"] == "mg/dL" and row.values["kind"] in GLUCOSE else Decimal(1)
    return (number / factor).quantize(Decimal("0.001"), ROUND_HALF_EVEN)


def _count(row: Row) -> int:
    return len(SERIES[row.values["kind"]].measures)


def take(by: Actor, rows: Sequence[Row]) -> Sequence[Outcome]:
    """One observation a row."""
    check(by, rows)
    return take_entries(rows, _told, once=True)


def undo(by: Actor, rows: Sequence[Row]) -> Sequence[Outcome]:
    """Every observation withdrawn."""
    return undo_entries(rows)


def _told(row: Row) -> list[Told]:
    series, numbers = SERIES[row.values["kind"]], _numbers(row)
    said: dict[str, Any] = {"value": str(row.values["value"]), "second": str(row.values["second"] or "")}
    return [Told(
        resident_id=row.values["resident"] or 0, institution_id=source_of(row).institution_id, kind="observation",
        title=series.title, at=moment_of(row.values["at"]), source="sheet", code=series.code, system="series",
        text=f"{'/'.join(_shown(one) for one in numbers)} {series.unit}",
        detail={"sheet": said | {"unit": row.values["unit"] or series.unit}},
        measured={"series": series.code, "value": numbers[0], "second_value": numbers[1] if len(numbers) > 1 else None,
                  "unit": series.unit},
    )]  # fmt: skip


def _shown(number: Decimal) -> str:
    return f"{number:.1f}".removesuffix(".0")


enter(
    Kind(
        sheet=SHEET, check=check, take=take, undo=undo, many=500, order=30,
        permission=registry.add_permission("exchange.table_measurements", title="送测量值表", writes=True),
        fields_closed=frozenset({"kind", "value", "second", "unit"}),
        marks=frozenset({"kind", "value"}),
    )
)  # fmt: skip
