"""The county's outline from GeoJSON: the polygons that a drawing needs, with their holes, thinned, and no more."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import BadValue
from yigongti.organisations.datums import WGS84, Point, to_wgs84


Ring = list[Point]
Polygon = list[Ring]
"""The ring around it, and those of its holes."""
LARGEST_BYTES = 8 * 1024 * 1024
MOST_READ = 200_000
"""Points in one place: more than any county's line has, and seconds of work."""
MOST_POINTS = 1200
SHARES = (0.0, 0.0005, 0.001, 0.002, 0.004, 0.008, 0.016)
RUN = 1000
"""Points that are thinned together: what a line is made of may not be worse than this squared."""


def polygons_of(text: str, *, division: str = "", datum: str = WGS84) -> list[Polygon]:
    """The polygons of a GeoJSON text; of several features the one that names the division code.

    Raises BadValue when it is no GeoJSON, holds several places and none of this code, or leaves the earth.
    """
    found = list(_polygons(_geometry(json_of(text, bad=_bad), division)))
    if not found:
        raise _bad("没有面（Polygon 或 MultiPolygon）")
    (thin,) = thinned([found], most=MOST_POINTS)
    return moved(thin, datum=datum)


def json_of(text: str, *, bad: Callable[[str], BadValue]) -> Any:
    """What the text says as JSON. Raises what `bad` makes of the problem."""
    if len(text) > LARGEST_BYTES:
        raise bad("文件太大，最大 8 MB")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # nested so deep that nobody drew it
        raise bad("不是 JSON") from None


def polygons_in(outline: Any) -> list[Polygon]:
    """The polygons of a kept outline or of a feature; none when there is none. Raises BadValue."""
    return list(_polygons(_geometry(outline, ""))) if outline else []


def rings_in(polygons: Iterable[Polygon]) -> list[Ring]:
    """All rings: what lies within an odd number of them is inside."""
    return [ring for polygon in polygons for ring in polygon]


def drawn(outline: Any) -> list[Ring]:
    """The rings of a kept outline; none when there is none."""
    return rings_in(polygons_in(outline))


def moved(polygons: Iterable[Polygon], *, datum: str) -> list[Polygon]:
    """As they are kept, whatever datum the file has."""
    return [[to_wgs84(ring, datum=datum) for ring in polygon] for polygon in polygons]


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


def _polygons(geometry: Any) -> Iterator[Polygon]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    listed = {"Polygon": lambda: [geometry["coordinates"]], "MultiPolygon": lambda: geometry["coordinates"]}
    read = 0
    try:
        for polygon in listed[kind]() if kind in listed else ():
            read += sum(map(len, polygon))
            if read > MOST_READ:
                raise _bad(phrase("超过 {n} 个点，请先简化", n=f"{MOST_READ:,}"))
            if polygon and polygon[0]:
                outer, *holes = ([_point(pair) for pair in ring] for ring in polygon)
                yield [outer, *(hole for hole in holes if len(hole) >= 4)]
    except (TypeError, ValueError, KeyError, IndexError, OverflowError):
        raise _bad("坐标读不出来") from None


def _point(pair: Sequence[Any]) -> Point:
    east, north = float(pair[0]), float(pair[1])
    if not (-180 <= east <= 180 and -90 <= north <= 90):
        raise _bad("坐标不是经纬度（WGS 84 度）")
    return round(east, 5), round(north, 5)


# --- how much of it is kept


def thinned(places: Sequence[Sequence[Polygon]], *, most: int) -> list[list[Polygon]]:
    """Fewer points, the same shapes, all places by one measure: what lies side by side still does, and a page need not
    carry what a screen can't show."""
    east = [point[0] for place in places for ring in rings_in(place) for point in ring]
    span = max(max(east) - min(east), 1e-6)
    kept = [list(place) for place in places]
    for share in SHARES:
        kept = [_thinner(place, span * share) for place in kept]
        if sum(len(ring) for place in kept for ring in rings_in(place)) <= most:
            break
    return kept


def _thinner(place: Sequence[Polygon], tolerance: float) -> list[Polygon]:
    """What is smaller than the measure goes, a polygon with its holes; of each place at least its longest stays."""
    found = []
    for outer, *holes in place:
        if _seen(thin := simplified(outer, tolerance), tolerance):
            small = [simplified(hole, tolerance) for hole in holes]
            found.append([thin, *(hole for hole in small if _seen(hole, tolerance))])
    return found or [max(place, key=lambda polygon: len(polygon[0]))]


def _seen(ring: Ring, tolerance: float) -> bool:
    """A ring of fewer than four points is none."""
    east, north = [point[0] for point in ring], [point[1] for point in ring]
    return len(ring) >= 4 and max(max(east) - min(east), max(north) - min(north)) >= tolerance


def simplified(ring: Ring, tolerance: float) -> Ring:
    """Douglas and Peucker's thinning, a run of points after the other."""
    if tolerance <= 0 or len(ring) < 5:
        return ring
    last = len(ring) - 1
    ends = [*range(0, last, RUN), last]
    keep = {0, last}.union(*(_kept(ring, a, b, tolerance) for a, b in itertools.pairwise(ends)))
    return [ring[i] for i in sorted(keep)]


def _kept(ring: Ring, begin: int, end: int, tolerance: float) -> set[int]:
    keep, pending = {begin, end}, [(begin, end)]
    while pending:
        first, last = pending.pop()
        far, distance = _farthest(ring, first, last)
        if distance > tolerance:
            keep.add(far)
            pending += [(first, far), (far, last)]
    return keep


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
