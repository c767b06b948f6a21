"""The matrix: every page, action and step × every role × own, subordinate, superior, sibling and foreign units."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import F

from tests import factories
from tests.access.conftest import reaches, signed_in
from tests.residents.people import person
from yigongti.kernel import finders
from yigongti.kernel.access.words import registry
from yigongti.kernel.action.gate import actions, pass_gate
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.pages.registry import pages
from yigongti.kernel.refusal import NotAllowed, NotFound, Refusal
from yigongti.kernel.workflow import engine, rooms
from yigongti.kernel.workflow.models import Case, CaseSide
from yigongti.kernel.workflow.refusals import NotYourTurn, SameHand
from yigongti.kernel.workflow.words import CLOCK


DENIED = (401, 403, 404)
PERSONAL = "<int:resident_id>"
STANDING = {"managed", "registered"}
"""The bases that hold by the tree alone: who manages the person, and who keeps the register of the group."""


def status_of(answer, role):
    """What was answered. A device that is led back to its own page was denied the other one."""
    led_back = answer.status_code == 302 and answer.headers["Location"] == (registry.roles[role].alone_at or None)
    return 403 if led_back else answer.status_code


def plain_pages():
    return [p for p in pages.values() if "<" not in p.route]


def personal_pages():
    return [p for p in pages.values() if PERSONAL in p.route and p.route.count("<") == 1]


def test_pages_open_for_just_the_roles_that_hold_their_permission(everyone):
    wrong = []
    seen = set()
    for (role, place), actor in everyone.items():
        if role in seen:
            continue
        seen.add(role)
        client = signed_in(actor)
        for page in plain_pages():
            status = client.get(f"/{page.route}").status_code
            may = not page.permission or actor.may(page.permission)
            if (status == 403) == may or status >= 500:
                wrong.append((page.code, role, place, status))
    assert not wrong


def test_nobody_opens_any_page_without_signing_in(client, county):
    for page in plain_pages():
        answer = client.get(f"/{page.route}")
        if page.code == "organisations.first_day":  # asks for a one-time code, before anybody has an account
            assert answer.status_code == 200, page.code
        else:
            assert (answer.status_code, answer.headers["Location"][:8]) == (302, "/sign-in"), page.code


def test_actions_refuse_every_role_that_does_not_hold_their_permission(everyone):
    one_of_each = {role: actor for (role, _place), actor in everyone.items()}
    for made in actions.values():
        for actor in one_of_each.values():
            if not actor.may(made.permission):
                with pytest.raises(NotAllowed):
                    pass_gate(made, by=actor, key=None, arguments={})
    assert not Entry.objects.filter(kind="write").exists()


@pytest.mark.requirement("R133")
def test_a_person_s_pages_open_only_for_roles_that_stand_to_the_person_and_never_for_foreign_units(county, everyone):
    """Own, subordinate, superior, sibling and foreign: only who manages the person, or stands above who does."""
    wrong = []
    for managed_by in ("village", "township"):
        person = factories.resident(getattr(county, managed_by))
        for (role, place), actor in everyone.items():
            client = signed_in(actor)
            stands = STANDING & set(registry.roles[role].bases) and reaches(county, role, place, person.managing)
            for page in personal_pages():
                may = actor.may(page.permission) if page.permission else True
                address = "/" + page.route.replace(PERSONAL, str(person.pk))
                status = client.get(address).status_code
                opened = status not in DENIED and status < 500
                if opened and not (may and stands):
                    wrong.append((page.code, role, place, managed_by, status))
                if status >= 500:
                    wrong.append((page.code, role, place, managed_by, status))
                if page.permission in ("record.read", "residents.see") and may and stands and status != 200:
                    wrong.append((page.code, role, place, managed_by, status))
    assert not wrong


def test_posting_for_a_person_without_a_relation_writes_nothing(county, everyone):
    person = factories.resident(county.village)
    wrong = []
    for (role, place), actor in everyone.items():
        if STANDING & set(registry.roles[role].bases) and reaches(county, role, place, person.managing):
            continue
        client = signed_in(actor)
        for page in (p for p in personal_pages() if p.writes):
            address = "/" + page.route.replace(PERSONAL, str(person.pk))
            status = client.post(address, {"key": "00000000-0000-4000-8000-000000000001"}).status_code
            if status not in (*DENIED, 422, 405) or status >= 500:
                wrong.append((page.code, role, place, status))
    assert not wrong
    assert not Entry.objects.filter(kind="write", persons__contains=[person.pk]).exists()


# --- cases: every step × every actor


def bring_to(county, workflow, state, everyone):
    """A case of the workflow standing in the state, moved there by whoever may, with its form filled."""
    person = factories.resident(county.village, name="王有福", sex="1")
    number = None
    for step in path_to(rooms.kept[workflow].page, state):
        given = filled(county, workflow, step, person)
        if step.code == "close" and Case.objects.filter(parent__number=number).exists():
            child = Case.objects.get(parent__number=number)  # its first follow-up closes the referral by the clock
            recorded = rooms.kept[child.workflow].page.step("record")
            act_as_anyone(
                child.workflow, recorded, child.number, filled(county, child.workflow, recorded, person), everyone
            )
            break
        number = act_as_anyone(workflow, step, number, given, everyone)
    return Case.objects.get(number=number)


def path_to(page, state):
    """The shortest way of steps that humans take."""
    ways, seen = [[]], {""}
    here = {0: ""}
    while ways:
        way = ways.pop(0)
        at = way[-1].to if way else here[0]
        if at == state:
            return way
        for step in page.steps_from(at):
            if step.to not in seen and step.by != (CLOCK,):
                seen.add(step.to)
                ways.append([*way, step])
    raise AssertionError(f"no way to {state}")


def filled(county, workflow, step, person):
    """Something true in every field that a step must record."""
    from yigongti.kernel import clock
    from yigongti.kernel.parameters.codes import code_lists

    page = rooms.kept[workflow].page
    picked = {"resident": person, "to_department": county.cardiology, "to_institution": county.village}
    given = {}
    for code in step.must_record:
        field = page.field_of(code)
        if field.kind == "choice":
            given[code] = code_lists[field.options].entries[0].code
        elif code in picked:
            given[code] = picked[code]
        elif field.kind == "date":
            given[code] = str(clock.today() + timedelta(days=3))
        else:
            given[code] = "1" if field.kind == "yes" else "甲"
    if workflow == "indicators.release" and step.code == "compose":
        given |= figures_to_release(county)
    if workflow == "indicators.annual":
        given |= figures_to_report(county) if step.code == "write" else {}
        make_room(county)
    if workflow == "chronic.follow_up" and step.code == "record":
        given |= {"systolic": "130", "diastolic": "80"}
    return given


def figures_to_release(county):
    """A figure of last month that may be put up for release."""
    from yigongti.indicators.models import Value
    from yigongti.indicators.policy.families import ALL
    from yigongti.kernel import clock

    month = clock.today().replace(day=1) - timedelta(days=1)
    Value.objects.get_or_create(
        indicator=ALL[-1].code, level="county", place=county.root, period=f"{month:%Y-%m}",
        defaults={"starts": month.replace(day=1), "status": "final", "value": 1, "cut": clock.now()},
    )  # fmt: skip
    again = "从头再走一遍时，这个时期已经发布过"
    return {"what": ALL[-1].code, "level": "county", "period": f"{month:%Y-%m}", "doubt": again}


def figures_to_report(county):
    """Published figures of the group from which its annual report can be written."""
    from tests.indicators.published import published
    from yigongti.indicators.models import FrozenCell, Value
    from yigongti.indicators.policy.briefs import OUTLINES
    from yigongti.kernel import clock

    code = OUTLINES["annual"].sections[-1].codes[0]
    given = {"indicator": code, "level": "group", "place": county.group, "period": "2025"}
    if not FrozenCell.objects.filter(**given).exists():
        Value.objects.create(**given, starts=date(2025, 1, 1), status="final", value=1, cut=clock.now())
        published(code, level="group", period="2025")
    return {"period": "2025"}


def make_room(county):
    """Reports that were begun before are of long ago, so that one may be begun again."""
    from yigongti.indicators.brief.models import AnnualReport

    AnnualReport.objects.filter(place=county.group, year__gt=2000).update(year=F("case_id") % 1000 + 1000)


def close_window(number):
    """The days for appeals against a release are over."""
    from yigongti.indicators.models import Release

    Release.objects.filter(case__number=number).update(appeals_until=date(2020, 1, 1))


def act_as_anyone(workflow, step, number, given, everyone):
    """Let the first actor who may take the step take it."""
    tried = []
    close_window(number)
    # The bureau last: what it proposes itself it may not review.
    for key, actor in sorted(everyone.items(), key=lambda one: one[0][0] == "bureau"):
        try:
            with transaction.atomic():
                if number is None:
                    return engine.begin(by=actor, workflow=workflow, step=step.code, given=given).number
                engine.take(by=actor, number=number, step=step.code, given=given)
                return number
        except (NotAllowed, NotFound, NotYourTurn, SameHand) as refusal:
            tried.append((key, type(refusal).__name__))
    raise AssertionError(f"nobody can take {workflow}.{step.code}: {tried}")


CASES = [
    (code, state.code)
    for code, made in sorted(rooms.kept.items())
    for state in made.page.states
    if any(s.to == state.code and s.by != (CLOCK,) for s in made.page.steps)  # expiry is proven with the clocks
]


@pytest.mark.requirement("R47")
@pytest.mark.parametrize(("workflow", "state"), CASES)
def test_in_every_state_just_the_page_s_parts_can_take_its_steps(county, everyone, workflow, state):
    page = rooms.kept[workflow].page
    case = bring_to(county, workflow, state, everyone)
    sides = {s.side: s.unit for s in CaseSide.objects.select_related("unit").filter(case=case)}
    wrong = []
    for step in page.steps:
        for (role, place), actor in everyone.items():
            acts_for = {page.part(n).side for n in step.by if n != CLOCK and role in page.part(n).roles}
            expected = any(reaches(county, role, place, sides[s]) for s in acts_for if s in sides) and state in step.frm
            taken = may_take(actor, case, step, filled(county, workflow, step, None))
            if taken != expected and not (expected and step.not_by):
                wrong.append((step.code, role, place, f"expected {expected}"))
    assert not wrong
    case.refresh_from_db()
    assert case.state == state


def may_take(actor, case, step, given):
    """Whether access and state let the step through; rolled back either way."""
    given = {k: v for k, v in given.items() if v is not None}
    undo = transaction.savepoint()
    try:
        engine.take(by=actor, number=case.number, step=step.code, given=given)
        return True
    except (NotAllowed, NotFound, NotYourTurn):
        return False
    except Refusal as refusal:
        return type(refusal).__name__ not in ("NotFromHere", "SameHand")
    finally:
        transaction.savepoint_rollback(undo)


@pytest.mark.requirement("R18")
def test_a_foreign_group_sees_nothing_of_a_case(county, everyone):
    case = bring_to(county, "referral.upward", "accepted", everyone)
    for (role, place), actor in everyone.items():
        if place.startswith("foreign"):
            client = signed_in(actor)
            assert status_of(client.get(f"/cases/{case.number}"), role) in DENIED, role
            assert case.number not in client.get("/cases?show=all").content.decode()
    assert connection.in_atomic_block


# --- the other doors: the box at the top, pickers, exports, paper, JSON

UNIQUE = "欧阳守田"


@pytest.mark.requirement("R5")
@pytest.mark.parametrize("managed_by", ["village", "township"])
def test_the_box_and_the_pickers_show_a_person_only_to_who_stands_to_them(county, everyone, managed_by):
    """Own, subordinate, superior, sibling, foreign and no relation: the same as for the person's pages."""
    whom = person(getattr(county, managed_by), name=UNIQUE)
    doors = [f"/find?q={UNIQUE}", *(f"/pick/{name}?q={UNIQUE}&resident={whom.pk}" for name in finders.pickers)]
    wrong = []
    for (role, place), actor in everyone.items():
        stands = STANDING & set(registry.roles[role].bases) and reaches(county, role, place, whom.managing)
        client = signed_in(actor)
        for door in doors:
            answer = client.get(door)
            shown = answer.status_code == 200 and bare(answer.content.decode()).count(UNIQUE) > 0
            expected = stands and actor.may("residents.find") and door.startswith(("/find", "/pick/resident?"))
            if shown != bool(expected) or answer.status_code >= 500:
                wrong.append((door, role, place, shown))
    assert not wrong


def bare(text):
    """The answer without what was asked."""
    return text.replace(f"“{UNIQUE}”", "").replace(f'value="{UNIQUE}"', "")


def test_no_picker_tells_where_a_person_is_managed_to_who_has_no_basis(county, everyone):
    whom = person(county.village2, name=UNIQUE)
    for (role, place), actor in everyone.items():
        if not (STANDING & set(registry.roles[role].bases) and reaches(county, role, place, whom.managing)):
            found = signed_in(actor).get(f"/pick/grassroots_institution?resident={whom.pk}").content.decode()
            assert "张村卫生室" not in found, (role, place)


def test_an_export_holds_no_resident_and_opens_with_its_page(county, everyone):
    person(county.village, name=UNIQUE)
    # Rows behind a figure need one that has rows: tests/indicators proves them.
    exports = [p for p in pages.values() if p.route.endswith(".csv") and "<" not in p.route]
    assert exports
    seen = set()
    for (role, _place), actor in everyone.items():
        if role not in seen:
            seen.add(role)
            for export in exports:
                answer = signed_in(actor).get(f"/{export.route}")
                assert (answer.status_code == 200) == actor.may(export.permission), (export.code, role)
                assert UNIQUE not in answer.getvalue().decode()


@pytest.mark.requirement("R47")
@pytest.mark.parametrize(
    ("workflow", "state"),
    [("referral.upward", "accepted"), ("referral.downward", "waiting"), ("referral.outward", "waiting")],
)
def test_paper_and_json_open_to_just_the_sides_of_the_page(county, everyone, workflow, state):
    """The page's sides see the case in JSON too; on paper only who acts for a side that sees panels."""
    case = bring_to(county, workflow, state, everyone)
    page = rooms.kept[workflow].page
    sides = {s.side: s.unit for s in CaseSide.objects.select_related("unit").filter(case=case)}
    wrong = []
    for (role, place), actor in everyone.items():
        acts = {p.side for p in page.parts if role in p.roles}
        follows = f"{workflow}.follow" in registry.roles[role].may
        looks = [s for s in page.sees if state in s.states and (follows or s.side in acts)]
        sees = [s for s in looks if s.side in sides and reaches(county, role, place, sides[s.side])]
        client = signed_in(actor)
        expected = {
            f"/cases/{case.number}": bool(sees),
            f"/api/cases/{case.number}": bool(sees),
            f"/cases/{case.number}/paper": any(s.side in acts and s.panels for s in sees),
        }
        for door, may in expected.items():
            status = status_of(client.get(door), role)
            if (status == 200) != may or status not in (200, *DENIED):
                wrong.append((door, role, place, status))
        listed = case.number in client.get("/api/worklist").content.decode()
        mine = any(p.code == case.turn_part and role in p.roles for p in page.parts)
        if listed != (mine and reaches(county, role, place, case.turn_unit)):
            wrong.append(("/api/worklist", role, place, listed))
    assert not wrong


def test_the_json_door_is_closed_to_nobody_s_session(client, county):
    for door in ("/api/workflows", "/api/worklist", "/api/cases/SZ1"):
        assert client.get(door).status_code == 401
