"""Registering tells who is registered: counted with the misses of the search, stopped as the search is."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest

from tests import factories
from tests.access.conftest import signed_in
from tests.residents.people import card, form, person
from yigongti.kernel import clock
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.refusal import BadValue
from yigongti.residents.actions.moving import add_identifier
from yigongti.residents.actions.registration import amend, register, register_newborn
from yigongti.residents.models import Identifier, Miss, Resident, Suspicion
from yigongti.residents.queries.beyond import find_beyond
from yigongti.residents.refusals import (
    AlreadyRegistered,
    GuessingPapers,
    LikelyDuplicate,
    PaperTaken,
    RegisteredElsewhere,
)


pytestmark = pytest.mark.requirement("R133")
NOON = factories.at("2026-11-18 12:10")
MOST = 20


@pytest.fixture(autouse=True)
def noon():
    with clock.stands_at(NOON):
        yield


def times(actor):
    return sum(Miss.objects.filter(post_id=actor.post_id).values_list("times", flat=True))


def spend(actor, left=MOST):
    """Use up what a post may miss within an hour."""
    for n in range(left):
        find_beyond(for_=actor, text=card(sequence=300 + n))
    assert times(actor) == MOST


def test_a_number_that_stands_elsewhere_counts_each_and_then_stops(county, village_doctor):
    for n in range(MOST + 1):
        person(county.village2, name="李四", id_card=card(sequence=900 + n))
    for n in range(MOST):
        with pytest.raises(RegisteredElsewhere):
            register(by=village_doctor, typed=form(id_card=card(sequence=900 + n)))
    assert times(village_doctor) == MOST
    with pytest.raises(GuessingPapers, match="13:20 以前只能按“暂无证件”登记"):
        register(by=village_doctor, typed=form(id_card=card(sequence=900 + MOST)))
    assert Entry.objects.filter(kind="refusal", action="residents.register", sentence__contains="查无此人").count() == 1
    with clock.stands_at(NOON + timedelta(minutes=70)), pytest.raises(RegisteredElsewhere):
        register(by=village_doctor, typed=form(id_card=card(sequence=900 + MOST)))


def test_the_search_and_the_registration_spend_one_allowance(county, village_doctor):
    there = person(county.village2, name="李四", id_card=card(sequence=900))
    spend(village_doctor)
    with pytest.raises(GuessingPapers):
        register(by=village_doctor, typed=form(id_card=there.id_card))
    with pytest.raises(GuessingPapers):  # nor is anybody told that a number is free
        register(by=village_doctor, typed=form(id_card=card(sequence=902)))
    page = signed_in(village_doctor).post("/residents/new", form(id_card=there.id_card, key=str(uuid.uuid4())))
    assert page.status_code == 429
    assert "暂无证件" in page.content.decode() and "张村" not in page.content.decode()


def test_a_likeness_of_one_s_own_does_not_tell_for_free_that_a_number_is_free(county, village_doctor):
    person(county.village)
    for n in range(3):
        with pytest.raises(LikelyDuplicate):
            register(by=village_doctor, typed=form(id_card=card(sequence=902 + 2 * n)))
    assert times(village_doctor) == 3


def test_who_confirms_or_tries_again_is_counted_once_and_who_registers_is_not(county, village_doctor):
    person(county.village2)
    with pytest.raises(LikelyDuplicate):
        register(by=village_doctor, typed=form())
    with pytest.raises(LikelyDuplicate):
        register(by=village_doctor, typed=form(phone="13900000000"))
    assert times(village_doctor) == 1
    register(by=village_doctor, typed=form(), not_same=True)
    register(by=village_doctor, typed=form(name="赵六", id_card=card(sequence=6), phone=None))
    assert times(village_doctor) == 1


def test_neither_a_wrong_value_nor_one_s_own_resident_is_a_look(county, village_doctor):
    own = person(county.village, id_card=card())
    with pytest.raises(BadValue):
        register(by=village_doctor, typed=form(id_card="140781195803040041"))
    with pytest.raises(AlreadyRegistered):
        register(by=village_doctor, typed=form(id_card=own.id_card))
    assert times(village_doctor) == 0


def test_care_goes_on_without_papers_and_nobody_is_told_whom_the_patient_resembles(county, village_doctor):
    there = person(county.village2)
    spend(village_doctor)
    county.village.division = "140781101201"
    county.village.save()
    typed = form(id_card=None, no_papers="1", sex="2", birth_date="1958-03-04")
    made = register(by=village_doctor, typed=typed)

    raised = Suspicion.objects.get()
    assert {raised.one_id, raised.other_id} == {there.pk, made.data["resident"]}


def test_a_child_without_a_certificate_is_registered_whoever_was_stopped(county, township_doctor):
    mother = person(county.township, name="王小红", sex="2", born=clock.today() - timedelta(days=25 * 365))
    county.township.division = "140781101"
    county.township.save()
    spend(township_doctor)
    child = {"sex": "1", "birth_date": str(clock.today()), "no_papers": "1"}
    assert register_newborn(by=township_doctor, mother=mother.pk, typed=child)
    with pytest.raises(GuessingPapers):
        register_newborn(by=township_doctor, mother=mother.pk, typed=child, birth_certificate="U140000001")


def test_a_retry_gets_its_receipt_even_from_who_was_stopped_meanwhile(county, village_doctor):
    key = uuid.uuid4()
    first = register(by=village_doctor, typed=form(), key=key)
    spend(village_doctor)
    assert register(by=village_doctor, typed=form(), key=key).number == first.number


def test_a_correction_of_a_card_number_is_a_look_and_of_a_phone_is_none(county, village_doctor):
    own = person(county.village, id_card=card())
    there = person(county.village2, name="李四", id_card=card(sequence=900))
    amend(by=village_doctor, resident=own.pk, version=1, typed=form(phone="13900001111"))
    assert times(village_doctor) == 0
    amend(by=village_doctor, resident=own.pk, version=2, typed=form(id_card=card(sequence=8)))
    with pytest.raises(RegisteredElsewhere):
        amend(by=village_doctor, resident=own.pk, version=3, typed=form(id_card=there.id_card))
    assert times(village_doctor) == 2
    spend(village_doctor, left=MOST - 2)
    with pytest.raises(GuessingPapers):
        amend(by=village_doctor, resident=own.pk, version=3, typed=form(id_card=card(sequence=10)))
    amend(by=village_doctor, resident=own.pk, version=3, typed=form(id_card=card(sequence=8), phone="13900002222"))
    assert Resident.objects.get(pk=own.pk).phone == "13900002222"


def test_a_card_that_is_somebody_else_s_is_a_look(county, village_doctor):
    own, there = person(county.village), person(county.village2, name="李四")
    Identifier.objects.create(resident=there, system="health_card", value="A12345")
    given = {"by": village_doctor, "resident": own.pk, "system": "health_card"}
    with pytest.raises(PaperTaken):
        add_identifier(**given, value="a1-23 45")
    assert times(village_doctor) == 1
    spend(village_doctor, left=MOST - 1)
    with pytest.raises(GuessingPapers) as stopped:
        add_identifier(**given, value="A99999")
    assert stopped.value.field == "value"
