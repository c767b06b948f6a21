"""A referral's clinical words of a special class: in no list, open to the gate and to who wrote them."""

from __future__ import annotations

import pytest

from tests import factories
from tests.access.conftest import signed_in


PSYCHIATRIC = "F20.000 精神分裂症"


@pytest.fixture
def here(db):
    county = factories.county()
    doctor = factories.actor("village_doctor", county.village)
    person = factories.resident(county.village)
    given = {"diagnosis": PSYCHIATRIC, "summary": "凭空闻声两月"}
    county.number = factories.submitted(doctor, person, county.cardiology, **given)
    county.doctor = doctor
    return county


def page(actor, address):
    return signed_in(actor).get(address).content.decode()


def test_no_list_shows_it(here):
    for actor in (here.doctor, factories.actor("referral_desk", here.hospital)):
        assert "精神分裂症" not in page(actor, "/cases?show=all")
        assert "精神分裂症" not in page(actor, "/")


@pytest.mark.parametrize("address", ["/cases/{}", "/cases/{}/paper"])
def test_the_desk_without_the_gate_does_not_read_it_and_the_treating_doctor_does(here, address):
    where = address.format(here.number)
    desk, doctor = factories.actor("referral_desk", here.hospital), factories.actor("county_doctor", here.cardiology)
    assert not {"精神分裂症", "凭空闻声"} & {w for w in ("精神分裂症", "凭空闻声") if w in page(desk, where)}
    assert "凭空闻声" in page(doctor, where)
    assert "凭空闻声" in page(here.doctor, where), "who wrote it may read it"


def test_the_head_of_the_centre_follows_the_case_without_its_clinical_words(here):
    head = factories.actor("township_head", here.township)
    seen = page(head, f"/cases/{here.number}")
    assert here.number in seen
    assert "凭空闻声" not in seen
    assert signed_in(head).get(f"/cases/{here.number}/paper").status_code == 404
