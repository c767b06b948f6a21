"""A county brings the areas of its townships: matched, looked at, kept from day to day, taken away."""

import json
from itertools import pairwise
from math import cos, hypot, radians, sin

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.factories import at
from yigongti.kernel import clock
from yigongti.kernel.refusal import Refusal
from yigongti.organisations import areas, datums
from yigongti.organisations.models import County, Division, Institution, TownshipArea

from .factories import actor, browser, institution, key


COUNTY = "140781"
TOWNS = [
    areas.Township(id=1, name="张兰卫生院", code="140781101", names=["张兰镇中心卫生院", "张兰卫生院"]),
    areas.Township(id=2, name="城关乡卫生院", code="140781200", names=["城关乡卫生院"]),
    areas.Township(id=3, name="北关社区", names=["北关社区卫生服务中心"], division="北关街道"),
    areas.Township(id=4, name="三佳卫生院", names=["三佳卫生院"], division="三佳乡"),
]


def square(name="", *, east=111.9, side=0.05, geometry=None, **properties):
    ring = [[east, 37.0], [east + side, 37.0], [east + side, 37.0 + side], [east, 37.0 + side], [east, 37.0]]
    said = {**({"name": name} if name else {}), **properties}
    return {"type": "Feature", "properties": said, "geometry": geometry or {"type": "Polygon", "coordinates": [ring]}}


def collection(*features):
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def looked(*features):
    return areas.looked_at(collection(*features), townships=TOWNS, division=COUNTY)


@pytest.mark.parametrize(
    ("feature", "township"),
    [
        (square("张兰镇"), 1),
        (square("张兰"), 1),
        (square(" 张 兰 镇"), 1),
        (square("无名", adcode=140781101), 1),
        (square(code="140781101000"), 1),
        (square(Code=140781101.0), 1),
        (square("城关乡"), 2),
        (square("北关街道办事处"), 3),
        (square("三佳乡"), 4),
        (square("三佳"), 4),
        (square("三\ud800佳\x00"), 4),
    ],
)
def test_a_township_is_known_by_its_code_or_by_its_full_or_short_name(feature, township):
    (area,) = looked(feature).areas
    assert area.township.id == township


@pytest.mark.parametrize(
    ("feature", "why"),
    [
        (square("城关镇"), areas.NOBODY),
        (square("张兰镇", code="140702101"), areas.FOREIGN),
        (square("某村", code="140781101203"), areas.NOBODY),
        (square("城关乡", code="140781101"), "名称却是城关乡卫生院"),
    ],
)
def test_what_is_another_place_is_not_taken_for_ours_and_said_with_its_reason(feature, why):
    found = looked(square("三佳乡"), feature)
    assert [area.township.id for area in found.areas] == [4]
    assert [one.id for one in found.lacking] == [1, 2, 3]
    ((_, said),) = found.strangers
    assert why in said


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nothing", "不是 JSON"),
        ("[1]", "不是 GeoJSON"),
        ('{"type":"Polygon","coordinates":[]}', "不是 GeoJSON"),
        ('{"type":"FeatureCollection","features":{}}', "不是 GeoJSON"),
        (collection(), "没有一个要素"),
        (collection(square("别处镇"), 7), "没有一个要素"),
        (collection(square("张兰镇", geometry={"type": "Point", "coordinates": [1, 2]})), "没有面"),
    ],
)
def test_what_is_no_file_of_townships_is_refused_in_words(text, problem):
    with pytest.raises(Refusal) as refused:
        areas.looked_at(text, townships=TOWNS, division=COUNTY)
    assert problem in refused.value.sentence


def test_all_that_is_wrong_is_said_at_once():
    far = {"type": "Polygon", "coordinates": [[[4e5, 1], [2, 3], [4, 5], [6, 7]]]}
    with pytest.raises(Refusal) as refused:
        looked(square("张兰镇"), square("张兰", code="140781101"), square("三佳乡", geometry=far))
    said = refused.value.by_field()["areas"]
    assert len(said) == 2
    assert "有 2 个要素都是张兰卫生院：张兰镇、张兰" in said[0] and "三佳乡：坐标不是经纬度" in said[1]


def test_many_points_become_few_and_what_was_looked_at_is_what_is_kept():
    side = [[111.9 + n / 50_000, 37.0 + (n % 2) / 1e5] for n in range(5000)]
    ring = [*side, [112.0, 37.1], [111.9, 37.1], side[0]]
    found = looked(square("张兰镇", geometry={"type": "Polygon", "coordinates": [ring]}), square("三佳乡", east=112.2))
    assert sum(len(ring) for area in found.areas for ring in area.rings) < 20
    again = areas.looked_at(found.kept(), townships=TOWNS, division=COUNTY)
    assert [(a.name, a.rings) for a in again.areas] == [(a.name, a.rings) for a in found.areas]


# --- in the house


def test_a_file_is_looked_at_then_kept_replaced_from_day_to_day_and_removed(place):
    Institution.objects.filter(pk=place.centre.pk).update(division=f"{COUNTY}101")
    other = institution(place.group, "介休市义安镇卫生院", short_name="义安镇卫生院")
    lone = institution(place.group, "三佳卫生院", division=f"{COUNTY}203")
    Division.objects.create(code=f"{COUNTY}203", name="三佳乡")
    client = browser(place.administrator(place.county))
    typed = {"areas": collection(square("张兰镇", id=f"{COUNTY}101"), square("义安镇", east=112.0), square("别处镇")),
             "source": "县民政局 2025 年界线"}  # fmt: skip
    answer = client.post("/organisations/areas", typed)
    said = answer.content.decode()
    assert answer.status_code == 200 and not TownshipArea.objects.exists(), "a look keeps nothing"
    for words in ("张兰卫生院", "代码和名称", "义安镇卫生院", "别处镇", lone.name, "没有这个代码或名称"):
        assert words in said, words
    kept = {"areas": typed["areas"], "source": typed["source"]}
    for when, many in (("2026-11-20 09:00", 2), ("2026-11-20 10:00", 2), ("2026-11-22 09:00", 4)):
        with clock.stands_at(at(when)):
            assert browser_of(place).post("/organisations/areas/import", {**kept, "key": key()}).status_code == 303
        assert TownshipArea.objects.count() == many, when
    ended = TownshipArea.objects.filter(institution=other).earliest("begins")
    assert (str(ended.begins), str(ended.ends), ended.source) == ("2026-11-20", "2026-11-21", typed["source"])
    with clock.stands_at(at("2026-11-23 09:00")):
        client = browser_of(place)
        assert "撤下乡镇辖区" in client.get("/organisations/map").content.decode()
        assert client.post("/organisations/areas/remove", {"key": key()}).status_code == 303
        assert client.post("/organisations/areas/remove", {"key": key()}).status_code == 422
    assert not TownshipArea.objects.filter(ends__isnull=True).exists()


def browser_of(place):
    return browser(place.administrator(place.county))


def test_a_bad_file_keeps_what_was_typed_and_no_source_is_no_import(place):
    client = browser_of(place)
    answer = client.post("/organisations/areas", {"areas": "nothing", "source": "民政局"})
    assert answer.status_code == 422
    assert "不是 JSON" in answer.content.decode() and "民政局" in answer.content.decode()
    typed = {"areas": collection(square("张兰镇")), "source": " ", "key": key()}
    assert client.post("/organisations/areas/import", typed).status_code == 422
    assert not TownshipArea.objects.exists()


def test_only_an_administrator_brings_areas_and_only_those_of_its_own_ground(place):
    other = institution(place.other_group, "连福镇卫生院")
    typed = {"areas": collection(square("张兰镇"), square("连福镇", east=112.0)), "source": "民政局"}
    for role, unit in (("township_head", place.centre.unit), ("bureau", place.county.unit)):
        for address in ("/organisations/areas", "/organisations/areas/import", "/organisations/areas/remove"):
            answer = browser(actor(role, unit)).post(address, {**typed, "key": key()})
            assert answer.status_code == 403, (role, address)
    assert not TownshipArea.objects.exists()
    for group, own in ((place.group, place.centre), (place.other_group, other)):
        client = browser(place.administrator(group))
        assert client.post("/organisations/areas/import", {**typed, "key": key()}).status_code == 303
        assert TownshipArea.objects.latest("pk").institution_id == own.pk
    assert client.post("/organisations/areas/remove", {"key": key()}).status_code == 303
    assert [one.institution_id for one in TownshipArea.objects.filter(ends__isnull=True)] == [place.centre.pk]


# --- holes, files, datums


HOLED = {"type": "Polygon", "coordinates": [
    [[111.9, 37.0], [112.1, 37.0], [112.1, 37.2], [111.9, 37.2], [111.9, 37.0]],
    [[111.95, 37.05], [112.0, 37.05], [112.0, 37.1], [111.95, 37.1], [111.95, 37.05]],
]}  # fmt: skip


def inside(rings, east, north):
    """By the rule of the drawing: within an odd number of rings."""
    crossed = 0
    for ring in rings:
        for (ax, ay), (bx, by) in pairwise(ring):
            if (ay > north) != (by > north) and east < ax + (north - ay) / (by - ay) * (bx - ax):
                crossed += 1
    return crossed % 2 == 1


def test_a_hole_stays_a_hole_and_a_township_may_lie_in_it():
    found = looked(square("张兰镇", geometry=HOLED), square("三佳乡", east=111.95, side=0.05))
    around, _within = found.areas
    assert len(around.polygons) == 1 and len(around.rings) == 2
    assert not inside(around.rings, 111.97, 37.07) and inside(around.rings, 112.05, 37.07)
    again = areas.looked_at(found.kept(), townships=TOWNS, division=COUNTY)
    assert again.areas[0].polygons == around.polygons


def test_a_tiny_hole_goes_before_its_ring_does():
    dense = [[112 + cos(n / 500) / 10, 37 + sin(n / 500) / 10] for n in range(3142)]
    hole = [[112.0, 37.0], [112.00001, 37.0], [112.00001, 37.00001], [112.0, 37.0]]
    holed = {"type": "Polygon", "coordinates": [[*dense, dense[0]], hole]}
    (area,) = looked(square("张兰镇", geometry=holed)).areas
    assert len(area.polygons[0]) == 1 and 20 < len(area.rings[0]) < 3000


# Pairs that other programmes hold against each other (googollee/eviltransform, its tests): Shanghai, Shenzhen, Beijing.
PAIRS = [
    ((121.5272106, 31.1774276), (121.531541859215, 31.17530398364597)),
    ((113.912316, 22.543847), (113.9171764808363, 22.540796131694766)),
    ((116.377817, 39.911954), (116.38404722455657, 39.91334545536069)),
]


@pytest.mark.parametrize(("earth", "shown"), PAIRS)
def test_what_a_web_map_shows_is_found_on_the_earth(earth, shown):
    assert datums.to_gcj02(earth) == pytest.approx(shown, abs=1e-7)
    assert datums.from_gcj02(shown) == pytest.approx(earth, abs=1e-7)


def test_there_and_back_is_the_same_place_all_over_the_country():
    for east in range(74, 136, 3):
        for north in range(18, 54, 3):
            place = (east + 0.123, north + 0.456)
            assert datums.from_gcj02(datums.to_gcj02(place)) == pytest.approx(place, abs=1e-7)
            assert 50 < metres(place, datums.to_gcj02(place)) < 1500
    assert datums.from_gcj02((2.35, 48.85)) == (2.35, 48.85)


def metres(one, other):
    return hypot((one[0] - other[0]) * cos(radians(one[1])), one[1] - other[1]) * 111_195


def test_the_datum_that_is_said_is_taken_away_once():
    text = collection(square("张兰镇"))
    plain = areas.looked_at(text, townships=TOWNS, division=COUNTY)
    shifted = areas.looked_at(text, townships=TOWNS, division=COUNTY, datum=datums.GCJ02)
    off = [metres(a, b) for a, b in zip(plain.areas[0].rings[0], shifted.areas[0].rings[0], strict=True)]
    assert all(300 < one < 1000 for one in off)
    again = areas.looked_at(shifted.kept(), townships=TOWNS, division=COUNTY)
    assert again.areas[0].rings == shifted.areas[0].rings


def uploaded(text, name="乡镇.geojson", encoding="utf-8"):
    return SimpleUploadedFile(name, text.encode(encoding), content_type="application/geo+json")


def test_a_file_is_looked_at_like_what_is_pasted_in_the_datum_that_is_said(place):
    client, text = browser_of(place), collection(square("张兰镇", geometry=HOLED))
    asked = client.get("/organisations/areas").content.decode()
    assert 'enctype="multipart/form-data"' in asked and 'value="wgs84" checked' in asked and "GCJ-02" in asked
    for encoding in ("utf-8-sig", "gb18030"):
        answer = client.post("/organisations/areas", {"file": uploaded(text, encoding=encoding), "source": "民政局"})
        assert answer.status_code == 200 and "111.95, 37.05" in answer.content.decode(), encoding
    answer = client.post("/organisations/areas", {"areas": text, "source": "民政局", "datum": "gcj02"})
    assert answer.status_code == 200 and "111.95, 37.05" not in answer.content.decode()
    for more, problem in (
        ({"file": uploaded(text), "areas": text}, "只用一种"),
        ({"file": uploaded("x" * (8 * 1024 * 1024 + 1))}, "最大 8 MB"),
        ({"file": uploaded(text, encoding="utf-16")}, "不是 JSON"),
        ({}, "GeoJSON"),
        ({"areas": text, "datum": "bd09"}, "坐标系"),
    ):
        answer = client.post("/organisations/areas", {"source": "民政局", **more})
        assert answer.status_code == 422 and problem in answer.content.decode(), problem


def test_the_administrator_of_a_group_brings_the_outline_of_the_county_as_a_file(place):
    client = browser(place.administrator(place.group))
    outline = {"type": "Feature", "properties": {}, "geometry": HOLED}
    given = {"file": uploaded(json.dumps(outline)), "source": "县自然资源局", "datum": "wgs84", "key": key()}
    assert client.post("/organisations/outline", given).status_code == 303
    assert County.objects.get().outline["coordinates"] == [HOLED["coordinates"]]
    drawn_ = client.get("/organisations/map").content.decode()
    assert 'fill-rule="evenodd"' in drawn_ and drawn_.count("Z") >= 2 and "县自然资源局" in drawn_
    for role, unit in (("township_head", place.centre.unit), ("bureau", place.county.unit)):
        answer = browser(actor(role, unit)).post("/organisations/outline", {**given, "key": key()})
        assert answer.status_code == 403, role
