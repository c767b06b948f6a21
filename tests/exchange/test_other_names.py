"""A known number under another name waits, whatever the channel; data staff say that it is one person, once."""

import uuid

import pytest

from tests.access.conftest import signed_in
from tests.exchange.taking_fhir.sending import observation, patient
from tests.exchange.taking_fhir.sending import sent as sent_fhir
from tests.exchange.test_taking_hl7v2 import message, result
from tests.exchange.test_taking_hl7v2 import sent as sent_hl7
from tests.factories import actor
from tests.factories import county as make_county
from yigongti.exchange import actions
from yigongti.exchange.models import Message
from yigongti.record.models import Entry
from yigongti.residents.models import Resident


pytestmark = [pytest.mark.django_db, pytest.mark.requirement("R161")]


@pytest.fixture
def county():
    return make_county()


def fhir(number, *people):
    """Somebody's resources; `people` as (id, name)."""
    found = [patient(of, named=[{"text": name}]) for of, name in people]
    return sent_fhir(*found, *(observation(f"o{number}{of}", of=of) for of, _ in people))


def hl7(number, *people):
    ((_, name),) = people
    return sent_hl7(message("ORU^R01", *result(number=f"L{number}"), control=str(number), card="", name=name))


def same(county, waits):
    by = actor("data_steward", county.group)
    return actions.same_person(by=by, key=uuid.uuid4(), message_id=waits.pk, why="核对过证件，改过名")


@pytest.mark.parametrize("tell", [fhir, hl7])
def test_a_name_that_differs_is_said_to_be_the_same_person_s_once(county, tell):
    tell(1, ("p1", "赵老四"))
    waits = tell(2, ("p1", "赵新名"))
    assert waits.rule == "NameDiffers"
    shown = signed_in(actor("data_steward", county.group)).get(f"/inbox/{waits.pk}").content.decode()
    assert f"/inbox/{waits.pk}/same" in shown
    assert same(county, waits).data["state"] == "applied"
    assert tell(3, ("p1", "赵新名")).state == "applied"  # it need not be said again
    assert tell(4, ("p1", "赵别名")).rule == "NameDiffers"  # another name still waits
    assert Resident.objects.get().name == "赵老四"  # the register keeps its own
    assert Entry.objects.values("resident").distinct().count() == 1


def test_only_the_names_that_were_read_are_said_to_be_the_same(county):
    fhir(1, ("p1", "赵老四"), ("p2", "钱五"))
    waits = fhir(2, ("p1", "赵新名"), ("p2", "钱新名"))
    assert same(county, waits).data["state"] == "waiting"  # the second was not read of yet
    waits = Message.objects.get(pk=waits.pk)
    assert "钱新名" in waits.reason
    assert same(county, waits).data["state"] == "applied"  # and what was said of the first still holds


def test_what_waits_for_something_else_has_no_such_step(county):
    other = sent_hl7(message("BAR^P01"))
    with pytest.raises(actions.NoOtherName):
        same(county, other)
