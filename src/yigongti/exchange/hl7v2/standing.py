"""Whom or what results are about at all: calibrators and controls are nobody's; and segments that are read and kept."""

from __future__ import annotations

from yigongti.exchange.hl7v2.facts import Report, Result
from yigongti.exchange.hl7v2.header import read_header
from yigongti.exchange.hl7v2.message import Message


# MSH-16 as analysers of Mindray fill it.
WHOLE = {"1": "校准结果", "2": "质控结果"}
# Table 0369, specimen role: every one that is no patient's.
ROLES = {
    "Q": "质控结果", "C": "校准结果", "V": "校准验证结果", "B": "盲样结果", "E": "电子质控结果", "F": "室间质评结果",
    "O": "人员考核结果",
}  # fmt: skip
BESIDE = ("NK1", "PD1", "GT1", "IN1", "IN2", "IN3")
"""Next of kin, guarantor, insurance: kept with the visit as they were sent, and applied to nothing."""


def whole_role(message: Message) -> str:
    """What the whole message was measured on, where that is no patient; '' for everything else."""
    header = read_header(message)
    return WHOLE.get(header.application, "") if header.type in ("ORU", "OUL") else ""


def role_of(fact: Report | Result) -> str:
    """The same of one report; a result that stands alone has no role."""
    return ROLES.get(fact.asked.role, "") if isinstance(fact, Report) else ""


def beside_of(message: Message) -> dict[str, list[str]]:
    """The lines of these segments, by name, as they were sent."""
    found: dict[str, list[str]] = {}
    for segment in message.segments:
        if segment.name in BESIDE:
            found.setdefault(segment.name, []).append(segment.raw)
    return found
