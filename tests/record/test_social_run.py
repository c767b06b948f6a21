"""Social-run members (R3): without an agreement the record passes their wall only on a relation of care."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.access.conftest import signed_in
from tests.record.factories import encounter, entry, opening, pressure
from yigongti.kernel import clock
from yigongti.kernel.refusal import BadValue, Refusal
from yigongti.organisations import actions
from yigongti.organisations import queries as organisations
from yigongti.organisations.models import Membership
from yigongti.record import queries


@pytest.fixture
def here(db):
    """A county with a private rehabilitation hospital among its members, and a person of whom both have written."""
    county = factories.county()
    county.home = factories.township(factories.SimpleNamespace(unit=county.group, group=_group(county)), "安康康复院")
    county.home.kind, county.home.ownership = "rehabilitation", "private"
    county.home.save()
    county.ward = factories.department(county.home, "康复科")
    county.person = factories.resident(county.village)
    entry(county.person, county.hospital, title="脑梗死")
    entry(county.person, county.hospital, kind="allergy", title="青霉素")
    pressure(county.person, county.hospital)
    entry(county.person, county.home, title="偏瘫康复")
    organisations.forget()
    return county


def _group(county):
    return Membership.objects.get(institution=county.hospital).group


def seen(actor, person):
    opened = queries.open_record(for_=actor, resident_id=person.pk)
    return {row.title for row in queries.timeline(for_=actor, opened=opened)}


def agree(here, *, shares, begins=None):
    boss = factories.actor("administrator", here.root)
    return actions.agree_sharing(
        by=boss, institution_id=here.home.pk, shares=shares, begins=begins or clock.today(), agreement="协议第六条"
    )


@pytest.mark.requirement("R3")
def test_of_whom_it_does_not_treat_a_social_run_member_sees_its_own_entries_and_allergies(here):
    doctor = factories.actor("county_doctor", here.ward)
    opening(doctor, here.person)
    assert seen(doctor, here.person) == {"偏瘫康复", "青霉素"}
    opened = queries.open_record(for_=doctor, resident_id=here.person.pk)
    assert queries.series(for_=doctor, opened=opened, code="blood_pressure") == []


@pytest.mark.requirement("R3")
def test_whom_it_treats_it_sees_whole_and_so_in_an_emergency(here):
    doctor = factories.actor("county_doctor", here.ward)
    opening(doctor, here.person, "emergency")
    assert seen(doctor, here.person) == {"脑梗死", "青霉素", "血压", "偏瘫康复"}
    other = factories.actor("county_doctor", here.ward)
    encounter(here.person, here.home, title="康复入院")
    assert seen(other, here.person) == {"脑梗死", "青霉素", "血压", "偏瘫康复", "康复入院"}


@pytest.mark.requirement("R3")
def test_others_see_what_it_wrote_only_of_whom_they_treat_or_manage(here):
    stranger = factories.actor("township_doctor", here.township2)
    opening(stranger, here.person)
    assert seen(stranger, here.person) == {"脑梗死", "青霉素", "血压"}
    assert "偏瘫康复" in seen(factories.actor("village_doctor", here.village), here.person)


@pytest.mark.requirement("R3")
def test_an_agreement_opens_the_record_from_its_day_on_and_closes_it_again(here):
    doctor, stranger = factories.actor("county_doctor", here.ward), factories.actor("township_doctor", here.township2)
    opening(doctor, here.person)
    opening(stranger, here.person)
    receipt = agree(here, shares=True, begins=clock.today() + timedelta(days=3))
    assert "病历按协议" in receipt.done
    organisations.forget()
    assert seen(doctor, here.person) == {"偏瘫康复", "青霉素"}
    agree(here, shares=True)
    organisations.forget()
    assert seen(doctor, here.person) == {"脑梗死", "青霉素", "血压", "偏瘫康复"} == seen(stranger, here.person)
    with clock.stands_at(clock.now() + timedelta(days=1)):
        agree(here, shares=False)
        organisations.forget()
        dates = Membership.objects.filter(institution=here.home).order_by("begins").values_list("shares_record", "ends")
        assert [shares for shares, _ in dates][:3] == [False, True, False]
        assert organisations.group_on(clock.today(), institution=here.home) == _group(here)


def test_public_institutions_are_not_walled_and_need_no_agreement(here):
    stranger = factories.actor("county_doctor", here.cardiology)
    here.home.ownership = "public"
    here.home.save()
    organisations.forget()
    opening(stranger, here.person)
    assert "偏瘫康复" in seen(stranger, here.person)
    with pytest.raises(BadValue):
        agree(here, shares=True)


def test_who_is_in_no_group_has_no_agreement(here):
    Membership.objects.filter(institution=here.home).delete()
    with pytest.raises(Refusal, match="不属于任何医共体"):
        agree(here, shares=True)


def test_the_institution_s_page_says_what_is_shared_and_leads_to_the_form(here):
    boss = signed_in(factories.actor("administrator", here.root))
    where = f"/organisations/institutions/{here.home.pk}"
    assert "没有共享协议" in boss.get(where).content.decode()
    assert "约定病历共享" in boss.get(f"{where}/sharing").content.decode()
    assert "没有共享协议" in boss.get(f"/organisations/registers/institutions/{here.home.pk}").content.decode()
    assert "病历共享" not in boss.get(f"/organisations/institutions/{here.village.pk}").content.decode()
