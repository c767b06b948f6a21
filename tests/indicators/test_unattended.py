"""The screen that nobody sits at: one page, no rows, no people; it stays signed in until its account ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.access.conftest import signed_in
from tests.residents.people import person
from yigongti.kernel import clock
from yigongti.kernel.access.models import Account
from yigongti.kernel.pages.registry import pages


@pytest.fixture
def screen(db):
    county = factories.county()
    person(county.village, name="欧阳桂英")
    return factories.actor("screen", county.root)


@pytest.mark.never("screen.pages", "screen.rows")
def test_the_screen_opens_its_page_alone(screen):
    client = signed_in(screen)
    assert client.get("/screen").status_code == 200
    assert "欧阳" not in client.get("/screen").content.decode()
    # What it holds no permission for is refused as to everybody: the matrix has that.
    asked = [one for one in pages.values() if not one.permission or screen.may(one.permission)]
    for one in (p for p in asked if p.code not in ("indicators.screen", "organisations.first_day")):
        address = "/" + one.route.replace("<str:code>", "in_county_visit_share").replace("<str:number>", "ZB1")
        for kind in ("int", "str", "slug", "uuid", "path"):
            address = address if f"<{kind}:" not in address else _filled(address, kind)
        answer = client.post(address, {}) if one.writes else client.get(address)
        assert (answer.status_code, answer.headers.get("Location")) == (302, "/screen"), one.code
    assert client.get("/api/worklist").json().get("cases", []) == []


def _filled(address, kind):
    head, _, rest = address.partition(f"<{kind}:")
    return f"{head}1{rest.partition('>')[2]}"


@pytest.mark.never("screen.after_end")
def test_it_stays_signed_in_until_the_administrator_ends_it(screen):
    client, desk = signed_in(screen), signed_in(factories.actor("bureau", screen_unit(screen)))
    with clock.stands_at(clock.now() + timedelta(days=3)):
        assert client.get("/screen").status_code == 200
        assert desk.get("/screen").status_code == 302, "who sits at a desk is signed out"
    Account.objects.filter(pk=screen.account_id).update(status="suspended")
    gone = client.get("/screen")
    assert (gone.status_code, gone["Location"][:8]) == (302, "/sign-in")


def screen_unit(actor):
    return factories.Unit.objects.get(pk=actor.unit_id)


def test_its_cookie_outlives_a_night_without_power(screen, client):
    account = factories.account(login="hall")
    factories.post("screen", screen_unit(screen), account_=account)
    client.post("/sign-in", {"login": account.login, "password": factories.PASSWORD})
    assert client.session.get_expiry_age() > 20 * 24 * 60 * 60
