"""Nobody is referred after death: not offered on the record, refused wherever it is tried."""

from datetime import date

import pytest

from tests.access.conftest import signed_in
from tests.factories import actor, resident, submitted
from tests.factories import county as make_county
from yigongti.referral.refusals import HasDied


pytestmark = pytest.mark.django_db


def test_for_the_dead_no_referral_is_offered_and_none_is_taken():
    county = make_county()
    doctor = actor("village_doctor", county.village)
    living, dead = resident(county.village), resident(county.village, name="李四", died_on=date(2025, 1, 27))
    shown = {one: signed_in(doctor).get(f"/residents/{one.pk}/record").content.decode() for one in (living, dead)}
    assert "上转" in shown[living] and "/new/referral" in shown[living]
    assert "/new/referral" not in shown[dead] and "66 岁" in shown[dead]
    with pytest.raises(HasDied, match="2025-01-27"):
        submitted(doctor, dead, county.cardiology)
