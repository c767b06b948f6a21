"""A case of a special class: clinical words in no list, open to the gate and to who wrote them, wherever it goes."""

from __future__ import annotations

import json

import pytest

from tests import factories
from tests.access.conftest import signed_in
from yigongti.kernel import clock
from yigongti.kernel.workflow import engine
from yigongti.kernel.workflow.models import Case, CaseSide
from yigongti.record.models import Entry
from yigongti.referral.refusals import MayNotRead


SCHIZOPHRENIA = "F20.000 精神分裂症"
SECRETS = ("精神分裂症", "凭空闻声", "奥氮平", "按月复诊", "幻听消失")
RETURN = {
    "discharge_summary": "幻听消失", "care_plan": "按月复诊", "medicines": "奥氮平", "follow_up_on": "2026-11-25",
}  # fmt: skip


@pytest.fixture
def here(db):
    with clock.stands_at(factories.at("2026-11-18 09:00")):
        county = factories.county()
        county.doctor = factories.actor("village_doctor", county.village)
        county.centre_doctor = factories.actor("township_doctor", county.township)
        county.desk = factories.actor("referral_desk", county.hospital)
        county.lead = factories.actor("referral_lead", county.hospital)
        county.ward_doctor = factories.actor("county_doctor", county.cardiology)
        county.head = factories.actor("township_head", county.township)
        county.person = factories.resident(county.village)
        county.number = refer(county)
        yield county


def refer(county, by=None, **given):
    given = {"diagnosis": SCHIZOPHRENIA, "summary": "凭空闻声两月", **given}
    return factories.submitted(by or county.doctor, county.person, county.cardiology, **given)


def page(actor, address):
    return signed_in(actor).get(address).content.decode()


def told(actor, address):
    text = page(actor, address)
    return [secret for secret in SECRETS if secret in text]


def send_back(county):
    for step in ("accept", "arrive"):
        engine.take(by=county.desk, number=county.number, step=step, given={})
    engine.take(by=county.ward_doctor, number=county.number, step="return", given=RETURN)
    return Case.objects.get(parent__number=county.number)


@pytest.mark.requirement("R133")
def test_no_list_page_or_worklist_shows_it_to_anybody(here):
    send_back(here)
    for actor in (here.doctor, here.centre_doctor, here.desk, here.lead, here.ward_doctor, here.head):
        for address in ("/", "/cases", "/cases?show=others", "/cases?show=all", "/api/worklist", "/find?q=精神"):
            assert not told(actor, address), (actor.title, address)


def test_a_plain_diagnosis_shows_in_the_lists_of_those_who_act_and_not_to_who_merely_follows(here):
    person = factories.resident(here.village, name="王有福")
    factories.submitted(here.doctor, person, here.cardiology, diagnosis="I10.x00 高血压病")
    assert "高血压病" in page(here.doctor, "/cases?show=all")
    assert "高血压病" in page(here.desk, "/cases")
    followed = page(here.head, "/cases?show=all")
    assert "王有福" in followed
    assert "高血压病" not in followed


@pytest.mark.parametrize("address", ["/cases/{}", "/cases/{}/paper", "/api/cases/{}"])
def test_the_desk_and_the_lead_without_the_gate_do_not_read_it(here, address):
    where = address.format(here.number)
    for actor in (here.desk, here.lead):
        assert signed_in(actor).get(where).status_code == 200
        assert not told(actor, where)


@pytest.mark.parametrize("address", ["/cases/{}", "/cases/{}/paper"])
def test_the_treating_doctor_by_the_gate_and_the_writer_read_it(here, address):
    where = address.format(here.number)
    assert told(here.ward_doctor, where) == ["精神分裂症", "凭空闻声"]
    assert told(here.doctor, where) == ["精神分裂症", "凭空闻声"], "who wrote it may read it"


def test_who_wrote_one_part_does_not_read_what_others_wrote(here):
    send_back(here)
    assert told(here.doctor, f"/cases/{here.number}") == ["精神分裂症", "凭空闻声"]
    assert told(here.ward_doctor, f"/cases/{here.number}") == list(SECRETS)


def test_the_head_of_the_centre_follows_the_case_without_its_clinical_words(here):
    seen = page(here.head, f"/cases/{here.number}")
    assert here.number in seen
    assert "待接收" in seen
    assert not told(here.head, f"/cases/{here.number}")
    assert signed_in(here.head).get(f"/cases/{here.number}/paper").status_code == 404


@pytest.mark.requirement("R54")
def test_the_follow_up_goes_to_the_township_and_the_village_room_sees_nothing_of_it(here):
    child = send_back(here)
    assert child.classes == ["psychiatric"]
    assert child.turn_unit_id == here.township.pk
    assert told(here.centre_doctor, f"/cases/{child.number}") == ["按月复诊"]
    assert signed_in(here.doctor).get(f"/cases/{child.number}").status_code == 404
    assert child.number not in page(here.doctor, "/cases?show=all")


def test_what_the_follow_up_writes_into_the_record_is_of_the_class(here):
    child = send_back(here)
    given = {"way": "phone", "medicines_taken": "regular", "result": "satisfied", "note": "情绪平稳"}
    engine.take(by=here.centre_doctor, number=child.number, step="record", given=given)
    written = Entry.objects.filter(source__startswith="follow_up:") | Entry.objects.filter(
        source__startswith="referral:"
    )
    assert {(e.kind, e.sensitivity) for e in written} == {("encounter", "psychiatric"), ("document", "psychiatric")}


@pytest.mark.parametrize(
    ("given", "classes"),
    [
        ({"diagnosis": "疑似精神分裂，待查"}, ["psychiatric"]),
        ({"diagnosis": "hiv 初筛阳性"}, ["hiv"]),
        ({"diagnosis": "发热待查", "sensitive": ["tuberculosis", "hiv"]}, ["hiv", "tuberculosis"]),
        ({"diagnosis": "I10.x00 高血压病", "sensitive": []}, []),
        ({"diagnosis": "F03.x00 痴呆"}, []),
    ],
)
def test_the_class_comes_from_the_code_the_obvious_words_or_the_doctor_s_tick(here, given, classes):
    here.person = factories.resident(here.village, name="王有福")
    assert Case.objects.get(number=refer(here, **given)).classes == classes


def test_a_class_once_found_stays_when_the_diagnosis_is_written_anew(here):
    engine.take(by=here.doctor, number=here.number, step="withdraw", given={})
    given = factories.upward_given(here.person, here.cardiology, diagnosis="睡眠障碍")
    engine.take(by=here.doctor, number=here.number, step="submit", given=given)
    assert Case.objects.get(number=here.number).classes == ["psychiatric"]


def test_the_form_lets_the_doctor_tick_the_classes(here):
    person = factories.resident(here.village, name="王有福")
    form = page(here.doctor, f"/new/referral.upward?resident={person.pk}")
    assert 'name="sensitive" value="hiv"' in form
    answer = signed_in(here.doctor).post(
        "/new/referral.upward",
        {**factories.upward_given(person, here.cardiology), "resident": person.pk, "sensitive": "hiv",
         "diagnosis": "发热待查", "step": "submit", "key": "00000000-0000-4000-8000-00000000000a"},
    )  # fmt: skip
    assert answer.status_code == 303, answer.content.decode()
    assert Case.objects.get(person_id=person.pk).classes == ["hiv"]


def test_when_the_township_refers_a_villager_the_home_side_is_the_township(here):
    here.person = factories.resident(here.village, name="王有福")
    number = refer(here, by=here.centre_doctor)
    assert CaseSide.objects.get(case__number=number, side="home").unit_id == here.township.pk
    engine.take(by=here.desk, number=number, step="accept", given={})
    assert signed_in(here.doctor).get(f"/cases/{number}").status_code == 404


def test_a_patient_is_not_sent_down_to_a_village_room_that_may_not_read_of_it(here):
    given = {
        "resident": factories.resident(here.village, name="王有福"), "to_institution": str(here.village.pk),
        "reason": "stable", "diagnosis": SCHIZOPHRENIA, "consent": "on", **RETURN,
    }  # fmt: skip
    with pytest.raises(MayNotRead):
        engine.begin(by=here.ward_doctor, workflow="referral.downward", step="submit", given=given)
    assert not Case.objects.filter(workflow="referral.downward").exists()
    given["to_institution"] = str(here.township.pk)
    assert engine.begin(by=here.ward_doctor, workflow="referral.downward", step="submit", given=given).number


def test_the_json_door_and_the_trail_do_not_tell_it(here):
    listed = signed_in(here.desk).get("/api/worklist").json()
    assert [line["number"] for line in listed["lines"]] == [here.number]
    assert not [secret for secret in SECRETS if secret in json.dumps(listed, ensure_ascii=False)]
