"""What is recorded at a step: read from what was typed or picked, all errors at once."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models

from yigongti.kernel import clock, finders
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.refusal import BadValue, Missing, Refusal, raise_all
from yigongti.kernel.workflow.words import Field, Step, Workflow


Given = Mapping[str, Any]


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


def _one(field: Field, given: Given, *, by: Actor, must: bool) -> Any:
    raw = given.get(field.code)
    if isinstance(raw, models.Model):
        return raw
    if field.kind == "choices":
        return _choices(field, raw, must)
    text = raw.strip() if isinstance(raw, str) else ("" if raw is None else str(raw))
    if field.kind == "yes":
        return _yes(field, text, must)
    if not text:
        if must:
            raise Missing(field=field.code, label=field.label)
        return None
    if field.kind == "picked":
        plain = {name: str(v) for name, v in given.items() if isinstance(v, (str, int))}
        return finders.resolve(field.picker, for_=by, value=text, given=plain, field=field.code, label=field.label)
    return READERS[field.kind](field, text)


def _bad(field: Field, text: str, problem: str) -> BadValue:
    return BadValue(field=field.code, label=field.label, value=text[:60], problem=problem)


def _yes(field: Field, text: str, must: bool) -> bool:
    said = text.lower() in ("1", "true", "on", "yes", "是")
    if must and not said:
        raise Missing(field=field.code, label=field.label)
    return said


def _choices(field: Field, raw: Any, must: bool) -> list[str]:
    chosen = [str(one) for one in (raw if isinstance(raw, (list, tuple)) else [raw] if raw else [])]
    if must and not chosen:
        raise Missing(field=field.code, label=field.label)
    return chosen


def _text(field: Field, text: str) -> str:
    if len(text) > field.most:
        raise _bad(field, text[:20] + "…", f"不能超过 {field.most} 个字，现有 {len(text)} 个")
    if any(unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\r\t" for c in text):
        raise _bad(field, text[:20], "含有不能保存的控制字符")
    return text


def _choice(field: Field, text: str) -> str:
    allowed = {e.code for e in code_lists[field.options].on(clock.today())}
    if text not in allowed:
        raise _bad(field, text, "不在可选范围内")
    return text


def _number(field: Field, text: str) -> Decimal:
    try:
        return Decimal(unicodedata.normalize("NFKC", text))
    except InvalidOperation:
        raise _bad(field, text, "应填数字") from None


def _date(field: Field, text: str) -> date:
    try:
        return date.fromisoformat(unicodedata.normalize("NFKC", text))
    except ValueError:
        raise _bad(field, text, "不是有效日期，请按 2026-11-22 填写") from None


def _moment(field: Field, text: str) -> datetime:
    try:
        read_ = datetime.fromisoformat(unicodedata.normalize("NFKC", text))
    except ValueError:
        raise _bad(field, text, "不是有效时间，请按 2026-11-22 14:30 填写") from None
    return read_ if read_.tzinfo else read_.replace(tzinfo=clock.COUNTY_ZONE)


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
