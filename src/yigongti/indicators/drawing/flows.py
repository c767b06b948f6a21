"""Streams between columns of places (a Sankey drawing): as wide as their counts, each with its words and its link."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from yigongti.indicators.drawing.scales import pct


GAP = 2.0
"""Between two nodes of a column, in percent of the height."""
NODE = 1.4
"""The width of a node, in percent."""
WIDE = (22.0, 80.0)
"""Where the first and the last column stand: beside them stand their names."""
NARROW = (0.0, 100.0 - NODE)
"""On a phone they stand at the edges, and their names lie on the streams."""


@dataclass(frozen=True, kw_only=True)
class Stream:
    """So many from one node to the next; `kind` chooses its colour."""

    source: str
    target: str
    count: int
    words: str
    kind: str = ""
    href: str = ""


@dataclass(frozen=True)
class Node:
    """A place in its column, with everything that passes through it."""

    label: str
    count: int
    column: int
    x: str
    y: str
    height: str
    middle: str
    named: bool
    label_x: str


@dataclass(frozen=True)
class Band:
    """A stream as a path in a box of 100 × 100."""

    path: str
    stream: Stream


@dataclass(frozen=True)
class Flow:
    """Nodes and bands; `narrow` is the same for a phone."""

    nodes: Sequence[Node]
    bands: Sequence[Band]
    total: int
    narrow: Flow | None = None


def flow(columns: Sequence[Sequence[str]], streams: Sequence[Stream]) -> Flow | None:
    """Laid out by columns of node names, from left to right; None where nothing flows."""
    told = [one for one in streams if one.count > 0]
    if not told:
        return None
    return replace(_laid(columns, told, WIDE), narrow=_laid(columns, told, NARROW))


def _laid(columns: Sequence[Sequence[str]], told: Sequence[Stream], edges: tuple[float, float]) -> Flow:
    passing = {name: _passing(name, told) for column in columns for name in column}
    shown = [[name for name in column if passing[name]] for column in columns]
    unit = min((100 - GAP * (len(names) - 1)) / sum(passing[n] for n in names) for names in shown if names)
    xs = [edges[0] + (edges[1] - edges[0]) * n / max(len(columns) - 1, 1) for n in range(len(columns))]
    tops, nodes = _stacked(shown, passing, unit, xs)
    places = {name: xs[n] for n, column in enumerate(columns) for name in column}
    return Flow(
        nodes, _bands(told, shown, tops, places, unit), sum(one.count for one in told if one.source in shown[0])
    )


def _passing(name: str, streams: Sequence[Stream]) -> int:
    into = sum(one.count for one in streams if one.target == name)
    out = sum(one.count for one in streams if one.source == name)
    return max(into, out)


def _stacked(
    shown: Sequence[Sequence[str]], passing: dict[str, int], unit: float, xs: Sequence[float]
) -> tuple[dict[str, float], list[Node]]:
    """Each column from the top, in the middle of the height."""
    tops: dict[str, float] = {}
    nodes = []
    for n, names in enumerate(shown):
        height = sum(passing[name] for name in names) * unit + GAP * max(len(names) - 1, 0)
        y = (100 - height) / 2
        for name in names:
            own = passing[name] * unit
            tops[name] = y
            nodes.append(Node(name, passing[name], n, pct(xs[n]), pct(y), pct(max(own, 0.3)),
                              pct(y + own / 2), own >= 2.2, pct(xs[n] + (NODE if n else 0))))  # fmt: skip
            y += own + GAP
    return tops, nodes


def _bands(
    streams: Sequence[Stream], shown: Sequence[Sequence[str]], tops: dict[str, float], places: dict[str, float],
    unit: float,
) -> list[Band]:  # fmt: skip
    """In the order of the nodes on both sides, so that no two streams of a node cross at it."""
    order = {name: n for names in shown for n, name in enumerate(names)}
    out, into = dict(tops), dict(tops)
    begins: dict[int, float] = {}
    for one in sorted(streams, key=lambda s: (order[s.source], order[s.target])):
        begins[id(one)] = out[one.source]
        out[one.source] += one.count * unit
    found = []
    for one in sorted(streams, key=lambda s: (order[s.target], order[s.source])):
        ends = into[one.target]
        into[one.target] += one.count * unit
        wide = max(one.count * unit, 0.25)
        path = _path(places[one.source] + NODE, begins[id(one)], places[one.target], ends, wide)
        found.append(Band(path, one))
    return found


def _path(x: float, y: float, then_x: float, then_y: float, wide: float) -> str:
    middle = (x + then_x) / 2
    return (
        f"M{x:.2f} {y:.2f}C{middle:.2f} {y:.2f} {middle:.2f} {then_y:.2f} {then_x:.2f} {then_y:.2f}"
        f"V{then_y + wide:.2f}C{middle:.2f} {then_y + wide:.2f} {middle:.2f} {y + wide:.2f} {x:.2f} {y + wide:.2f}Z"
    )
