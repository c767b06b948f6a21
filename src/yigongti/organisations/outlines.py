"""The county's outline from GeoJSON: the outer rings that it needs for a drawing, thinned, and nothing else."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue


Point = tuple[float, float]
LARGEST_BYTES = 8 * 1024 * 1024
MOST_POINTS = 1200
_SHARES = (0.0005, 0.001, 0.002, 0.004, 0.008, 0.016)


def rings_of(text: str, *, division: str = "") -> list[list[Point]]:
    """The rings of a GeoJSON text; of several features the one that names the division code.

    Raises BadValue when it is no GeoJSON, holds several places and none of this code, or leaves the earth.
    """
    rings = list(_rings(_geometry(json_of(text, bad=_bad), division)))
    if not rings:
        raise _bad("没有面（Polygon 或 MultiPolygon）")
    return thinned(rings)


def json_of(text: str, *, bad: Callable[[str], BadValue]) -> Any:
    """What the text says as JSON. Raises what `bad` makes of the problem."""
    if len(text) > LARGEST_BYTES:
        raise bad("文件太大，最大 8 MB")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # nested so deep that nobody drew it
        raise bad("不是 JSON") from None


def drawn(outline: Any) -> list[list[Point]]:
    """The rings of a kept outline; none when there is none."""
    return list(_rings(_geometry(outline, ""))) if outline else []


def _bad(problem: str) -> BadValue:
    return BadValue(field="outline", label="轮廓", value="GeoJSON", problem=problem)


def _geometry(page: Any, division: str) -> Any:
    if not isinstance(page, dict):
        raise _bad("不是 GeoJSON")
    if page.get("type") == "Feature":
        return page.get("geometry")
    if page.get("type") != "FeatureCollection":
        return page
    listed = page.get("features")
    features = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    ours = [one for one in features if division and division in _codes(one)] or features
    if len(ours) != 1:
        raise _bad(phrase("有 {n} 个地方，没有一个是 {division}", n=len(features), division=division or phrase("本县")))
    return ours[0].get("geometry")


def _codes(feature: dict[str, Any]) -> set[str]:
    said = feature.get("properties")
    return {str(feature.get("id"))} | {str(value) for value in (said.values() if isinstance(said, dict) else ())}


def _rings(geometry: Any) -> Iterator[list[Point]]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    polygons = {"Polygon": lambda: [geometry["coordinates"]], "MultiPolygon": lambda: geometry["coordinates"]}
    try:
        for polygon in polygons[kind]() if kind in polygons else ():
            if polygon and polygon[0]:
                yield [_point(pair) for pair in polygon[0]]
    except (TypeError, ValueError, KeyError, IndexError, OverflowError):
        raise _bad("坐标读不出来") from None


def _point(pair: Sequence[Any]) -> Point:
    east, north = float(pair[0]), float(pair[1])
    if not (-180 <= east <= 180 and -90 <= north <= 90):
        raise _bad("坐标不是经纬度（WGS 84 度）")
    return round(east, 5), round(north, 5)


def thinned(rings: list[list[Point]]) -> list[list[Point]]:
    """Fewer points, the same shape: a page need not carry what a screen can't show."""
    east = [point[0] for ring in rings for point in ring]
    span = max(max(east) - min(east), 1e-6)
    for share in (0.0, *_SHARES):
        kept = [simplified(ring, span * share) for ring in rings]
        kept = [ring for ring in kept if len(ring) >= 4] or kept[:1]
        if sum(map(len, kept)) <= MOST_POINTS:
            break
    return kept


def simplified(ring: list[Point], tolerance: float) -> list[Point]:
    """Douglas and Peucker's thinning, without recursion."""
    if tolerance <= 0 or len(ring) < 5:
        return ring
    keep, pending = {0, len(ring) - 1}, [(0, len(ring) - 1)]
    while pending:
        first, last = pending.pop()
        far, distance = _farthest(ring, first, last)
        if distance > tolerance:
            keep.add(far)
            pending += [(first, far), (far, last)]
    return [ring[i] for i in sorted(keep)]


def _farthest(ring: list[Point], first: int, last: int) -> tuple[int, float]:
    (ax, ay), (bx, by) = ring[first], ring[last]
    length = math.hypot(bx - ax, by - ay)
    far, distance = first, -1.0
    for i in range(first + 1, last):
        x, y = ring[i]
        away = abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length if length else math.hypot(x - ax, y - ay)
        if away > distance:
            far, distance = i, away
    return far, distance
