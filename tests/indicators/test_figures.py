"""Figures from rows to screens: computed once, the same for everybody, suppressed where they would betray somebody."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from tests import factories
from tests.access.conftest import signed_in
from tests.indicators.counted import COST, GOOD, PERSONS, by_hand, computed, indicator, number, rows_at
from tests.residents.people import person
from yigongti.indicators import catalogue, queries
from yigongti.indicators.engine import counted_by
from yigongti.indicators.models import Run, Value
from yigongti.kernel import clock
from yigongti.kernel.access.models import Opening
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reader import TooMuchToCount


OCTOBER = Period.read("2026-10")
NAME = "欧阳桂英"


@pytest.fixture
def county(db):
    with clock.stands_at(factories.at("2026-11-20 09:00")):
        made = factories.county()
        made.people = [person(made.village, name=NAME, born=date(1957, 3, 4)),
                       *(person(made.village, name=f"任{n}") for n in "甲乙丙丁戊己庚")]  # fmt: skip
        ids = [one.pk for one in made.people]
        made.engine = by_hand(
            made,
            rows_at(made.village, good=30, bad=10, persons=ids),
            rows_at(made.other_village, good=6, bad=3, persons=ids),
            rows_at(made.township, good=50, bad=50, persons=ids), rows_at(made.village2, good=2, bad=20, persons=ids),
            rows_at(made.township2, good=10, bad=10, persons=ids),
            rows_at(made.hospital, good=70, bad=30, persons=ids),
            rows_at(made.foreign_hospital, good=10, bad=10, persons=ids),
            rows_at(made.village, good=5, bad=35, persons=ids, at=date(2026, 9, 5)),
        )  # fmt: skip
        catalogue.enter(GOOD, COST, PERSONS)
        computed(made.engine, GOOD, COST, PERSONS)
        with counted_by(made.engine):
            yield made
        catalogue.leave(GOOD, COST, PERSONS)


def actor(county, role, place="group"):
    return factories.actor(role, getattr(county, place))


def cell_of(who, place, level="institution", indicator=GOOD.code, period=OCTOBER):
    seen = queries.places(for_=who)
    return queries.cell(for_=who, indicator=indicator, level=level, place=seen.by_id[place.pk], period=period)


def page_of(who, address):
    answer = signed_in(who).get(address)
    content = answer.getvalue() if answer.streaming else answer.content
    return answer.status_code, content.decode() if "openxml" not in answer.headers["Content-Type"] else content


@pytest.mark.requirement("R22")
def test_every_level_is_computed_from_the_rows_and_distinct_people_do_not_add_up(county):
    steward = actor(county, "quality_officer")
    assert cell_of(steward, county.village).value == Decimal("75")
    town = cell_of(steward, county.township, "township")
    assert (town.numerator, town.denominator) == (86, 149)
    assert cell_of(steward, county.group, "group").denominator == 291
    assert cell_of(steward, county.root, "county").denominator == 311
    assert cell_of(steward, county.group, "group", PERSONS.code).denominator == 8
    assert cell_of(steward, county.village).status == "final"
    assert cell_of(steward, county.village, period=Period.read("2026-11")).status == "not_computable"
    year = cell_of(steward, county.village, period=Period.read("2026"))
    assert (year.numerator, year.denominator, year.status) == (35, 80, "provisional")


def test_computing_again_replaces_and_touched_months_leave_the_others(county):
    before = Value.objects.count()
    assert Run.objects.get().cells == before
    computed(county.engine, GOOD, COST, PERSONS)
    assert Value.objects.count() == before
    Value.objects.update(snapshot="alt")
    from yigongti.indicators.computing import compute_these

    touched = {"test_visits": {date(2026, 10, 1)}}
    compute_these(county.engine, [GOOD], needs={}, first=Period.read("2026-09"), touched=touched)
    fresh = set(Value.objects.exclude(snapshot="alt").values_list("period", flat=True))
    assert fresh == {"2026-10", "2026-Q4", "2026", "2026-Y10", "2026-Y11"}
    Value.objects.update(snapshot="alt")
    compute_these(county.engine, [GOOD], needs={}, first=Period.read("2026-09"), touched={}, recent=date(2026, 11, 1))
    fresh = set(Value.objects.exclude(snapshot="alt").values_list("period", flat=True))
    assert fresh == {"2026-11", "2026-Q4", "2026", "2026-Y11"}, "October was over"


@pytest.mark.requirement("R18")
def test_each_post_sees_the_places_of_its_own_ground_and_the_county_as_a_whole(county):
    for role, place in (("president", "group"), ("village_doctor", "village"), ("township_head", "township")):
        names = {one.name for one in queries.places(for_=actor(county, role, place)).by_id.values()}
        assert "南街村卫生室" in names
        assert "介休市" in names
        assert "平遥县医院" not in names
    bureau = queries.places(for_=actor(county, "bureau", "root"))
    assert "平遥县医院" in {one.name for one in bureau.by_id.values()}
    assert queries.places(for_=actor(county, "village_doctor", "village")).home.name == "南街村卫生室"


@pytest.mark.requirement("R174")
def test_few_residents_are_not_shown_nor_what_would_tell_them_by_subtraction(county):
    """张村: 2 of 22. Alone under its centre's township with nobody beside it; 北街: 3 bad ones of 9."""
    president, quality = actor(county, "president"), actor(county, "quality_officer")
    for place in (county.village2, county.other_village):
        assert cell_of(president, place).status == "suppressed"
        assert cell_of(president, place).numerator is None
        assert cell_of(quality, place).status == "final"
    assert cell_of(president, county.village).status == "suppressed", "the next smallest, else 北街 is a difference"
    assert cell_of(president, county.township).status == "final"
    status, text = page_of(president, f"/figures/{GOOD.code}?place={county.village2.pk}&period=2026-10")
    assert status == 200
    assert "人太少，不显示" in text
    assert "2/22" not in text
    address = f"/figures/{GOOD.code}/rows?place={county.village2.pk}&period=2026-10"
    assert page_of(president, address)[0] == 403
    assert "2/22" in page_of(quality, f"/figures/{GOOD.code}?place={county.village2.pk}&period=2026-10")[1]


@pytest.mark.requirement("R22")
def test_the_rows_behind_a_figure_are_as_many_as_it_says_masked_and_the_same_in_every_download(county):
    president = actor(county, "president")
    look = f"place={county.group.pk}&level=group&period=2026-10"
    status, text = page_of(president, f"/figures/{GOOD.code}/rows?{look}&side=of")
    assert status == 200
    assert "试验就诊 168 行" in text
    assert text.count("<tr data-row") == 50
    assert NAME not in text
    assert "欧阳* 女 1957" in text or "欧阳*" in text
    assert "/indicators/open-row" not in text
    listed = list(page_of(president, f"/figures/{GOOD.code}/rows.csv?{look}&side=of")[1].splitlines())
    assert len(listed) == 1 + 168
    book = page_of(president, f"/figures/{GOOD.code}/rows.xlsx?{look}&side=over")[1]
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()) == 1 + 291
    assert Trail.objects.filter(action="indicators.export", kind="write").count() == 2
    sums = page_of(president, f"/figures/{COST.code}/rows?{look}&side=of")[1]
    assert "试验就诊 291 行" in sums


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_download_that_is_refused_on_the_way_is_no_file_and_no_export(county, monkeypatch, kind):
    president, whole = actor(county, "president"), type(county.engine).rows
    blocks = []

    def tired(self, wanted, *, after="", limit=50):
        blocks.append(after)
        if len(blocks) > 1:
            raise TooMuchToCount
        return whole(self, wanted, after=after, limit=20)

    monkeypatch.setattr(type(county.engine), "rows", tired)
    look = f"place={county.group.pk}&level=group&period=2026-10&side=of"
    answer = signed_in(president).get(f"/figures/{GOOD.code}/rows.{kind}?{look}")
    assert (answer.status_code, answer.streaming, len(blocks)) == (503, False, 2)
    assert "Content-Disposition" not in answer.headers
    assert "没有数完" in answer.content.decode()
    assert not Trail.objects.filter(action="indicators.export").exists()


def test_all_pages_of_rows_together_are_the_figure(county):
    quality = actor(county, "quality_officer")
    place = queries.places(for_=quality).by_id[county.group.pk]
    sought = queries.Sought(indicator=GOOD, level="group", place=place, period=OCTOBER, side="over")
    seen, after = [], ""
    while True:
        found = queries.rows_behind(for_=quality, sought=sought, after=after)
        seen += [row["id"] for row in found.rows]
        after = found.next
        if not after:
            break
    assert len(seen) == len(set(seen)) == 291 == found.count == found.number


@pytest.mark.parametrize(
    ("role", "place", "status"),
    [("bureau", "root", 403), ("insurance_officer", "group", 403), ("village_doctor", "village", 403),
     ("township_head", "township", 200), ("township_head", "township2", 403), ("quality_officer", "group", 200),
     ("quality_officer", "foreign_group", 404)],
)  # fmt: skip
def test_rows_open_to_those_who_manage_the_place_and_hold_the_right(county, role, place, status):
    address = f"/figures/{GOOD.code}/rows?place={county.township.pk}&level=township&period=2026-10&side=over"
    assert page_of(actor(county, role, place), address)[0] == status


@pytest.mark.requirement("R133")
@pytest.mark.never("quality_officer.browse")
def test_a_stated_duty_leads_from_a_row_to_one_record_and_stands_in_its_access_log(county):
    quality = actor(county, "quality_officer")
    look = f"place={county.group.pk}&level=group&period=2026-10"
    text = page_of(quality, f"/figures/{GOOD.code}/rows?{look}&side=of")[1]
    link = text.split('href="/indicators/open-row?row=', 1)[1].split('"')[0]
    client = signed_in(quality)
    asked = client.get(f"/indicators/open-row?row={link}").content.decode()
    proof = asked.split('name="proof" value="', 1)[1].split('"')[0]
    whom = asked.split('action="/residents/', 1)[1].split("/")[0]
    key = "00000000-0000-4000-8000-000000000007"
    assert client.get(f"/residents/{whom}/record").status_code == 403
    typed = {"key": key, "basis": "duty.quality", "proof": proof, "reason": ""}
    assert client.post(f"/residents/{whom}/open", typed).status_code == 422
    typed |= {"reason": "核查规范就诊率", "key": key[:-1] + "8"}
    assert client.post(f"/residents/{whom}/open", typed).status_code == 303
    assert Opening.objects.get().reason == "质量检查：核查规范就诊率"
    assert client.get(f"/residents/{whom}/record").status_code == 200
    other = factories.actor("quality_officer", county.group)
    assert signed_in(other).get(f"/indicators/open-row?row={link}").status_code == 404


@pytest.mark.requirement("R22")
def test_a_figure_is_split_by_a_dimension_and_small_parts_are_not_shown(county):
    quality, president = actor(county, "quality_officer"), actor(county, "president")
    look = f"place={county.group.pk}&level=group&period=2026-10&by=sex"
    text = page_of(quality, f"/figures/{GOOD.code}?{look}")[1]
    assert "按性别" in text
    assert '<td data-label="性别"><a' in text.replace("\n", "")
    seen = queries.places(for_=president)
    given = {"indicator": GOOD, "level": "group", "place": seen.by_id[county.group.pk], "period": OCTOBER, "by": "sex"}
    parts = queries.split(for_=president, **given)
    assert sum(part.denominator for part in parts) == 291
    village = {**given, "level": "institution", "place": seen.by_id[county.village2.pk]}
    assert queries.split(for_=president, **village) == []
    assert {part.denominator for part in queries.split(for_=quality, **village)} == {11}


SO_FAR = Period.read("2026-Y10")


def test_the_year_to_date_adds_its_months_and_is_no_whole_year(county):
    quality = actor(county, "quality_officer")
    for place, level, sums in ((county.village, "institution", (35, 80)), (county.township, "township", (91, 189))):
        so_far = cell_of(quality, place, level, period=SO_FAR)
        assert (so_far.numerator, so_far.denominator, so_far.status) == (*sums, "final")
        assert so_far.denominator == number(county.engine, GOOD.figure.over, "2026-Y10", place, level)
    people = cell_of(quality, county.group, "group", PERSONS.code, SO_FAR)
    assert people.denominator == 8, "distinct people do not add up over months either"
    running = cell_of(quality, county.village, period=Period.read("2026-Y11"))
    assert (running.numerator, running.denominator, running.status) == (35, 80, "provisional")
    assert cell_of(quality, county.village, period=Period.read("2026-Y09")).denominator == 40
    assert not Value.objects.filter(indicator=GOOD.code, period="2026-Y12").exists()
    assert [one.code for one in queries.back_from(SO_FAR, most=13)] == [f"2026-Y{n:02}" for n in range(1, 11)]


@pytest.mark.requirement("R174")
def test_a_year_to_date_does_not_tell_a_month_that_is_too_small(county):
    """Two of them differ by a month. 张村 has too few in October alone; 南街 is hidden beside them there."""
    president, quality = actor(county, "president"), actor(county, "quality_officer")
    for place in (county.village, county.village2):
        assert cell_of(president, place, period=SO_FAR).status == "suppressed"
        assert cell_of(quality, place, period=SO_FAR).status == "final"
    assert cell_of(president, county.village, period=Period.read("2026-Y09")).numerator == 5
    assert cell_of(president, county.township, "township", period=SO_FAR).numerator == 91
    from yigongti.indicators.computing import compute_these

    touched = {"test_visits": {date(2026, 11, 1)}}  # October is not computed with it: it is known to be small
    compute_these(county.engine, [GOOD], needs={}, first=Period.read("2026-09"), touched=touched)
    assert cell_of(president, county.village, period=Period.read("2026-Y11")).status == "suppressed"
    place = queries.places(for_=president).by_id[county.group.pk]
    given = {"indicator": GOOD, "level": "group", "place": place, "by": "sex"}
    assert queries.split(for_=president, **given, period=SO_FAR) == []
    assert sum(part.denominator for part in queries.split(for_=quality, **given, period=SO_FAR)) == 331


@pytest.mark.requirement("R174")
def test_rare_things_are_told_of_the_year_to_date_as_soon_as_what_is_hidden_in_it_is_enough(county):
    """Three a month of a hospital: told together they are six, and alone never, not by subtraction either."""
    from yigongti.indicators.computing import compute_these

    months = [rows_at(county.hospital, good=3, bad=20, at=date(2026, n, 5)) for n in (1, 2, 3, 4)]
    engine, president = by_hand(county, *months), actor(county, "president")
    expected = {"Y01": "suppressed", "Y02": "final", "Y03": "suppressed", "Y04": "final", "Y05": "final"}
    for touched in (None, {"test_visits": {date(2026, 4, 1)}}, {"test_visits": {date(2026, 2, 1)}}):
        compute_these(engine, [GOOD], needs={}, first=Period.read("2026-01"), touched=touched)
        told = {code: cell_of(president, county.hospital, period=Period.read(f"2026-{code}")) for code in expected}
        assert {code: one.status for code, one in told.items()} == expected, touched
        assert (told["Y02"].numerator, told["Y04"].numerator, told["Y05"].numerator) == (6, 12, 12)
        assert cell_of(president, county.hospital, period=Period.read("2026-02")).status == "suppressed"


def test_the_year_to_date_is_chosen_like_a_month_on_every_page(county):
    quality = actor(county, "quality_officer")
    look = f"place={county.village.pk}&level=institution"
    for address in ("/indicators", "/indicators/all", f"/figures/{GOOD.code}", f"/figures/{GOOD.code}/ranking"):
        status, text = page_of(quality, f"{address}?{look}&period=2026-10")
        assert status == 200 and "period=2026-Y10" in text and "年初至今" in text, address
        status, text = page_of(quality, f"{address}?{look}&period=2026-Y10")
        assert status == 200 and "2026 年初至 10 月" in text, address
        assert "period=2026-Y09" in text and "period=2026-Y11" in text and "period=2026-Q3" in text, address
    assert "数据截至" in page_of(quality, f"/figures/{GOOD.code}?{look}&period=2026-Y10")[1]
    told = signed_in(quality).get(f"/figures/{GOOD.code}/json?{look}&period=2026-Y10").json()["figures"]
    assert [one["period"] for one in told] == [f"2026-Y{n:02}" for n in range(1, 11)]
    assert (told[-1]["numerator"], told[-1]["denominator"], told[-1]["cut"][:10]) == ("35", "80", "2026-11-19")
    rows = page_of(quality, f"/figures/{GOOD.code}/rows?{look}&period=2026-Y10&side=over")[1]
    assert "80" in rows and "2026-09-05" in rows and "2026-10-05" in rows
    only_years = indicator("test_only_years", periods=("year",))
    catalogue.enter(only_years)
    try:
        text = page_of(quality, f"/figures/test_only_years?{look}&period=2026-Y10")[1]
        assert "2025 年" in text and "年初至" not in text, "a part of a year is not taken for a year"
    finally:
        catalogue.leave(only_years)


def test_years_to_date_that_nobody_counts_any_more_are_not_told(county):
    from yigongti.indicators import following

    Value.objects.filter(period="2026-Y09").update(period="2024-Y09", starts=date(2024, 1, 1))
    following._forget_gone(date(2025, 1, 1))
    assert not Value.objects.filter(period="2024-Y09").exists()
    assert Value.objects.filter(period="2026-Y10").exists()


def test_diagnoses_of_special_classes_and_of_minors_stay_unsaid_in_rows(county):
    child = person(county.village, name="任小宝", born=date(2020, 1, 1))
    engine = by_hand(county, rows_at(county.township, good=8, bad=0, persons=[county.people[1].pk], diagnosis="F20.0"),
                     rows_at(county.township, good=0, bad=8, persons=[child.pk], diagnosis="J45.9"))  # fmt: skip
    computed(engine, GOOD)
    with counted_by(engine):
        address = f"/figures/{GOOD.code}/rows?place={county.township.pk}&level=township&period=2026-10&side=over"
        text = page_of(actor(county, "quality_officer"), address)[1]
    assert text.count("按规定不在这里显示") == 16
    assert "F20" not in text
    assert "J45" not in text
    assert "任小宝" not in text


def test_the_cockpit_and_the_list_ask_the_database_a_constant_number_of_times(county):
    client = signed_in(actor(county, "president"))
    for address, most in (("/indicators", 24), ("/indicators/all", 24), ("/screen", 24), (f"/figures/{GOOD.code}", 32)):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(address).status_code == 200
        assert len(asked) <= most, (address, len(asked))


def test_all_indicators_are_found_by_what_is_typed(county):
    client = signed_in(actor(county, "bureau", "root"))
    text = client.get("/indicators/all?q=规范就诊率").content.decode()
    assert "规范就诊率" in text
    assert "规范就诊人数占比" not in text
    typed = client.get("/indicators/all?q=不会有的", headers={"HX-Request": "true", "HX-Target": "indicator-list"})
    assert "没有这样的指标" in typed.content.decode()
    assert "<html" not in typed.content.decode()
    assert client.get("/figures/nothing").status_code == 404
    assert client.get("/indicators?period=2026-13").status_code == 404
    assert client.get(f"/indicators?place={county.people[0].pk}").status_code == 404


@pytest.mark.requirement("R23")
def test_a_ranking_leaves_out_who_has_too_few_and_says_what_chance_alone_could_do(county):
    from yigongti.indicators.queries.rankings import ranking

    quality = actor(county, "quality_officer")
    found = ranking(for_=quality, indicator=GOOD.code, level="institution", period=OCTOBER)
    said = {one.cell.place.name: (one.rank, one.best, one.worst, one.few) for one in found}
    assert said["南街村卫生室"] == (1, 1, 3, False)
    assert said["县人民医院"] == (2, 1, 3, False)
    assert said["城关卫生院"] == (3, 3, 4, False)
    assert said["北街村卫生室"] == (0, 0, 0, True)
    text = page_of(quality, f"/figures/{GOOD.code}/ranking?at=institution&period=2026-10")[1]
    assert "例数不足，不排名" in text
    assert "1（1–3）" in text
    president = ranking(for_=actor(county, "president"), indicator=GOOD.code, level="institution", period=OCTOBER)
    assert {one.cell.status for one in president if one.cell.place.name == "张村卫生室"} == {"suppressed"}
