"""OBX: one observation with its values, in whatever type they are sent."""

from __future__ import annotations

import re
import unicodedata

from yigongti.exchange.hl7v2.datatypes import Coded, coded, moment, number, staff
from yigongti.exchange.hl7v2.facts import (
    Attachment,
    Number,
    Person,
    Result,
    Structured,
    Time,
    Value,
    Words,
)
from yigongti.exchange.hl7v2.message import Field, Part, Segment
from yigongti.exchange.hl7v2.unreadable import BadField, Unreadable


STATUSES = frozenset("ABCDFINOPRSUVWX")
"""Table 0085."""
LONGEST_BOUND = 60
_COMPARED = re.compile(r"([<>]=?|[≤≥])\s*([0-9.]{1,40})")
_SIGNS = {"≤": "<=", "≥": ">="}


def read_result(
    obx: Segment, *, person: Person | None, notes: tuple[str, ...] = (), of: Segment | None = None, about: str = ""
) -> Result:
    """The observation of an OBX under the OBR `of`. Refused without a code, and for an unknown status."""
    performer, status = obx[23][1].text or coded(obx[15].first).says, obx[11].text.upper()
    if status and status not in STATUSES:
        raise BadField(place="OBX-11", value=status, problem="不是认识的结果状态。", rule="hl7v2.status")
    return Result(
        person=person,
        code=_code(obx),
        sub=obx[4].whole,
        type=obx[2].text.upper(),
        values=_values(obx[2].text.upper(), obx[5]),
        unit=coded(obx[6].first) if obx[6].first[2] else Coded(obx[6].whole),
        range=obx[7].whole,
        flags=tuple(flag.text for part in obx[8] if (flag := part[1])),
        status=status,
        time=moment(obx[14].first) or (moment(of[7].first) if of else None),
        analysed=moment(obx[19].first),
        performer=performer,
        by=staff(obx[16].first),
        notes=notes,
        about=about or "patient",
    )


def _code(obx: Segment) -> Coded:
    """OBX-3; analysers that send a bare number there write the item's name into OBX-4. Only attachments go without."""
    code = coded(obx[3].first)
    if not code and obx[2].text.upper() not in ("ED", "RP"):
        raise Unreadable(place="OBX-3", problem="没有写明是哪个检验检查项目。", rule="hl7v2.no_code")
    name = obx[4].whole
    if code.code.isdigit() and not code.text and re.search(r"[^\W\d_]", name):
        return Coded(code.code, name, code.system)
    return code


def _values(kind: str, sent: Field) -> tuple[Value, ...]:
    if not sent:
        return ()
    if kind in ("CE", "CWE", "CNE", "CF", "IS", "ID", "CX"):
        return tuple(made for part in sent if (made := coded(part)))
    if kind in ("NM", "SI"):
        return tuple(_numeric(part) for part in sent)
    if kind == "SN":
        return tuple(_structured(part) for part in sent)
    if kind in ("DT", "TS", "DTM"):
        return tuple(Time(time) for part in sent if (time := moment(part)))
    if kind in ("ED", "RP"):
        return tuple(_attachment(kind, part) for part in sent)
    return tuple(Words(part.text) for part in sent) if kind not in ("TX", "FT", "ST", "") else (_lines(sent),)


def _lines(sent: Field) -> Words:
    """Repetitions of a text are its lines."""
    return Words("\n".join(part.text for part in sent))


def _numeric(part: Part) -> Value:
    made = number(part.text)
    if made is not None:
        return Number(made)
    plain = unicodedata.normalize("NFKC", part.text) if len(part.text) <= LONGEST_BOUND else ""
    compared = _COMPARED.fullmatch(plain)
    bound = number(compared.group(2)) if compared else None
    if compared and bound is not None:
        return Structured(_SIGNS.get(compared.group(1), compared.group(1)), bound, "", None)
    return Words(part.text)


def _structured(part: Part) -> Value:
    first, second = number(part[2].text), number(part[4].text)
    unfit = (part[2] and first is None) or (part[4] and second is None)
    if unfit or not (part[1] or part[2]):
        return _numeric(part)
    return Structured(part[1].text, first, part[3].text, second)


def _attachment(kind: str, part: Part) -> Attachment:
    if kind == "RP":
        return Attachment(part[3].text, part[4].text, "", part[1].text, is_pointer=True)
    return Attachment(part[2].text, part[3].text, part[4].text, part[5].text, is_pointer=False)
