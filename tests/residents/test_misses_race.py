"""Two windows of one post: the last look that is allowed is one look."""

from __future__ import annotations

import pytest

from tests import factories
from tests.kernel.workflow.test_races import at_once
from tests.residents.people import card, person
from yigongti.kernel import clock
from yigongti.kernel.parameters import values
from yigongti.organisations import queries as organisations
from yigongti.residents.actions.registration import register
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


@pytest.mark.requirement("R133")
def test_two_stretches_share_the_last_look_too():
    """Those who look at the turn of ten minutes stand in one line, though each counts in a row of its own."""
    with clock.stands_at(factories.at("2026-11-18 12:15")):
        doctor = factories.actor("village_doctor", factories.county().village)
        for n in range(19):
            find_beyond(for_=doctor, text=card(sequence=n))

    def look(n, moment):
        with clock.stands_at(moment):
            return find_beyond(for_=doctor, text=card(sequence=500 + n))

    moments = [factories.at(f"2026-11-18 12:{minute}") for minute in (19, 20, 19, 20)]
    told = at_once(*(lambda n=n, m=m: look(n, m) for n, m in enumerate(moments)))
    organisations.forget()
    values.forget()
    assert sorted(bool(answer.hindered) for answer in told) == [False, True, True, True]
    assert sum(Miss.objects.values_list("times", flat=True)) == 20


@pytest.mark.requirement("R133")
def test_two_who_probe_by_registering_share_the_last_try():
    with clock.stands_at(NOON):
        county = factories.county()
        doctor = factories.actor("village_doctor", county.village)
        for n in range(4):
            person(county.village2, name=f"李秀{n}兰", id_card=card(sequence=500 + n))
        for n in range(19):
            find_beyond(for_=doctor, text=card(sequence=n))

    def probe(n):
        typed = {"name": "李秀兰", "id_card": card(sequence=500 + n), "phone_owner": "none"}
        return register(by=doctor, typed=typed, not_same=True)

    told = at_once(*(lambda n=n: probe(n) for n in range(4)), moment=NOON)
    organisations.forget()
    values.forget()
    kinds = sorted(type(answer).__name__ for answer in told)
    assert kinds == ["GuessingPapers"] * 3 + ["RegisteredElsewhere"]
    assert Miss.objects.get(post_id=doctor.post_id).times == 20
