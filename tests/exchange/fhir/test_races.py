"""Writers at one moment on real connections: one effect, one version after the other, one person; none deadlocks."""

from __future__ import annotations

import pytest
from django.db import connection, connections

from tests import factories
from tests.exchange.fhir.conftest import observation, patient, speaker
from tests.exchange.test_exactly_once import together
from yigongti.exchange.fhir import clients, sight
from yigongti.exchange.models import Resource
from yigongti.organisations import queries as organisations
from yigongti.record.models import Entry
from yigongti.residents.codes import check_digit
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county():
    sight.forget()
    yield factories.county()
    with connection.cursor() as cursor:  # no model of Django's manages it, so none empties it
        cursor.execute("DELETE FROM exchange_message")
    organisations.forget()
    connections.close_all()


def test_one_conditional_create_of_many_makes_the_resource(county):
    hospital = speaker(county.hospital)
    told = {"If_None_Exist": "identifier=http://his.example.org/mrn|M1"}
    answers = together(*[lambda: hospital.post("/Patient", patient(), **told)] * 6)
    assert sorted(one.status_code for one in answers) == [200] * 5 + [201]
    assert len({one.json()["id"] for one in answers}) == 1
    assert (Resource.objects.count(), Resident.objects.count()) == (1, 1)


def test_of_two_changes_to_one_version_one_is_told(county):
    hospital = speaker(county.hospital)
    made = hospital.made(patient())
    path = f"/Patient/{made['id']}"
    answers = together(*[
        lambda n=n: hospital.put(path, made | {"birthDate": f"1972-12-0{n + 1}"}, If_Match='W/"1"') for n in range(5)
    ])  # fmt: skip
    assert sorted(one.status_code for one in answers) == [200] + [412] * 4
    assert hospital.get(path).headers["ETag"] == 'W/"2"'


def test_puts_to_a_free_id_follow_one_another(county):
    hospital = speaker(county.hospital)
    answers = together(*[
        lambda n=n: hospital.put("/Organization/w", {"resourceType": "Organization", "id": "w", "name": f"病区{n}"})
        for n in range(5)
    ])  # fmt: skip
    assert sorted(one.status_code for one in answers) == [200] * 4 + [201]
    assert hospital.get("/Organization/w").headers["ETag"] == 'W/"5"'
    assert len(hospital.get("/Organization/w/_history").json()["entry"]) == 5


def test_repeats_at_one_moment_have_one_effect(county):
    hospital = speaker(county.hospital)
    answers = together(*[lambda: hospital.post("/Patient", patient(), Idempotency_Key="k")] * 5)
    assert {(one.status_code, one.content) for one in answers} == {(201, answers[0].content)}
    assert (Resource.objects.count(), Resident.objects.count()) == (1, 1)


def test_a_connection_that_died_unseen_costs_nobody_a_write(county):
    hospital = speaker(county.hospital)
    whom = hospital.made(patient())["id"]
    hospital.made(observation(whom))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (mine,) = cursor.fetchone()
    together(lambda: _end(mine))
    assert clients.claimed(f"Bearer {hospital.token}")
    assert hospital.post("/Observation", observation(whom)).status_code == 201
    assert Resource.objects.filter(type="Observation").count() == 2


def _end(pid):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def test_one_human_sent_by_four_systems_at_once_is_one_person(county):
    number = "14078119721105046"
    card = {"system": "urn:oid:2.16.156.10011.1.3", "value": number + check_digit(number)}
    systems = [speaker(one) for one in (county.hospital, county.township, county.township2, county.village)]
    answers = together(*[lambda one=one: one.post("/Patient", patient(identifier=[card])) for one in systems])
    assert [one.status_code for one in answers] == [201] * 4, [one.content.decode() for one in answers]
    assert Resident.objects.count() == 1


def test_transactions_that_touch_the_same_in_other_orders_do_not_stop_one_another(county):
    hospital = speaker(county.hospital)
    whom = hospital.made(patient())["id"]
    seen = [hospital.made(observation(whom))["id"] for _ in range(4)]

    def change(status, order):
        entries = [{"request": {"method": "PUT", "url": f"Observation/{pk}"},
                    "resource": observation(whom, status=status) | {"id": pk}} for pk in order]  # fmt: skip
        return hospital.post("", {"resourceType": "Bundle", "type": "transaction", "entry": entries})

    acts = [lambda n=n: change(("amended", "corrected")[n % 2], seen[:: 1 if n % 2 else -1]) for n in range(6)]
    answers = together(*acts)
    assert [one.status_code for one in answers] == [200] * 6
    shown = {hospital.get(f"/Observation/{pk}").json()["status"] for pk in seen}
    assert len(shown) == 1
    assert Entry.objects.filter(kind="observation", replaced_by=None, withdrawn=False).count() == 4
