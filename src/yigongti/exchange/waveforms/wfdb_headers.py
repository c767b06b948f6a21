"""Headers of WFDB records (.hea): the record line, a line for each signal, comments.

Source: WFDB Applications Guide, header(5). Records of several segments, signals with more than one sample a frame
and skewed signals are refused by name.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import NoReturn

from yigongti.exchange.waveforms.form import MOST_LEADS
from yigongti.exchange.waveforms.refusing import Unreadable


NUMBER = r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?"
FORMAT = re.compile(rf"(\d+)(?:x(\d+))?(?::({NUMBER}))?(?:\+(\d+))?", re.ASCII)
GAIN = re.compile(rf"({NUMBER})(?:\(([-+]?\d+)\))?(?:/(\S+))?", re.ASCII)
RATE = re.compile(rf"({NUMBER})(?:/.*)?", re.ASCII)
DEFAULT_GAIN, DEFAULT_RATE = 200.0, 250.0
LONGEST = FASTEST = 1_000_000


@dataclass(frozen=True, slots=True)
class Signal:
    """One signal line; `gain` in units of the file per physical unit, None where the file states none."""

    file: str
    form: int
    skip: int
    gain: float | None
    baseline: int
    unit: str
    initial: int | None
    checksum: int | None
    name: str


@dataclass(frozen=True, slots=True)
class Header:
    """A whole header; `length` in samples, None where the file leaves it open."""

    name: str
    rate: float
    length: int | None
    started: datetime | None
    signals: tuple[Signal, ...]
    comments: tuple[str, ...]


def header(data: bytes) -> Header:
    """Read a .hea file; raises `Unreadable` naming the line."""
    if len(data) > LONGEST:
        _refuse("文件大小", len(data), "头文件超过一百万字节", "wfdb.header.size")
    lines = [line.strip() for line in data.decode("utf-8", "replace").splitlines()]
    comments = tuple(line[1:].strip() for line in lines if line.startswith("#") and line[1:].strip())
    told = [line for line in lines if line and not line.startswith("#")]
    if not told:
        _refuse("头文件", "", "没有记录行", "wfdb.header.record")
    name, count, rate, length, started = _record(told[0].split())
    if len(told) - 1 < count:
        _refuse("信号行", len(told) - 1, "少于记录行所说的信号数", "wfdb.header.signals")
    return Header(name, rate, length, started, tuple(_signal(line) for line in told[1 : count + 1]), comments)


def _record(words: list[str]) -> tuple[str, int, float, int | None, datetime | None]:
    name = words[0]
    if "/" in name:
        _refuse("记录名", name, "多段记录不读", "wfdb.header.segments")
    count = _whole(words[1] if len(words) > 1 else "", "信号数")
    if not 0 < count <= MOST_LEADS:
        _refuse("信号数", count, "必须在1到64之间", "wfdb.header.signals")
    rate = RATE.fullmatch(words[2]) if len(words) > 2 else None
    if len(words) > 2 and rate is None:
        _refuse("采样率", words[2], "不是数", "wfdb.header.rate")
    speed = float(rate[1]) if rate else DEFAULT_RATE
    if not 0 < speed <= FASTEST:
        _refuse("采样率", words[2], "必须大于零，单位为次/秒", "wfdb.header.rate")
    length = _whole(words[3], "采样点数") if len(words) > 3 else 0
    return name, count, speed, length or None, _started(words[4:6])


def _started(words: list[str]) -> datetime | None:
    """Time and date together; a time alone says no day and is not kept."""
    if len(words) < 2:
        return None
    try:
        day, month, year = (int(part) for part in words[1].split("/"))
        hour, minute, second = (int(part) for part in [*words[0].partition(".")[0].split(":"), "0", "0"][:3])
        return datetime.combine(date(year, month, day), time(hour, minute, second))
    except ValueError:
        _refuse("开始时间", " ".join(words), "不是时间", "wfdb.header.time")


def _signal(line: str) -> Signal:
    words = line.split(None, 8)
    form = FORMAT.fullmatch(words[1]) if len(words) > 1 else None
    if form is None:
        _refuse("信号行", line, "没有文件名或格式", "wfdb.header.format")
    if form[2] not in (None, "1") or float(form[3] or 0):
        _refuse("格式", words[1], "每帧多点或有时差的信号不读", "wfdb.header.frame")
    words += [""] * (9 - len(words))
    gain = GAIN.fullmatch(words[2] or "0")
    if gain is None:
        _refuse("增益", words[2], "不是数", "wfdb.header.gain")
    zero = _whole(words[4], "零点") if words[4] else 0
    return Signal(
        file=words[0],
        form=_whole(form[1], "格式"),
        skip=_whole(form[4] or "0", "格式"),
        gain=float(gain[1]) or None,
        baseline=_whole(gain[2], "基线") if gain[2] else zero,
        unit=gain[3] or "mV",
        initial=_whole(words[5], "初值") if words[5] else None,
        checksum=_whole(words[6], "校验和") if words[6] else None,
        name=words[8].strip(),
    )


def _whole(text: str, what: str) -> int:
    if not re.fullmatch(r"[-+]?\d{1,12}", text, re.ASCII):
        _refuse(what, text, "不是整数", "wfdb.header.number")
    return int(text)


def _refuse(what: str, value: object, problem: str, rule: str) -> NoReturn:
    raise Unreadable(what=what, value=value, problem=problem, rule=rule)
