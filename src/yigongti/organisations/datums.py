"""Coordinates as a file may give them, and as they are kept: WGS 84 degrees.

CGCS2000 (国家 2000) and WGS 84 differ by less than a metre, which no drawing here shows: they are taken as one. GCJ-02
is what Chinese web maps (高德, 腾讯) are obliged to use, some hundred metres off. Its formula was never published; the
one below is the approximation that has gone round since 2010, as in github.com/googollee/eviltransform, good to a metre
or two. It has no inverse in closed form: the shift is sought until it fits.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import cos, pi, radians, sin, sqrt


Point = tuple[float, float]
"""Degrees east and north."""
DATUMS = {"wgs84": "WGS 84 或 CGCS2000（国家 2000）", "gcj02": "GCJ-02（高德、腾讯等网上地图）"}
WGS84, GCJ02 = DATUMS

_AXIS, _SQUARE = 6378245.0, 0.00669342162296594323
"""Of the ellipsoid of Krasovsky: half the longer axis in metres, and the eccentricity squared."""
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""Beyond these nothing is shifted."""
_MIDDLE = (105.0, 35.0)
_FITS, _MOST_STEPS = 1e-8, 20


def to_wgs84(points: Iterable[Point], *, datum: str) -> list[Point]:
    """The same places in WGS 84, to about a metre."""
    if datum != GCJ02:
        return list(points)
    return [(round(east, 5), round(north, 5)) for east, north in map(from_gcj02, points)]


def from_gcj02(point: Point) -> Point:
    """The place that GCJ-02 shows here."""
    east, north = point
    for _ in range(_MOST_STEPS):
        shown = to_gcj02((east, north))
        off = point[0] - shown[0], point[1] - shown[1]
        east, north = east + off[0], north + off[1]
        if max(abs(off[0]), abs(off[1])) < _FITS:
            break
    return east, north


def to_gcj02(point: Point) -> Point:
    """Where GCJ-02 shows a place."""
    east, north = point
    if not (_WEST <= east <= _EAST and _SOUTH <= north <= _NORTH):
        return point
    metres_east, metres_north = _shift(east - _MIDDLE[0], north - _MIDDLE[1])
    squeezed = 1 - _SQUARE * sin(radians(north)) ** 2
    along = _AXIS * (1 - _SQUARE) / (squeezed * sqrt(squeezed)) * pi / 180
    across = _AXIS / sqrt(squeezed) * cos(radians(north)) * pi / 180
    return east + metres_east / across, north + metres_north / along


def _shift(x: float, y: float) -> Point:
    """In metres, by degrees from the middle: a slope with waves on it."""
    ripple = 20 * sin(6 * pi * x) + 20 * sin(2 * pi * x)
    east = ripple + _waves(x, 20, 40) + 150 * sin(pi * x / 12) + 300 * sin(pi * x / 30)
    north = ripple + _waves(y, 20, 40) + 160 * sin(pi * y / 12) + 320 * sin(pi * y / 30)
    return (
        300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + east * 2 / 3,
        -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + north * 2 / 3,
    )


def _waves(at: float, short: float, long: float) -> float:
    return short * sin(pi * at) + long * sin(pi * at / 3)
