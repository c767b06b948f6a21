"""WFDB records (PhysioNet; many research and Holter devices): a header, signal files, beat annotations.

Sources: WFDB Applications Guide, signal(5) and annot(5). Formats 16 and 212; the others are refused by name.
Files are looked up by the names that the header gives, among those handed over and nowhere else.
"""

from __future__ import annotations

import re
import sys
from array import array
from collections.abc import Mapping, Sequence
from itertools import chain

from yigongti.exchange.waveforms.form import MOST_SAMPLES, Annotation, Lead, Recording, Subject, scaled, whole
from yigongti.exchange.waveforms.leads import standard
from yigongti.exchange.waveforms.refusing import Unreadable
from yigongti.exchange.waveforms.wfdb_annotations import beats
from yigongti.exchange.waveforms.wfdb_headers import DEFAULT_GAIN, Header, Signal, header


GAPS = {16: -32768, 212: -2048}
COMMENTED = re.compile(r"(age|sex)\s*:\s*(\S+)", re.IGNORECASE)
MIT = re.compile(r"(\d{1,3})\s+([MF])\b")
SEXES = {"m": "male", "male": "male", "f": "female", "female": "female"}


def read(files: Mapping[str, bytes]) -> Recording:
    """Read one record of `files` (name → bytes; exactly one .hea). Raises `Unreadable`."""
    heads = [name for name in files if name.lower().endswith(".hea")]
    if len(heads) != 1:
        raise Unreadable(
            what="头文件", value=len(heads), problem="一份记录要有且只有一个头文件", rule="wfdb.one_header"
        )
    told = header(files[heads[0]])
    signals = _signals(told, files)
    marks = next((data for name, data in files.items() if name.lower().endswith(".atr")), b"")
    return Recording(
        source="wfdb",
        rate=told.rate,
        leads=tuple(_lead(*pair) for pair in zip(told.signals, signals, strict=True)),
        started=told.started,
        subject=_subject(told.comments),
        identifier=told.name,
        annotations=_within(beats(marks, rate=told.rate), max(map(len, signals)) / told.rate),
        notes=told.comments,
    )


def _signals(told: Header, files: Mapping[str, bytes]) -> list[array[int]]:
    """The samples of every signal, in the header's order."""
    groups: dict[str, list[int]] = {}
    for place, signal in enumerate(told.signals):
        groups.setdefault(signal.file, []).append(place)
    found: dict[int, array[int]] = {}
    for file, places in groups.items():
        members = [told.signals[place] for place in places]
        if len({(one.form, one.skip) for one in members}) > 1:
            raise Unreadable(what="格式", value=file, problem="同一文件的信号格式不同", rule="wfdb.one_format")
        found.update(zip(places, _unwoven(_samples(file, members, told.length, files), len(places)), strict=True))
    for place, samples in found.items():
        _check(told.signals[place], samples, full=told.length is not None)
    return [found[place] for place in range(len(told.signals))]


def _samples(file: str, members: Sequence[Signal], length: int | None, files: Mapping[str, bytes]) -> array[int]:
    data = files.get(file)
    if data is None:
        raise Unreadable(what="信号文件", value=file, problem="头文件提到的文件没有送来", rule="wfdb.file_missing")
    form, body = members[0].form, memoryview(data)[members[0].skip :]
    if form not in GAPS:
        raise Unreadable(what="格式", value=form, problem="只读16和212两种", rule="wfdb.format")
    there = len(body) * 2 // (3 if form == 212 else 4)
    wanted = (length if length is not None else there // len(members)) * len(members)
    if wanted > there:
        raise Unreadable(what="信号文件", value=file, problem="比头文件所说的短", rule="wfdb.truncated")
    if wanted > MOST_SAMPLES:
        raise Unreadable(what="采样点数", value=wanted, problem="超过上限", rule="wfdb.length")
    return _sixteen(body, wanted) if form == 16 else _twelve(body, wanted)


def _sixteen(body: memoryview, wanted: int) -> array[int]:
    words: array[int] = array("h", bytes(body[: 2 * wanted]))
    if sys.byteorder == "big":
        words.byteswap()
    return words


def _twelve(body: memoryview, wanted: int) -> array[int]:
    """Two samples of twelve bits in three bytes."""
    triples = bytes(body[: (wanted * 3 + 1) // 2])
    low, middle, high = triples[0::3], triples[1::3], triples[2::3]
    firsts = (((m & 15) << 8 | b) ^ 0x800 for b, m in zip(low, middle, strict=False))
    seconds = (((m >> 4) << 8 | b) ^ 0x800 for m, b in zip(middle, high, strict=False))
    found: array[int] = array("h", bytes(2 * wanted))
    found[0::2] = array("h", (value - 0x800 for value in firsts))
    found[1::2] = array("h", (value - 0x800 for value in seconds))
    return found


def _unwoven(samples: array[int], count: int) -> list[array[int]]:
    return [whole(samples[place::count]) for place in range(count)]


def _check(signal: Signal, samples: array[int], *, full: bool) -> None:
    """The header's own proofs: the first value and the sum of all, modulo 65,536."""
    if signal.initial is not None and samples and samples[0] != signal.initial:
        raise Unreadable(what="初值", value=samples[0], problem="与头文件不符", rule="wfdb.initial_value")
    if full and signal.checksum is not None and (sum(samples) - signal.checksum) % 65536:
        raise Unreadable(what="校验和", value=signal.name, problem="数据与头文件的校验和不符", rule="wfdb.checksum")


def _lead(signal: Signal, samples: array[int]) -> Lead:
    gain = signal.gain or DEFAULT_GAIN
    step, origin, unit = scaled(step=1 / gain, origin=-signal.baseline / gain, unit=signal.unit)
    return Lead(
        name=standard(signal.name), samples=samples, step=step, origin=origin, unit=unit,
        gap=GAPS[signal.form], calibrated=signal.gain is not None,
    )  # fmt: skip


def _subject(comments: tuple[str, ...]) -> Subject:
    """Age and sex as PhysioNet's databases write them: "age: 81", or "69 M" in the first comments of MIT-BIH."""
    said = {key.lower(): value.lower() for line in comments for key, value in COMMENTED.findall(line)}
    short = next(filter(None, map(MIT.match, comments)), None)
    if short and not said:
        said = {"age": short[1], "sex": short[2].lower()}
    return Subject(sex=SEXES.get(said.get("sex", ""), ""), age=said.get("age", ""))


def _within(marks: Sequence[Annotation], seconds: float) -> tuple[Annotation, ...]:
    late = next((one for one in chain(marks) if one.at > seconds), None)
    if late is not None:
        raise Unreadable(what="标注", value=late.at, problem="晚于记录的终点", rule="wfdb.annotation_time")
    return tuple(marks)
