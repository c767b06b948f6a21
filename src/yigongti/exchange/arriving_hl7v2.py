"""HL7 v2 at the door: bytes apart into messages, each kept before it is answered; who sent it stands in its header."""

from __future__ import annotations

from dataclasses import dataclass

from yigongti.exchange import inbox
from yigongti.exchange.hl7v2.acknowledge import Complaint, Verdict, acknowledgement, answers
from yigongti.exchange.hl7v2.charset import decode
from yigongti.exchange.hl7v2.framing import split_batch
from yigongti.exchange.hl7v2.header import Header, glimpse, read_header
from yigongti.exchange.hl7v2.message import parse
from yigongti.exchange.inbox import Arrived
from yigongti.kernel import clock
from yigongti.kernel.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Kept:
    """A message that is committed, its header as far as it can be read, and what could not be read of it."""

    arrived: Arrived
    header: Header | None
    charset: str
    trouble: Refusal | None


def keep(data: bytes, *, peer: str = "") -> list[Kept]:
    """Keep every message of a frame or a file, and what stands before the first as one more; bytes without any message
    are kept as one. `peer` names whoever brings what has no readable header."""
    batch = split_batch(data)
    pieces = [b"".join(batch.stray), *batch.messages] if batch.messages else [data]
    return [_keep_one(one, peer) for one in pieces if one]


def _keep_one(body: bytes, peer: str) -> Kept:
    header, charset, trouble = _glimpsed(body)
    application = header.sending_application.name if header else ""
    facility = header.sending_facility.name if header else ""
    arrived = inbox.receive(
        channel="hl7v2", sender=f"{application}|{facility}" if header else peer,
        title=f"{facility}（{application}）" if facility and application else facility or application,
        control_id=header.control_id if header else "", kind=header.kind if header else "", body=body,
        unreadable=trouble,
    )  # fmt: skip
    return Kept(arrived, header, charset, trouble)


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
    return acknowledgement(
        code=code, to=kept.header, control_id=f"YGT{kept.arrived.id}", at=clock.now(), charset=kept.charset,
        complaint=told,
    )  # fmt: skip
