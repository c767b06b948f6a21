"""Readers of one cell: each makes a function from a trimmed text to a value, or to `Unfit` with the rule in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeVar

from yigongti.exchange.tables.cells import narrow
from yigongti.exchange.tables.days import day, moment
from yigongti.exchange.tables.unfit import Unfit
from yigongti.kernel.language import phrase


__all__ = ["code", "day", "many", "moment", "money", "number", "text", "whole", "yes_no"]

Read = TypeVar("Read")

MOST_LETTERS = 200
TOO_LONG = "最多 {most} 个字，现为 {count} 个"
NOT_SHOWN = "含有不能显示的字符"
NOT_WHOLE, NOT_NUMBER, NOT_MONEY = "应为整数", "应为数字", "应为金额（元），例如 1234.50"
TOO_LITTLE, TOO_MUCH = "不能小于 {least}", "不能大于 {most}"
TOO_FINE, FEN = "最多 {decimals} 位小数", "金额最多两位小数（到分）"
IN_WAN = "金额请以元为单位填写，不要用万元"
NOT_LISTED = "不在可填的内容里（{choices}）"
NEITHER = "应填是或否"
ONE_OF_MANY = "“{item}”{problem}"
SEPARATORS = "、，,;；/"
CHOICES_SHOWN = 12

_BLANKS = re.compile(r"\s+")
_BLANKS_IN_LINE = re.compile(r"[^\S\n]+")
_UNSHOWN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd\ufffe\uffff]")
_NUMBER = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d+))?|[+-]?\.(\d+)", re.ASCII)
_PAID = re.compile(r"(\d{1,12})(?:\.(\d{1,2}))?", re.ASCII)
_MONEY_SIGNS = re.compile(r"^(?:¥|rmb|cny|人民币)|(?:元整?|圆整?)$", re.IGNORECASE)
_LONGEST_NUMBER = 40
_YES = frozenset({"是", "有", "对", "1", "y", "yes", "true", "t", "√", "✓", "✔", "☑"})
_NO = frozenset({"否", "无", "没有", "不是", "错", "0", "n", "no", "false", "f", "×", "x", "✗", "✘"})


def text(*, most: int = MOST_LETTERS, lines: bool = False) -> Callable[[str], str]:
    """A reader of free text, letters as written; line breaks become blanks unless `lines` are wanted."""

    def read(cell: str) -> str:
        if not cell.isprintable() or "\ufffd" in cell:
            cell = _in_lines(cell) if lines else _BLANKS.sub(" ", cell)
            if _UNSHOWN.search(cell):
                raise Unfit(NOT_SHOWN)
        if len(cell) > most:
            raise Unfit(TOO_LONG, most=most, count=len(cell))
        return cell

    return read


def _in_lines(cell: str) -> str:
    return _BLANKS_IN_LINE.sub(" ", cell.replace("\r\n", "\n").replace("\r", "\n"))


def whole(*, least: int | None = None, most: int | None = None) -> Callable[[str], int]:
    """A reader of whole numbers: 12, 1,200, full-width digits, and 12.0 as office software leaves it."""

    def read(cell: str) -> int:
        if cell.isdigit() and cell.isascii() and len(cell) <= _LONGEST_NUMBER:
            value = int(cell)
        else:
            exact = _decimal(cell, NOT_WHOLE)
            if exact != exact.to_integral_value():
                raise Unfit(NOT_WHOLE)
            value = int(exact)
        _bounded(value, least, most)
        return value

    return read


def number(
    *, least: Decimal | int | None = None, most: Decimal | int | None = None, decimals: int | None = None
) -> Callable[[str], Decimal]:
    """A reader of exact decimal numbers, as many places as are written."""

    def read(cell: str) -> Decimal:
        value = _decimal(cell, NOT_NUMBER)
        if decimals is not None and _places(value) > decimals:
            raise Unfit(TOO_FINE, decimals=decimals)
        _bounded(value, least, most)
        return value

    return read


def money(*, least: int | None = 0, most: int | None = None) -> Callable[[str], int]:
    """A reader of amounts in 元, given in whole 分; `least` and `most` are in 分."""

    def read(cell: str) -> int:
        return _affordable(_fen(cell), least, most)

    return read


def _fen(cell: str) -> int:
    usual = _PAID.fullmatch(cell)
    if usual:
        return int(usual[1]) * 100 + int((usual[2] or "").ljust(2, "0"))
    plain = _BLANKS.sub("", narrow(cell))
    if plain.endswith(("万", "万元")):
        raise Unfit(IN_WAN)
    sign, plain = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    value = _decimal(sign + _MONEY_SIGNS.sub("", _MONEY_SIGNS.sub("", plain)), NOT_MONEY)
    if _places(value) > 2:
        raise Unfit(FEN)
    return int(value * 100)


def _affordable(fen: int, least: int | None, most: int | None) -> int:
    if least is not None and fen < least:
        raise Unfit(TOO_LITTLE, least=_yuan(least))
    if most is not None and fen > most:
        raise Unfit(TOO_MUCH, most=_yuan(most))
    return fen


def _yuan(fen: int) -> str:
    return f"{Decimal(fen) / 100:.2f}"


def _decimal(cell: str, rule: str) -> Decimal:
    plain = narrow(cell).strip()
    if len(plain) > _LONGEST_NUMBER or not _NUMBER.fullmatch(plain):
        raise Unfit(rule)
    return Decimal(plain.replace(",", ""))


def _places(value: Decimal) -> int:
    """Decimal places that say something: 1.500 has one."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _bounded(value: Decimal | int, least: Decimal | int | None, most: Decimal | int | None) -> None:
    if least is not None and value < least:
        raise Unfit(TOO_LITTLE, least=str(least))
    if most is not None and value > most:
        raise Unfit(TOO_MUCH, most=str(most))


def code(choices: Mapping[str, str], *, synonyms: Mapping[str, str] | None = None) -> Callable[[str], str]:
    """A reader of codes: by code, label, both (`1 男`), a synonym → code, or digits that lost leading zeros."""
    known = _spellings(choices, synonyms or {})
    shown = "、".join(list(choices.values())[:CHOICES_SHOWN]) + ("…" if len(choices) > CHOICES_SHOWN else "")

    def read(cell: str) -> str:
        found = known.get(cell)
        if found is None:
            found = known.get(_spelling(cell)) or known.get(_loosely(cell))
        if found is None:
            raise Unfit(NOT_LISTED, choices=shown)
        return found

    return read


def _spelling(cell: str) -> str:
    return _BLANKS.sub("", unicodedata.normalize("NFKC", cell).casefold())


def _loosely(cell: str) -> str:
    return re.sub(r"[.\-_:()\[\]、]+", "", _spelling(cell))


def _spellings(choices: Mapping[str, str], synonyms: Mapping[str, str]) -> dict[str, str]:
    """Spelling → code. Two codes under one code or label are a mistake; loose spellings that clash mean nothing."""
    known: dict[str, str] = {}
    for listed, label in choices.items():
        for name in {_spelling(listed), _spelling(label)}:
            if known.setdefault(name, listed) != listed:
                raise ValueError(f"{name!r} is {known[name]!r} and {listed!r}")
    known |= {_spelling(name): listed for name, listed in synonyms.items()}
    loose: dict[str, set[str]] = {}
    for listed, label in choices.items():
        for name in (label, listed + label, label + listed, listed.lstrip("0") if listed.isdigit() else label):
            loose.setdefault(_loosely(name), set()).add(listed)
    for name, codes in loose.items():
        if name and len(codes) == 1:
            known.setdefault(name, next(iter(codes)))
    return known


def yes_no(cell: str) -> bool:
    """是 or 否, in the ways people and systems write it."""
    plain = unicodedata.normalize("NFKC", cell).casefold()
    if plain in _YES:
        return True
    if plain in _NO:
        return False
    raise Unfit(NEITHER)


def many(reader: Callable[[str], Read], *, separators: str = SEPARATORS) -> Callable[[str], tuple[Read, ...]]:
    """A reader of several values in one cell, each once, in their order."""
    between = re.compile(f"[{re.escape(separators)}]")

    def read(cell: str) -> tuple[Read, ...]:
        items = (item.strip() for item in between.split(cell))
        return tuple(dict.fromkeys(_one(reader, item) for item in items if item))

    return read


def _one(reader: Callable[[str], Read], item: str) -> Read:
    try:
        return reader(item)
    except ValueError as wrong:
        rule, facts = getattr(wrong, "rule", None), _facts(wrong)
        if not isinstance(rule, str):
            raise
        raise Unfit(ONE_OF_MANY, item=item, problem=phrase(rule, **facts)) from None


def _facts(wrong: ValueError) -> dict[str, Any]:
    return dict(getattr(wrong, "facts", {}))
