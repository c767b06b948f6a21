"""What waits for whom, what each side sees, and lists that page exactly without counting."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import actor, at, resident, submitted
from yigongti.kernel import clock
from yigongti.kernel.access.words import registry
from yigongti.kernel.workflow import casepage, engine, worklists
from yigongti.kernel.workflow.models import Case, CaseSide
from yigongti.kernel.workflow.sight import panels_for, seen, visible


MORNING = at("2026-11-18 09:00")


@pytest.fixture
def here(county):
    with clock.stands_at(MORNING):
        county.doctor = actor("village_doctor", county.village)
        county.desk = actor("referral_desk", county.hospital)
        yield county


def numbers(lines):
    return [line.case.number for line in lines]


@pytest.mark.requirement("R47")
def test_a_referral_waits_at_the_desk_and_is_followed_by_the_sender(here):
    number = submitted(here.doctor, resident(here.village), here.cardiology)
    assert numbers(worklists.waiting(for_=here.desk)) == [number]
    assert numbers(worklists.elsewhere(for_=here.desk)) == []
    assert numbers(worklists.waiting(for_=here.doctor)) == []
    assert numbers(worklists.elsewhere(for_=here.doctor)) == [number]
    assert worklists.tally(for_=here.desk) == {"waiting": 1, "overdue": 0}
    line = worklists.waiting(for_=here.desk)[0]
    assert (line.row.name, line.state, line.primary.code) == ("张桂兰", "待接收", "accept")


def test_the_desk_of_another_hospital_and_the_neighbour_village_see_nothing(here):
    submitted(here.doctor, resident(here.village), here.cardiology)
    for stranger in (actor("referral_desk", here.foreign_hospital), actor("village_doctor", here.other_village),
                     actor("county_doctor", here.orthopaedics), actor("administrator", here.root),
                     actor("hr_officer", here.group)):  # fmt: skip
        assert not visible(for_=stranger).exists()
        assert worklists.everything(for_=stranger) == []


def test_one_case_by_its_number_is_seen_by_exactly_those_who_see_it_among_all(here):
    numbers_ = [submitted(here.doctor, resident(here.village, name=f"甲{n}"), here.cardiology) for n in range(2)]
    engine.take(by=here.desk, number=numbers_[0], step="decline", given={"decline_reason": "no_bed"})
    places = [here.root, here.group, here.hospital, here.cardiology, here.orthopaedics, here.township, here.village,
              here.village2, here.other_village, here.foreign_group, here.foreign_hospital]  # fmt: skip
    whole, one = set(), set()
    for role in registry.roles:
        for place in places:
            who = actor(role, place)
            whole |= {(role, place.pk, n) for n in visible(for_=who).values_list("number", flat=True)}
            one |= {(role, place.pk, n) for n in numbers_ if seen(for_=who, number=n)}
    assert one == whole
    assert {n for _role, _place, n in one} == set(numbers_)
    assert seen(for_=here.desk, number="SZ-nothing") is None


def test_a_case_page_asks_for_the_case_by_its_number_alone(here):
    number = submitted(here.doctor, resident(here.village), here.cardiology)
    with CaptureQueriesContext(connection) as asked:
        assert seen(for_=here.desk, number=number)
    assert len(asked) == 1
    condition = asked[0]["sql"].partition("WHERE")[2]
    assert number in condition and "path" not in condition


SEEN = {
    # state: (panels of the sender, of the receiver, of the home side)
    "waiting": ("request package place outcome", "request package place record outcome", ""),
    "accepted": ("request package place outcome", "request package place record outcome", "request outcome"),
    "returned": ("request package place outcome", "request package place record outcome", "request outcome"),
    "declined": ("request package place outcome", "outcome", ""),
    "cancelled": ("request package place outcome", "", ""),
}


@pytest.mark.parametrize("state", SEEN)
def test_each_side_sees_what_the_page_says_for_the_state(here, state):
    sender = actor("township_doctor", here.township2)
    number = submitted(sender, resident(here.village), here.cardiology)
    Case.objects.filter(number=number).update(state=state)
    case = Case.objects.get(number=number)
    shown = [" ".join(panels_for(for_=who, case=case)) for who in (sender, here.desk, here.doctor)]
    assert shown == list(SEEN[state])
    assert [visible(for_=who).exists() for who in (sender, here.desk, here.doctor)] == [bool(s) for s in SEEN[state]]


def test_the_case_page_offers_each_side_its_own_steps(here):
    number = submitted(here.doctor, resident(here.village), here.cardiology)
    offered = [{s.code for s in casepage.case_view(for_=who, number=number).steps} for who in (here.doctor, here.desk)]
    assert offered == [{"withdraw", "cancel"}, {"accept", "decline"}]


def many(here, plan):
    """Referrals made without the engine's cost: (urgent, minutes until due or None) each, all waiting at the desk."""
    cases = Case.objects.bulk_create(
        Case(
            number=f"T{n:05d}", workflow="referral.upward", state="waiting", urgent=urgent, opened_at=MORNING,
            entered_at=MORNING, due_at=None if due is None else MORNING + timedelta(minutes=due),
            turn_unit_id=here.cardiology.pk, turn_part="receiving_desk", person_id=here.person.pk,
        )
        for n, (urgent, due) in enumerate(plan)
    )  # fmt: skip
    CaseSide.objects.bulk_create(CaseSide(case=c, side="receiving", unit_id=here.cardiology.pk) for c in cases)
    made = engine.rooms.kept["referral.upward"].facts
    made.objects.bulk_create(
        made(
            case=c,
            resident=here.person,
            kind="up",
            from_institution=here.village,
            from_unit=here.village.unit,
            to_department=here.cardiology,
        )
        for c in cases
    )
    return cases


def walk(list_, *, for_, limit):
    """All pages, by the cursor of each last line."""
    found, after = [], None
    while lines := list_(for_=for_, after=after, limit=limit):
        found += numbers(lines)
        after = worklists.read_cursor(lines[-1].cursor)
        assert len(found) < 1000
    return found


def ranked(case, now):
    """Overdue, urgent, the rest."""
    return 0 if case.due_at and case.due_at < now else 1 if case.urgent else 2


def test_a_clock_that_breaks_between_two_pages_moves_no_row(here):
    here.person = resident(here.village)
    cases = many(here, [(False, 3), (True, None), (False, -5), (True, 4), (False, None), (True, -60), (False, 90)])
    rank = {c.number: (ranked(c, MORNING), c.due_at or worklists.FAR, c.pk) for c in cases}
    found, after = [], None
    for minute in range(0, 70, 10):
        with clock.stands_at(MORNING + timedelta(minutes=minute)):
            lines = worklists.waiting(for_=here.desk, after=after, limit=1)
        found += numbers(lines)
        after = worklists.read_cursor(lines[-1].cursor)
    assert found == sorted(rank, key=rank.get)
    with clock.stands_at(MORNING + timedelta(minutes=69)):
        fresh = {c.number: (ranked(c, clock.now()), c.due_at or worklists.FAR, c.pk) for c in cases}
        assert numbers(worklists.waiting(for_=here.desk)) == sorted(fresh, key=fresh.get)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    plan=st.lists(st.tuples(st.booleans(), st.sampled_from([None, -90, -5, 0, 0, 5, 90])), max_size=25),
    limit=st.integers(1, 7),
)
def test_pages_show_every_case_once_overdue_then_urgent_then_by_due_or_the_newest_first_ties_and_all(here, plan, limit):
    Case.objects.all().delete()
    here.person = getattr(here, "person", None) or resident(here.village)
    cases = many(here, plan)
    rank = {c.number: (ranked(c, MORNING), c.due_at or worklists.FAR, c.pk) for c in cases}
    assert walk(worklists.waiting, for_=here.desk, limit=limit) == sorted(rank, key=rank.get)
    newest_first = [c.number for c in sorted(cases, key=lambda c: -c.pk)]
    assert walk(worklists.everything, for_=here.desk, limit=limit) == newest_first


@pytest.mark.parametrize("list_", [worklists.waiting, worklists.elsewhere, worklists.everything])
def test_a_list_costs_the_same_queries_for_two_rows_and_for_fifty(here, list_):
    here.person = resident(here.village)
    who = here.doctor if list_ is worklists.elsewhere else here.desk
    many(here, [(False, 5)] * 2)
    CaseSide.objects.bulk_create(
        CaseSide(case=c, side="sending", unit_id=here.village.pk) for c in Case.objects.filter(number__startswith="T")
    )
    with CaptureQueriesContext(connection) as few:
        assert len(list_(for_=who)) == 2
    Case.objects.all().delete()
    made = many(here, [(n % 2 == 0, n) for n in range(60)])
    CaseSide.objects.bulk_create(CaseSide(case=c, side="sending", unit_id=here.village.pk) for c in made)
    with CaptureQueriesContext(connection) as more:
        assert len(list_(for_=who)) == 50
    assert len(few) == len(more) == 2
    assert not any("COUNT(" in q["sql"].upper() for q in more.captured_queries)


@pytest.mark.parametrize("broken", [
    "x", "1|2", "1|2026-11-18|x|y", "a|b|c|d", "1|not a day|7|x", "1|2026-11-18T09:00:00|7|2026-11-18T09:00:00",
    "7|2026-11-18T09:00:00+08:00|7|2026-11-18T09:00:00+08:00",
])  # fmt: skip
def test_a_broken_place_in_a_list_is_an_error_of_the_asker(broken):
    with pytest.raises(ValueError):
        worklists.read_cursor(broken)


def test_an_escalated_case_is_marked_as_urged(here):
    from yigongti.kernel.workflow import clocks

    submitted(here.doctor, resident(here.village), here.cardiology)
    assert not worklists.waiting(for_=here.desk)[0].urged
    with clock.stands_at(at("2026-11-18 11:00")):
        clocks.fire_due()
        assert worklists.waiting(for_=here.desk)[0].urged
        assert worklists.tally(for_=here.desk) == {"waiting": 1, "overdue": 0}
    with clock.stands_at(at("2026-11-18 11:01")):
        assert worklists.tally(for_=here.desk) == {"waiting": 1, "overdue": 1}
