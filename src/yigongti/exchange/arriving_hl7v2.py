"""HL7 v2 at the door: bytes apart into messages, each kept before it is answered; who sent it stands in its header."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from yigongti.exchange import inbox
from yigongti.exchange.hl7v2.acknowledge import Complaint, Verdict, acknowledgement, answers
from yigongti.exchange.hl7v2.charset import decode
from yigongti.exchange.hl7v2.framing import Batch, split_batch
from yigongti.exchange.hl7v2.header import Header, glimpse, read_header
from yigongti.exchange.hl7v2.message import parse
from yigongti.exchange.inbox import Arrived
from yigongti.kernel import clock
from yigongti.kernel.refusal import BadValue, Refusal


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that is committed, its header as far as it can be read, and what could not be read of it."""

    arrived: Arrived
    header: Header | None
    charset: str
    trouble: Refusal | None


class OtherCount(BadValue):
    """{place} 说有 {value} 条，实到 {came} 条：请向来源方核对这一批是否完整。"""


def keep(data: bytes, *, peer: str = "") -> list[Kept]:
    """Keep every message of a frame or a file, and what stands before the first as one more; bytes without any message
    are kept as one. `peer` names whoever brings what has no readable header. The lines around a batch are kept last, as
    one of their own: they wait where they promise another number than came."""
    batch = split_batch(data)
    pieces = [b"".join(batch.stray), *batch.messages] if batch.messages else [data]
    kept = [_keep_one(one, peer) for one in pieces if one]
    return [*kept, _keep_wrapping(batch, data, kept, peer)] if batch.messages and batch.wrapping else kept


def _keep_wrapping(batch: Batch, data: bytes, kept: Sequence[Kept], peer: str) -> Kept:
    """Under the sender of the first message; the same batch again is a repeat, the same lines around others are not."""
    header = next((one.header for one in kept if one.header), None)
    trouble = None
    if batch.differs:
        place, promised, came = batch.differs
        trouble = OtherCount(field=place, place=place, value=str(promised), came=came)
    arrived = inbox.receive(
        channel="hl7v2", sender=_sender(header, peer), title=_title(header), kind="BATCH",
        control_id=f"BATCH {hashlib.sha256(data).hexdigest()}", body=b"".join(batch.wrapping), unreadable=trouble,
    )  # fmt: skip
    return Kept(arrived, None, "", trouble)


def _keep_one(body: bytes, peer: str) -> Kept:
    header, charset, trouble = _glimpsed(body)
    arrived = inbox.receive(
        channel="hl7v2", sender=_sender(header, peer), title=_title(header),
        control_id=header.control_id if header else "", kind=header.kind if header else "", body=body,
        unreadable=trouble,
    )  # fmt: skip
    return Kept(arrived, header, charset, trouble)


def _sender(header: Header | None, peer: str) -> str:
    return f"{header.sending_application.name}|{header.sending_facility.name}" if header else peer


def _title(header: Header | None) -> str:
    application = header.sending_application.name if header else ""
    facility = header.sending_facility.name if header else ""
    return f"{facility}（{application}）" if facility and application else facility or application


def _glimpsed(body: bytes) -> tuple[Header | None, str, Refusal | None]:
    """Only the header is asked for here: what is wrong further down is for the one who takes the message in."""
    try:
        found = decode(body)
    except Refusal as trouble:
        return None, "", trouble
    try:
        return read_header(parse(found.text, charset=found.charset)), found.charset, None
    except Refusal as trouble:
        return glimpse(found.text), found.charset, trouble


def answer(kept: Kept) -> bytes | None:
    """The acknowledgement that the sender asked for, unframed: AA once it is kept, AR for what is no message."""
    verdict = Verdict.STORED if kept.header is not None else Verdict.REJECTED
    code = answers(kept.header, verdict).now
    if code is None:
        return None
    told = Complaint(str(kept.trouble), kept.trouble.field, kept.trouble.rule) if kept.trouble else None
    return _acknowledged(kept, code, told)


def later_answer(kept: Kept) -> bytes | None:
    """In enhanced mode the second answer, where it was asked for: the message is taken in now, and what became of it
    said. None in original mode, and where the one answer said it all."""
    if kept.header is None or answers(kept.header, Verdict.STORED).now in (None, "AA"):
        return None
    if not any(answers(kept.header, verdict).later for verdict in (Verdict.STORED, Verdict.FAILED)):
        return None
    state, reason = inbox.settled(kept.arrived)
    good = state in ("applied", "superseded", "received")
    code = answers(kept.header, Verdict.STORED if good else Verdict.FAILED).later
    return _acknowledged(kept, code, None if good else Complaint(reason)) if code else None


def unkept(data: bytes) -> bytes | None:
    """The answer to what could not be kept through a fault of ours: AE or CE, the sender tries again."""
    header, charset, _trouble = _glimpsed(data)
    code = answers(header, Verdict.FAILED).now
    told = Complaint("系统暂时存不下，请稍后重发", "MSH", "hl7v2.unkept")
    return acknowledgement(code=code, to=header, control_id="YGT0", at=clock.now(), charset=charset,
                           complaint=told) if code else None  # fmt: skip


def _acknowledged(kept: Kept, code: str, told: Complaint | None) -> bytes:
    return acknowledgement(
        code=code, to=kept.header, control_id=f"YGT{kept.arrived.id}", at=clock.now(), charset=kept.charset,
        complaint=told,
    )  # fmt: skip
