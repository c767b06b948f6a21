"""The simulator's small parts, against the chapters that verify the same things on their own."""

from collections import Counter
from datetime import date, datetime, timedelta
from random import Random

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.conftest import rows
from yigongti.kernel.clock import COUNTY_ZONE
from yigongti.organisations.codes import credit_warning
from yigongti.residents import codes
from yigongti.simulator import digits
from yigongti.simulator.ages import structure
from yigongti.simulator.certifying import Registry
from yigongti.simulator.copying import Table, text_of
from yigongti.simulator.households import Human, assemble
from yigongti.simulator.naming import Names
from yigongti.simulator.organising import organise
from yigongti.simulator.places import page, places, shared_out
from yigongti.simulator.staffing import DOCTOR, NURSE, staff


def test_check_digits_of_the_documented_numbers():
    assert digits.id_card("110105", date(1949, 12, 31), 2) == "11010519491231002X"
    assert digits.id_card("140725", date(1956, 3, 12), 4) == "140725195603120044"
    assert digits.organisation_code("60003734") == "600037341"


@given(st.dates(date(1901, 1, 1), date(2025, 1, 1)), st.integers(1, 999))
def test_made_up_identity_numbers_are_read_back_by_the_residents_chapter(born, serial):
    read = codes.id_card(digits.id_card("140781", born, serial), today=date(2026, 1, 1))
    assert (read.birth_date, read.sex, read.division) == (born, "1" if serial % 2 else "2", "140781")


@given(st.dates(date(1901, 1, 1), date(1999, 12, 31)), st.integers(1, 999))
def test_a_number_of_the_first_generation_means_the_same_person(born, serial):
    full = digits.id_card("140781", born, serial)
    assert codes.id_card(digits.short_id_card(full), today=date(2026, 1, 1)).number == full


@given(st.integers(0, 10**8 - 1))
def test_made_up_credit_codes_give_no_warning(number):
    assert credit_warning(digits.credit_code("140781", f"{number:08d}")) == ""


@given(st.integers(0, 10**6), st.lists(st.floats(0.01, 1000), min_size=1, max_size=50))
def test_shares_are_whole_and_sum_up(total, weights):
    parts = shared_out(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    assert all(abs(part - total * weight / whole) <= 1 for part, weight in zip(parts, weights, strict=True))


def test_the_whole_county_has_the_census_to_the_person():
    figures = page("county")["figures"]
    ages = Counter(structure(figures["residents"], figures, Random(1)))
    assert sum(n for (sex, _), n in ages.items() if sex == "1") == figures["men"]
    assert sum(n for (_, age), n in ages.items() if age < 15) == figures["aged_0_14"]
    assert sum(n for (_, age), n in ages.items() if 15 <= age < 60) == figures["aged_15_59"]
    assert sum(n for (_, age), n in ages.items() if age >= 65) == figures["aged_65_up"]


def test_households_take_everybody_once():
    chance = Random(5)
    people = [Human(sex, age) for sex, age in structure(1500, page("county")["figures"], chance)]
    households = assemble(people, size=2.69, chance=chance)
    assert sorted(map(id, people)) == sorted(id(one) for household in households for one in household)
    assert all(household[0].age >= 22 for household in households)
    couples = [(h[0].age, h[1].age) for h in households if len(h) > 1 and h[1].role == "spouse"]
    assert len(couples) > 250
    assert all(abs(one - other) < 18 for one, other in couples)


def test_places_are_the_villages_of_the_division_table():
    found = places(Random(1))
    assert len(found) == 213
    assert {place.name for place in found} >= {"张壁村", "北大街社区", "义安村"}


def _made(residents=None):
    county = organise(Random(1), residents=residents)
    return county, staff(county, chance=Random(2), today=date(2026, 6, 1))


@pytest.mark.requirement("R20")
def test_the_whole_county_has_the_beds_and_the_staff_of_the_source():
    county, workforce = _made()
    assert county.hospital.beds == sum(one.beds for one in county.hospital.departments) == 760
    assert sum(site.in_group and site.kind != "village_room" for site in county.sites) == 20
    assert len(county.kind("village_room")) == 231
    assert sum(site is None or site.in_group for site, *_ in workforce.hired) == 2467


@pytest.mark.requirement("R32")
def test_of_twenty_thousand_residents_beds_and_doctors_to_a_thousand_could_be_a_county_s():
    county, workforce = _made(20_000)
    beds = sum(site.beds for site in county.sites if site.level != "outside")
    doctors = sum(site is not None and (profession == DOCTOR or title.endswith("执业助理医师"))
                  for site, profession, title in workforce.hired)  # fmt: skip
    nurses = sum(profession == NURSE for _, profession, _ in workforce.hired)
    assert 3 < beds / 20 < 8
    assert 3 < doctors / 20 < 8
    assert 2 < nurses / 20 < 5
    assert min(one.beds for site in county.kind("county_hospital") for one in site.departments if one.receives) >= 2
    assert all(site.authors for site in county.sites if site.in_group and site.kind != "disease_control")


def test_a_name_written_by_ear_sounds_the_same():
    from yigongti.residents.pinyin import spell

    names = Names(Random(2))
    pairs = [
        (name, names.by_ear(name)) for name in (names.surname() + names.given(year=1950, sex="2") for _ in range(500))
    ]
    changed = [(one, other) for one, other in pairs if one != other]
    assert len(changed) > 100
    assert [pair for pair in changed if spell(pair[0]) != spell(pair[1])] == []


@pytest.mark.django_db
def test_copied_text_comes_back_as_it_was():
    awkward = ["a\tb", "c\\d", "e\nf\r", "𠮷野家", "", "\\N"]
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE simulator_copy (id int, said text, absent text) ON COMMIT DROP")
    table = Table("simulator_copy", "id said absent")
    for number, text in enumerate(awkward):
        table.add(number, text, None)
    table.write()
    assert rows("SELECT said, absent FROM simulator_copy ORDER BY id") == [(text, None) for text in awkward]
    assert table.written == len(awkward)


@pytest.mark.django_db
def test_a_column_that_a_chapter_has_added_is_filled_with_the_empty_value_of_its_type():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE simulator_added (id int, fresh varchar NOT NULL, flags int[] NOT NULL, maybe int)")
    table = Table("simulator_added", "id")
    table.add(1)
    table.write()
    assert rows("SELECT * FROM simulator_added") == [(1, "", [], None)]


def test_values_in_copys_own_form():
    assert [text_of(v) for v in (None, True, False, date(2026, 3, 4), {"a": "中"})] == [
        "\\N", "t", "f", "2026-03-04", '{"a": "中"}',
    ]  # fmt: skip


@given(st.integers(0, 1200))
def test_no_certificate_is_received_ahead_of_the_clock_or_of_what_it_certifies(ago):
    today = date(2026, 11, 22)
    registry = Registry.__new__(Registry)
    registry._today = today
    at = datetime.fromisoformat(str(registry._version(Table("t", "id"), "SW", ago)[7]))
    midnight = datetime(2026, 11, 22, tzinfo=COUNTY_ZONE)
    assert at <= midnight
    assert at.date() >= today - timedelta(days=ago)
