"""Reading what was typed: a measurement, a moment, an ICD-10 code; each refusal names field, value and rule."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import Decimal

from yigongti.kernel import clock
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue, Missing
from yigongti.record.words import Measure, Series


NUMBER = re.compile(r"\d{1,5}(\.\d{1,6})?", re.ASCII)
ICD = re.compile(r"[A-Z]\d{2}(\.[0-9x]{1,3}(x?\d{3})?)?[+*]?", re.ASCII)
CLOCK_SKEW = timedelta(minutes=10)  # phones in the field run ahead


def plain(text: str) -> str:
    """Full-width digits, letters and slashes as half-width, without blanks around."""
    return unicodedata.normalize("NFKC", text).strip()


def measured(series: Series, text: str) -> tuple[Decimal, ...]:
    """The one or two numbers of a measurement. Raises Missing or BadValue."""
    typed = plain(text)
    if not typed:
        raise Missing(field="value", label=series.title)
    parts = [part.strip() for part in typed.split("/")]
    if len(parts) != len(series.measures) or not all(NUMBER.fullmatch(part) for part in parts):
        raise _bad(series, text, "请按 140/90 的样子填写" if series.paired else "请填写一个数")
    numbers = tuple(Decimal(part) for part in parts)
    for measure, number in zip(series.measures, numbers, strict=True):
        _check(series, measure, number, text)
    if series.paired and numbers[0] <= numbers[1]:
        raise _bad(
            series, text, phrase("{a}须大于{b}", a=phrase(series.measures[0].title), b=phrase(series.measures[1].title))
        )
    return numbers


def _check(series: Series, measure: Measure, number: Decimal, text: str) -> None:
    if not measure.least <= number <= measure.greatest:
        limits = f"{measure.least}–{measure.greatest} {series.unit}"
        raise _bad(
            series, text, phrase("{what}应在 {limits} 之间，请核对后重填", what=phrase(measure.title), limits=limits)
        )
    if number != round(number, series.places):
        raise _bad(series, text, phrase("最多 {n} 位小数", n=series.places) if series.places else "请填写整数")


def _bad(series: Series, text: str, problem: str) -> BadValue:
    return BadValue(
        field="value",
        label=series.title,
        value=text.strip()[:40],
        problem=problem,
        rule=phrase("{what}录入界限", what=phrase(series.title)),
    )


def moment(
    text: str, *, field: str, label: str, born: date, died: date | None = None, may_lie_ahead: bool = False
) -> datetime:
    """A moment in this person's life. Raises Missing or BadValue: unreadable, not yet, before birth, after death."""
    typed = plain(text).replace("/", "-")
    if not typed:
        raise Missing(field=field, label=label)
    try:
        found = datetime.fromisoformat(typed)
    except ValueError:
        problem = "没有这样的时间，请按 2026-03-04 09:30 填写"
        raise BadValue(field=field, label=label, value=text.strip()[:40], problem=problem) from None
    found = found if found.tzinfo else found.replace(tzinfo=clock.COUNTY_ZONE)
    problem = _outside_life(found, born, died, may_lie_ahead)
    if problem:
        raise BadValue(field=field, label=label, value=text.strip()[:40], problem=problem)
    return found


def _outside_life(found: datetime, born: date, died: date | None, may_lie_ahead: bool) -> str:
    try:
        day = found.astimezone(clock.COUNTY_ZONE).date()
    except OverflowError:  # the first or last hours that a calendar has, in another zone
        return "没有这样的时间，请按 2026-03-04 09:30 填写"
    if day < born:
        return phrase("早于出生日期 {day}", day=born)
    if died and day > died:
        return phrase("晚于死亡日期 {day}", day=died)
    return "不能晚于现在" if found > clock.now() + CLOCK_SKEW and not may_lie_ahead else ""


def icd10(text: str) -> str:
    """A diagnosis code in its plain form, '' for none. Raises BadValue for what is not the form of one."""
    typed = plain(text).upper().replace("X", "x")
    if typed and not ICD.fullmatch(typed):
        raise BadValue(
            field="code", label="诊断编码", value=text.strip()[:40], problem="应像 I10 或 E11.900 这样的 ICD-10 编码"
        )
    return typed
