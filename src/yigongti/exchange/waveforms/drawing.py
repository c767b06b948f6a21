"""A preview of a recording as SVG: three rows of four leads, 2.5 s each, and a rhythm strip, as on paper.

25 mm/s and 10 mm/mV on a millimetre grid; one unit of the drawing is a tenth of a millimetre. Each trace is the
envelope of its samples (lowest and highest of every 0.4 mm, in their order), so that no spike is lost to thinning,
and is shifted as a whole to the middle of its row. For finding and recognising, not for reading.
"""

from __future__ import annotations

import math
from array import array
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from statistics import median

from yigongti.exchange.waveforms.form import MICROVOLT, Lead, Recording, in_microvolts
from yigongti.exchange.waveforms.leads import TWELVE


PER_SECOND, PER_MILLIVOLT = 250, 100
COLUMNS, COLUMN_SECONDS, STRIP_SECONDS = 4, 2.5, 10.0
MARGIN, ROW, STEP = 50, 300, 4
WIDTH = MARGIN + int(STRIP_SECONDS * PER_SECOND) + 20
FARTHEST = 2 * ROW
"""How far a trace may leave its middle: 6 mV; what is beyond runs along this line."""
MOST_STRIPS = 6
MINOR, MAJOR, TRACE, INK = "#f6d5d5", "#e9a8a8", "#1a1a1a", "#333"

Voltages = Mapping[str, Sequence[float]]
Trace = tuple[str, str]
"""A lead's name as a text element, and the commands of its path."""
LIMBS: dict[str, tuple[float, float]] = {"III": (-1, 1), "aVR": (-0.5, -0.5), "aVL": (1, -0.5), "aVF": (-0.5, 1)}
"""How much of I and of II each of the other limb leads is (Einthoven, Goldberger)."""


def preview(recording: Recording, *, title: str = "") -> str:
    """An SVG text below 40 kB; `title` is read aloud in its place. Leads that are not drawn are named at its foot."""
    voltages = _voltages(recording)
    full = all(name in voltages for name in TWELVE)
    strips = ["II"] if full else list(voltages)[:MOST_STRIPS]
    traces = list(_columns(voltages, recording.rate)) if full else []
    above = 3 if full else 0
    for row, name in enumerate(strips, start=above):
        traces.append(_trace(name, voltages[name], recording.rate, MARGIN, row))
    drawn = TWELVE if full else strips
    missing = [lead.name for lead in recording.leads if lead.name not in drawn]
    return _framed(traces, rows=above + len(strips), title=title, missing=missing)


def _voltages(recording: Recording) -> dict[str, array[float]]:
    """µV by lead, from the recording's beginning; limb leads that follow from I and II are worked out."""
    found: dict[str, array[float]] = {}
    for lead in recording.leads:
        if lead.unit == MICROVOLT and lead.name not in found:
            found[lead.name] = _head(lead, recording.rate)
    if "I" in found and "II" in found:
        for name, (first, second) in LIMBS.items():
            pairs = zip(found["I"], found["II"], strict=False)
            found.setdefault(name, array("d", (first * one + second * two for one, two in pairs)))
    return found


def _head(lead: Lead, rate: float) -> array[float]:
    """No more than the strip shows is turned into µV: a day's recording has millions of samples."""
    shown = max(0, math.ceil(STRIP_SECONDS * rate) - lead.begins)
    head = Lead(lead.name, lead.samples[:shown], lead.step, lead.origin, lead.unit, gap=lead.gap)
    return array("d", [math.nan]) * min(lead.begins, math.ceil(STRIP_SECONDS * rate)) + in_microvolts(head)


def _columns(voltages: Voltages, rate: float) -> Iterator[Trace]:
    """Leads recorded together are shown one stretch after the other, as on paper; short ones from their beginning."""
    for place, name in enumerate(TWELVE):
        column, row = divmod(place, 3)
        begins = column * COLUMN_SECONDS if len(voltages[name]) / rate >= STRIP_SECONDS else 0.0
        own = _window(voltages[name], rate, begins, COLUMN_SECONDS)
        yield _trace(name, own, rate, MARGIN + round(column * COLUMN_SECONDS * PER_SECOND), row)


def _window(voltages: Sequence[float], rate: float, begins: float, seconds: float) -> Sequence[float]:
    return voltages[round(begins * rate) : round((begins + seconds) * rate)]


def _trace(name: str, voltages: Sequence[float], rate: float, left: int, row: int) -> Trace:
    """The name of one lead and its curve."""
    middle = row * ROW + ROW // 2
    known = [value for value in voltages if not math.isnan(value)]
    label = f'<text x="{left + 8}" y="{middle - ROW // 3}">{escape(name)}</text>'
    if not known:
        return label, ""
    points = _envelope(voltages, rate * STEP / PER_SECOND)
    return label, _path(points, left, middle, median(known))


def _envelope(voltages: Sequence[float], width: float) -> Iterator[tuple[float, float]]:
    """Place (in steps) and µV: the extremes of every step in the order in which they come; NaN where all is gap."""
    if width <= 2:
        yield from ((place / width, value) for place, value in enumerate(voltages))
        return
    for step in range(math.ceil(len(voltages) / width)):
        bucket = voltages[round(step * width) : round((step + 1) * width)]
        known = [value for value in bucket if not math.isnan(value)]
        if not known:
            yield step, math.nan
            continue
        low, high = min(known), max(known)
        first, second = (low, high) if bucket.index(low) <= bucket.index(high) else (high, low)
        yield step, first
        if low != high:
            yield step + 0.5, second


def _path(points: Iterator[tuple[float, float]], left: int, middle: int, zero: float) -> str:
    """Moves relative to the last point, in whole tenths of a millimetre: half the bytes of absolute ones."""
    parts: list[str] = []
    last: tuple[int, int] | None = None
    for step, value in points:
        if math.isnan(value):
            last = None
            continue
        rise = max(-FARTHEST, min(FARTHEST, (value - zero) * PER_MILLIVOLT / 1000))
        here = left + round(step * STEP), middle - round(rise)
        parts.append(f"M{here[0]} {here[1]}l" if last is None else _move(here[0] - last[0], here[1] - last[1]))
        last = here
    return "".join(parts).replace("l ", "l")


def _move(right: int, down: int) -> str:
    return f" {right} {down}" if down >= 0 else f" {right}{down}"


def _grid(height: int) -> str:
    fine = "".join(f"M{x} 0v{height}" for x in range(0, WIDTH, 10) if x % 50)
    fine += "".join(f"M0 {y}h{WIDTH}" for y in range(0, height, 10) if y % 50)
    bold = "".join(f"M{x} 0v{height}" for x in range(0, WIDTH, 50)) + "".join(
        f"M0 {y}h{WIDTH}" for y in range(0, height, 50)
    )
    return f'<path d="{fine}" stroke="{MINOR}" stroke-width="1"/><path d="{bold}" stroke="{MAJOR}" stroke-width="2"/>'


def _pulse(row: int) -> str:
    """The calibration mark before each row: 1 mV for 0.1 s."""
    return f"M6 {row * ROW + ROW // 2}h6v-{PER_MILLIVOLT}h25v{PER_MILLIVOLT}h6"


def _framed(traces: Sequence[Trace], *, rows: int, title: str, missing: Sequence[str]) -> str:
    height = rows * ROW + ROW // 4
    foot = "25 mm/s  10 mm/mV" + (f"  + {' '.join(missing)}" if missing else "")
    curves = "".join([*(path for _label, path in traces), *map(_pulse, range(rows))])
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">'
        f'<title>{escape(title)}</title><rect width="{WIDTH}" height="{height}" fill="#fff"/>{_grid(height)}'
        f'<path d="{curves}" fill="none" stroke="{TRACE}" stroke-width="3" stroke-linejoin="round"/>'
        f'<g fill="{INK}" font-family="sans-serif" font-size="36">{"".join(label for label, _path in traces)}'
        f'<text x="{MARGIN}" y="{height - 16}">{escape(foot)}</text></g></svg>'
    )
