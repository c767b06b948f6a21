"""Several at once, each on its own connection: the database decides, everyone is told, nothing is done twice."""

import itertools
import threading
import uuid

import pytest
from django.db import connections

from tests.factories import actor, at, resident, submitted
from tests.factories import county as make_county
from yigongti.capacity.models import Appointment, Stay
from yigongti.capacity.refusals import NoBed, NoSlot
from yigongti.kernel import clock
from yigongti.kernel.action.models import Done
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import KeyReused, Refusal
from yigongti.kernel.workflow import clocks, engine
from yigongti.kernel.workflow.models import Act, Case, Notice
from yigongti.kernel.workflow.refusals import AlreadyOpen, NotFromHere
from yigongti.organisations import queries as organisations


pytestmark = pytest.mark.django_db(transaction=True)
MORNING = at("2026-11-18 09:00")


@pytest.fixture
def here():
    with clock.stands_at(MORNING):
        county = make_county(beds=1, slots=1)
        county.doctors = [
            actor("village_doctor", county.village), actor("village_doctor", county.village2),
            actor("township_doctor", county.township), actor("township_doctor", county.township2),
        ]  # fmt: skip
        county.desk = actor("referral_desk", county.hospital)
        county.lead = actor("referral_lead", county.hospital)
        yield county
    organisations.forget()
    values.forget()


def at_once(*things, moment=MORNING):
    """Do all things in threads that start together; what each returned, or the refusal it met."""
    gate, told = threading.Barrier(len(things)), [None] * len(things)

    def run(place, thing):
        try:
            with clock.stands_at(moment):
                gate.wait(10)
                told[place] = thing()
        except Refusal as refusal:
            told[place] = refusal
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(things)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert None not in told
    return told


def refusals(told):
    return [t for t in told if isinstance(t, Refusal)]


@pytest.mark.requirement("R48")
def test_the_last_bed_goes_to_exactly_one(here):
    patients = [resident(here.village, name=f"患者{n}") for n in range(4)]
    told = at_once(
        *(lambda d=d, p=p: submitted(d, p, here.cardiology) for d, p in zip(here.doctors, patients, strict=True))
    )
    assert [type(t) for t in refusals(told)] == [NoBed] * 3
    assert Stay.objects.exclude(state="ended").count() == 1
    assert Case.objects.count() == Act.objects.count() == 1


@pytest.mark.requirement("R52")
def test_the_last_number_goes_to_exactly_one(here):
    patients = [resident(here.village, name=f"患者{n}") for n in range(4)]
    told = at_once(*(
        lambda d=d, p=p: submitted(d, p, here.cardiology, admission="clinic")
        for d, p in zip(here.doctors, patients, strict=True)
    ))  # fmt: skip
    assert [type(t) for t in refusals(told)] == [NoSlot] * 3
    assert Appointment.objects.filter(state="booked").count() == 1


def test_one_patient_submitted_by_two_has_one_referral(here):
    patient = resident(here.village)
    told = at_once(
        lambda: submitted(here.doctors[0], patient, here.cardiology),
        lambda: submitted(here.doctors[2], patient, here.orthopaedics),
    )
    assert [type(t) for t in refusals(told)] == [AlreadyOpen]
    assert Stay.objects.exclude(state="ended").count() == 1


def test_of_two_who_take_the_same_step_one_does_and_the_other_is_told_who_did(here):
    number = submitted(here.doctors[0], resident(here.village), here.cardiology)
    told = at_once(*(lambda who=who: engine.take(by=who, number=number, step="accept", given={})
                     for who in (here.desk, here.lead, here.desk)))  # fmt: skip
    assert [type(t) for t in refusals(told)] == [NotFromHere] * 2
    assert all("已于11-18 09:00办了“接收”" in t.sentence for t in refusals(told))
    assert list(Act.objects.order_by("sequence").values_list("step", flat=True)) == ["submit", "accept"]


def test_accept_and_cancel_end_in_one_story(here):
    for _ in range(3):
        number = submitted(here.doctors[0], resident(here.village), here.cardiology)
        at_once(
            lambda n=number: engine.take(by=here.desk, number=n, step="accept", given={}),
            lambda n=number: engine.take(
                by=here.doctors[0], number=n, step="cancel", given={"cancel_reason": "improved"}
            ),
        )
        case = Case.objects.get(number=number)
        acts = list(case.acts.order_by("sequence").values_list("frm", "to"))
        assert case.state == "cancelled"  # a cancelled one can't be accepted, an accepted one can be cancelled
        assert all(one[1] == following[0] for one, following in itertools.pairwise(acts))
        assert Stay.objects.exclude(state="ended").count() == 0


def test_a_key_sent_five_times_at_once_has_one_effect_and_five_equal_receipts(here):
    patient, key = resident(here.village), uuid.uuid4()
    given = {
        "resident": patient, "to_department": str(here.cardiology.pk), "urgency": "routine", "admission": "ward",
        "reason": "surgery", "diagnosis": "胆囊结石", "consent": "1",
    }  # fmt: skip
    begin = {"by": here.doctors[0], "workflow": "referral.upward", "step": "submit", "key": key}
    told = at_once(*[lambda: engine.begin(**begin, given=given)] * 5)
    assert refusals(told) == []
    assert len({str(sorted(t.shown().items())) for t in told}) == 1
    assert (Case.objects.count(), Act.objects.count(), Done.objects.count()) == (1, 1, 1)
    assert Entry.objects.filter(kind="write", facts__number=told[0].number).count() == 1
    with pytest.raises(KeyReused):
        engine.begin(**begin, given={**given, "diagnosis": "阑尾炎"})
    with pytest.raises(KeyReused):
        engine.begin(**{**begin, "by": here.doctors[2]}, given=given)


def test_a_key_whose_first_try_was_refused_is_free_for_the_mended_one(here):
    patient, key = resident(here.village), uuid.uuid4()
    begin = {"by": here.doctors[0], "workflow": "referral.upward", "step": "draft", "key": key}
    with pytest.raises(Refusal):
        engine.begin(**begin, given={})
    assert engine.begin(**begin, given={"resident": patient}).number


def test_two_workers_fire_every_clock_once(here):
    numbers = [
        submitted(here.doctors[0], resident(here.village, name=f"患者{n}"), here.orthopaedics if n else here.cardiology)
        for n in range(2)
    ]
    moment = at("2026-11-18 11:00")
    told = at_once(*[clocks.fire_due] * 3, moment=moment)
    with clock.stands_at(moment):
        assert clocks.fire_due() + sum(told) == 2
    assert sorted(Notice.objects.values_list("case__number", flat=True)) == sorted(numbers)


def test_a_step_and_the_clock_of_the_same_case_never_wait_in_a_circle(here):
    """An expiry against an answer: no deadlock, and each case has one story."""
    moment = at("2026-11-21 09:00")
    for _ in range(6):
        number = submitted(here.doctors[0], resident(here.village), here.cardiology)
        told = at_once(
            lambda n=number: engine.take(by=here.desk, number=n, step="accept", given={}),
            clocks.fire_due, clocks.fire_due, moment=moment,
        )  # fmt: skip
        with clock.stands_at(moment):
            while clocks.fire_due():
                pass
        case = Case.objects.get(number=number)
        assert case.state == ("expired" if refusals(told) else "accepted")
        if not case.ended_at:
            engine.take(by=here.doctors[0], number=number, step="cancel", given={"cancel_reason": "improved"})
        assert Stay.objects.exclude(state="ended").count() == 0
