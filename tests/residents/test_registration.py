"""Register, newborns, corrections: all errors at once, nobody twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.db import connection

from tests import factories
from tests.residents.people import card, fields_of, form, person
from yigongti.kernel import clock
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.refusal import BadValue, NotAllowed, NotFound, Refusal, Refusals
from yigongti.residents.actions.registration import amend, register, register_newborn
from yigongti.residents.models import Resident, Suspicion
from yigongti.residents.refusals import (
    AlreadyRegistered,
    ChangedMeanwhile,
    LikelyDuplicate,
    NotManagedHere,
    NotMother,
    RegisteredElsewhere,
)


@pytest.mark.requirement("R133")
def test_registration_derives_birth_date_sex_and_number_from_what_was_typed(county, village_doctor):
    county.village.division = "140781101201"
    county.village.save()
    receipt = register(by=village_doctor, typed=form())
    row = Resident.objects.get(pk=receipt.data["resident"])
    assert (row.sex, row.birth_date, row.master_id, row.managing_id) == (
        "2",
        date(1958, 3, 4),
        row.pk,
        county.village.pk,
    )
    assert (row.pinyin, row.initials, row.register_division) == ("zhangguilan", "zgl", "140781")
    assert receipt.number == row.record_no == "14078110120100001"


def test_every_error_is_said_at_once_each_beside_its_field(village_doctor):
    wrong = form(
        name="张" * 5000, id_card="140781195803040041", birth_date="2026-02-31", phone="123", lives_division="1407"
    )
    with pytest.raises(Refusals) as refused:
        register(by=village_doctor, typed=wrong)
    assert fields_of(refused.value) == ["birth_date", "id_card", "lives_division", "name", "phone"]
    assert all(len(one.sentence) < 120 for one in refused.value.all)
    assert not Resident.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"sex": "1"}, "sex"),
        ({"birth_date": "1958-03-05"}, "birth_date"),
        ({"name": "<script>"}, "name"),
        ({"name": "😀"}, "name"),
        ({"id_card": None, "sex": "2", "birth_date": "1958-03-04"}, "id_card"),
        ({"phone_owner": "dog"}, "phone_owner"),
        ({"lives_address": "街" * 201}, "lives_address"),
        ({"ethnicity": "99"}, "ethnicity"),
    ],
)
def test_a_wrong_value_is_refused_by_one_sentence_naming_its_field(village_doctor, typed, field):
    with pytest.raises(Refusal) as refused:
        register(by=village_doctor, typed=form(**typed))
    assert refused.value.field == field


def test_somebody_without_papers_gets_a_temporary_number(village_doctor):
    typed = form(id_card=None, no_papers="1", sex="2", birth_date="\uff11958年3月\uff14日", birth_estimated="1")
    row = Resident.objects.get(pk=register(by=village_doctor, typed=typed).data["resident"])
    assert (row.id_card, row.birth_estimated) == ("", True)
    assert row.identifiers.get().system == "temporary"


def test_a_doctor_registers_only_for_institutions_within_reach(county, village_doctor, township_doctor):
    with pytest.raises(BadValue):
        register(by=village_doctor, typed=form(), managing=county.village2.pk)
    receipt = register(by=township_doctor, typed=form(), managing=county.village.pk)
    assert Resident.objects.get(pk=receipt.data["resident"]).managing_id == county.village.pk


def test_one_s_own_resident_is_opened_not_registered_again(county, village_doctor):
    person(county.village, id_card=card())
    with pytest.raises(AlreadyRegistered, match="张桂兰"):
        register(by=village_doctor, typed=form(name="张贵兰", not_same="1"), not_same=True)


def test_the_old_number_of_fifteen_is_the_same_paper(county, village_doctor):
    person(county.village, id_card=card())
    with pytest.raises(AlreadyRegistered):
        register(by=village_doctor, typed=form(id_card=card()[:6] + card()[8:17]))


def test_somebody_else_s_resident_is_shown_masked(county, village_doctor):
    person(county.village2, id_card=card())
    with pytest.raises(RegisteredElsewhere) as refused:
        register(by=village_doctor, typed=form())
    assert "张*" in refused.value.sentence
    assert "张村卫生室" in refused.value.sentence
    assert "1958" in refused.value.sentence
    assert "桂兰" not in refused.value.sentence


@pytest.mark.parametrize(
    ("known", "typed", "reason"),
    [
        ({}, {}, "姓名和出生日期相同"),
        ({"name": "张贵兰"}, {}, "读音"),
        ({"name": "张贵兰", "born": date(1958, 3, 5), "id_card": card(born=date(1958, 3, 5))}, {}, "只差一位"),
        ({"born": date(1960, 1, 1), "phone": "13812345678"}, {}, "电话和姓名相同"),
        ({"name": "李四", "phone": "13812345678"}, {}, "电话、出生日期、性别"),
    ],
)
def test_a_likely_duplicate_is_shown_first_and_data_staff_are_told_when_one_goes_on(
    county, village_doctor, known, typed, reason
):
    earlier = person(county.village, **known)
    with pytest.raises(LikelyDuplicate):
        register(by=village_doctor, typed=form(**typed))
    made = register(by=village_doctor, typed=form(**typed), not_same=True).data["resident"]
    raised = Suspicion.objects.get()
    assert {raised.one_id, raised.other_id} == {earlier.pk, made}
    assert reason in raised.why


def test_a_stranger_is_registered_without_questions(county, village_doctor):
    person(county.village, name="王有福", sex="1", born=date(1958, 3, 4), phone="13900000000")
    assert register(by=village_doctor, typed=form())
    assert not Suspicion.objects.exists()


def test_the_same_submission_sent_twice_registers_once(village_doctor):
    from uuid import uuid4

    key = uuid4()
    first, second = (register(by=village_doctor, key=key, typed=form()) for _ in range(2))
    assert first.number == second.number
    assert Resident.objects.count() == 1


def test_a_newborn_joins_its_mother_s_household(county, township_doctor):
    mother = person(county.village, born=date(1998, 5, 1))
    born = clock.today() - timedelta(days=2)
    typed = {"name": "张小宝", "sex": "1", "birth_date": born.isoformat()}
    receipt = register_newborn(by=township_doctor, mother=mother.pk, typed=typed, birth_certificate="U140000123")
    child = Resident.objects.get(pk=receipt.data["resident"])
    mother.refresh_from_db()
    assert (child.mother_id, child.household_id, child.managing_id) == (
        mother.pk,
        mother.household_id,
        county.village.pk,
    )
    assert child.identifiers.get().value == "U140000123"
    with pytest.raises(AlreadyRegistered):
        register_newborn(
            by=township_doctor, mother=mother.pk, typed=typed, birth_certificate="U140000123", not_same=True
        )


@pytest.mark.parametrize("mother", [{"sex": "1"}, {"born": date(1930, 1, 1)}, {"died_on": date(2020, 1, 1)}])
def test_who_cannot_be_a_mother_is_refused(county, township_doctor, mother):
    woman = person(county.village, **{"born": date(1998, 5, 1), **mother})
    typed = {"sex": "1", "birth_date": clock.today().isoformat()}
    with pytest.raises(NotMother):
        register_newborn(by=township_doctor, mother=woman.pk, typed=typed)


def test_a_correction_keeps_old_and_new_in_the_trail(county, village_doctor):
    row = person(county.village, id_card=card(), phone="13812345678")
    receipt = amend(by=village_doctor, resident=row.pk, version=1, typed=form(name="张桂兰兰", phone="13900001111"))
    row.refresh_from_db()
    assert (row.name, row.pinyin, row.version) == ("张桂兰兰", "zhangguilanlan", 2)
    facts = Entry.objects.get(action="residents.amend").facts
    assert facts["changed"]["name"] == ["张桂兰", "张桂兰兰"]
    assert facts["changed"]["phone"] == ["13812345678", "13900001111"]
    assert receipt.persons == (row.pk,)


def test_a_correction_over_somebody_else_s_is_refused(county, village_doctor):
    row = person(county.village, id_card=card())
    amend(by=village_doctor, resident=row.pk, version=1, typed=form(phone="13900001111"))
    with pytest.raises(ChangedMeanwhile, match="李秀英"):
        amend(by=village_doctor, resident=row.pk, version=1, typed=form(phone="13900002222"))


def test_only_who_manages_a_person_corrects_the_registration(county, township_doctor):
    other = factories.actor("village_doctor", county.village2)
    row = person(county.village, id_card=card())
    with pytest.raises(NotFound):
        amend(by=other, resident=row.pk, version=1, typed=form())
    amend(by=township_doctor, resident=row.pk, version=1, typed=form(phone="13900001111"))
    desk = factories.actor("hr_officer", county.group)
    with pytest.raises(NotAllowed):
        amend(by=desk, resident=row.pk, version=2, typed=form())


def test_a_treating_doctor_may_see_but_not_correct(county):
    from yigongti.kernel.access import bases

    row = person(county.village, id_card=card())
    doctor = factories.actor("county_doctor", county.cardiology)
    bases.open_with(by=doctor, person_id=row.pk, code="emergency", reason="昏迷送来")
    with pytest.raises(NotManagedHere):
        amend(by=doctor, resident=row.pk, version=1, typed=form())


@pytest.mark.django_db(transaction=True)
def test_two_who_register_one_paper_at_once_make_one_resident_and_the_other_is_told():
    county = factories.county()
    doctors = [factories.actor("village_doctor", place) for place in (county.village, county.village2)] * 3

    def attempt(doctor):
        try:
            return register(by=doctor, typed=form()).number
        except (AlreadyRegistered, RegisteredElsewhere) as refused:
            return refused
        finally:
            connection.close()

    with ThreadPoolExecutor(len(doctors)) as pool:
        answers = list(pool.map(attempt, doctors))
    assert sum(isinstance(answer, str) for answer in answers) == 1
    assert Resident.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_record_numbers_given_at_once_are_all_different_and_without_gaps():
    county = factories.county()
    doctor = factories.actor("village_doctor", county.village)
    names = ["赵一", "钱二", "孙三", "李四", "周五", "吴六"]

    def attempt(at):
        try:
            born = date(1950 + at, 1, 1)
            typed = form(name=names[at], id_card=card(born=born), phone=f"1380000000{at}")
            return register(by=doctor, typed=typed).number
        finally:
            connection.close()

    with ThreadPoolExecutor(len(names)) as pool:
        numbers = sorted(pool.map(attempt, range(len(names))))
    assert [number[-5:] for number in numbers] == [f"{n:05d}" for n in range(1, 7)]
