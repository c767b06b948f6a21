"""Geometry of the server-drawn line chart and map: percentages only, so that text keeps its size on every screen."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from yigongti.kernel import clock
from yigongti.kernel.language import say


Moment = date | datetime  # a day counts from its first minute
TABLE_ROWS = 50
MARKED_POINTS = 80


@dataclass(frozen=True, kw_only=True)
class Series:
    """A measured course with its target band; either end of the band may be open, `below` is not reached by it.

    `target` are the words of the standard, where the numbers alone would say it in another way ("<150/90").
    """

    label: str
    unit: str
    points: Sequence[tuple[Moment, float | Decimal]]
    low: float | None = None
    high: float | None = None
    target: str | None = None


@dataclass(frozen=True)
class Tick:
    """A labelled place on an axis; `place` is a percentage as text, so no locale can touch it."""

    place: str
    label: str
    anchor: str = "middle"


@dataclass(frozen=True)
class Mark:
    """A single value; `kind` is inside, above or below its band."""

    x: str
    y: str
    kind: str
    words: str


@dataclass(frozen=True)
class Line:
    """A series ready to be drawn in a box of 100 × 100."""

    label: str
    path: str
    marks: Sequence[Mark]
    band: tuple[str, str] | None
    target: str
    last: str


@dataclass(frozen=True)
class LineChart:
    """Everything the chart template needs, with a table that says the same."""

    title: str
    unit: str
    lines: Sequence[Line]
    y_ticks: Sequence[Tick]
    x_ticks: Sequence[Tick]
    table: Sequence[tuple[str, str, str]]
    count: int
    times: int
    period: str


def line_chart(series: Sequence[Series]) -> LineChart | None:
    """Lay out one or several series on one axis; None when nothing was measured."""
    seen = [point for one in series for point in one.points]
    if not seen:
        return None
    bottom, top, step = _value_range(series)
    moments = [_seconds(moment) for moment, _ in seen]
    first, last = min(moments), max(moments)
    begin, end = datetime.fromtimestamp(first, clock.COUNTY_ZONE), datetime.fromtimestamp(last, clock.COUNTY_ZONE)
    return LineChart(
        title="、".join(one.label for one in series),
        unit=series[0].unit,
        lines=[_line(one, bottom, top, first, last) for one in series if one.points],
        y_ticks=_y_ticks(bottom, top, step),
        x_ticks=_x_ticks(begin, end, last - first),
        table=_table(series),
        count=len(seen),
        times=max(len(one.points) for one in series),
        period=say("{a} 至 {b}", a=_day(begin), b=_day(end)) if _day(begin) != _day(end) else _day(begin),
    )


def nice_step(span: float) -> float:
    """The 1-2-5 step that cuts a span into three to six parts."""
    rough = span / 4
    power = 10.0 ** math.floor(math.log10(rough))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)


def _value_range(series: Sequence[Series]) -> tuple[float, float, float]:
    values = [float(value) for one in series for _, value in one.points]
    values += [edge for one in series for edge in (one.low, one.high) if edge is not None]
    low, high = min(values), max(values)
    if low == high:
        low, high = low - 1, high + 1
    step = nice_step(high - low)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def _line(one: Series, bottom: float, top: float, first: float, last: float) -> Line:
    def x(moment: Moment) -> float:
        return 2 + 96 * ((_seconds(moment) - first) / (last - first) if last > first else 0.5)

    def y(value: float) -> float:
        return 100 * (top - value) / (top - bottom)

    points = sorted(one.points, key=lambda point: _seconds(point[0]))
    path = " ".join(f"{'ML'[i > 0]}{x(m):.2f} {y(float(v)):.2f}" for i, (m, v) in enumerate(points))
    shown = points if len(points) <= MARKED_POINTS else [p for p in points[:-1] if _side(one, p[1]) != "inside"]
    marks = [Mark(_pct(x(m)), _pct(y(float(v))), _side(one, v), f"{_day(m)} {_number(v)} {one.unit}") for m, v in shown]
    band = None
    if one.low is not None or one.high is not None:
        upper = y(one.high if one.high is not None else top)
        lower = y(one.low if one.low is not None else bottom)
        band = (_pct(upper), _pct(lower - upper))
    return Line(one.label, path, marks, band, target_words(one), _number(points[-1][1]))


def target_words(one: Series) -> str:
    """What the standard says, else 目标 90–140, ≤ 140, ≥ 90, or nothing."""
    if one.target is not None:
        return one.target
    if one.low is not None and one.high is not None:
        return f"{_number(one.low)}–{_number(one.high)}"
    if one.high is not None:
        return f"≤ {_number(one.high)}"
    return f"≥ {_number(one.low)}" if one.low is not None else ""


def _side(one: Series, value: float | Decimal) -> str:
    if one.high is not None and value > one.high:
        return "above"
    return "below" if one.low is not None and value < one.low else "inside"


def _y_ticks(bottom: float, top: float, step: float) -> list[Tick]:
    count = round((top - bottom) / step)
    return [Tick(_pct(100 - 100 * i / count), _number(round(bottom + i * step, 10))) for i in range(count + 1)]


def _x_ticks(begin: datetime, end: datetime, seconds: float) -> list[Tick]:
    if seconds == 0:
        return [Tick("50%", _day(begin))]
    style = "%H:%M" if seconds < 2 * 86400 else "%m-%d"
    style = "%Y-%m" if seconds > 300 * 86400 else style
    places = [(0, "start"), (1 / 3, "middle"), (2 / 3, "middle"), (1, "end")]
    return [Tick(_pct(2 + 96 * part), f"{begin + (end - begin) * part:{style}}", anchor) for part, anchor in places]


def _table(series: Sequence[Series]) -> list[tuple[str, str, str]]:
    rows = [(moment, one.label, f"{_number(value)} {one.unit}") for one in series for moment, value in one.points]
    rows.sort(key=lambda row: _seconds(row[0]), reverse=True)
    return [(_minute(moment), label, words) for moment, label, words in rows[:TABLE_ROWS]]


def _seconds(moment: Moment) -> float:
    if isinstance(moment, datetime):
        return moment.timestamp()
    return datetime(moment.year, moment.month, moment.day, tzinfo=clock.COUNTY_ZONE).timestamp()


def _day(moment: Moment) -> str:
    return f"{moment:%Y-%m-%d}"


def _minute(moment: Moment) -> str:
    return f"{moment:%Y-%m-%d %H:%M}" if isinstance(moment, datetime) else _day(moment)


def _number(value: float | Decimal) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if value != int(value) else str(int(value))


def _pct(value: float) -> str:
    return f"{value:.2f}%"


# --- map -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Place:
    """A point on the map; the shape says its level, the word its name."""

    label: str
    longitude: float
    latitude: float
    level: str
    href: str = ""


@dataclass(frozen=True)
class DrawnPlace:
    """A place at its percentages; `side` is where its name stands, nothing where no room is left for it."""

    x: str
    y: str
    place: Place
    side: str = ""


@dataclass(frozen=True)
class Map:
    """An outline as a path in a box of 100 × 100, and the places in it."""

    path: str
    places: Sequence[DrawnPlace]


@dataclass(frozen=True, slots=True)
class Ground:
    """A piece of the earth in a box of 100 × 100: its middle, how high and wide it is in degrees of latitude."""

    longitude: float
    latitude: float
    squeeze: float
    width: float
    height: float

    def x(self, longitude: float) -> float:
        """From the left, in percent."""
        return 4 + 92 * (0.5 + (longitude - self.longitude) * self.squeeze / self.width)

    def y(self, latitude: float) -> float:
        """From the top, in percent."""
        return 4 + 92 * (0.5 - (latitude - self.latitude) / self.height)

    def reach(self, km: float) -> tuple[float, float]:
        """So many kilometres, in percent of the width and of the height."""
        return 92 * km / KM_OF_DEGREE / self.width, 92 * km / KM_OF_DEGREE / self.height

    def path(self, rings: Sequence[Sequence[tuple[float, float]]]) -> str:
        """Rings of (longitude, latitude) as a path."""
        lines = (" L".join(f"{self.x(lon):.2f} {self.y(lat):.2f}" for lon, lat in ring) for ring in rings if ring)
        return " ".join(f"M{line}Z" for line in lines)


KM_OF_DEGREE = 111.195
"""One degree of latitude on a sphere of 6371 km."""


def ground(
    rings: Sequence[Sequence[tuple[float, float]]], points: Sequence[tuple[float, float]], *, ratio: float = 4 / 3
) -> Ground:
    """Fit rings and points of (longitude, latitude) into a box `ratio` wide; distances are true at the middle latitude.

    Of nothing at all a piece around the origin.
    """
    around = [*(point for ring in rings for point in ring), *points] or [(0.0, 0.0)]
    west, east = min(p[0] for p in around), max(p[0] for p in around)
    south, north = min(p[1] for p in around), max(p[1] for p in around)
    squeeze = math.cos(math.radians((south + north) / 2))
    height = max(north - south, (east - west) * squeeze / ratio, 1e-6)
    return Ground((west + east) / 2, (south + north) / 2, squeeze, height * ratio, height)


def outline_map(
    rings: Sequence[Sequence[tuple[float, float]]], places: Sequence[Place], *, ratio: float = 4 / 3
) -> Map:
    """An outline with places on it."""
    box = ground(rings, [(p.longitude, p.latitude) for p in places], ratio=ratio)
    spots = [(box.x(p.longitude), box.y(p.latitude), p) for p in places]
    sides = named_sides(spots, ratio=ratio)
    drawn = [DrawnPlace(_pct(a), _pct(b), p, sides.get(i, "")) for i, (a, b, p) in enumerate(spots)]
    return Map(box.path(rings), drawn)


NAMED = {"county": 340, "township": 640}
"""The levels whose names are written, the most telling first, and the narrowest map in pixels on which they are."""
LETTER, LINE_HEIGHT, GAP = 13, 18, 9
Spot = tuple[float, float, Place]
Box = tuple[float, float, float, float]


def named_sides(spots: Sequence[Spot], *, ratio: float) -> dict[int, str]:
    """On which side of its mark a name is written, by the place in the list; a name that would lie on another or on a
    mark is left out. The county's names choose first; every name stays in the list and on hover."""
    chosen: dict[int, str] = {}
    for level, width in NAMED.items():
        known = [_box(spots[i], side, width, ratio) for i, side in chosen.items()]
        marks = [_mark_box(s, width, ratio) for s in spots if s[2].level in NAMED]
        for i, spot in enumerate(spots):
            side = _free_side(spot, known, marks, width, ratio) if spot[2].level == level else ""
            if side:
                chosen[i] = side
                known.append(_box(spot, side, width, ratio))
    return chosen


def _free_side(spot: Spot, names: Sequence[Box], marks: Sequence[Box], width: int, ratio: float) -> str:
    own = _mark_box(spot, width, ratio)
    taken = [*names, *(mark for mark in marks if mark != own)]
    for side in ("right", "left"):
        box = _box(spot, side, width, ratio)
        if box[0] >= 0 and box[2] <= 100 and not any(_overlap(box, other) for other in taken):
            return side
    return ""


def _box(spot: Spot, side: str, width: int, ratio: float) -> Box:
    """What a name covers, in percent of the map."""
    x, y, place = spot
    reach = sum(LETTER if ord(letter) > 0x2E80 else LETTER * 0.6 for letter in place.label)
    near, far, half = 100 * GAP / width, 100 * (GAP + reach) / width, 50 * LINE_HEIGHT * ratio / width
    return (x + near, y - half, x + far, y + half) if side == "right" else (x - far, y - half, x - near, y + half)


def _mark_box(spot: Spot, width: int, ratio: float) -> Box:
    x, y, _ = spot
    half = 600 / width
    return x - half, y - half * ratio, x + half, y + half * ratio


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def sparkline(values: Sequence[float]) -> str:
    """A bare course in a box of 100 × 100, for the trend beside a figure."""
    if len(values) < 2:
        return ""
    low, span = min(values), (max(values) - min(values)) or 1
    width = 100 / (len(values) - 1)
    return " ".join(f"{'ML'[i > 0]}{i * width:.1f} {92 - 84 * (v - low) / span:.1f}" for i, v in enumerate(values))
