"""Answers: ACK in original and enhanced mode, in the sender's separators and character set.

Source: HL7 v2.5.1 chapter 2.9 (processing rules), 2.15.8 MSA, 2.15.5 ERR, tables 0008 and 0155. Nothing here decides
that a message is stored; the caller answers after its transaction is committed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from yigongti.exchange.hl7v2.charset import NAMES, codec_of
from yigongti.exchange.hl7v2.header import Header, Party
from yigongti.exchange.hl7v2.message import Separators, escaped
from yigongti.kernel.clock import COUNTY_ZONE


class Verdict(StrEnum):
    """What became of a message."""

    STORED = "stored"
    FAILED = "failed"
    """It could be tried again: a fault on our side."""
    REJECTED = "rejected"
    """It is no message, or none that we take: sending it again changes nothing."""


_LETTER = {Verdict.STORED: "A", Verdict.FAILED: "E", Verdict.REJECTED: "R"}


@dataclass(frozen=True, slots=True)
class Answers:
    """The code (AA … CR) to be sent on the connection now, and the one that the sender expects as a message later."""

    now: str | None
    later: str | None


def answers(header: Header | None, verdict: Verdict) -> Answers:
    """Which answers a sender wants by MSH-15 and MSH-16 (original mode where both are empty, or there is no MSH)."""
    letter = _LETTER[verdict]
    if header is None or not header.enhanced:
        return Answers(f"A{letter}", None)
    accept = f"C{letter}" if _wanted(header.accept, verdict) else None
    result = f"A{letter}" if _wanted(header.application, verdict) else None
    return Answers(accept, result) if accept else Answers(result, None)


def _wanted(wish: str, verdict: Verdict) -> bool:
    """AL always, NE never, SU on success, ER on error or rejection; empty is never."""
    return wish == "AL" or wish == ("SU" if verdict is Verdict.STORED else "ER")


# Table 0357, by the rule that was broken.
_ERRORS = {
    "hl7v2.no_rule": ("200", "Unsupported message type"),
    "hl7v2.no_msh": ("100", "Segment sequence error"),
    "hl7v2.no_type": ("101", "Required field missing"),
    "hl7v2.no_control_id": ("101", "Required field missing"),
    "hl7v2.time_form": ("102", "Data type error"),
    "hl7v2.time": ("102", "Data type error"),
}
_OTHER_ERROR = ("207", "Application internal error")


@dataclass(frozen=True, slots=True)
class Complaint:
    """Why: a sentence for people, the place (`PID-7`) and the rule as Unreadable has them."""

    sentence: str
    place: str = ""
    rule: str = ""


def acknowledgement(
    *,
    code: str,
    to: Header | None,
    control_id: str,
    at: datetime,
    charset: str = "",
    complaint: Complaint | None = None,
    us: tuple[str, str] = ("YIGONGTI", ""),
) -> bytes:
    """One ACK, unframed. `code` is AA AE AR CA CE or CR, `to` the header answered (None without a readable MSH),
    `control_id` our own number for the answer, `charset` what the message was found to be in, `us` our application
    and facility where the sender named none.
    """
    charset = _charset(charset, to)
    marks = to.separators if to else Separators()
    segments = [_msh(to, control_id, at, charset, us, marks), _msa(code, to, complaint, marks)]
    if complaint and code[1] != "A":
        segments.append(_err(to, complaint, marks))
    text = "".join(segment + "\r" for segment in segments)
    try:
        return text.encode(charset)
    except UnicodeEncodeError:
        return acknowledgement(
            code=code, to=to, control_id=control_id, at=at, charset="utf-8", complaint=complaint, us=us
        )


def _charset(found: str, to: Header | None) -> str:
    """What the sender writes in; plain ASCII says nothing, then what it declares, then UTF-8."""
    declared = codec_of(to.charsets[0]) if to and to.charsets else ""
    if found and found != "ascii":
        return found
    return declared if declared and declared != "ascii" else "utf-8"


def _msh(to: Header | None, control_id: str, at: datetime, charset: str, us: tuple[str, str], marks: Separators) -> str:
    nobody = Party("")
    ours = (to.receiving_application, to.receiving_facility) if to else (nobody, nobody)
    theirs = (to.sending_application, to.sending_facility) if to else (nobody, nobody)
    parties = [*(own if own.name else Party(name) for own, name in zip(ours, us, strict=True)), *theirs]
    fields = [
        "MSH", marks.encoding, *(_party(party, marks) for party in parties),
        at.astimezone(COUNTY_ZONE).strftime("%Y%m%d%H%M%S%z"), "", _type(to, marks), escaped(control_id, marks),
        escaped(to.processing_id, marks) if to and to.processing_id else "P",
        escaped(to.version, marks) if to and to.version else "2.4", "", "", "", "", "", NAMES.get(charset, ""),
    ]  # fmt: skip
    return marks.field.join(fields)


def _party(party: Party, marks: Separators) -> str:
    parts = [escaped(text, marks) for text in (party.name, party.universal_id, party.kind)]
    return marks.component.join(parts).rstrip(marks.component)


def _type(to: Header | None, marks: Separators) -> str:
    """ACK^A01^ACK; versions before 2.4 know no structure, messages without an event no event."""
    if to is None or not to.event:
        return "ACK"
    event = escaped(to.event, marks)
    return marks.component.join(("ACK", event) if to.version < "2.4" else ("ACK", event, "ACK"))


def _msa(code: str, to: Header | None, complaint: Complaint | None, marks: Separators) -> str:
    fields = ["MSA", code, escaped(to.control_id, marks) if to else ""]
    if complaint:
        fields.append(escaped(complaint.sentence, marks))
    return marks.field.join(fields)


def _err(to: Header | None, complaint: Complaint, marks: Separators) -> str:
    number, text = _ERRORS.get(complaint.rule, _OTHER_ERROR)
    error = marks.component.join((number, text, "HL70357"))
    segment, _, position = complaint.place.partition("-")
    where = marks.component.join((segment, "1", position.split(".")[0])) if position else segment
    if to and to.version and to.version < "2.5":
        old = marks.component.join((segment, "1", position.split(".")[0], error.replace(marks.component, "&")))
        return marks.field.join(("ERR", old))
    said = escaped(complaint.sentence, marks)
    return marks.field.join(("ERR", "", where, error, "E", "", "", "", said))
