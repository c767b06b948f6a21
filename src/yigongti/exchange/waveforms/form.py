"""One form of a recording, whatever format it came in: leads, rate, times, what the device measured and said.

A sample is kept as the file holds it, a whole number; its physical value is `origin + step x sample` in `unit`.
Every reader turns voltages into µV, so that `unit` is "µV" or, for other signals, what the file calls it.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from yigongti.exchange.waveforms.refusing import Unreadable


MICROVOLT = "µV"
MOST_LEADS = 64
MOST_SAMPLES = 50_000_000
"""All leads together; a day of three leads at 128 a second is 33 million."""

# How many µV one of each unit of voltage is; as HL7, DICOM and WFDB write them.
VOLTS = {"V": 1e6, "mV": 1e3, "uV": 1.0, "µV": 1.0, "μV": 1.0, "nV": 1e-3}


@dataclass(frozen=True, slots=True)
class Lead:
    """One lead: `samples` as counted, `begins` samples after the recording does; `gap` stands for "no value"."""

    name: str
    samples: array[int]
    step: float
    origin: float = 0.0
    unit: str = MICROVOLT
    begins: int = 0
    gap: int | None = None
    calibrated: bool = True
    """False where the file states no gain and the format's default stands in for it."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.step) and self.step != 0 and math.isfinite(self.origin)):
            raise Unreadable(what="增益", value=self.step, problem="必须是不为零的数", rule="lead.step")
        if self.begins < 0:
            raise Unreadable(what="导联起点", value=self.begins, problem="不能早于记录的起点", rule="lead.begins")

    @property
    def ends(self) -> int:
        """The sample after the lead's last, counted from where the recording begins."""
        return self.begins + len(self.samples)


@dataclass(frozen=True, slots=True)
class Annotation:
    """A moment or a stretch that the file marks: seconds from the beginning, a code of the format, free text."""

    at: float
    code: str
    text: str = ""
    until: float | None = None
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Measurement:
    """A number that the device measured, with the device's own name for it."""

    name: str
    value: float
    unit: str
    lead: str = ""
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Who the file says was recorded; every part may be empty. `sex` is "male", "female" or "" as GB/T 2261 knows."""

    identifier: str = ""
    name: str = ""
    sex: str = ""
    born: date | None = None
    age: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """A biosignal recording; `started` has a zone only where the file states one."""

    source: str
    rate: float
    leads: tuple[Lead, ...]
    started: datetime | None = None
    subject: Subject = field(default_factory=Subject)
    device: str = ""
    identifier: str = ""
    annotations: tuple[Annotation, ...] = ()
    measurements: tuple[Measurement, ...] = ()
    statements: tuple[str, ...] = ()
    """The interpretation as the device printed it: never ours."""
    notes: tuple[str, ...] = ()
    """Free text of the file that is no interpretation by the device."""
    left_out: tuple[str, ...] = ()
    """What the file holds and this form does not: nothing is cut silently."""

    def __post_init__(self) -> None:
        if not (math.isfinite(self.rate) and 0 < self.rate <= 1_000_000):
            raise Unreadable(what="采样率", value=self.rate, problem="必须大于零，单位为次/秒", rule="recording.rate")
        if not self.leads or len(self.leads) > MOST_LEADS:
            raise Unreadable(what="导联数", value=len(self.leads), problem="必须在1到64之间", rule="recording.leads")
        if self.length == 0 or sum(len(lead.samples) for lead in self.leads) > MOST_SAMPLES:
            raise Unreadable(
                what="采样点数", value=self.length, problem="没有采样点或超过上限", rule="recording.length"
            )

    @property
    def length(self) -> int:
        """Samples from the beginning to the end of the longest lead."""
        return max(lead.ends for lead in self.leads)

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.length / self.rate

    def lead(self, name: str) -> Lead:
        """The first lead of this name; raises `Unreadable` where there is none."""
        for one in self.leads:
            if one.name == name:
                return one
        raise Unreadable(what="导联", value=name, problem="这份记录没有这个导联", rule="recording.lead")

    def microvolts(self, name: str) -> array[float]:
        """The lead in µV, one value for a sample, NaN for a gap; raises `Unreadable` where it is no voltage."""
        return in_microvolts(self.lead(name))


def in_microvolts(lead: Lead) -> array[float]:
    """Samples as µV (array of doubles), NaN where the file says that there is no value."""
    if lead.unit != MICROVOLT:
        raise Unreadable(what="单位", value=lead.unit, problem="不是电压", rule="lead.unit")
    step, origin, gap = lead.step, lead.origin, lead.gap
    return array("d", (math.nan if raw == gap else origin + step * raw for raw in lead.samples))


def scaled(*, step: float, origin: float, unit: str) -> tuple[float, float, str]:
    """The same scale in µV where the unit is a voltage; as it is otherwise."""
    factor = VOLTS.get(unit)
    if factor is None:
        return step, origin, unit
    # The step of 1.25 µV must stay 1.25: a factor of one is not multiplied.
    return (step, origin, MICROVOLT) if factor == 1 else (step * factor, origin * factor, MICROVOLT)


def whole(numbers: Iterable[int]) -> array[int]:
    """A compact array of 32-bit whole numbers; raises `OverflowError`, `TypeError` or `ValueError`."""
    return array("i", numbers)
