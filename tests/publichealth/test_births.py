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


WRONG = [
    ({"number": ""}, "证明编号"), ({"sex": "x"}, "性别"), ({"place": "x"}, "出生地点"), ({"outcome": "x"}, "出生结局"),
    ({"weight": 199}, "200 至 8000 克"), ({"weight": 8001}, "200 至 8000 克"), ({"weeks": 60}, "孕周"),
    ({"plurality": 0}, "胎数"), ({"born_at": factories.at("2027-01-01 00:00")}, "在今天之后"),
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
