"""Map, streams and big screen: the same numbers as everywhere, few people never told apart."""

from __future__ import annotations

import io
import json
import re
from datetime import date

import docx
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.access.conftest import signed_in
from tests.indicators.counted import GOOD, by_hand, computed, rows_at
from tests.indicators.published import published
from tests.residents.people import person
from yigongti.indicators import catalogue, queries
from yigongti.indicators.brief import actions as briefs
from yigongti.indicators.brief.words import Outline, Section
from yigongti.indicators.engine import counted_by
from yigongti.indicators.pages import screen as screens
from yigongti.indicators.policy import briefs as outlines
from yigongti.indicators.queries import around, streams
from yigongti.kernel import clock
from yigongti.kernel.measures.periods import Period
from yigongti.organisations.models import Institution, TownshipArea


OCTOBER = Period.read("2026-10")
POINTS = {"village": (111.90, 37.00), "township": (111.91, 37.00), "village2": (112.30, 37.00),
          "township2": (112.05, 37.00), "hospital": (111.92, 37.02)}  # fmt: skip
OWN = Outline(
    kind="daily",
    title="{place}情况",
    masthead="每日汇报",
    opening="情况。",
    sections=(Section("一、就诊", (GOOD.code,)),),
)


def claim(n, managing, institution, *, in_county=True):
    return {
        "id": n, "person": n, "sex": "1", "born": date(1960, 1, 1), "at": date(2026, 10, 9), "managing": managing.pk,
        "institution": institution.pk if institution else None, "insured": True, "in_county": in_county,
        "pharmacy": False, "inpatient": False, "outpatient": True,
    }  # fmt: skip


def resident(n, managing):
    return {"person": n, "sex": "1", "born": date(1960, 1, 1), "managing": managing.pk, "insured": True, "lives": True,
            "registered": True, "at": date(1960, 1, 1), "until": None, "id": n}  # fmt: skip


@pytest.fixture
def county(db, monkeypatch):
    monkeypatch.setitem(outlines.OUTLINES, "daily", OWN)
    with clock.stands_at(factories.at("2026-11-20 09:00")):
        made = factories.county()
        for name, (longitude, latitude) in POINTS.items():
            Institution.objects.filter(pk=getattr(made, name).pk).update(longitude=longitude, latitude=latitude)
        ids = [person(made.village, name=f"任{n}").pk for n in "甲乙丙丁戊己庚"]
        made.engine = by_hand(
            made, rows_at(made.village, good=30, bad=10, persons=ids),
            rows_at(made.hospital, good=70, bad=30, persons=ids), rows_at(made.township2, good=5, bad=45, persons=ids),
        )  # fmt: skip
        cared = [
            (made.village, made.village, 20), (made.village, made.township, 9), (made.village, made.hospital, 8),
            (made.village2, made.village2, 12), (made.village2, made.township2, 7), (made.village2, made.hospital, 2),
        ]  # fmt: skip
        pairs = [(a, b) for a, b, many in cared for _ in range(many)]
        made.engine.held["claims"] = [claim(n, a, b) for n, (a, b) in enumerate(pairs, start=1)]
        made.engine.held["claims"] += [claim(900 + n, made.village, None, in_county=False) for n in range(6)]
        living = [made.village] * 60 + [made.village2] * 30 + [made.other_village] * 10
        made.engine.held["people"] = [resident(n, where) for n, where in enumerate(living, start=1)]
        catalogue.enter(GOOD)
        computed(made.engine, GOOD, first="2026-10")
        made.bureau, made.quality = factories.actor("bureau", made.root), factories.actor("quality_officer", made.group)
        with counted_by(made.engine):
            yield made
        catalogue.leave(GOOD)


def page_of(who, address, **headers):
    answer = signed_in(who).get(address, headers=headers)
    return answer.status_code, answer.content.decode()


@pytest.mark.requirement("R43")
def test_the_circle_says_its_method_and_who_lives_within_and_whom_it_cannot_place(county):
    known = around.sites(for_=county.bureau)
    found = around.circle(for_=county.bureau, known=known, aim="township", path=county.root.path, period=OCTOBER)
    assert (found.km, found.inside, found.people, found.unknown) == (7.5, 60, 90, 10)
    status, text = page_of(county.bureau, f"/indicators/map?of={GOOD.code}&period=2026-10&aim=township")
    assert status == 200
    for words in (
        "圈内居民占 66.7%（60/90 人）",
        "没有路网，不是行车时间",
        "即 7.5 公里",
        "10 人的管理机构没有登记经纬度",
    ):
        assert words in text, words
    assert text.count('class="map-around"') == 3


def test_the_map_and_its_table_say_the_figure_of_each_township(county):
    with CaptureQueriesContext(connection) as asked:
        status, text = page_of(county.bureau, f"/indicators/map?of={GOOD.code}&period=2026-10")
    assert (status, len(asked) < 40) == (200, True)
    for place, words in ((county.township, "75.00%"), (county.township2, "10.00%")):
        assert f"{place.name} {words}" in text, "on the point, for who cannot see it"
        assert words in text.split("<table")[1]
    assert text.count('class="map-place value') >= 2
    assert page_of(county.bureau, "/indicators/map?of=nothing")[0] == 404


def test_townships_whose_area_is_known_are_filled_and_named_for_who_sees_no_colour(county):
    address = f"/indicators/map?of={GOOD.code}&period=2026-10"
    assert "map-area" not in page_of(county.bureau, address)[1]
    ring = [[111.8, 36.9], [112.0, 36.9], [112.0, 37.1], [111.8, 37.1], [111.8, 36.9]]
    named = {"东南街道": county.township, "张兰镇": county.township2, "古城镇": county.foreign_township}
    for name, centre in named.items():
        TownshipArea.objects.create(institution=centre, name=name, rings=[ring], source="民政局", begins="2026-01-01")
    Institution.objects.filter(pk=county.township2.pk).update(longitude=None, latitude=None)
    status, text = page_of(county.bureau, address)
    assert (status, text.count('class="map-area-at"')) == (200, 3)
    for words in ("东南街道 75.00%", "张兰镇 10.00%", "乡镇辖区来源：民政局"):
        assert words in text, words
    assert f"{county.township.short_name}（东南街道）" in text.split("<table")[1]
    assert "古城镇 不能算" in text and text.count('fill="url(#no-value)"') == 1
    assert "没有登记经纬度" not in text, "what has an area is on the map"
    assert "map-area" not in page_of(county.bureau, f"{address}&at=institution")[1]
    own = page_of(county.quality, address)[1]
    assert own.count('class="map-area-at"') == 2, "of another group no figures are seen, so no areas"


@pytest.mark.requirement("R46", "R171")
def test_streams_lead_from_townships_to_where_people_are_cared_for(county):
    status, text = page_of(county.quality, "/indicators/flow?period=2026-10")
    assert status == 200
    for words in ("城关卫生院 → 村卫生室：20 人次", "城关卫生院 → 县外：6 人次", "张兰卫生院 → 县级医院：2 人次"):
        assert words in text, words
    assert "14.0%" in text, "6 of 43 went outside"


def test_few_people_of_a_stream_are_not_told_nor_what_would_tell_them(county):
    status, text = page_of(county.bureau, "/indicators/flow?period=2026-10")
    assert status == 200
    assert "张兰卫生院 → 村卫生室：12 人次" in text
    for hidden in ("张兰卫生院 → 县级医院", "张兰卫生院 → 乡镇卫生院"):
        assert hidden not in text, hidden
    assert "有 2 条流向人太少" in text
    towns = queries.places(for_=county.bureau).at("township")
    found = streams.streams(for_=county.bureau, care="all", period=OCTOBER, places=towns)
    told = {(one.place, one.goal): one.count for one in found}
    assert told[county.township2.pk, "county"] is told[county.township2.pk, "township"] is None


def test_one_number_is_the_same_on_every_screen_paper_and_door(county, monkeypatch):
    """Figure page, its data, the big screen, the brief, its Word and its data."""
    monkeypatch.setattr(screens, "matters_to", lambda role: (GOOD.code,))
    published(GOOD.code)
    key, place = "?level=county&period=2026-10", county.root.pk
    said = "55.26%"
    begun = briefs.begin_brief(by=county.bureau, kind="daily", level="county", place=place, period=OCTOBER)
    pk = begun.data["id"]
    client = signed_in(county.bureau)
    cell = queries.cell(for_=county.bureau, indicator=GOOD.code, level="county",
                        place=queries.places(for_=county.bureau).by_id[place], period=OCTOBER)  # fmt: skip
    assert f"{cell.value}%" == said

    def plain(address):
        return re.sub(r"<[^>]+>|\s", "", client.get(address).content.decode())

    assert said in plain(f"/figures/{GOOD.code}{key}&place={place}")
    assert said in plain(f"/indicators/briefs/{pk}")
    assert said in plain(f"/screen?place={place}&period=2026-10")
    told = json.loads(client.get(f"/figures/{GOOD.code}/json{key}&place={place}").content)
    assert f'"{cell.value}"' in json.dumps(told)
    data = json.loads(client.get(f"/indicators/briefs/{pk}.json").content)
    assert f"{data['figures'][0]['value']}%" == said
    word = docx.Document(io.BytesIO(client.get(f"/indicators/briefs/{pk}/brief.docx").content))
    assert said in [cell.text for cell in word.tables[0].rows[1].cells]


def test_the_big_screen_turns_by_itself_and_asks_for_figures_only(county, monkeypatch):
    monkeypatch.setattr(screens, "matters_to", lambda role: (GOOD.code,))
    status, text = page_of(county.bureau, "/screen?period=2026-10")
    assert status == 200
    assert 'hx-trigger="every 20s"' in text
    assert "<nav" not in text
    status, part = page_of(county.bureau, "/screen?period=2026-10&turn=1", **{"HX-Target": "screen"})
    assert (status, "<html" in part, "55.26" in part) == (200, False, True)


@pytest.mark.parametrize(
    ("role", "place"), [("village_doctor", "village"), ("township_doctor", "township"), ("county_doctor", "hospital")]
)
def test_the_big_screen_is_for_those_who_run_the_county(county, role, place):
    actor = factories.actor(role, getattr(county, place))
    assert page_of(actor, "/screen")[0] == 403
