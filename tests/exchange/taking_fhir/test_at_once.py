"""Several at once: of two bundles about one unknown patient the second finds the first's; nothing is written twice."""

import pytest
from django.db import connection

from tests.exchange.taking_fhir.sending import bundle, encounter, keep, observation, patient
from tests.exchange.test_exactly_once import together
from tests.factories import county as make_county
from yigongti.exchange import inbox
from yigongti.exchange.models import KnownEntry, Message
from yigongti.organisations import queries as organisations
from yigongti.record.models import Entry
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county():
    yield make_county()
    with connection.cursor() as cursor:  # no model of Django's manages it, so none empties it
        cursor.execute("DELETE FROM exchange_message")
    organisations.forget()


def taken(*bundles):
    """Keep them, take all in at one moment; the state of each."""
    ids = [keep(one).id for one in bundles]
    together(*[lambda pk=pk: inbox.take_in(pk) for pk in ids])
    return [Message.objects.values_list("state", flat=True).get(pk=pk) for pk in ids]


def test_bundles_of_one_unknown_patient_make_one_person_and_each_resource_one_entry(county):
    same = [patient(), encounter(), observation()]
    bundles = [bundle(*same, observation(f"own{n}")) for n in range(4)]
    assert taken(*bundles) == ["applied"] * 4
    assert (Resident.objects.count(), Entry.objects.count(), KnownEntry.objects.count()) == (1, 6, 6)
    assert not Entry.objects.filter(version__gt=1).exists()


def test_patients_crosswise_do_not_lock_each_other_out(county):
    many = [patient(f"p{n}", named=[{"text": "赵" + "一二三四五六七八"[n]}]) for n in range(8)]
    seen = [observation(f"o{n}", of=f"p{n}") for n in range(8)]
    assert taken(bundle(*many, *seen), bundle(*many[::-1], *seen[::-1])) == ["applied"] * 2
    assert (Resident.objects.count(), Entry.objects.count()) == (8, 8)


def test_corrections_at_once_follow_one_another(county):
    taken(bundle(patient(), observation()))
    assert taken(*[bundle(observation(value=f"{n}.5")) for n in range(4, 8)]) == ["applied"] * 4
    assert sorted(Entry.objects.values_list("version", flat=True)) == [1, 2, 3, 4, 5]
    assert Entry.objects.filter(replaced_by=None).count() == 1


def test_the_same_bytes_on_four_connections_are_applied_once(county):
    together(*[lambda: keep(bundle(patient(), observation()))] * 4)
    together(*[inbox.take_all] * 4)
    states = sorted(Message.objects.values_list("state", flat=True))
    assert states == ["applied", "superseded", "superseded", "superseded"]
    assert (Entry.objects.count(), Resident.objects.count()) == (1, 1)
