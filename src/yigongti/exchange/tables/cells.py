"""The text of one cell: what office software leaves around it falls away, what it has broken is recognised."""

from __future__ import annotations

import re

from yigongti.exchange.tables.unfit import Unfit


# Shown as nothing: zero-width spaces, marks of direction, soft hyphens, byte order marks in the middle.
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_JOINERS = "\u200c\u200d"  # they belong between letters of some scripts, never at an end
_QUOTED = re.compile(r'="(?:[^"]|"")*"')
_EXPONENT = re.compile(r"[+-]?\d(?:\.\d+)?[Ee]\+?(\d{1,3})")
_NARROW = re.compile(r"#{2,}")
_WIDE = {0xFF01 + n: chr(0x21 + n) for n in range(94)} | {0x3000: " ", 0xFFE5: "¥", 0x2212: "-"}
ERRORS = frozenset({
    "#N/A", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA",
    "#N/A N/A", "#FIELD!", "#BLOCKED!", "#CONNECT!", "#UNKNOWN!",
})  # fmt: skip
DIGITS_KEPT = 10
"""A number of more digits than this is a number of something, not an amount: its last digits matter."""
MANGLED = "表格软件把{header}变成了 {value}，末位已丢失，请把这一列设为文本后重新填写"
ERROR = "公式出错（{value}），请在表格里改好公式或填入结果"
NARROW = "列太窄，表格软件存成了 {value}，请把列拉宽或设为文本后重新保存"
UNCOUNTED = "公式还没有算出结果，请用表格软件打开、保存后再上传"
UNCOUNTED_MARK = "#未计算"
"""Stands in a cell whose formula carries no value."""


def trimmed(text: str) -> str:
    """Without blanks around it, invisible characters, and the `="001"` or `'001` that keeps a number a text."""
    text = text.strip()
    if not text.isascii():
        text = _UNSEEN.sub("", text).strip(_JOINERS).strip()
    if text[:1] in ("=", "'"):
        text = _unquoted(text).strip()
    return text


def narrow(text: str) -> str:
    """Full-width digits, letters and signs to ordinary ones, and nothing else: ² and ① are no digits."""
    return text if text.isascii() else text.translate(_WIDE)


def _unquoted(text: str) -> str:
    if _QUOTED.fullmatch(text):
        return text[2:-1].replace('""', '"')
    return text[1:] if text[0] == "'" and len(text) > 1 else text


def whole_enough(text: str, header: str) -> None:
    """Raise `Unfit` for what office software has broken beyond repair: lost digits, errors of formulas, #####."""
    if text[0] == "#":
        _no_error(text)
    elif len(text) < 20 and (found := _EXPONENT.fullmatch(text)) and int(found[1]) >= DIGITS_KEPT:
        raise Unfit(MANGLED, header=header, value=text)


def _no_error(text: str) -> None:
    if text == UNCOUNTED_MARK:
        raise Unfit(UNCOUNTED)
    if text.upper() in ERRORS:
        raise Unfit(ERROR, value=text)
    if _NARROW.fullmatch(text):
        raise Unfit(NARROW, value=text[:12])
