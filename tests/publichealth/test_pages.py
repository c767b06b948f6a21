"""Births and deaths as each role may see them: names by relation or by statute, secret causes not at all."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.access.conftest import signed_in
from tests.publichealth.certificates import birth, born, death, died
from tests.record.factories import encounter, entry
from tests.residents.people import person
from yigongti.kernel import clock
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.pages.registry import pages
from yigongti.publichealth import queries as publichealth
from yigongti.publichealth.models import Death


NAME = "欧阳桂英"


@pytest.fixture
def county(db):
    with clock.stands_at(factories.at("2026-11-22 09:00")):
        made = factories.county()
        made.whom = person(made.village, name=NAME)
        made.mother = person(made.village, name="任小燕", born=date(1996, 5, 6))
        made.doctor = factories.actor("township_doctor", made.township)
        made.cdc = factories.actor("cdc_officer", made.root)
        made.steward = factories.actor("data_steward", made.group)
        yield made


def seen(actor, address):
    answer = signed_in(actor).get(address)
    return answer.getvalue().decode() if answer.status_code == 200 else f"{answer.status_code}"


DEATHS = ("/publichealth/deaths", "/publichealth/deaths.csv")
BIRTHS = ("/publichealth/births", "/publichealth/births.csv")


@pytest.mark.requirement("R127")
def test_a_death_shows_who_when_where_and_of_what_to_the_township_that_manages_the_person_and_to_the_cdc(county):
    (said,) = died(death(resident_id=county.whom.pk, name=NAME))
    for actor in (county.doctor, county.cdc):
        for address in (*DEATHS, f"/publichealth/deaths/{said['id']}"):
            text = seen(actor, address)
            for words in (NAME, "2026-11-02", "I63.900 脑梗死", "家中", "李医生"):
                assert words in text, (address, words)
        assert "J18.900 肺炎" in seen(actor, f"/publichealth/deaths/{said['id']}")
    entry_ = Trail.objects.filter(kind="read", action="publichealth.deaths").latest("pk")
    assert (entry_.persons, entry_.basis) == ([county.whom.pk], "certificate")


def test_another_township_sees_neither_the_death_nor_the_birth(county):
    (one,), (other,) = died(death(resident_id=county.whom.pk, name=NAME)), born(birth(mother_id=county.mother.pk))
    stranger = factories.actor("township_doctor", county.township2)
    for address in (*DEATHS, *BIRTHS):
        text = seen(stranger, address)
        assert NAME not in text
        assert "任小燕" not in text
    assert seen(stranger, f"/publichealth/deaths/{one['id']}") == "404"
    assert seen(stranger, f"/publichealth/births/{other['id']}") == "404"


def test_who_died_in_one_s_own_institution_without_being_managed_here_is_masked(county):
    foreign = person(county.village2, name="司马相如")
    died(death(resident_id=foreign.pk, institution_id=county.township.pk, name="司马相如"))
    text = seen(county.doctor, "/publichealth/deaths")
    assert "司马*" in text
    assert "司马相如" not in text


@pytest.mark.parametrize(
    ("code", "name", "shown_to"),
    [("B20.900", "人类免疫缺陷病毒病", "cdc"), ("F20.000", "精神分裂症", "doctor"), ("A53.900", "梅毒", ""),
     ("", "精神分裂症", "doctor")],
)  # fmt: skip
def test_a_secret_cause_is_said_to_whom_its_gate_is_open_and_to_others_as_if_none_had_been_sent(
    county, code, name, shown_to
):
    told = {"underlying_code": code, "underlying_name": name, "chain": ((code, name, "1 年"),)}
    (said,) = died(death(resident_id=county.whom.pk, name=NAME, **told))
    for who in ("cdc", "doctor"):
        for address in (*DEATHS, f"/publichealth/deaths/{said['id']}"):
            text = seen(getattr(county, who), address)
            assert (name in text) == (who == shown_to), (who, address)
            if who != shown_to:
                assert "没有送来，或按规定不在这里显示" in text


@pytest.mark.never("cdc_officer.mothers")
def test_the_cdc_counts_births_without_the_mothers_and_sees_no_still_birth(county):
    born(birth(mother_id=county.mother.pk), birth(mother_id=county.mother.pk, outcome="still", number="STILL1"))
    for address in BIRTHS:
        text = seen(county.cdc, address)
        assert "任*" in text
        assert "任小燕" not in text
        assert "STILL1" not in text
        assert "STILL1" in seen(county.doctor, address)
    assert "任小燕" in seen(county.doctor, "/publichealth/births")


@pytest.mark.never("cdc_officer.clinical", "cdc_officer.diagnosis")
def test_the_cdc_opens_no_record_and_writes_nothing(county):
    died(death(resident_id=county.whom.pk, name=NAME))
    noted = entry(county.whom, county.village, title="高血压")
    client = signed_in(county.cdc)
    for address in (f"/residents/{county.whom.pk}", f"/residents/{county.whom.pk}/record",
                    f"/record/entries/{noted.pk}"):  # fmt: skip
        assert client.get(address).status_code in (403, 404)
    before = Trail.objects.filter(kind="write").count()
    for page in (p for p in pages.values() if p.writes and p.permission):
        address = "/" + page.route.replace("<int:pk>", "1").replace("<int:resident_id>", str(county.whom.pk))
        address = address.replace("<int:entry_id>", str(noted.pk))
        if "<" not in address:
            typed = {"key": str(uuid.uuid4()), "reason": "改", "note": "改", "decision": "undo", "title": "别的"}
            assert client.post(address, typed).status_code in (403, 404), address
    assert Trail.objects.filter(kind="write").count() == before


def test_data_staff_decide_on_their_page_and_see_no_cause(county):
    encounter(county.whom, county.village, at=factories.at("2026-11-10 09:00"))
    (said,) = died(death(resident_id=county.whom.pk, name=NAME))
    assert "1 份死亡证明与登记有矛盾" in seen(county.steward, "/")
    for address in ("/publichealth/contradictions", f"/publichealth/contradictions/{said['id']}"):
        text = seen(county.steward, address)
        assert NAME in text
        assert "死亡日期之后还有就诊或测量记录（2026-11-10）" in text
        for word in ("I63", "脑梗死", "肺炎"):
            assert word not in text
    typed = {"key": str(uuid.uuid4()), "decision": "apply", "note": "家属说记错了就诊人"}
    answer = signed_in(county.steward).post(f"/publichealth/contradictions/{said['id']}", typed)
    assert answer.status_code == 303
    county.whom.refresh_from_db()
    assert county.whom.died_on == date(2026, 11, 2)
    assert NAME in seen(county.steward, "/publichealth/contradictions?tab=applied")
    assert NAME not in seen(county.steward, "/publichealth/contradictions")
    empty = {"key": str(uuid.uuid4()), "decision": "undo", "note": ""}
    assert signed_in(county.steward).post(f"/publichealth/contradictions/{said['id']}", empty).status_code == 422
    for address in (*DEATHS, *BIRTHS):
        assert seen(county.steward, address) == "403"


def test_a_steward_of_another_group_sees_none_of_them(county):
    (said,) = died(death(resident_id=county.whom.pk, name=NAME))
    foreign = factories.actor("data_steward", county.foreign_group)
    assert NAME not in seen(foreign, "/publichealth/contradictions?tab=applied")
    assert seen(foreign, f"/publichealth/contradictions/{said['id']}") == "404"


def test_filters_and_pages_show_each_once(county):
    told = [death(died_on=date(2026, 10, 1) + timedelta(days=n % 5), name=f"无名{n}") for n in range(70)]
    died(
        *told,
        death(died_on=date(2025, 3, 1), number="OLD"),
        death(resident_id=county.whom.pk, name=NAME, number="OURS"),
    )
    client, address, numbers = signed_in(county.cdc), "/publichealth/deaths?year=2026&state=nobody", []
    while address:
        text = client.get(address).content.decode()
        numbers += [one.number for one in told if f">{one.number}<" in text]
        assert ">OLD<" not in text
        assert ">OURS<" not in text
        more = text.split('class="more-row"')
        address = more[1].split('href="')[1].split('"')[0].replace("&amp;", "&") if len(more) > 1 else ""
    assert sorted(numbers) == sorted(one.number for one in told)
    assert ">OLD<" in seen(county.cdc, "/publichealth/deaths?year=2025")
    for junk in ("?after=x_1", "?after=2026-01-01_x", "?year=99999", "?state=moon&year=abcd"):
        assert seen(county.cdc, f"/publichealth/deaths{junk}") != "500"


def test_births_follow_one_another_over_pages_too(county):
    born(*(birth(born_at=factories.at("2026-10-01 08:00") + timedelta(minutes=n)) for n in range(70)))
    text = seen(county.cdc, "/publichealth/births")
    more = text.split('class="more-row"')[1].split('href="')[1].split('"')[0].replace("&amp;", "&")
    assert seen(county.cdc, more).count('href="/publichealth/births/') >= 20


def test_a_longer_list_asks_no_more_of_the_database(county):
    def asked():
        client = signed_in(county.cdc)
        client.get("/publichealth/deaths")
        with CaptureQueriesContext(connection) as queries:
            client.get("/publichealth/deaths")
        return len(queries)

    died(death(resident_id=county.whom.pk, name=NAME))
    few = asked()
    died(*(death(resident_id=person(county.village).pk) for _ in range(30)))
    assert asked() == few
    assert Death.objects.count() == 31


def test_the_death_of_a_child_is_shown_to_whom_minors_are_open(county):
    child = person(county.village, name="任小宝", born=date(2020, 3, 4))
    died(death(resident_id=child.pk, name="任小宝", born_on=date(2020, 3, 4)))
    assert "任小宝" in seen(county.cdc, "/publichealth/deaths")
    shut = factories.actor("cdc_officer", county.root)
    closed = replace(shut, role=replace(shut.role, gates=()))
    assert not list(publichealth.deaths(for_=closed, asked=publichealth.Asked()))
