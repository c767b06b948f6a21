"""Two windows of one post: the last look that is allowed is one look."""

from __future__ import annotations

import pytest

from tests import factories
from tests.kernel.workflow.test_races import at_once
from tests.residents.people import card
from yigongti.kernel import clock
from yigongti.kernel.parameters import values
from yigongti.organisations import queries as organisations
from yigongti.residents.models import Miss
from yigongti.residents.queries.beyond import find_beyond


pytestmark = pytest.mark.django_db(transaction=True)
NOON = factories.at("2026-11-18 12:10")


@pytest.mark.requirement("R133")
def test_two_who_look_at_once_share_the_last_look():
    with clock.stands_at(NOON):
        doctor = factories.actor("village_doctor", factories.county().village)
        for n in range(19):
            find_beyond(for_=doctor, text=card(sequence=n))
    looks = [lambda n=n: find_beyond(for_=doctor, text=card(sequence=500 + n)) for n in range(4)]
    told = at_once(*looks, moment=NOON)
    organisations.forget()
    values.forget()
    assert sorted(bool(answer.hindered) for answer in told) == [False, True, True, True]
    assert Miss.objects.get(post_id=doctor.post_id).times == 20
