"""Areas of townships from GeoJSON: which feature is which township, what fits nothing, and their thinned rings."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from yigongti.kernel.language import Phrase, phrase
from yigongti.kernel.refusal import BadValue, raise_all
from yigongti.organisations.datums import WGS84
from yigongti.organisations.outlines import Polygon, Ring, json_of, moved, polygons_in, rings_in, thinned


MOST_POINTS = 3000
"""Of all areas together: what a page can carry."""
NAMES = ("name", "fullname", "xzqmc", "乡镇", "乡镇名称", "街道", "名称")
CODES = ("adcode", "code", "id", "xzqdm", "区划代码", "代码")
_HOUSE = re.compile(r"(?<=.)(中心卫生院|卫生院|社区卫生服务中心|卫生服务中心)$")
_KIND = re.compile(r"(?<=.)(街道办事处|街道|镇|乡)$")

FOREIGN, NOBODY = "代码不属于本县", "没有这个代码或名称的卫生院、社区卫生服务中心"
APART, SEVERAL = "代码是{a}，名称却是{b}", "分不清是哪一家：{names}"
TWICE, NO_AREA = "有 {n} 个要素都是{name}：{features}", "{name}：{problem}"


@dataclass(frozen=True, kw_only=True)
class Township:
    """A centre as a file may call it: by the nine digits of its township, by its own names, or by what the county calls
    the division that it stands in."""

    id: int
    name: str
    code: str = ""
    names: Sequence[str] = ()
    division: str = ""


@dataclass(frozen=True, kw_only=True)
class Area:
    """A feature of the file that is a township: what it is called there, and its polygons."""

    township: Township
    name: str
    code: str
    by: str
    polygons: Sequence[Polygon]

    @property
    def rings(self) -> list[Ring]:
        """As it is kept and drawn: what lies within an odd number of them is inside."""
        return rings_in(self.polygons)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a file holds: areas, townships that it lacks, and features that are no township, each with the reason."""

    areas: Sequence[Area]
    lacking: Sequence[Township]
    strangers: Sequence[tuple[str, str]]

    def kept(self) -> str:
        """The areas as GeoJSON: what was looked at is what is kept."""
        features = [
            {"type": "Feature", "properties": {"name": one.name, "code": one.code},
             "geometry": {"type": "MultiPolygon", "coordinates": one.polygons}}
            for one in self.areas
        ]  # fmt: skip
        return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


@dataclass(frozen=True, kw_only=True)
class _Feature:
    name: str
    code: str
    page: Mapping[str, Any]


def looked_at(text: str, *, townships: Sequence[Township], division: str, datum: str = WGS84) -> Look:
    """Which feature is which township. Raises all that is wrong with the file at once, each BadValue with its place."""
    found, strangers = [], []
    for one in _features(text):
        township, said = _fit(one, townships, division)
        if township is None:
            strangers.append((one.name, said))
        else:
            found.append((one, township, said))
    faults = _twice(found)
    read = [(one, township, by, _polygons(one, faults)) for one, township, by in found]
    if not found:
        faults.append(_bad("没有一个要素对得上本县的乡镇"))
    raise_all(faults)
    thin = thinned([polygons for *_, polygons in read], most=MOST_POINTS)
    areas = [Area(township=township, name=one.name, code=one.code, by=by, polygons=moved(polygons, datum=datum))
             for (one, township, by, _), polygons in zip(read, thin, strict=True)]  # fmt: skip
    taken = {area.township.id for area in areas}
    return Look(areas=areas, lacking=[one for one in townships if one.id not in taken], strangers=strangers)


def _bad(problem: str) -> BadValue:
    return BadValue(field="areas", label="乡镇辖区", value="GeoJSON", problem=problem)


# --- the file


def _features(text: str) -> Iterator[_Feature]:
    page = json_of(text, bad=_bad)
    kind = page.get("type") if isinstance(page, dict) else None
    listed = [page] if kind == "Feature" else page.get("features") if kind == "FeatureCollection" else None
    if not isinstance(listed, list):
        raise _bad("不是 GeoJSON（FeatureCollection）")
    for number, one in enumerate(listed, start=1):
        yield _feature(one if isinstance(one, dict) else {}, number)


def _feature(page: dict[str, Any], number: int) -> _Feature:
    given = page.get("properties")
    said = {str(key).strip().lower(): value for key, value in given.items()} if isinstance(given, dict) else {}
    codes = [_code(value) for value in (*(said.get(key) for key in CODES), page.get("id"))]
    code = next((one for one in codes if one), "")
    words = [plain for key in NAMES if isinstance(value := said.get(key), str) and (plain := printable(value))]
    name = words[0][:60] if words else code or phrase("第 {n} 个要素", n=number)
    return _Feature(name=name, code=code, page={**page, "type": "Feature"})


def printable(text: str) -> str:
    """Without what neither the database nor a screen can hold."""
    return "".join(letter for letter in text if letter.isprintable()).strip()


def _code(value: Any) -> str:
    """The nine digits of a township, of nine or of twelve that end in 000; '' of anything else."""
    digits = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value).strip()
    if not (digits.isascii() and digits.isdigit()):
        return ""
    if len(digits) == 12 and digits.endswith("000"):
        return digits[:9]
    return digits if len(digits) == 9 else ""


def _polygons(one: _Feature, faults: list[Any]) -> list[Polygon]:
    try:
        found = [polygon for polygon in polygons_in(one.page) if len(polygon[0]) >= 4]
    except BadValue as bad:
        said = bad.facts["problem"]
        problem = said if isinstance(said, Phrase) else phrase(str(said))
    else:
        if found:
            return found
        problem = phrase("没有面（Polygon 或 MultiPolygon）")
    faults.append(_bad(phrase(NO_AREA, name=one.name, problem=problem)))
    return []


def _twice(found: Sequence[tuple[_Feature, Township, str]]) -> list[Any]:
    by_township: dict[int, list[tuple[_Feature, Township, str]]] = {}
    for each in found:
        by_township.setdefault(each[1].id, []).append(each)
    return [
        _bad(phrase(TWICE, n=len(many), name=many[0][1].name, features="、".join(one.name for one, *_ in many)))
        for many in by_township.values() if len(many) > 1
    ]  # fmt: skip


# --- which township it is


def _fit(one: _Feature, townships: Sequence[Township], division: str) -> tuple[Township | None, str]:
    """The one township, and by what; or none, and why."""
    if one.code and not one.code.startswith(division):
        return None, FOREIGN
    by_code = [each for each in townships if one.code and each.code == one.code]
    by_name = _named(one.name, townships)
    both = [each for each in by_code if each in by_name]
    if by_code and by_name and not both:
        return None, phrase(APART, a=_several(by_code), b=_several(by_name))
    fits = both or by_code or by_name
    if len(fits) == 1:
        return fits[0], "代码和名称" if both else "代码" if by_code else "名称"
    return None, phrase(SEVERAL, names=_several(fits)) if fits else NOBODY


def _several(townships: Sequence[Township]) -> str:
    return "、".join(one.name for one in townships)


def _named(name: str, townships: Sequence[Township]) -> list[Township]:
    """Those of this name; 城关镇 and 城关乡 are two, 城关 is either."""
    said = parts(name)
    told = [(each, {parts(own) for own in each.names}) for each in townships]
    same = [each for each, own in told if said in own]
    alike = [each for each, own in told if any(said[0] == stem and not (said[1] and kind) for stem, kind in own)]
    return same or alike or [one for one in townships if one.division and parts(one.division) == said]


def parts(name: str) -> tuple[str, str]:
    """A township's bare name and its kind: 张兰镇中心卫生院 is (张兰, 镇), 三佳卫生院 is (三佳, '')."""
    bare = _HOUSE.sub("", "".join(unicodedata.normalize("NFKC", name).split()))
    kind = _KIND.search(bare)
    return (bare[: kind.start()], kind[0].removesuffix("办事处")) if kind else (bare, "")
