"""Every page of the registry, a person's pages, a case in each state, every form: axe, console, 320 px."""

from __future__ import annotations

import gzip

import pytest

from tests.access.conftest import roles
from tests.access.test_matrix import CASES, PERSONAL, bring_to, personal_pages, plain_pages
from tests.browser.look import Look
from yigongti.kernel.access.words import registry
from yigongti.kernel.refusal import Refusal
from yigongti.kernel.workflow import casepage, rooms
from yigongti.kernel.workflow.words import BIRTH


pytestmark = pytest.mark.needs("chromium")
APART = {"organisations.first_day", "residents.compare", "indicators.open_row"}
"""Before sign-in; visited with two persons; reached from the rows of a figure alone."""
BUDGET = 60_000
REQUESTS = 16


def of_role(role):
    """Each page is visited as the first role that may open it, today's work as every role."""
    mine = []
    for page in plain_pages():
        first = next((r for r in roles() if not page.permission or page.permission in allowed(r)), None)
        shown = page.code not in APART and not page.route.endswith((".csv", ".json"))
        if shown and (first == role or page.code == "work"):
            mine.append(page)
    return mine


def allowed(role):
    granted = {permission for permission, holders in registry.grants.items() if role in holders}
    return set(registry.roles[role].may) | granted


@pytest.mark.parametrize("role", roles())
def test_every_page_of_a_role_is_accessible_quiet_and_narrow(visit, town, role):
    look = Look(visit(town.at(role)))
    for page in of_role(role):
        look.at(f"/{page.route}", form_only=page.writes)
    if role == "data_steward":
        look.at(f"/identity/compare?one={town.patient.pk}&other={town.other_patient.pk}")
    assert look.faults == []
    assert look.seen


def test_a_person_s_pages_are_accessible_quiet_and_narrow(visit, town):
    look = Look(visit(town.at("village_doctor", "village")))
    for page in personal_pages():
        if allowed("village_doctor") & {page.permission}:
            look.at("/" + page.route.replace(PERSONAL, str(town.patient.pk)), form_only=page.writes)
    assert look.faults == []
    assert len(look.seen) >= 5


def test_the_forms_of_new_cases_are_accessible_quiet_and_narrow(visit, town):
    begun = []
    for role in ("village_doctor", "county_doctor", "referral_lead", "quality_officer"):
        look = Look(visit(town.at(role)))
        for code, made in rooms.kept.items():
            births = [s for s in made.page.steps if BIRTH in s.frm]
            if code not in begun and any(made.page.permission(s) in allowed(role) for s in births):
                begun.append(code)
                look.at(f"/new/{code}?resident={town.patient.pk}")
        assert look.faults == []
    assert sorted(begun) == sorted(rooms.kept)


@pytest.mark.parametrize("workflow", sorted(rooms.kept))
def test_a_case_in_each_state_and_its_forms_are_accessible_quiet_and_narrow(visit, town, workflow):
    """Each state as whoever may act in it sees it; each form once."""
    looks, forms = {}, set()
    for state in (s for w, s in CASES if w == workflow):
        number = bring_to(town.county, workflow, state, town.everyone).number
        who = viewer(town, number)
        look = looks[who.post_id] = looks.get(who.post_id) or Look(visit(who))
        look.at(f"/cases/{number}")
        for address in [a.get_attribute("href") for a in look.page.locator(".steps-bar a.button").all()]:
            if (form := address.rsplit("/", 1)[1]) not in forms:
                forms.add(form)
                look.at(address)
    assert [fault for look in looks.values() for fault in look.faults] == []


def viewer(town, number):
    """Who may take a step of the case, else who may see it."""
    seeing = []
    for actor in town.everyone.values():
        try:
            view = casepage.case_view(for_=actor, number=number)
        except Refusal:
            continue
        if view.steps:
            return actor
        seeing.append(actor)
    return seeing[0]


def test_a_worklist_of_fifty_is_light(visit, town):
    assert len(town.crowd) > 50
    page = visit(town.crowded_desk)
    weights = []
    page.on("response", lambda answer: weights.append(answer))
    page.goto("/cases")
    page.wait_for_load_state("networkidle")
    assert page.locator("[data-row]").count() == 50
    weighed = [a for a in weights if not a.headers.get("content-type", "").startswith("image/")]
    total = sum(len(gzip.compress(a.body())) for a in weighed)
    assert total < BUDGET, f"{total} bytes in {[a.url for a in weighed]}"
    assert len(weights) <= REQUESTS, [a.url for a in weights]
