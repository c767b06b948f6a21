"""A birth is kept as certified; its child is found by its own paper, or its registration is offered, never made up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.access.conftest import signed_in
from tests.publichealth.certificates import birth, born
from tests.residents.people import card, person
from yigongti.exchange.senders import the_inbox
from yigongti.kernel import clock
from yigongti.kernel.refusal import Refusal
from yigongti.publichealth.actions import take_in_births, withdraw_births
from yigongti.publichealth.models import Birth
from yigongti.residents.actions.registration import register_newborn
from yigongti.residents.models import Resident


@pytest.fixture
def county(db):
    with clock.stands_at(factories.at("2026-11-22 09:00")):
        made = factories.county()
        made.mother = person(made.village, name="任小燕", born=date(1996, 5, 6))
        made.doctor = factories.actor("township_doctor", made.township)
        yield made


@pytest.mark.requirement("R128")
def test_a_birth_is_kept_and_registers_nobody_by_itself(county):
    before = Resident.objects.count()
    (said,) = born(birth(mother_id=county.mother.pk))
    kept = Birth.objects.get()
    assert (said["what"], kept.weight, kept.weeks, kept.mother_id) == ("new", 3250, 39, county.mother.pk)
    assert kept.newborn is None
    assert Resident.objects.count() == before


def test_the_form_of_registration_is_offered_filled_in_and_the_child_then_stands_beside_the_birth(county):
    told = birth(mother_id=county.mother.pk)
    born(told)
    client = signed_in(county.doctor)
    text = client.get("/publichealth/births").content.decode()
    href = text.split(f'href="/residents/{county.mother.pk}/newborn?')[1].split('"')[0].replace("&amp;", "&")
    form = client.get(f"/residents/{county.mother.pk}/newborn?{href}").content.decode()
    for value in (told.number, "任新雨", "2026-11-01"):
        assert f'value="{value}"' in form
    typed = {"name": "任新雨", "sex": "2", "birth_date": "2026-11-01"}
    done = register_newborn(by=county.doctor, mother=county.mother.pk, typed=typed, birth_certificate=told.number)
    assert Birth.objects.get().newborn_id == done.data["resident"]
    text = client.get("/publichealth/births").content.decode()
    assert "/newborn?" not in text
    assert "任新雨 2026-11-01" in text


def test_a_child_registered_before_the_certificate_comes_is_found_by_it(county):
    told = birth(mother_id=county.mother.pk)
    typed = {"name": "任新雨", "sex": "2", "birth_date": "2026-11-01"}
    done = register_newborn(by=county.doctor, mother=county.mother.pk, typed=typed, birth_certificate=told.number)
    born(told)
    assert Birth.objects.get().newborn_id == done.data["resident"]


def test_a_child_with_a_card_of_its_own_is_registered_where_its_mother_is_managed(county):
    own = card(born=date(2026, 11, 1), sequence=4)
    born(birth(mother_id=county.mother.pk, newborn_id_card=own))
    child = Birth.objects.get().newborn
    assert (child.id_card, child.name, child.managing_id) == (own, "任新雨", county.village.pk)


def test_a_card_that_does_not_hold_registers_nobody_and_loses_no_birth(county):
    before = Resident.objects.count()
    (said,) = born(birth(mother_id=county.mother.pk, newborn_id_card="140781202611010000"))
    assert said["what"] == "new"
    assert Birth.objects.get().newborn is None
    assert Resident.objects.count() == before


def test_corrected_and_taken_back_births_are_kept_as_versions(county):
    told = birth(mother_id=county.mother.pk)
    (first,) = born(told)
    (second,) = born(replace(told, weight=3300))
    assert (second["what"], second["version"]) == ("corrected", 2)
    withdraw_births(by=the_inbox(), ids=[second["id"]], why="导错")
    assert Birth.objects.get(stands=True).pk == first["id"]
    assert Birth.objects.count() == 2
    with pytest.raises(Refusal, match="理由"):
        withdraw_births(by=the_inbox(), ids=[first["id"]], why="")


def test_who_takes_back_a_birth_is_told_that_the_newborn_stays_registered(county):
    own = card(born=date(2026, 11, 1), sequence=4)
    told = birth(mother_id=county.mother.pk, newborn_id_card=own)
    (first,), (alone,) = born(told), born(birth(mother_id=county.mother.pk))
    (second,) = born(replace(told, weight=3300))

    def left(pk):
        return withdraw_births(by=the_inbox(), ids=[pk], why="导错").data["left"]

    assert left(second["id"]) == {}, "the version before still speaks of the child"
    assert left(alone["id"]) == {}
    assert left(first["id"]) == {first["id"]: "登记的新生儿还在，需要的请数据员处理"}
    assert Resident.objects.filter(id_card=own).exists()


def mother_of(county, **more):
    return person(county.village, **{"name": "任小燕", "born": date(1996, 5, 6), **more}).pk


def paper_of(county, **more):
    return person(county.village, **{"name": "任新雨", "born": date(2026, 11, 1), **more}).pk


DOUBTED = [
    (lambda c: {"mother_id": mother_of(c, sex="1")}, "母亲的登记性别不是女"),
    (lambda c: {"mother_id": mother_of(c, name="任小红")}, "母亲的姓名与登记的不同"),
    (lambda c: {"mother_id": mother_of(c, born=date(2016, 11, 2))}, "登记的母亲当时不在 10 至 60 周岁"),
    (lambda c: {"mother_id": mother_of(c, born=date(1965, 11, 1))}, "登记的母亲当时不在 10 至 60 周岁"),
    (lambda c: {"mother_id": mother_of(c, died_on=date(2026, 10, 31))}, "登记的母亲在孩子出生前已去世"),
    (lambda c: {"newborn_id": paper_of(c, born=date(2026, 11, 2))}, "新生儿证件的主人不是当天出生"),
    (lambda c: {"newborn_id": paper_of(c, sex="1")}, "新生儿证件的主人与证明上的性别不同"),
]


@pytest.mark.requirement("R128")
@pytest.mark.parametrize(("changes", "why"), DOUBTED)
def test_a_birth_that_the_registrations_contradict_is_kept_and_matched_to_nobody(county, changes, why):
    told = birth(**{"mother_id": county.mother.pk, **changes(county)})
    before = Resident.objects.count()
    (said,) = born(told)
    assert (said["what"], said["why"]) == ("contradicts", why)
    kept = Birth.objects.get()
    assert (kept.mother_id, kept.newborn_id, kept.contradiction) == (None, None, why)
    assert Resident.objects.count() == before
    officer = signed_in(factories.actor("cdc_officer", county.root))
    assert why in officer.get("/publichealth/births?state=against").content.decode()
    assert told.number not in officer.get("/publichealth/births?state=without&year=2025").content.decode()


@pytest.mark.parametrize(
    "more", [{"died_on": date(2026, 11, 1)}, {"born": date(2016, 11, 1)}, {"born": date(1965, 11, 2)},
             {"name": "任 小燕"}]
)  # fmt: skip
def test_what_is_only_rare_contradicts_nothing(county, more):
    mother = mother_of(county, **more)
    assert born(birth(mother_id=mother))[0]["what"] == "new"
    assert Birth.objects.get().mother_id == mother


def test_once_the_registration_is_put_right_the_same_certificate_is_matched(county):
    Resident.objects.filter(pk=county.mother.pk).update(sex="1")
    told = birth(mother_id=county.mother.pk)
    born(told)
    Resident.objects.filter(pk=county.mother.pk).update(sex="2")
    assert born(told)[0]["what"] == "same"
    kept = Birth.objects.get()
    assert (kept.mother_id, kept.contradiction) == (county.mother.pk, "")


def test_a_holder_of_the_certificate_who_was_born_another_day_is_not_the_child(county):
    told = birth(mother_id=county.mother.pk)
    typed = {"name": "任新雨", "sex": "2", "birth_date": "2026-10-01"}
    register_newborn(by=county.doctor, mother=county.mother.pk, typed=typed, birth_certificate=told.number)
    assert born(told)[0]["why"] == "新生儿证件的主人不是当天出生"
    assert Birth.objects.get().newborn is None


def test_a_child_registered_with_the_certificate_of_another_day_is_not_of_that_birth(county):
    told = birth(mother_id=county.mother.pk)
    born(told)
    typed = {"name": "任新雨", "sex": "2", "birth_date": "2026-10-01"}
    register_newborn(by=county.doctor, mother=county.mother.pk, typed=typed, birth_certificate=told.number)
    assert Birth.objects.get().newborn is None


SOON = "同一位母亲不到 24 周内另有活产"


@pytest.mark.parametrize("together", [True, False])
def test_two_live_births_of_one_mother_within_months_contradict(county, together):
    told = [
        birth(mother_id=county.mother.pk, born_at=factories.at(f"2026-{month} 03:20")) for month in ("05-20", "11-01")
    ]
    said = born(*told) if together else [*born(told[0]), *born(told[1])]
    assert [one.get("why", "") for one in said] == ["", SOON]
    assert Birth.objects.get(number=told[1].number).mother is None


@pytest.mark.parametrize("changes", [
    [{}, {}, {}], [{"born_at": factories.at("2026-10-31 23:50"), "plurality": 2}, {"plurality": 2}],
    [{"born_at": factories.at("2026-05-10 03:20")}, {}],
    [{"born_at": factories.at("2026-10-01 03:20"), "outcome": "still"}, {}],
    [{"born_at": factories.at("2026-10-01 03:20"), "cancelled": True}, {}],
])  # fmt: skip
def test_children_of_one_birth_and_births_far_apart_contradict_nothing(county, changes):
    said = born(*(birth(mother_id=county.mother.pk, **more) for more in changes))
    assert {one["what"] for one in said} == {"new"}


def test_a_corrected_birth_is_not_too_close_to_itself(county):
    told = birth(mother_id=county.mother.pk)
    born(told)
    (said,) = born(replace(told, born_at=factories.at("2026-10-20 03:20")))
    assert said["what"] == "corrected"


WRONG = [
    ({"number": ""}, "证明编号"), ({"sex": "x"}, "性别"), ({"place": "x"}, "出生地点"), ({"outcome": "x"}, "出生结局"),
    ({"weight": 199}, "200 至 8000 克"), ({"weight": 8001}, "200 至 8000 克"), ({"weeks": 60}, "孕周"),
    ({"plurality": 0}, "胎数"), ({"born_at": factories.at("2027-01-01 00:00")}, "在今天之后"),
    ({"born_at": factories.at("1899-12-31 00:00")}, "早于 1900 年"),
    ({"outcome": "still", "newborn_id_card": "1"}, "死胎死产"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "why"), WRONG)
def test_what_cannot_be_true_is_refused_by_name(county, changes, why):
    refused, kept = born(birth(**changes), birth())
    assert refused["what"] == "refused"
    assert why in refused["why"]
    assert kept["what"] == "new"


@pytest.mark.parametrize(
    "change", [{"sex": "x"}, {"place": "x"}, {"outcome": "x"}, {"weight": 0}, {"weeks": 5}, {"plurality": 0}], ids=str
)
def test_the_database_itself_holds_no_impossible_birth(county, change):
    born(birth())
    with pytest.raises(IntegrityError), transaction.atomic():
        Birth.objects.update(**change)


def test_a_still_birth_is_nobody_and_a_child_is_not_its_mother(county):
    born(birth(mother_id=county.mother.pk))
    for change in ({"newborn_id": county.mother.pk}, {"newborn_id": county.mother.pk, "outcome": "still"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Birth.objects.update(**change)


def test_more_births_ask_the_database_no_more_often(county):
    def asked(n):
        told = [birth(mother_id=county.mother.pk) for _ in range(n)]
        with CaptureQueriesContext(connection) as seen:
            born(*told)
        return len(seen)

    asked(1)  # the parameters are read once
    assert asked(40) == asked(4)


def test_nobody_but_the_inbox_takes_in_births(county):
    (said,) = born(birth())
    for role, place in [("township_doctor", county.township), ("cdc_officer", county.root),
                        ("data_steward", county.group)]:  # fmt: skip
        actor = factories.actor(role, place)
        with pytest.raises(Refusal):
            take_in_births(by=actor, births=[birth()], source="x")
        with pytest.raises(Refusal):
            withdraw_births(by=actor, ids=[said["id"]], why="改")
    assert Birth.objects.filter(stands=True).count() == 1
