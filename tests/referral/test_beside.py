"""Beside the form of a referral stands what must not be overlooked, and nothing that the record would not show."""

from __future__ import annotations

import pytest

from tests import factories
from tests.access.conftest import signed_in
from tests.record import factories as entries
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.workflow import engine
from yigongti.record.models import Entry as Kept
from yigongti.record.queries import beside


@pytest.fixture
def here(db):
    county = factories.county()
    county.person = factories.resident(county.village)
    entries.entry(county.person, county.village, kind="allergy", title="青霉素")
    entries.entry(county.person, county.village, title="高血压", code="I10.x00x002", system="icd10_nhsa")
    entries.pressure(county.person, county.village, systolic=172)
    return county


def page(who, person):
    return signed_in(who).get(f"/new/referral.upward?resident={person.pk}").content.decode()


@pytest.mark.requirement("R47")
def test_allergies_conditions_and_last_measurements_stand_beside_the_form(here):
    doctor = factories.actor("village_doctor", here.village)
    shown = page(doctor, here.person)
    for words in ("过敏：青霉素", "高血压", "172/", "偏高"):
        assert words in shown, words
    assert Entry.objects.filter(kind="read", post_id=doctor.post_id, persons__contains=[here.person.pk]).exists()


def test_without_a_basis_nothing_of_the_record_stands_there(here):
    assert "青霉素" not in page(factories.actor("village_doctor", here.other_village), here.person)


@pytest.mark.parametrize("given", [{}, {"resident": ""}, {"resident": "x"}, {"resident": "²"}, {"resident": "99"}])
def test_without_a_person_nothing_stands_there(here, given):
    assert beside.shown(for_=factories.actor("village_doctor", here.village), given=given) == {}


def test_beside_the_form_of_a_follow_up_stands_the_same(here):
    doctor = factories.actor("village_doctor", here.village)
    given = {"resident": str(here.person.pk), "due_on": "2026-11-27", "why": "高血压随访"}
    number = engine.begin(by=doctor, workflow="chronic.follow_up", step="plan", given=given).number
    shown = signed_in(doctor).get(f"/cases/{number}/record").content.decode()
    for words in ("过敏：青霉素", "高血压", "172/", "偏高", "在用药"):
        assert words in shown, words


def test_the_printed_slip_says_the_allergies_that_travel(here):
    doctor = factories.actor("village_doctor", here.village)
    allergy = Kept.objects.get(kind="allergy")
    told = factories.submitted(doctor, here.person, here.cardiology, package=[str(allergy.pk)])
    assert "青霉素" in signed_in(doctor).get(f"/cases/{told}/paper").content.decode().partition("转诊要求")[0]
