"""A figure's course: closed periods solid, provisional ones hollow, a gap where nothing can be said, the target beside.

And places beside each other as bars with their intervals and the mark of what is wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from yigongti.indicators.drawing.scales import Scale, around, pct
from yigongti.kernel.pages.drawing import Tick


Standing = Literal["final", "provisional", "not_computable", "suppressed"]


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A period: its name, its value if there is one, what is known of its width, and what was wanted then."""

    label: str
    value: float | None
    words: str
    standing: Standing = "final"
    low: float | None = None
    high: float | None = None
    target: float | None = None
    href: str = ""


@dataclass(frozen=True)
class Stop:
    """A period on the course; `kind` is solid or hollow, `bar` the upper and lower end of its interval."""

    x: str
    y: str
    kind: str
    moment: Moment
    bar: tuple[str, str] | None


@dataclass(frozen=True)
class Course:
    """Stops, solid and broken lines and the line of targets as paths in a box of 100 × 100."""

    stops: Sequence[Stop]
    solid: str
    broken: str
    target: str
    x_ticks: Sequence[Tick]
    y_ticks: Sequence[Tick]
    moments: Sequence[Moment]


def course(moments: Sequence[Moment]) -> Course | None:
    """Laid out in the order given, oldest first; None where no period has a value."""
    known = [one for one in moments if one.value is not None]
    if not known:
        return None
    upright = around(_all(known))
    places = [50.0 if len(moments) == 1 else 2 + 96 * n / (len(moments) - 1) for n in range(len(moments))]
    solid, broken = _lines(moments, places, upright)
    return Course(
        stops=[_stop(x, one, upright) for x, one in zip(places, moments, strict=True) if one.value is not None],
        solid=solid, broken=broken, target=_target(moments, places, upright),
        x_ticks=_named(moments, places), y_ticks=upright.upright(), moments=moments,
    )  # fmt: skip


def _all(known: Sequence[Moment]) -> list[float]:
    told = [(one.value, one.low, one.high, one.target) for one in known]
    return [number for numbers in told for number in numbers if number is not None]


def _stop(x: float, one: Moment, upright: Scale) -> Stop:
    kind = "solid" if one.standing == "final" else "hollow"
    bar = None
    if one.low is not None and one.high is not None:
        bar = (pct(100 - upright.at(one.high)), pct(100 - upright.at(one.low)))
    return Stop(pct(x), pct(100 - upright.at(one.value or 0)), kind, one, bar)


def _lines(moments: Sequence[Moment], places: Sequence[float], upright: Scale) -> tuple[str, str]:
    """Between two closed neighbours solid, to a provisional one broken, over a gap nothing."""
    found: dict[bool, list[str]] = {True: [], False: []}
    for n, (one, other) in enumerate(pairwise(moments)):
        if one.value is None or other.value is None:
            continue
        closed = one.standing == other.standing == "final"
        y, then = 100 - upright.at(one.value), 100 - upright.at(other.value)
        found[closed].append(f"M{places[n]:.2f} {y:.2f}L{places[n + 1]:.2f} {then:.2f}")
    return " ".join(found[True]), " ".join(found[False])


def _target(moments: Sequence[Moment], places: Sequence[float], upright: Scale) -> str:
    """A step for each period: what was wanted changed on a day, it did not drift."""
    half = (places[1] - places[0]) / 2 if len(places) > 1 else 48
    return " ".join(
        f"M{max(x - half, 0):.2f} {100 - upright.at(one.target):.2f}H{min(x + half, 100):.2f}"
        for x, one in zip(places, moments, strict=True) if one.target is not None
    )  # fmt: skip


def _named(moments: Sequence[Moment], places: Sequence[float]) -> list[Tick]:
    """Four names at most, the first and the last among them."""
    last = len(moments) - 1
    chosen = sorted({0, last // 3, last * 2 // 3, last}) if last > 3 else range(last + 1)
    anchors = {0: "start", last: "end"} if last else {}
    return [Tick(pct(places[n]), moments[n].label, anchors.get(n, "middle")) for n in chosen]


# --- bars


@dataclass(frozen=True, kw_only=True)
class Beside:
    """A place beside others, with its value in words."""

    label: str
    value: float | None
    words: str
    low: float | None = None
    high: float | None = None
    standing: Standing = "final"
    small: bool = False
    own: bool = False
    href: str = ""


@dataclass(frozen=True)
class Bar:
    """A bar from nothing to its value, which may lie to the left; `band` is the begin and width of its interval."""

    beside: Beside
    begin: str
    width: str
    band: tuple[str, str] | None


@dataclass(frozen=True)
class Bars:
    """Bars on one axis, and where the target stands on it."""

    bars: Sequence[Bar]
    target: str
    x_ticks: Sequence[Tick]


def bars(places: Sequence[Beside], *, target: float | None = None) -> Bars | None:
    """In the order given, the axis from nothing on; None where no place has a value."""
    known = [one for one in places if one.value is not None]
    if not known:
        return None
    told = [n for one in known for n in (one.value, one.high, one.low) if n is not None]
    across = around([0.0, *told, *([target] if target is not None else [])])
    return Bars(
        [_bar(one, across) for one in places], pct(across.at(target)) if target is not None else "", across.across()
    )


def _bar(one: Beside, across: Scale) -> Bar:
    band = None
    if one.low is not None and one.high is not None:
        band = (pct(across.at(one.low)), pct(across.at(one.high) - across.at(one.low)))
    none, own = across.at(0.0), across.at(one.value or 0.0)
    return Bar(one, pct(min(none, own)), pct(abs(own - none)), band)
