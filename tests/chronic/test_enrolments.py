"""Enrolling, ending, taking back; the two lists; whoever does not manage somebody does none of it."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest

from tests.access.conftest import signed_in
from tests.chronic.test_sources import enrolled
from tests.counted import brief
from tests.factories import actor, at
from tests.factories import county as make_county
from tests.record.test_sources import visit
from tests.residents.people import person
from yigongti.chronic import enrolled as reads
from yigongti.chronic import enrolling
from yigongti.chronic.models import Enrolment
from yigongti.chronic.refusals import (
    AlreadyEnrolled,
    EnrolledBefore,
    NoLongerAlive,
    NotEnrolled,
    NothingToTakeBack,
)
from yigongti.kernel import clock
from yigongti.kernel.refusal import BadValue, NotFound
from yigongti.record.models import Encounter, Entry
from yigongti.residents.actions import moving
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 10)
PRESSURE = "hypertension"


@pytest.fixture(autouse=True)
def june():
    with clock.stands_at(at("2026-06-10 10:00")):
        yield


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def village(county):
    return actor("village_doctor", county.village)


def enrol(by, someone, disease=PRESSURE, begins=TODAY, **more):
    return enrolling.enrol(by=by, resident=someone.pk, disease=disease, begins=begins, **more)


def end(by, someone, disease=PRESSURE, last_day=TODAY, reason="lost"):
    return enrolling.end_enrolment(by=by, resident=someone.pk, disease=disease, last_day=last_day, reason=reason)


def chronic(someone):
    return Resident.objects.get(pk=someone.pk).chronic


@pytest.mark.requirement("R124")
def test_who_is_enrolled_counts_from_that_day_and_the_registration_says_so(county, village):
    one, key = person(county.village), uuid.uuid4()
    receipt = enrol(village, one, begins=TODAY - timedelta(days=3), key=key)
    assert receipt.number == one.record_no
    assert enrol(village, one, begins=TODAY - timedelta(days=3), key=key).shown() == receipt.shown()
    assert brief("enrolments", "disease at until managing") == [(PRESSURE, date(2026, 6, 7), None, county.village.pk)]
    assert chronic(one) == [PRESSURE]
    with pytest.raises(AlreadyEnrolled, match="2026-06-07"):
        enrol(village, one)


def test_only_a_known_disease_a_day_that_has_come_and_the_living(county, village):
    one, dead = person(county.village), person(county.village, "王有福", died_on=date(2026, 1, 5))
    for changes in ({"disease": "nothing"}, {"begins": TODAY + timedelta(days=1)}, {"begins": date(1900, 1, 1)}):
        with pytest.raises(BadValue):
            enrol(village, one, **changes)
    with pytest.raises(NoLongerAlive):
        enrol(village, dead)
    assert not Enrolment.objects.exists()


@pytest.mark.requirement("R133")
def test_nobody_is_enrolled_or_ended_by_those_who_do_not_manage_them(county, village):
    theirs = person(county.village2)
    enrolled(theirs, PRESSURE)
    for act in (enrol, end):
        with pytest.raises(NotFound):
            act(village, theirs)
    assert [one.person for one in reads.enrolled(for_=village)] == []
    assert [one.person for one in reads.enrolled(for_=actor("township_doctor", county.township2))] == [theirs.pk]


def test_an_end_has_a_last_day_and_a_reason_and_may_be_followed_by_a_new_beginning(county, village):
    one = person(county.village)
    enrolled(one, PRESSURE)
    with pytest.raises(BadValue):
        end(village, one, reason="bored")
    with pytest.raises(BadValue):
        end(village, one, last_day=TODAY + timedelta(days=1))
    end(village, one, last_day=date(2026, 5, 31), reason="refused")
    assert brief("enrolments", "at until") == [(date(2025, 1, 10), date(2026, 6, 1))]
    assert (Enrolment.objects.get().end_reason, chronic(one)) == ("refused", [])
    with pytest.raises(NotEnrolled):
        end(village, one)
    with pytest.raises(EnrolledBefore):
        enrol(village, one, begins=date(2026, 5, 31))
    enrol(village, one, begins=date(2026, 6, 1))
    assert len(brief("enrolments", "at")) == 2


def test_who_was_only_registered_with_a_disease_is_ended_from_the_registration_on(county, village):
    with clock.stands_at(at("2026-02-03 10:00")):
        one = person(county.village, chronic=[PRESSURE])
    assert [(line.person, line.begins) for line in reads.enrolled(for_=village)] == [(one.pk, date(2026, 2, 3))]
    with pytest.raises(AlreadyEnrolled):
        enrol(village, one)
    end(village, one, last_day=date(2026, 3, 31), reason="excluded")
    assert brief("enrolments", "at until") == [(date(2026, 2, 3), date(2026, 4, 1))]
    assert reads.enrolled(for_=village) == []


def test_what_was_done_in_error_is_taken_back_on_the_day_by_who_did_it(county, village):
    one = person(county.village)
    enrol(village, one)
    other = actor("village_doctor", county.village)
    with pytest.raises(NothingToTakeBack):
        enrolling.take_back_enrolment(by=other, resident=one.pk)
    enrolling.take_back_enrolment(by=village, resident=one.pk)
    assert (Enrolment.objects.count(), chronic(one)) == (0, [])
    enrol(village, one)
    end(village, one)
    enrolling.take_back_enrolment(by=village, resident=one.pk)
    assert (Enrolment.objects.get().ends, chronic(one)) == (None, [PRESSURE])
    with pytest.raises(NothingToTakeBack):
        enrolling.take_back_enrolment(by=village, resident=one.pk)
    with clock.stands_at(at("2026-06-11 09:00")), pytest.raises(NothingToTakeBack):
        enrolling.take_back_enrolment(by=village, resident=one.pk)


def test_who_moves_is_managed_there_from_today_and_here_until_yesterday(county):
    one, township = person(county.village), actor("township_doctor", county.township)
    enrolled(one, PRESSURE)
    moving.move(by=township, resident=one.pk, version=one.version, managing=county.township.pk, reason="搬家")
    assert sorted(brief("enrolments", "managing at until")) == sorted([
        (county.village.pk, date(2025, 1, 10), TODAY), (county.township.pk, TODAY, None),
    ])  # fmt: skip


def ill(someone, where, code="I10.x00x002", begun="2026-04-01 09:00", **more):
    one = visit(someone, where, begun=begun, **more)
    Encounter.objects.filter(pk=one.pk).update(diagnosis_code=code)
    return one


@pytest.mark.requirement("R124")
def test_seen_for_a_disease_and_not_enrolled_is_suspected_until_enrolled_or_ended(county, village):
    ill(seen := person(county.village, "赵玉珍"), county.hospital)
    ill(person(county.village, "钱小宝", born=date(2000, 1, 1)), county.hospital)
    ill(person(county.village, "孙志强"), county.hospital, begun="2025-06-01 09:00")
    ill(person(county.village, "李建国"), county.hospital, code="J18.900")
    ill(person(county.village2, "周海燕"), county.hospital)
    ill(known := person(county.village, "吴桂英"), county.hospital)
    enrolled(known, PRESSURE)
    ill(secret := person(county.village, "郑秀兰"), county.hospital)
    Entry.objects.filter(resident=secret).update(sensitivity="psychiatric")
    ill(gone := person(county.village, "王海燕"), county.hospital)
    enrolled(gone, PRESSURE, ends=date(2026, 5, 1))

    def suspected(by=village, disease=PRESSURE):
        return [one.name for one in reads.suspected(for_=by, disease=disease)]

    assert suspected() == ["赵玉珍"]
    assert suspected(disease="diabetes") == []
    assert set(suspected(actor("township_doctor", county.township))) >= {"赵玉珍"}
    ill(gone, county.hospital, begun="2026-05-20 09:00")
    assert suspected() == ["王海燕", "赵玉珍"]
    enrol(village, seen)
    assert suspected() == ["王海燕"]


def test_lists_go_on_where_they_stopped_and_say_when_somebody_was_followed_up_last(county, village):
    both = person(county.village, "安一")
    enrolled(both, "diabetes")
    enrolled(both, PRESSURE)
    enrolled(person(county.village, "白二"), PRESSURE)
    visit(both, county.village, kind="public_health", begun="2026-05-05 09:00")
    first = reads.enrolled(for_=village, limit=1)
    assert [(one.name, one.disease) for one in first] == [("安一", "diabetes"), ("安一", PRESSURE)]
    assert first[0].at.date() == date(2026, 5, 5)
    rest = reads.enrolled(for_=village, after=(both.pk, "diabetes"))
    assert [(one.name, one.disease, one.at and one.at.date()) for one in rest] == [
        ("安一", PRESSURE, date(2026, 5, 5)), ("白二", PRESSURE, None),
    ]  # fmt: skip
    assert [one.name for one in reads.enrolled(for_=village, disease="diabetes")] == ["安一"]


def test_the_pages_lead_from_the_list_to_the_act_and_back(county, village):
    ill(one := person(county.village, "赵玉珍"), county.hospital)
    client = signed_in(village)
    take = f"/residents/{one.pk}/chronic/enrol"
    assert f"{take}?disease={PRESSURE}" in client.get("/chronic/suspected").content.decode()
    typed = {"key": str(uuid.uuid4()), "disease": PRESSURE, "begins": "2026-06-01"}
    answer = client.post(take, typed)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/residents/{one.pk}/chronic")
    shown = client.get(answer.headers["Location"]).content.decode()
    assert f'action="/residents/{one.pk}/chronic/undo"' in shown
    assert f"/residents/{one.pk}/chronic/{PRESSURE}/end" in shown
    assert "赵玉珍" in client.get("/chronic/enrolled").content.decode()
    refused = client.post(f"/residents/{one.pk}/chronic/{PRESSURE}/end", {"key": str(uuid.uuid4())})
    assert refused.status_code == 422
    assert "/chronic" in client.get(f"/residents/{one.pk}/record").content.decode()
    foreign = signed_in(actor("village_doctor", county.village2))
    assert foreign.get(f"/residents/{one.pk}/chronic").status_code in (403, 404)
