"""A search parameter and its values as a condition on a row: by the kind of its values, with prefix or modifier."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from yigongti.exchange.fhir.indexing import FIRST, LAST, LONGEST, number_of, plain, short
from yigongti.exchange.fhir.outcomes import BadParameter
from yigongti.exchange.fhir_r4.definitions import resource_kinds, search_parameters
from yigongti.exchange.fhir_r4.search_values import Span
from yigongti.exchange.fhir_r4.spans import span_of
from yigongti.kernel.language import phrase


COMMA = re.compile(r"(?<!\\),")
BAR = re.compile(r"(?<!\\)\|")
ESCAPED = re.compile(r"\\([,|$\\])")
PREFIXED = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb)?(.+)", re.DOTALL)
MOST_VALUES = 500


@dataclass(slots=True)
class Given:
    """The values of a statement in the making, each by a name of its own."""

    values: dict[str, Any] = field(default_factory=dict)

    def __call__(self, value: Any) -> str:
        """A place for the value."""
        name = f"c{len(self.values)}"
        self.values[name] = value
        return f"%({name})s"


@dataclass(frozen=True, slots=True)
class Asking:
    """One parameter as it is asked: of which type, by its code, with its modifier, and its values in the making."""

    kind: str
    code: str
    modifier: str
    given: Given
    source: str = ""
    """Where the values stand if not in the index: a sub-query of a row's own."""

    @property
    def said(self) -> str:
        """As the client wrote it."""
        return f"{self.code}:{self.modifier}" if self.modifier else self.code

    def bad(self, problem: str) -> BadParameter:
        """A refusal that names the parameter."""
        return BadParameter(rule="fhir.parameter", parameter=self.said, problem=problem)

    @property
    def param(self) -> str:
        """Its number in the index, written out: how often its values occur is what a plan must know."""
        return str(number_of(self.kind, self.code))

    def only(self, *allowed: str) -> None:
        """Refuse any other modifier."""
        if self.modifier and self.modifier not in allowed:
            raise self.bad(phrase("不支持修饰词“{modifier}”。", modifier=self.modifier[:40]))


def split(text: str) -> list[str]:
    """The alternatives of a value, still escaped."""
    return COMMA.split(text)


def unescaped(text: str) -> str:
    """Commas, bars and dollars as they were meant."""
    return ESCAPED.sub(r"\1", text)


def condition(asking: Asking, type_: str, text: str) -> str:
    """The condition on `{r}`. Raises BadParameter for what the parameter cannot mean."""
    values = split(text)
    if not text or any(not one for one in values) or len(values) > MOST_VALUES:
        raise asking.bad(phrase("每个值都要写出来，最多 {most} 个。", most=MOST_VALUES))
    if asking.modifier == "missing":
        return _missing(asking, type_, text)
    return _KINDS[type_](asking, values)


TABLES = {"token": "token", "uri": "token", "string": "text", "reference": "link", "date": "span", "number": "amount",
          "quantity": "amount"}  # fmt: skip


AMONG = "{r}.key IN (SELECT i.key FROM exchange_resource_{table} i WHERE i.param = {param} AND ({where}))"


def _among(asking: Asking, table: str, where: str) -> str:
    if asking.source:
        return f"EXISTS (SELECT FROM ({asking.source}) i WHERE {where})"
    return AMONG.format(table=table, param=asking.param, where=where, r="{r}")


def _missing(asking: Asking, type_: str, text: str) -> str:
    if text not in ("true", "false"):
        raise asking.bad(phrase("missing 的值是 true 或 false。"))
    there = _among(asking, TABLES[type_], "true")
    return f"NOT {there}" if text == "true" else there


def _token(asking: Asking, values: list[str]) -> str:
    asking.only("not")
    where = " OR ".join(_one_token(asking, value) for value in values)
    found = _among(asking, "token", where)
    return f"NOT {found}" if asking.modifier == "not" else found


def _one_token(asking: Asking, value: str) -> str:
    parts = [unescaped(one) for one in BAR.split(value)]
    if len(parts) > 2 or not any(parts):
        raise asking.bad(phrase("写作 代码 或 系统|代码。"))
    code = f"i.code = {asking.given(short(parts[-1]))}" if parts[-1] else "true"
    if len(parts) == 1:
        return code
    system = f"i.system = {asking.given(parts[0])}" if parts[0] else "i.system IS NULL"
    return f"({code} AND {system})"


def _uri(asking: Asking, values: list[str]) -> str:
    asking.only()
    return _among(asking, "token", f"i.code = ANY({asking.given([short(unescaped(one)) for one in values])})")


def _string(asking: Asking, values: list[str]) -> str:
    asking.only("exact", "contains")
    return _among(asking, "text", " OR ".join(_one_string(asking, unescaped(value)) for value in values))


def _one_string(asking: Asking, value: str) -> str:
    if len(value) > LONGEST or not plain(value):
        raise asking.bad(phrase("文字要有 1 到 {most} 个字。", most=LONGEST))
    known = plain(value)
    if asking.modifier == "exact":
        return f"(i.value = {asking.given(known)} AND coalesce(i.said, i.value) = {asking.given(value)})"
    pattern = re.sub(r"([\\%_])", r"\\\1", known) + "%"
    return f"i.value LIKE {asking.given('%' + pattern if asking.modifier == 'contains' else pattern)}"


# --- dates

SPANS = {
    "eq": "{low} >= {a} AND {high} <= {b}", "ne": "NOT ({low} >= {a} AND {high} <= {b})", "gt": "{high} > {b}",
    "lt": "{low} < {a}", "ge": "({high} > {b} OR {low} >= {a})", "le": "({low} < {a} OR {high} <= {b})",
    "sa": "{low} >= {b}", "eb": "{high} <= {a}",
}  # fmt: skip


def _date(asking: Asking, values: list[str]) -> str:
    asking.only()
    return _among(asking, "span", " OR ".join(_one_date(asking, one, "i.low", "i.high") for one in values))


def _one_date(asking: Asking, value: str, low: str, high: str) -> str:
    prefix, span = _prefixed_span(asking, value)
    first = f"{asking.given(span.low or FIRST)}::timestamptz"
    last = f"{asking.given(span.high or LAST)}::timestamptz"
    return f"({SPANS[prefix].format(low=low, high=high, a=first, b=last)})"


def _prefixed_span(asking: Asking, value: str) -> tuple[str, Span]:
    read = PREFIXED.fullmatch(unescaped(value))
    span = span_of(read[2].replace(" ", "+")) if read else None
    if read is None or span is None:
        raise asking.bad(phrase("“{value}”不是日期或时间。", value=value[:40]))
    return read[1] or "eq", span


def last_updated(asking: Asking, values: list[str]) -> str:
    """Asked of the row itself."""
    asking.only()
    return "(" + " OR ".join(_one_date(asking, one, "{r}.at", "{r}.at") for one in values) + ")"


# --- references


def _reference(asking: Asking, values: list[str]) -> str:
    targets = search_parameters(asking.kind)[asking.code].targets
    if asking.modifier and asking.modifier not in resource_kinds():
        asking.only()
    kinds = [asking.modifier] if asking.modifier else list(targets)
    wanted = [name for value in values for name in _names(unescaped(value), kinds)]
    return _among(asking, "link", f"i.target = ANY({asking.given(wanted)})")


def _names(value: str, kinds: list[str]) -> list[str]:
    """What the index may call it: an id alone means any type that may stand there."""
    value = value.partition("/_history/")[0]
    return [f"{kind}/{value}" for kind in kinds] if "/" not in value and ":" not in value else [short(value)]


# --- numbers

NUMBERS = {
    "eq": "i.value >= {a} AND i.value < {b}", "ne": "NOT (i.value >= {a} AND i.value < {b})",
    "gt": "(i.value > {q} OR i.high IS NULL)", "lt": "(i.value < {q} OR i.low IS NULL)",
    "ge": "(i.value >= {q} OR i.high IS NULL)", "le": "(i.value <= {q} OR i.low IS NULL)",
    "sa": "i.value > {q}", "eb": "i.value < {q}",
}  # fmt: skip


def _number(asking: Asking, values: list[str]) -> str:
    asking.only()
    return _among(asking, "amount", " OR ".join(_one_number(asking, one) for one in values))


def _one_number(asking: Asking, value: str) -> str:
    read = PREFIXED.fullmatch(value)
    try:
        number = Decimal(read[2] if read else "")
    except InvalidOperation:
        raise asking.bad(phrase("“{value}”不是数。", value=value[:40])) from None
    if read is None or not number.is_finite() or abs(number.adjusted()) > 60 or len(value) > 60:
        raise asking.bad(phrase("“{value}”不是数。", value=value[:40]))
    half = Decimal(5).scaleb(int(number.as_tuple().exponent) - 1)
    places = {name: f"{asking.given(one)}::numeric" for name, one in
              (("q", number), ("a", number - half), ("b", number + half))}  # fmt: skip
    return f"({NUMBERS[read[1] or 'eq'].format(**places)})"


def _quantity(asking: Asking, values: list[str]) -> str:
    asking.only()
    return _among(asking, "amount", " OR ".join(_one_quantity(asking, one) for one in values))


def _one_quantity(asking: Asking, value: str) -> str:
    parts = [unescaped(one) for one in BAR.split(value)]
    if len(parts) not in (1, 3):
        raise asking.bad(phrase("写作 数 或 数|系统|单位。"))
    where = _one_number(asking, parts[0])
    if len(parts) == 3 and parts[1]:
        where += f" AND i.system = {asking.given(parts[1])} AND i.code = {asking.given(parts[2])}"
    elif len(parts) == 3 and parts[2]:
        unit = asking.given(parts[2])
        where += f" AND (i.code = {unit} OR i.unit = {unit})"
    return f"({where})"


_KINDS: dict[str, Callable[[Asking, list[str]], str]] = {
    "token": _token, "uri": _uri, "string": _string, "date": _date, "reference": _reference, "number": _number,
    "quantity": _quantity,
}  # fmt: skip
