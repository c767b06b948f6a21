"""A death is applied where nothing speaks against it; what does, waits for data staff; all of it can be undone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.access.conftest import signed_in
from tests.publichealth.certificates import death, died
from tests.record.factories import encounter, entry
from tests.residents.people import person
from yigongti.exchange.senders import the_inbox
from yigongti.kernel import clock
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.refusal import Refusal
from yigongti.publichealth.actions import decide_death, take_in_deaths, withdraw_deaths
from yigongti.publichealth.models import Death
from yigongti.residents.actions.deaths import record_deaths, set_death_day, undo_death


@pytest.fixture
def county(db):
    with clock.stands_at(factories.at("2026-11-22 09:00")):
        made = factories.county()
        made.whom = person(made.village)
        made.steward = factories.actor("data_steward", made.group)
        yield made


def day_of(whom):
    whom.refresh_from_db()
    return whom.died_on


def decide(county, said, decision, note="已与家属核实", by=None):
    return decide_death(by=by or county.steward, death=said["id"], decision=decision, note=note)


def withdraw(*ids):
    return withdraw_deaths(by=the_inbox(), ids=ids, why="导错了文件")


@pytest.mark.requirement("R127")
def test_a_death_that_contradicts_nothing_is_registered(county):
    entry(county.whom, county.village, at=factories.at("2026-11-20 09:00"), kind="report")  # a report may come late
    encounter(county.whom, county.village, at=factories.at("2026-11-02 22:00"))  # and somebody was called that night
    (said,) = died(death(resident_id=county.whom.pk))
    assert said["what"] == "new"
    assert day_of(county.whom) == date(2026, 11, 2)
    kept = Death.objects.get()
    assert (kept.effect, kept.chain[0]) == ("applied", ["J18.900", "肺炎", "3 天"])


def test_somebody_unknown_is_kept_and_nobody_dies(county):
    (said,) = died(death())
    assert said["what"] == "new"
    assert Death.objects.get().effect == "none"
    assert day_of(county.whom) is None


def test_the_same_certificate_again_and_a_second_one_of_the_same_day_change_nothing(county):
    told = death(resident_id=county.whom.pk)
    died(told)
    version = county.whom.version
    assert died(told)[0]["what"] == "same"
    died(death(resident_id=county.whom.pk))
    county.whom.refresh_from_db()
    assert county.whom.version == version + 1
    assert sorted(Death.objects.values_list("effect", flat=True)) == ["applied", "same"]


def test_who_is_matched_later_is_registered_then(county):
    told = death()
    died(told)
    died(replace(told, resident_id=county.whom.pk))
    assert day_of(county.whom) == date(2026, 11, 2)


def other_day(county):
    died(death(resident_id=county.whom.pk, died_on=date(2026, 10, 1)))
    return death(resident_id=county.whom.pk)


def before_birth(county):
    return death(resident_id=person(county.village, born=date(2026, 11, 10)).pk, born_on=None)


def alive_after(county):
    encounter(county.whom, county.village, at=factories.at("2026-11-10 09:00"))
    return death(resident_id=county.whom.pk)


SOMEBODY_ELSE = [
    ({"name": "李四"}, "证明上的姓名与登记的不同"), ({"sex": "1"}, "证明上的性别与登记的不同"),
    ({"born_on": date(1958, 3, 5)}, "证明上的出生日期与登记的 1958-03-04 不同"),
    ({"name": "王建国", "sex": "1", "born_on": date(1970, 1, 1)},
     "证明上的姓名与登记的不同；证明上的性别与登记的不同；证明上的出生日期与登记的 1958-03-04 不同"),
]  # fmt: skip


@pytest.mark.requirement("R127")
@pytest.mark.parametrize(("changes", "why"), SOMEBODY_ELSE)
def test_a_certificate_of_somebody_else_with_this_card_kills_nobody_and_data_staff_see_why(county, changes, why):
    (said,) = died(death(resident_id=county.whom.pk, **changes))
    assert (said["what"], said["why"]) == ("contradicts", why)
    assert day_of(county.whom) is None
    client = signed_in(county.steward)
    text = client.get("/publichealth/contradictions").content.decode()
    assert why in text
    text = client.get(f"/publichealth/contradictions/{said['id']}").content.decode()
    assert changes.get("name", "张桂兰") in text.split("证明上写的是")[1][:40]


def test_other_blanks_dots_and_width_are_the_same_name_and_what_is_not_known_contradicts_nothing(county):
    whom = person(county.village, name="阿依古丽·买买提", born=date(1958, 7, 1), birth_estimated=True)
    told = death(resident_id=whom.pk, name="阿依古丽 •买买提", sex="9", born_on=date(1958, 3, 4))
    assert died(told)[0]["what"] == "new"
    assert day_of(whom) == date(2026, 11, 2)


@pytest.mark.requirement("R127")
@pytest.mark.parametrize(
    ("made", "why"),
    [(other_day, "已登记于 2026-10-01 去世"), (before_birth, "死亡日期早于登记的出生日期 2026-11-10"),
     (alive_after, "死亡日期之后还有就诊或测量记录（2026-11-10）")],
)  # fmt: skip
def test_what_contradicts_waits_and_changes_nothing(county, made, why):
    told = made(county)
    (said,) = died(told)
    assert (said["what"], said["why"]) == ("contradicts", why)
    kept = Death.objects.get(pk=said["id"])
    assert (kept.effect, kept.contradiction) == ("waiting", why)
    kept.resident.refresh_from_db()
    assert kept.resident.died_on != told.died_on
    assert died(told)[0]["what"] == "same", "and asks nobody twice"


def test_two_days_for_one_person_in_one_batch_contradict(county):
    first, second = (death(resident_id=county.whom.pk, died_on=date(2026, 11, d)) for d in (2, 3))
    assert [one["what"] for one in died(first, second)] == ["new", "contradicts"]
    assert day_of(county.whom) == date(2026, 11, 2)


def test_data_staff_decide_for_the_certificate_or_against_it(county):
    (said,) = died(alive_after(county))
    decide(county, said, "decline")
    assert day_of(county.whom) is None
    (second,) = died(death(resident_id=county.whom.pk))
    decide(county, second, "apply")
    assert day_of(county.whom) == date(2026, 11, 2)
    assert Death.objects.get(pk=second["id"]).decision_note == "已与家属核实"
    with pytest.raises(Refusal):
        decide(county, second, "apply")


def test_data_staff_undo_a_death_and_the_person_lives(county):
    (said,) = died(death(resident_id=county.whom.pk))
    decide(county, said, "undo", note="同名不同人")
    assert day_of(county.whom) is None
    assert Death.objects.get().effect == "undone"
    trail = Trail.objects.get(action="residents.undo_death")
    assert trail.facts["changed"] == {"died_on": ["2026-11-02", ""]}


def test_nothing_is_decided_without_a_reason_or_by_who_keeps_other_people_s_data(county):
    (said,) = died(death(resident_id=county.whom.pk))
    with pytest.raises(Refusal, match="依据"):
        decide(county, said, "undo", note=" ")
    with pytest.raises(Refusal):
        decide(county, said, "undo", by=factories.actor("data_steward", county.foreign_group))
    assert day_of(county.whom) == date(2026, 11, 2)


def test_taking_back_a_batch_gives_life_back_and_the_version_before_is_asked_again(county):
    told = death(resident_id=county.whom.pk)
    (first,) = died(told)
    (second,) = died(replace(told, died_on=date(2026, 11, 3)))
    assert second["what"] == "contradicts"
    withdraw(second["id"])
    assert day_of(county.whom) == date(2026, 11, 2)
    withdraw(first["id"])
    assert day_of(county.whom) is None
    assert sorted(Death.objects.values_list("effect", "stands")) == [("undone", False), ("undone", False)]


def test_another_certificate_that_agreed_keeps_the_death_when_the_first_is_taken_back(county):
    (first,) = died(death(resident_id=county.whom.pk))
    (second,) = died(death(resident_id=county.whom.pk))
    withdraw(first["id"])
    assert day_of(county.whom) == date(2026, 11, 2)
    assert Death.objects.get(pk=second["id"]).effect == "applied"


def test_what_data_staff_have_decided_stays_decided_when_another_version_is_taken_back(county):
    told = death(resident_id=county.whom.pk)
    (first,) = died(told)
    decide(county, first, "undo")
    (second,) = died(replace(told, certifier="王医生"))
    assert day_of(county.whom) == date(2026, 11, 2), "a new version speaks for itself"
    withdraw(second["id"])
    assert day_of(county.whom) is None
    assert Death.objects.get(stands=True).effect == "undone"


def test_a_certificate_that_is_cancelled_after_it_was_applied_waits_and_may_be_followed(county):
    told = death(resident_id=county.whom.pk)
    died(told)
    (said,) = died(replace(told, cancelled=True))
    assert said["what"] == "contradicts"
    assert day_of(county.whom) == date(2026, 11, 2)
    decide(county, said, "apply")
    assert day_of(county.whom) is None


def test_a_cancelled_certificate_of_somebody_living_does_nothing(county):
    (said,) = died(death(resident_id=county.whom.pk, cancelled=True))
    assert said["what"] == "new"
    assert Death.objects.get().effect == "none"


WRONG = [
    ({"number": ""}, "证明编号"), ({"name": " "}, "死者姓名"), ({"sex": "x"}, "性别"), ({"place": "moon"}, "死亡地点"),
    ({"how_known": "x"}, "诊断依据"), ({"died_on": date(2027, 1, 1)}, "在今天之后"),
    ({"died_on": date(1950, 1, 1)}, "早于出生日期"), ({"underlying_code": "脑梗"}, "ICD-10"),
    ({"chain": (("?", "肺炎", ""),)}, "ICD-10"), ({"certifier": "甲" * 121}, "超过 120 个字"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "why"), WRONG)
def test_what_cannot_be_true_is_refused_by_name(county, changes, why):
    refused, kept = died(death(**changes), death())
    assert refused["what"] == "refused"
    assert why in refused["why"]
    assert kept["what"] == "new"


@pytest.mark.parametrize("change", [{"sex": "x"}, {"place": "x"}, {"how_known": "x"}, {"effect": "x"},
                                    {"effect": "waiting"}, {"born_on": date(2026, 12, 1)}], ids=str)  # fmt: skip
def test_the_database_itself_holds_no_impossible_death(county, change):
    died(death(resident_id=county.whom.pk))
    with pytest.raises(IntegrityError), transaction.atomic():
        Death.objects.update(**change)


def test_more_deaths_ask_the_database_no_more_often(county):
    def asked(n):
        told = [death(resident_id=person(county.village).pk) for _ in range(n)]
        with CaptureQueriesContext(connection) as seen:
            died(*told)
        return len(seen)

    asked(1)  # the parameters are read once
    assert asked(40) == asked(4)


@pytest.mark.never("village_doctor.death")
@pytest.mark.parametrize(
    ("role", "place"), [("village_doctor", "village"), ("township_doctor", "township"), ("cdc_officer", "root")]
)
def test_nobody_but_the_inbox_and_data_staff_registers_or_undoes_a_death(county, role, place):
    (said,) = died(death(resident_id=county.whom.pk))
    actor = factories.actor(role, getattr(county, place))
    tries = [
        lambda: take_in_deaths(by=actor, deaths=[death()], source="x"),
        lambda: withdraw_deaths(by=actor, ids=[said["id"]], why="改"),
        lambda: decide_death(by=actor, death=said["id"], decision="undo", note="改"),
        lambda: record_deaths(by=actor, deaths=[]),
        lambda: set_death_day(by=actor, resident=county.whom.pk, died_on=date(2026, 11, 3), why="改"),
        lambda: undo_death(by=actor, resident=county.whom.pk, why="改"),
    ]
    for one in tries:
        with pytest.raises(Refusal):
            one()
    assert day_of(county.whom) == date(2026, 11, 2)
    assert Death.objects.get().effect == "applied"
