"""Referrals: by the day they were submitted, with how long the receiving side took."""

import pytest

from tests.counted import brief
from tests.factories import actor, at, resident, submitted
from tests.factories import county as make_county
from yigongti.kernel import clock
from yigongti.kernel.workflow import engine


pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R48")
def test_a_referral_says_how_long_each_answer_took():
    county = make_county()
    person = resident(county.village)
    doctor, desk = actor("village_doctor", county.village), actor("referral_desk", county.hospital)
    with clock.stands_at(at("2026-03-10 09:00")):
        number = submitted(doctor, person, county.cardiology)
    with clock.stands_at(at("2026-03-10 09:25")):
        engine.take(by=desk, number=number, step="accept", given={})
    with clock.stands_at(at("2026-03-10 11:25")):
        engine.take(by=desk, number=number, step="arrive", given={})
    columns = (
        "person direction institution receiving managing accepted arrived returned minutes_to_accept minutes_to_arrive"
    )
    assert brief("referrals", columns, "2026-03-01", "2026-04-01") == [
        (person.pk, "upward", county.village.pk, county.hospital.pk, county.village.pk, True, True, False, 25, 120)
    ]
    assert brief("referrals", "id", "2026-04-01") == []
