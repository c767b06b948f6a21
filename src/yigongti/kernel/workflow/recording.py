"""What is recorded at a step: read from what was typed or picked, all errors at once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models

from yigongti.kernel import clock, finders
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import phrase
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.refusal import BadValue, Missing, Refusal, raise_all
from yigongti.kernel.workflow.words import Field, Step, Workflow


Given = Mapping[str, Any]

NUMBER = re.compile(r"[+-]?[0-9]{1,12}(\.[0-9]{1,6})?")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
EARLIEST, LATEST = 1900, 2199
LONGEST_CHOICE = 40


def read(page: Workflow, step: Step, given: Given, *, by: Actor) -> dict[str, Any]:
    """The step's fields by code, typed. Raises every refusal together: what is missing, what is malformed."""
    values: dict[str, Any] = {}
    refusals: list[Refusal] = []
    for code in (*step.must_record, *step.may_record):
        field = page.field_of(code)
        try:
            values[code] = _one(field, given, by=by, must=code in step.must_record)
        except Refusal as refusal:
            refusals.append(refusal)
    raise_all(refusals)
    return {code: value for code, value in values.items() if value is not None}


def require_fit(page: Workflow, values: Mapping[str, Any], *, facts: type[models.Model]) -> None:
    """What was read must fit its column: no half persons, no digits lost. Raises every misfit together."""
    columns = {column.name: column for column in facts._meta.concrete_fields}
    refusals: list[Refusal] = []
    for code, value in values.items():
        column = columns.get(code)
        if column is None or isinstance(value, models.Model) or value in ("", []):
            continue
        try:
            column.clean(value, None)
        except ValidationError:
            refusals.append(_bad(page.field_of(code), _shown(value), "格式或位数不对，请重新填写"))
            continue
        if isinstance(column, models.IntegerField) and isinstance(value, Decimal) and value % 1:
            refusals.append(_bad(page.field_of(code), str(value), "应填整数"))
    raise_all(refusals)


def _shown(value: Any) -> str:
    return "、".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _one(field: Field, given: Given, *, by: Actor, must: bool) -> Any:
    raw = given.get(field.code)
    if isinstance(raw, models.Model):
        return raw
    if field.kind == "choices":
        return _choices(field, raw, must)
    if raw and isinstance(raw, (list, tuple, dict)):
        raise _bad(field, _shown(raw), "只能填一项")
    text = str(raw).strip() if raw or raw is False or raw == 0 else ""
    if field.kind == "yes":
        return _yes(field, text, must)
    if not text:
        if must:
            raise Missing(field=field.code, label=field.label)
        return "" if field.code in given and field.kind in ("text", "long_text") else None  # emptied on purpose
    if field.kind == "picked":
        plain = finders.plain_given({name: str(v) for name, v in given.items() if isinstance(v, (str, int))})
        return finders.resolve(field.picker, for_=by, value=text, given=plain, field=field.code, label=field.label)
    return READERS[field.kind](field, text)


def _bad(field: Field, text: str, problem: str) -> BadValue:
    shown = "".join(c if c.isprintable() else "�" for c in text)
    shown = shown if len(shown) <= 60 else f"{shown[:59]}…"
    return BadValue(field=field.code, label=field.label, value=shown, problem=problem)


def _yes(field: Field, text: str, must: bool) -> bool:
    said = text.lower() in ("1", "true", "on", "yes", "是")
    if must and not said:
        raise Missing(field=field.code, label=field.label)
    return said


def _choices(field: Field, raw: Any, must: bool) -> list[str] | list[int]:
    """Codes of a list; or, where the chapter offers rows, their keys — the page's guard knows what was offered."""
    several = raw if isinstance(raw, (list, tuple)) else [raw] if raw else []
    chosen = [text for one in several if (text := str(one).strip())]
    if must and not chosen:
        raise Missing(field=field.code, label=field.label)
    allowed = {e.code for e in code_lists[field.options].on(clock.today())} if field.options else set(chosen)
    for one in chosen:
        if one not in allowed or len(one) > LONGEST_CHOICE or not one.isprintable():
            raise _bad(field, one, "不在可选范围内")
    return chosen if field.options else [_key(field, one) for one in chosen]


def _key(field: Field, one: str) -> int:
    if not (one.isascii() and one.isdecimal()):
        raise _bad(field, one, "不在可选范围内")
    return int(one)


def _text(field: Field, text: str) -> str:
    if len(text) > field.most:
        raise _bad(
            field, text[:20] + "…", phrase("不能超过 {most} 个字，现有 {count} 个", most=field.most, count=len(text))
        )
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t" for c in text):
        raise _bad(field, text[:20], "含有不能保存的控制字符")
    return text


def _choice(field: Field, text: str) -> str:
    allowed = {e.code for e in code_lists[field.options].on(clock.today())}
    if text not in allowed:
        raise _bad(field, text, "不在可选范围内")
    return text


def _number(field: Field, text: str) -> Decimal:
    plain_ = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-")
    if not NUMBER.fullmatch(plain_):
        raise _bad(field, text, "应填数字")
    return Decimal(plain_)


def _date(field: Field, text: str) -> date:
    plain_ = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-")
    try:
        day = date.fromisoformat(plain_ if DATE.fullmatch(plain_) else "")
    except ValueError:
        raise _bad(field, text, "不是有效日期，请按 2026-11-22 填写") from None
    return _of_our_time(field, text, day)


def _moment(field: Field, text: str) -> datetime:
    try:
        read_ = datetime.fromisoformat(unicodedata.normalize("NFKC", text))
    except ValueError:
        raise _bad(field, text, "不是有效时间，请按 2026-11-22 14:30 填写") from None
    read_ = _of_our_time(field, text, read_)
    return read_ if read_.tzinfo else read_.replace(tzinfo=clock.COUNTY_ZONE)


D = TypeVar("D", bound=date)


def _of_our_time(field: Field, text: str, day: D) -> D:
    """A slip of the finger in the year must not become a deadline in the year 9999."""
    if not EARLIEST <= day.year <= LATEST:
        raise _bad(field, text, phrase("年份应在 {a} 至 {b} 之间", a=EARLIEST, b=LATEST))
    return day


READERS: dict[str, Callable[[Field, str], Any]] = {
    "text": _text,
    "long_text": _text,
    "choice": _choice,
    "number": _number,
    "date": _date,
    "moment": _moment,
}


def plain(value: Any) -> Any:
    """A recorded value as JSON: rows by their key and name."""
    if isinstance(value, models.Model):
        return {"id": value.pk, "name": str(value)}
    return value if isinstance(value, (bool, int, str, list)) else str(value)
