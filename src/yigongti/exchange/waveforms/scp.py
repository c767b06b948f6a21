"""SCP-ECG (EN 1064): what most resting electrocardiographs export.

Read: sections 1, 3, 5 or 6, 7 and 8; samples plain, as first or second differences, with no or the default Huffman
table. Refused by name: tables of the file's own, reference beats to be added back, bimodal compression; their
samples, read without the missing half, would look like a curve and be none.
"""

from __future__ import annotations

import struct
from array import array
from itertools import accumulate

from yigongti.exchange.waveforms.form import Lead, Recording, whole
from yigongti.exchange.waveforms.leads import numbered
from yigongti.exchange.waveforms.refusing import Unreadable
from yigongti.exchange.waveforms.scp_facts import facts, measurements, statements
from yigongti.exchange.waveforms.scp_huffman import decoded
from yigongti.exchange.waveforms.scp_sections import sections


PATIENT, TABLES, LEADS, BEATS, REFERENCE, RHYTHM, MEASURED, TEXT = range(1, 9)
READ = frozenset({PATIENT, TABLES, LEADS, BEATS, RHYTHM, MEASURED, TEXT})
DEFAULT_TABLE = 19999
SUBTRACTED, MOST_SCP_LEADS = 1, 64
LONGEST_LEAD = 3_600_000
"""An hour at 1,000 a second: longer recordings do not travel in SCP-ECG, and no short file may unpack into more."""
MOST_PACKED = 2_000_000
"""Samples of one file that pass through the Huffman table."""

Stretch = tuple[int, int, int]
"""First and last sample (from 1) and the lead's number."""


def read(data: bytes) -> Recording:
    """Read one file; raises `Unreadable`."""
    found = sections(data)
    for needed in (PATIENT, LEADS, RHYTHM):
        if needed not in found:
            raise Unreadable(what="段", value=needed, problem="文件里没有这一段", rule="scp.section_missing")
    stretches = _stretches(found[LEADS])
    step, rate, leads = _rhythm(found[RHYTHM], stretches, packed=_packed(found.get(TABLES, b"")))
    first = min(begins for begins, _end, _number in stretches)
    who = facts(found[PATIENT])
    return Recording(
        source="scp",
        rate=rate,
        leads=tuple(
            Lead(name=numbered(number), samples=samples, step=step, begins=begins - first)
            for (begins, _end, number), samples in zip(stretches, leads, strict=True)
        ),
        started=who.started,
        subject=who.subject,
        device=who.device,
        identifier=who.identifier,
        measurements=measurements(found.get(MEASURED, b"")),
        statements=statements(found.get(TEXT, b"")),
        notes=who.notes,
        left_out=tuple(f"SCP {number}" for number in sorted(set(found) - READ)),
    )


def _packed(tables: bytes) -> bool:
    """Whether samples are Huffman-coded: section 2 is absent otherwise."""
    if not tables:
        return False
    if int.from_bytes(tables[:2], "little") != DEFAULT_TABLE:
        raise Unreadable(what="段", value=TABLES, problem="文件自带的哈夫曼表不读", rule="scp.own_tables")
    return True


def _stretches(body: bytes) -> list[Stretch]:
    """Section 3: which leads, from which sample to which."""
    if len(body) < 2 or not 0 < body[0] <= MOST_SCP_LEADS or len(body) < 2 + 9 * body[0]:
        raise Unreadable(what="段", value=LEADS, problem="导联表坏了", rule="scp.leads")
    if body[1] & SUBTRACTED:
        raise Unreadable(what="段", value=LEADS, problem="减去参考心搏的记录不读", rule="scp.reference_beat")
    found: list[Stretch] = [struct.unpack_from("<IIB", body, 2 + 9 * place) for place in range(body[0])]
    for begins, ends, number in found:
        if not 0 < begins <= ends < begins + LONGEST_LEAD:
            raise Unreadable(what="导联", value=number, problem="起止点不对", rule="scp.lead_range")
    return found


def _rhythm(body: bytes, stretches: list[Stretch], *, packed: bool) -> tuple[float, float, list[array[int]]]:
    """Section 6: µV for one unit, samples a second, and the samples of every lead."""
    if len(body) < 6 + 2 * len(stretches):
        raise Unreadable(what="段", value=RHYTHM, problem="波形段太短", rule="scp.rhythm")
    nanovolts, microseconds, difference, bimodal = struct.unpack_from("<HHBB", body)
    if bimodal:
        raise Unreadable(what="段", value=RHYTHM, problem="双模压缩的记录不读", rule="scp.bimodal")
    if difference > 2 or not nanovolts or not microseconds:
        raise Unreadable(what="段", value=RHYTHM, problem="幅度、间隔或差分方式不对", rule="scp.encoding")
    if packed and sum(ends - begins + 1 for begins, ends, _number in stretches) > MOST_PACKED:
        raise Unreadable(what="采样点数", value=len(body), problem="超过上限", rule="scp.length")
    sizes = struct.unpack_from(f"<{len(stretches)}H", body, 6)
    leads, place = [], 6 + 2 * len(stretches)
    for (begins, ends, _number), size in zip(stretches, sizes, strict=True):
        coded = _values(body[place : place + size], ends - begins + 1, packed=packed)
        leads.append(_summed(coded, difference))
        place += size
    return nanovolts / 1000, 1e6 / microseconds, leads


def _values(coded: bytes, count: int, *, packed: bool) -> list[int]:
    if packed:
        return decoded(coded, count)
    if len(coded) < 2 * count:
        raise Unreadable(what="采样点数", value=len(coded) // 2, problem="少于导联表所说的", rule="scp.samples")
    return list(struct.unpack_from(f"<{count}h", coded))


def _summed(values: list[int], difference: int) -> array[int]:
    """Undo first or second differences: the first one or two values stand as they are."""
    try:
        if difference == 1:
            return whole(accumulate(values))
        if difference == 2 and len(values) > 1:
            return whole(_twice(values))
        return whole(values)
    except OverflowError as wrong:
        raise Unreadable(what="采样点", value="", problem="累加后越界", rule="scp.overflow") from wrong


def _twice(values: list[int]) -> list[int]:
    found = values[:2]
    for value in values[2:]:
        found.append(value + 2 * found[-1] - found[-2])
    return found
