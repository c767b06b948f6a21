"""A recording as JSON for programs and as compact bytes for storage; both give back an equal recording.

Bytes: "YGTW", one byte of version, four bytes of length (big-endian), JSON of everything but the samples, then the
samples deflated: per lead the differences from one sample to the next as little-endian 16- or 32-bit numbers.
"""

from __future__ import annotations

import json
import struct
import sys
import zlib
from array import array
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from itertools import accumulate, pairwise
from typing import Any

from yigongti.exchange.waveforms.form import MOST_SAMPLES, Annotation, Lead, Measurement, Recording, Subject
from yigongti.exchange.waveforms.refusing import Unreadable


MAGIC, VERSION = b"YGTW", 1
_HEAD = struct.Struct(">4sBI")
_BROKEN = (KeyError, TypeError, ValueError, AttributeError, OverflowError, RecursionError, MemoryError)


def to_json(recording: Recording) -> dict[str, Any]:
    """Plain lists, numbers and texts, fit for `json.dumps`; times in ISO 8601."""
    return _plain(recording, [{**_lead(lead), "samples": lead.samples.tolist()} for lead in recording.leads])


def from_json(told: dict[str, Any]) -> Recording:
    """The recording that `to_json` told; raises `Unreadable` for anything else."""
    try:
        leads = tuple(Lead(**{**one, "samples": array("i", one["samples"])}) for one in told["leads"])
        return _recording(told, leads)
    except _BROKEN as wrong:
        raise _not_ours(wrong) from wrong


def to_bytes(recording: Recording) -> bytes:
    """Compact form for storage; about a third of a WFDB file's size."""
    kept, bodies = [], []
    for lead in recording.leads:
        width, body = _differences(lead.samples)
        kept.append({**_lead(lead), "count": len(lead.samples), "width": width})
        bodies.append(body)
    head = json.dumps(_plain(recording, kept), ensure_ascii=False, separators=(",", ":")).encode()
    return _HEAD.pack(MAGIC, VERSION, len(head)) + head + zlib.compress(b"".join(bodies), 6)


def from_bytes(data: bytes) -> Recording:
    """The recording that `to_bytes` kept; raises `Unreadable` for anything else, and never unpacks past its length."""
    try:
        magic, version, length = _HEAD.unpack_from(data)
        if (magic, version) != (MAGIC, VERSION):
            raise ValueError("another format")
        told = json.loads(data[_HEAD.size : _HEAD.size + length])
        body = _inflated(data[_HEAD.size + length :], sum(_size(one) for one in told["leads"]))
        return _recording(told, tuple(_leads(told["leads"], body)))
    except (*_BROKEN, struct.error, zlib.error) as wrong:
        raise _not_ours(wrong) from wrong


def _plain(recording: Recording, leads: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "source": recording.source, "rate": recording.rate, "device": recording.device,
        "identifier": recording.identifier,
        "started": recording.started and recording.started.isoformat(),
        "subject": {**asdict(recording.subject), "born": recording.subject.born and recording.subject.born.isoformat()},
        "annotations": [asdict(one) for one in recording.annotations],
        "measurements": [asdict(one) for one in recording.measurements],
        "statements": list(recording.statements), "notes": list(recording.notes),
        "left_out": list(recording.left_out), "leads": leads,
    }  # fmt: skip


def _recording(told: dict[str, Any], leads: tuple[Lead, ...]) -> Recording:
    who = told["subject"]
    return Recording(
        source=told["source"], rate=told["rate"], leads=leads, device=told["device"], identifier=told["identifier"],
        started=datetime.fromisoformat(told["started"]) if told["started"] else None,
        subject=Subject(**{**who, "born": date.fromisoformat(who["born"]) if who["born"] else None}),
        annotations=tuple(Annotation(**one) for one in told["annotations"]),
        measurements=tuple(Measurement(**one) for one in told["measurements"]),
        statements=tuple(told["statements"]), notes=tuple(told["notes"]), left_out=tuple(told["left_out"]),
    )  # fmt: skip


def _lead(lead: Lead) -> dict[str, Any]:
    return {
        "name": lead.name, "step": lead.step, "origin": lead.origin, "unit": lead.unit, "begins": lead.begins,
        "gap": lead.gap, "calibrated": lead.calibrated,
    }  # fmt: skip


def _differences(samples: array[int]) -> tuple[int, bytes]:
    jumps = [0, *(after - before for before, after in pairwise(samples))] if samples else []
    if samples:
        jumps[0] = samples[0]
    narrow = all(-32768 <= jump <= 32767 for jump in jumps)
    # A jump between two 32-bit numbers may need 33; it is kept modulo 2**32 and comes back the same way.
    kept = array("h", jumps) if narrow else array("I", (jump & 0xFFFFFFFF for jump in jumps))
    return (2 if narrow else 4), _little(kept).tobytes()


def _leads(told: list[dict[str, Any]], body: bytes) -> Iterator[Lead]:
    at = 0
    for one in told:
        jumps: array[int] = array("h" if one["width"] == 2 else "I")
        jumps.frombytes(body[at : at + _size(one)])
        at += _size(one)
        samples = array("i", (_signed(total) for total in accumulate(_little(jumps))))
        yield Lead(**{name: one[name] for name in one if name not in ("count", "width")}, samples=samples)


def _size(one: dict[str, Any]) -> int:
    count, width = one["count"], one["width"]
    if width not in (2, 4) or not isinstance(count, int) or not 0 <= count <= MOST_SAMPLES:
        raise ValueError("width or count")
    return int(count * width)


def _signed(total: int) -> int:
    return ((total + 0x80000000) & 0xFFFFFFFF) - 0x80000000


def _little(numbers: array[int]) -> array[int]:
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers


def _inflated(packed: bytes, size: int) -> bytes:
    if size > 4 * MOST_SAMPLES:
        raise ValueError("too long")
    unpacker = zlib.decompressobj()
    body = unpacker.decompress(packed, size + 1)
    if len(body) != size:
        raise ValueError("length")
    return body


def _not_ours(wrong: Exception) -> Unreadable:
    return Unreadable(what="存档", value=str(wrong), problem="不是本系统写出的心电存档或已损坏", rule="storing.form")
