"""No page leads to a case that its reader may not open: who returns a patient raises a follow-up of others."""

from __future__ import annotations

from tests import factories
from tests.access.conftest import signed_in
from yigongti.kernel import clock
from yigongti.kernel.workflow import engine
from yigongti.kernel.workflow.models import Case


RETURN = {"discharge_summary": "血压已平稳", "care_plan": "每日测压", "follow_up_on": "2026-11-25"}


def test_the_follow_up_of_a_return_is_a_link_for_those_who_may_open_it_only(db):
    with clock.stands_at(factories.at("2026-11-18 09:00")):
        county = factories.county()
        village = factories.actor("village_doctor", county.village)
        ward = factories.actor("county_doctor", county.cardiology)
        number = factories.submitted(village, factories.resident(county.village), county.cardiology)
        for step, given in (("accept", {}), ("arrive", {}), ("return", RETURN)):
            engine.take(by=ward, number=number, step=step, given=given)
        raised = Case.objects.get(parent__number=number).number
        for who, leads in ((village, True), (ward, False)):
            page = signed_in(who).get(f"/cases/{number}").content.decode()
            assert raised in page
            assert (f'href="/cases/{raised}"' in page) is leads, who.role.code
        home = signed_in(ward).get("/").content.decode()
        assert f'href="/cases/{number}"' in home and raised not in home
