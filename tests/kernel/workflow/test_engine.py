"""A referral through all its states with the real models, clocks and rosters; and everything the engine refuses."""

import dataclasses
import uuid
from datetime import timedelta

import pytest

from tests.factories import account, actor, at, resident, submitted, upward_given
from yigongti.capacity.models import Appointment, Stay
from yigongti.capacity.refusals import NoBed
from yigongti.chronic.models import FollowUp
from yigongti.kernel import clock
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.refusal import Missing, NotAllowed, NotFound, Refusals
from yigongti.kernel.workflow import clocks, engine, rooms
from yigongti.kernel.workflow.models import Act, Case, CaseSide, Clock, Notice
from yigongti.kernel.workflow.refusals import AlreadyOpen, NotFromHere, NotYourTurn, Stale
from yigongti.organisations.models import Duty
from yigongti.referral.models import Referral
from yigongti.referral.refusals import FollowUpOutOfTime


MORNING = at("2026-11-18 09:00")  # a Wednesday


@pytest.fixture
def here(county):
    """The county on a working morning, with those who act and a patient of 南街."""
    with clock.stands_at(MORNING):
        county.doctor = actor("village_doctor", county.village, name="任建国")
        county.desk = actor("referral_desk", county.hospital, name="王接诊")
        county.ward_doctor = actor("county_doctor", county.cardiology, name="赵医生")
        county.lead = actor("referral_lead", county.hospital, name="孙主任")
        county.patient = resident(county.village)
        yield county


def take(by, number, step, **given):
    version = given.pop("version", None)
    return engine.take(by=by, number=number, step=step, given=given, version=version)


def the(number):
    return Case.objects.get(number=number)


def later(**more):
    return clock.stands_at(clock.now() + timedelta(**more))


def acts(number):
    return list(Act.objects.filter(case__number=number).order_by("sequence").values_list("step", "frm", "to"))


def returned(here, number):
    take(here.desk, number, "accept")
    take(here.desk, number, "arrive")
    take(here.desk, number, "admit")
    take(
        here.ward_doctor, number, "return", discharge_summary="支架术后", care_plan="双抗一年",
        follow_up_on="2026-11-25", follow_up_items="血压",
    )  # fmt: skip
    return Case.objects.get(parent__number=number)


@pytest.mark.requirement("R47")
@pytest.mark.requirement("R48")
@pytest.mark.requirement("R54")
def test_a_referral_runs_through_all_its_states_and_ends_with_the_first_follow_up(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    facts = Referral.objects.get(case__number=number)
    assert facts.stay.state == "held"
    follow_up = returned(here, number)
    facts.refresh_from_db()
    assert (facts.stay.state, facts.stay.end_reason) == ("ended", "returned")
    assert the(number).state == "returned"
    assert follow_up.workflow == "chronic.follow_up"
    assert follow_up.turn_unit_id == here.village.pk
    assert str(FollowUp.objects.get(case=follow_up).due_on) == "2026-11-25"
    take(here.doctor, follow_up.number, "record", way="home", systolic="132", diastolic="84",
         medicines_taken="regular", result="satisfied")  # fmt: skip
    case = the(number)
    assert (case.state, case.open_key, case.turn_unit_id, case.due_at) == ("closed", None, None, None)
    assert case.ended_at == clock.now()
    assert acts(number) == [
        ("submit", "", "waiting"), ("accept", "waiting", "accepted"), ("arrive", "accepted", "arrived"),
        ("admit", "arrived", "admitted"), ("return", "admitted", "returned"), ("close", "returned", "closed"),
    ]  # fmt: skip
    assert Act.objects.get(case=case, step="close").actor.startswith("系统·系统时钟")
    assert not Clock.objects.filter(case=case, fired_at=None, stopped_at=None).exists()


def test_every_act_has_its_entry_in_the_trail_with_the_person(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    take(here.desk, number, "accept")
    entries = Entry.objects.filter(kind="write", subject=f"workflow.Case:{the(number).pk}").order_by("id")
    assert [(e.action, e.persons) for e in entries] == [
        ("referral.upward.submit", [here.patient.pk]),
        ("referral.upward.accept", [here.patient.pk]),
    ]


RELEASING = {
    "decline": ("desk", {"decline_reason": "no_bed"}, "declined"),
    "withdraw": ("doctor", {}, "draft"),
    "cancel": ("doctor", {"cancel_reason": "improved"}, "cancelled"),
}


@pytest.mark.requirement("R48")
@pytest.mark.parametrize("admission", ["ward", "clinic"])
@pytest.mark.parametrize("step", RELEASING)
def test_what_was_kept_is_given_back_when_the_referral_goes_no_further(here, step, admission):
    number = submitted(here.doctor, here.patient, here.cardiology, admission=admission)
    kept = Stay.objects.filter(state="held") if admission == "ward" else Appointment.objects.filter(state="booked")
    assert kept.count() == 1
    who, given, state = RELEASING[step]
    take(getattr(here, who), number, step, **given)
    assert the(number).state == state
    assert kept.count() == 0


def test_a_withdrawn_referral_is_submitted_again_and_holds_one_bed(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    take(here.doctor, number, "withdraw")
    given = upward_given(here.patient, here.cardiology, summary="")
    engine.take(by=here.doctor, number=number, step="submit", given=given)
    assert the(number).state == "waiting"
    assert Stay.objects.filter(state="held").count() == 1


def test_what_was_emptied_on_purpose_is_empty(here):
    given = {"resident": here.patient, "summary": "胸痛两小时", "diagnosis": "待查"}
    number = engine.begin(by=here.doctor, workflow="referral.upward", step="draft", given=given).number
    engine.take(by=here.doctor, number=number, step="submit",
                given=upward_given(here.patient, here.cardiology, summary=" "))  # fmt: skip
    assert Referral.objects.get(case__number=number).summary == ""


def test_after_the_last_bed_the_sender_is_told_before_the_patient_travels(here):
    for name in ("甲", "乙"):
        submitted(here.doctor, resident(here.village, name=name), here.cardiology)
    with pytest.raises(NoBed) as refused:
        submitted(here.doctor, here.patient, here.cardiology)
    assert "心内科现在没有可留的空床" in refused.value.sentence
    assert not Case.objects.filter(person_id=here.patient.pk).exists()


# --- clocks


@pytest.mark.requirement("R47")
def test_an_unanswered_referral_climbs_the_ladder_in_working_time_and_expires(here):
    day, chief = account(name="值班"), account(name="主任")
    for duty, who in (("referral_desk", day), ("referral_lead", chief)):
        Duty.objects.create(
            unit=here.hospital.unit, duty=duty, account=who, begins=MORNING, ends=MORNING + timedelta(days=9)
        )
    number = submitted(here.doctor, here.patient, here.cardiology)
    assert the(number).due_at == at("2026-11-18 11:00")
    with clock.stands_at(at("2026-11-18 10:59")):
        assert clocks.fire_due() == 0
    with clock.stands_at(at("2026-11-18 11:00")):
        assert clocks.fire_due() == 1
        assert clocks.fire_due() == 0
    with clock.stands_at(at("2026-11-18 12:00")):
        assert clocks.fire_due() == 1
    told = [(n.kind, n.part, n.account_id) for n in Notice.objects.filter(case__number=number).order_by("id")]
    assert told == [("escalate", "receiving_desk", day.pk), ("escalate", "referral_lead", chief.pk)]
    with clock.stands_at(at("2026-11-21 09:01")):
        assert clocks.fire_due() == 1
    case = the(number)
    assert (case.state, case.acts.last().actor[:2]) == ("expired", "系统")
    assert Stay.objects.filter(state="held").count() == 0


def test_where_no_roster_says_who_is_on_duty_everybody_of_the_part_is_told(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    with clock.stands_at(at("2026-11-18 11:00")):
        clocks.fire_due()
    assert [(n.part, n.account_id) for n in Notice.objects.filter(case__number=number)] == [("receiving_desk", None)]


def test_an_answer_stops_the_clocks_and_settles_the_notices(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    with clock.stands_at(at("2026-11-18 11:05")):
        clocks.fire_due()
        take(here.desk, number, "accept")
        assert not Notice.objects.filter(case__number=number, seen_at=None).exists()
        assert the(number).due_at == clock.now() + timedelta(minutes=4320)
    with clock.stands_at(at("2026-11-18 18:00")):
        assert clocks.fire_due() == 0


def test_a_patient_who_does_not_come_frees_the_bed(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    take(here.desk, number, "accept")
    with later(days=3, minutes=1):
        clocks.fire_due()
    assert the(number).state == "expired"
    assert Stay.objects.filter(state="held").count() == 0


def test_a_patient_who_stays_long_is_brought_to_mind(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    for step in ("accept", "arrive", "admit"):
        take(here.desk, number, step)
    with later(days=15):
        assert clocks.fire_due() == 1
    assert [(n.kind, n.part) for n in Notice.objects.filter(case__number=number)] == [("remind", "treating_doctor")]
    assert the(number).state == "admitted"


def test_an_overdue_follow_up_goes_up_to_the_head_of_the_centre(here):
    follow_up = returned(here, submitted(here.doctor, here.patient, here.cardiology))
    with clock.stands_at(at("2026-12-20 12:00")):
        while clocks.fire_due():
            pass
    with clock.stands_at(at("2027-01-20 12:00")):
        while clocks.fire_due():
            pass
    told = Notice.objects.filter(case=follow_up).order_by("id").values_list("part", "unit_id")
    assert list(told) == [("home_doctor", here.village.pk), ("township_head", here.township.pk)]


def test_a_clock_that_fails_does_not_stop_the_clocks_behind_it(here, monkeypatch):
    first = submitted(here.doctor, here.patient, here.cardiology)
    second = submitted(here.doctor, resident(here.village, name="后来"), here.cardiology)
    notice = clocks._notice

    def failing(page, case, kind, part):
        if case.number == first:
            raise LookupError(first)
        notice(page, case, kind, part)

    monkeypatch.setattr(clocks, "_notice", failing)
    with clock.stands_at(at("2026-11-18 11:00")), pytest.raises(LookupError):
        clocks.fire_due()
    assert list(Notice.objects.values_list("case__number", flat=True)) == [second]
    assert Clock.objects.filter(case__number=first, fired_at=None, stopped_at=None).count() == 2


@pytest.mark.parametrize("lost", [{"name": "waiting.take.9"}, {"name": "", "timer": 77}])
def test_a_clock_that_its_page_no_longer_knows_stops_with_a_note(here, lost):
    number = submitted(here.doctor, here.patient, here.cardiology)
    Clock.objects.filter(case__number=number).update(**lost)
    with clock.stands_at(at("2026-12-01 11:00")):
        assert clocks.fire_due() == 2
        assert clocks.fire_due() == 0
    assert the(number).state == "waiting"
    stopped = Clock.objects.filter(case__number=number)
    assert {(c.fired_at, c.note, c.stopped_at is None) for c in stopped} == {(None, clocks.GONE, False)}
    assert not Notice.objects.exists()


def edited(monkeypatch, change):
    """The page of the referral upward, as its owner edits it while cases run."""
    made = rooms.kept["referral.upward"]
    page = dataclasses.replace(made.page, timers=change(made.page.timers))
    monkeypatch.setitem(rooms.kept, "referral.upward", dataclasses.replace(made, page=page))
    return page


def test_a_running_clock_keeps_its_timer_when_the_page_lists_others_before_it(here, monkeypatch):
    number = submitted(here.doctor, here.patient, here.cardiology)
    before = {c.name: clocks.timer_of(rooms.kept["referral.upward"].page, c) for c in Clock.objects.all()}
    assert len(before) == 2 and "" not in before
    page = edited(monkeypatch, lambda timers: tuple(reversed(timers)))
    assert {c.name: clocks.timer_of(page, c) for c in Clock.objects.all()} == before
    with clock.stands_at(at("2026-11-18 11:00")):
        clocks.fire_due()
    assert [n.kind for n in Notice.objects.filter(case__number=number)] == ["escalate"]


def test_a_clock_of_before_names_still_goes_by_its_place(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    for one in Clock.objects.filter(case__number=number):
        page = rooms.kept["referral.upward"].page
        Clock.objects.filter(pk=one.pk).update(name="", timer=page.timers.index(page.timer_names()[one.name]))
    with clock.stands_at(at("2026-11-18 11:00")):
        assert clocks.fire_due() == 1
    assert Notice.objects.filter(case__number=number).count() == 1


def test_a_timer_with_a_code_keeps_its_clocks_whatever_else_is_edited(here, monkeypatch):
    edited(monkeypatch, lambda timers: tuple(dataclasses.replace(t, code=f"own{n}") for n, t in enumerate(timers)))
    submitted(here.doctor, here.patient, here.cardiology)
    assert all(name.startswith("own") for name in Clock.objects.values_list("name", flat=True))


# --- refusals


def test_whoever_is_second_is_told_who_was_first_and_when(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    take(here.desk, number, "accept")
    with later(minutes=5), pytest.raises(NotFromHere) as refused:
        take(here.ward_doctor, number, "accept")
    assert refused.value.sentence == (
        "此单现在是“已接收，待到院”，不能“接收”：王接诊·转诊接收台·县人民医院已于11-18 09:00办了“接收”。"
    )


def test_a_stale_view_moves_nothing(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    seen = the(number).version
    take(here.doctor, number, "withdraw")
    engine.take(by=here.doctor, number=number, step="submit", given=upward_given(here.patient, here.cardiology))
    with pytest.raises(Stale):
        take(here.desk, number, "accept", version=seen)
    take(here.desk, number, "accept", version=the(number).version)


def test_one_open_referral_a_person_and_the_second_is_led_to_it(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    with pytest.raises(AlreadyOpen) as refused:
        submitted(actor("township_doctor", here.township), here.patient, here.orthopaedics)
    assert refused.value.href == f"/cases/{number}"
    take(here.doctor, number, "cancel", cancel_reason="improved")
    submitted(here.doctor, here.patient, here.orthopaedics)


@pytest.mark.requirement("R18")
def test_another_group_does_not_find_the_case(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    strangers = (("referral_desk", here.foreign_hospital), ("county_doctor", here.foreign_surgery),
                 ("county_doctor", here.orthopaedics), ("village_doctor", here.other_village))  # fmt: skip
    for stranger in (actor(role, where) for role, where in strangers):
        with pytest.raises(NotFound):
            take(stranger, number, "accept")
    assert the(number).state == "waiting"


def test_a_role_that_no_part_names_may_not(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    with pytest.raises((NotAllowed, NotYourTurn)):
        take(here.doctor, number, "accept")
    with pytest.raises(NotAllowed):
        take(here.desk, number, "expire")


def test_the_sides_own_role_elsewhere_on_the_case_may_not(here):
    """A village doctor who manages the patient sees the case, but it is another's referral to withdraw."""
    sender = actor("township_doctor", here.township2)
    number = submitted(sender, here.patient, here.cardiology)
    take(here.desk, number, "accept")
    with pytest.raises(NotYourTurn) as refused:
        take(here.doctor, number, "cancel", cancel_reason="improved")
    assert "“取消转诊”由转诊医生办理" in refused.value.sentence


def test_everything_that_is_missing_is_told_at_once(here):
    with pytest.raises(Refusals) as refused:
        engine.begin(by=here.doctor, workflow="referral.upward", step="submit", given={"urgency": "soonish"})
    assert set(refused.value.by_field()) == {
        "resident", "to_department", "urgency", "admission", "reason", "diagnosis", "consent",
    }  # fmt: skip
    assert all(isinstance(r, Missing) for r in refused.value.all if r.field != "urgency")
    assert Case.objects.count() == 0


def test_a_step_that_brings_no_case_into_being_can_not_begin_one(here):
    with pytest.raises(NotFound):
        engine.begin(by=here.desk, workflow="referral.upward", step="accept", given={})
    with pytest.raises(NotFound):
        engine.begin(by=here.desk, workflow="referral.nowhere", step="accept", given={})


def test_a_refused_step_leaves_nothing_behind(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    for step in ("accept", "arrive", "admit"):
        take(here.desk, number, step)
    before = (acts(number), Stay.objects.get().state, Entry.objects.filter(kind="write").count())
    with pytest.raises(FollowUpOutOfTime) as refused:
        take(here.ward_doctor, number, "return", discharge_summary="好转", care_plan="休息", follow_up_on="2027-11-25")
    assert "首次随访日期" in refused.value.sentence
    assert (acts(number), Stay.objects.get().state, Entry.objects.filter(kind="write").count()) == before
    assert Referral.objects.get(case__number=number).discharge_summary == ""


def test_a_retried_step_has_one_effect_and_the_same_receipt(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    key = uuid.uuid4()
    first = engine.take(by=here.desk, number=number, step="accept", given={}, key=key)
    again = engine.take(by=here.desk, number=number, step="accept", given={}, key=key)
    assert again.shown() == first.shown()
    assert [step for step, *_ in acts(number)] == ["submit", "accept"]


def test_a_retry_finds_its_receipt_though_the_step_took_the_case_out_of_sight(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    key = uuid.uuid4()
    first = engine.take(by=here.desk, number=number, step="accept", given={}, key=key)
    CaseSide.objects.filter(case__number=number, side="receiving").update(unit_id=here.foreign_hospital.pk)
    with pytest.raises(NotFound):
        engine.take(by=here.desk, number=number, step="arrive", given={})
    assert engine.take(by=here.desk, number=number, step="accept", given={}, key=key).shown() == first.shown()


def test_a_case_remembers_the_page_it_was_moved_by(here):
    number = submitted(here.doctor, here.patient, here.cardiology)
    page = Act.objects.get(case__number=number).page
    assert page.workflow == "referral.upward"
    assert {s["code"] for s in page.page["states"]} >= {"waiting", "accepted"}
