"""Every permission is placed: the committed table says which roles hold it, and a new one must be entered there."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from yigongti.kernel.access.bases import all_bases
from yigongti.kernel.access.words import registry
from yigongti.kernel.action.gate import actions
from yigongti.kernel.pages.registry import pages


TABLE = Path(__file__).with_name("matrix.toml")


def table():
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))["permissions"]


def test_every_permission_is_held_by_just_the_roles_of_the_committed_table():
    now = {code: sorted(registry.roles_for(code)) for code in registry.permissions}
    assert now == table(), "a permission is new, gone or held by others: read matrix.toml and enter it on purpose"


def test_every_action_and_page_names_a_registered_permission():
    asked = {a.permission for a in actions.values()} | {p.permission for p in pages.values() if p.permission}
    assert asked <= set(registry.permissions)


def test_every_page_that_anyone_signed_in_may_open_is_on_the_committed_list():
    listed = tomllib.loads(TABLE.read_text(encoding="utf-8"))["open_to_all"]
    assert sorted(code for code, page in pages.items() if not page.permission) == listed


@pytest.mark.parametrize("role", ["administrator", "hr_officer"])
@pytest.mark.requirement("R18")
def test_roles_that_must_not_see_patients_hold_nothing_that_shows_one(role):
    held = {code for code, roles in table().items() if role in roles}
    assert not {code for code in held if code.startswith(("residents.", "record.", "cases."))}


@pytest.mark.parametrize("role", ["bureau", "president"])
@pytest.mark.requirement("R18")
def test_who_supervises_stands_to_no_person_but_by_a_stated_duty(role):
    assert registry.roles[role].bases == ("duty",)
    assert registry.roles[role].gates == ()


def test_who_opens_what_is_reviewed_names_who_reviews_and_who_is_told():
    for role in registry.roles.values():
        reviewed = any(all_bases()[code].reviewed for code in role.bases)
        assert bool(role.reviewed_by) == bool(role.overdue_to) == reviewed, role.code
        assert all("residents.emergency_review" in registry.roles[one].may for one in role.reviewed_by)
        assert all("residents.overdue_reviews" in registry.roles[one].may for one in role.overdue_to)
        assert role.code not in (*role.reviewed_by, *role.overdue_to)
