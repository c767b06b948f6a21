"""Somebody of every role at every kind of place around one resident, and a browser session for each."""

from __future__ import annotations

import pytest
from django.test import Client

from tests import factories
from yigongti.kernel import clock
from yigongti.kernel.access.models import Account, Post
from yigongti.kernel.access.words import Reach, registry


PLACES = (
    "village", "other_village", "village2", "township", "township2", "hospital", "cardiology", "orthopaedics", "group",
    "root", "foreign_group", "foreign_hospital", "foreign_surgery", "foreign_township",
)  # fmt: skip


def roles():
    """Every role that a human can hold."""
    return sorted(code for code, role in registry.roles.items() if role.works_at)


def placements(county):
    """(role, place) for every place where the role's page says that it works; a bare tree, so no medical exception."""
    found = []
    for code in roles():
        kinds = registry.roles[code].works_at
        for place in PLACES:
            if factories.unit_of(getattr(county, place)).kind in kinds:
                found.append((code, place))
    return found


def reaches(county, role, place, target):
    """Whether the role at the place reaches the target's unit, worked out from the tree alone."""
    here, there = factories.unit_of(getattr(county, place)), factories.unit_of(target)
    below = registry.roles[role].reach is Reach.BELOW
    return there.path.startswith(here.path) if below else there.path == here.path


def signed_in(actor):
    """A test client with the session of this actor."""
    client = Client()
    session = client.session
    account = Account.objects.get(pk=actor.account_id)
    # "strong": the second factor was passed, where the role asks for one
    session.update(
        {
            "post": actor.post_id,
            "password": account.password[-16:],
            "seen": int(clock.now().timestamp()),
            "strong": True,
        }
    )
    session.save()
    client.cookies["session"] = session.session_key
    return client


@pytest.fixture
def county(db):
    return factories.county()


@pytest.fixture
def everyone(county):
    """An actor for each (role, place)."""
    made = {(role, place): factories.actor(role, getattr(county, place)) for role, place in placements(county)}
    assert {role for role, _place in made} == set(roles()), "a role has no place in the test county"
    assert Post.objects.count() >= len(made)
    return made
