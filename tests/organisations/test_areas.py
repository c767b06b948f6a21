"""A county brings the areas of its townships: matched, looked at, kept from day to day, taken away."""

import json

import pytest

from tests.factories import at
from yigongti.kernel import clock
from yigongti.kernel.refusal import Refusal
from yigongti.organisations import areas
from yigongti.organisations.models import Division, Institution, TownshipArea

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
