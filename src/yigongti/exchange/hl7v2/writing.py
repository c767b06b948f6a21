"""Messages that we send, as text: MSH, who it is about, an order (OML^O21) or a report (ORU^R01).

Source: HL7 v2.5.1 chapters 2, 3, 4 and 7. Nothing here reads the record: what is said is given, as values or in the
lossless form in which a report was kept (`hl7v2_words.plain`), and comes back equal when it is read again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yigongti.exchange.hl7v2.charset import NAMES, decode
from yigongti.exchange.hl7v2.message import Separators, escaped
from yigongti.kernel.clock import COUNTY_ZONE


VERSION = "2.5.1"
_MARKS = Separators()
_SEX = {"1": "M", "2": "F", "0": "U", "9": "U"}
_CODED = ("CE", "CWE", "CNE", "CF", "IS", "ID", "CX")
_TEXT = ("TX", "FT")

Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """MSH: our number of the message, from whom to whom, when, and in which character set (a codec)."""

    control_id: str
    at: datetime
    us: tuple[str, str]
    them: tuple[str, str]
    charset: str = "utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """An identifier with who gave it and its type (CX.4, CX.5)."""

    value: str
    authority: str = ""
    type: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """PID: who it is about; the receiver's own numbers first."""

    numbers: Sequence[Numbered]
    name: str
    sex: str
    born: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """ORC and OBR: the request by its numbers (plain EI: value, system), what is asked, by whom, when."""

    control: str
    status: str = ""
    placer: Plain | None = None
    filler: Plain | None = None
    service: Plain
    ordered: datetime | None = None
    by: str = ""
    institution: str = ""
    priority: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """OBR and its OBX: when it was observed and reported, how final it is, who read it, where, and the results."""

    observed: datetime
    reported: datetime
    status: str
    section: str = ""
    reader: str = ""
    producer: str = ""
    results: Sequence[Plain] = ()
    text: str = ""


def order_message(envelope: Envelope, subject: Subject, asked: Asked, *, notes: Sequence[str] = ()) -> bytes:
    """OML^O21, framed by nothing."""
    segments = [_msh(envelope, "OML^O21^OML_O21"), _pid(subject), _orc(asked)]
    if asked.priority:
        segments.append(_segment("TQ1", {1: "1", 9: _safe(asked.priority)}))
    segments.append(_segment("OBR", {**_request(asked), 31: _component("", asked.reason)}))
    segments += [_note(n, text) for n, text in enumerate(notes, 1)]
    return _bytes(segments, envelope)


def result_message(envelope: Envelope, subject: Subject, asked: Asked, report: Reported) -> bytes:
    """ORU^R01, framed by nothing. A report without single results is sent as its text."""
    obr = {
        **_request(asked), 7: _time(report.observed), 22: _time(report.reported), 24: _safe(report.section),
        25: _safe(report.status), 32: f"&{_safe(report.reader)}" if report.reader else "",
    }  # fmt: skip
    segments = [_msh(envelope, "ORU^R01^ORU_R01"), _pid(subject), _orc(asked), _segment("OBR", obr)]
    results = report.results or [_whole(asked, report)]
    for number, one in enumerate(results, 1):
        segments.append(_obx(number, one, report.producer))
        segments += [_note(n, text) for n, text in enumerate(one.get("notes", ()), 1)]
    return _bytes(segments, envelope)


def taken_back(body: bytes, envelope: Envelope) -> bytes:
    """A result message of ours once more, without its values: every result was wrong (OBX-11 W, OBR-25 X)."""
    lines = [line.split("|") for line in decode(body).text.split("\r") if line]
    kept = [line for line in lines if line[0] in ("PID", "ORC", "OBR", "OBX")]
    for line in kept:
        if line[0] == "OBR":
            _put(line, {25: "X", 22: _time(envelope.at)})
        if line[0] == "OBX":
            _put(line, {5: "", 7: "", 8: "", 11: "W"})
    return _bytes([_msh(envelope, "ORU^R01^ORU_R01"), *("|".join(line) for line in kept)], envelope)


def _put(line: list[str], given: Mapping[int, str]) -> None:
    line += [""] * (max(given) + 1 - len(line))
    for at, text in given.items():
        line[at] = text


# --- segments


def _bytes(segments: Sequence[str], envelope: Envelope) -> bytes:
    return "".join(f"{segment}\r" for segment in segments).encode(envelope.charset)


def _segment(name: str, fields: Mapping[int, str]) -> str:
    given = {at: text for at, text in fields.items() if text}
    return "|".join([name, *(given.get(at, "") for at in range(1, max(given, default=0) + 1))])


def _msh(envelope: Envelope, kind: str) -> str:
    names = [_safe(name) for name in (*envelope.us, *envelope.them)]
    fields = [*names, _time(envelope.at), "", kind, _safe(envelope.control_id), "P", VERSION, *[""] * 5]
    return "|".join(["MSH", "^~\\&", *fields, NAMES[envelope.charset]])


def _pid(subject: Subject) -> str:
    numbers = (f"{_safe(one.value)}^^^{_safe(one.authority)}^{_safe(one.type)}" for one in subject.numbers)
    return _segment("PID", {
        1: "1", 3: "~".join(numbers), 5: f"{_safe(subject.name)}^^^^^^L", 7: f"{subject.born:%Y%m%d}",
        8: _SEX.get(subject.sex, "U"),
    })  # fmt: skip


def _orc(asked: Asked) -> str:
    return _segment("ORC", {
        1: asked.control, 2: _entity(asked.placer), 3: _entity(asked.filler), 5: asked.status,
        9: _time(asked.ordered), 12: _component("", asked.by), 21: _safe(asked.institution),
    })  # fmt: skip


def _request(asked: Asked) -> dict[int, str]:
    return {
        1: "1", 2: _entity(asked.placer), 3: _entity(asked.filler), 4: _coded(asked.service),
        16: _component("", asked.by),
    }  # fmt: skip


def _note(number: int, text: str) -> str:
    return _segment("NTE", {1: str(number), 3: _safe(text)})


def _obx(number: int, result: Plain, producer: str) -> str:
    kind, values = _values(str(result.get("type", "")), result.get("values", ()))
    unit = result.get("unit", {})
    return _segment("OBX", {
        1: str(number), 2: kind, 3: _coded(result.get("code", {})), 4: _safe(result.get("sub", "")), 5: values,
        6: _coded(unit) if unit.get("text") else _safe(unit.get("code", "")), 7: _safe(result.get("range", "")),
        8: "~".join(_safe(flag) for flag in result.get("flags", ())), 11: _safe(result.get("status", "") or "F"),
        14: _safe(result.get("time", {}).get("raw", "")), 15: _component("", result.get("performer") or producer),
    })  # fmt: skip


def _whole(asked: Asked, report: Reported) -> Plain:
    status = report.status if report.status in ("P", "C", "F") else "F"
    return {"type": "TX", "code": asked.service, "values": [{"text": report.text}], "status": status}


# --- values


def _values(kind: str, values: Sequence[Plain]) -> tuple[str, str]:
    """The type that fits all values, and the values."""
    found = [_value(kind, one) for one in values]
    kinds = {name for name, _ in found}
    if len(kinds) > 1:
        return "ST", "~".join(text.replace("^", " ").strip() for _, text in found)
    return (kinds.pop() if kinds else kind or "ST"), "~".join(text for _, text in found)


def _value(kind: str, value: Plain) -> tuple[str, str]:
    if "number" in value:
        return "SI" if kind == "SI" else "NM", _safe(value["number"])
    if "comparator" in value or "first" in value:
        return "SN", _component(*(value.get(name, "") for name in ("comparator", "first", "separator", "second")))
    if "time" in value:
        return kind if kind in ("DT", "TS", "DTM") else "TS", _safe(value["time"]["raw"])
    if "is_pointer" in value:
        return _attachment(value)
    if kind in _CODED:
        return "CWE", _coded(value)
    text = str(value.get("text", "") or value.get("code", ""))
    return (kind if kind in _TEXT else "TX") if "\n" in text or kind in _TEXT else "ST", _safe(text)


def _attachment(value: Plain) -> tuple[str, str]:
    media, subtype, data = (value.get(name, "") for name in ("media", "subtype", "data"))
    if value["is_pointer"]:
        return "RP", _component(data, "", media, subtype)
    return "ED", _component("", media, subtype, value.get("encoding", ""), data)


def _coded(value: Plain) -> str:
    names = ("code", "text", "system", "other_code", "other_text", "other_system")
    parts = [value.get(name, "") for name in names]
    return _component(*parts, *(["", "", value["original"]] if value.get("original") else []))


def _entity(number: Plain | None) -> str:
    return _component(number.get("value", ""), number.get("system", "")) if number else ""


def _component(*parts: object) -> str:
    return "^".join(_safe(part) for part in parts).rstrip("^")


def _safe(text: object) -> str:
    """Escaped; characters that would end a frame or a segment, and halves of characters, have no place in a message."""
    kept = "".join(one for one in str(text) if one in "\n\r\t" or (one >= " " and not "\ud800" <= one <= "\udfff"))
    return escaped(kept, _MARKS)


def _time(moment: datetime | None) -> str:
    return f"{moment.astimezone(COUNTY_ZONE):%Y%m%d%H%M%S%z}" if moment else ""
