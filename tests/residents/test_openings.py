"""Open with a stated basis, transfers and reviews: who may, what is asked, who looks afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests import factories
from tests.residents.people import card, person
from yigongti.kernel import clock
from yigongti.kernel.access.bases import NoBasis
from yigongti.kernel.access.models import Opening
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.refusal import AlreadyDone, BadValue, Missing, NotAllowed, NotFound, Refusal
from yigongti.residents.actions.moving import (
    add_identifier,
    ask_transfer,
    decide_transfer,
    end_identifier,
    join_household,
    move,
)
from yigongti.residents.actions.openings import close_opening, open_with_basis, review_opening
from yigongti.residents.models import Identifier, Transfer
from yigongti.residents.queries import persons
from yigongti.residents.queries.beyond import find_beyond
from yigongti.residents.refusals import MinorClosed, NotFoundByPaper, NotOwnReview, PaperTaken


@pytest.fixture
def stranger(county):
    return person(county.village2, id_card=card())


def test_present_opens_only_whom_one_found_by_a_full_number(county, village_doctor, stranger):
    given = {"resident": stranger.pk, "basis": "present", "reason": "来诊"}
    with pytest.raises(NotFoundByPaper):
        open_with_basis(by=village_doctor, **given)
    with pytest.raises(NoBasis):
        persons.person(for_=village_doctor, resident=stranger.pk)
    proof = find_beyond(for_=village_doctor, text=card()).hit.proof
    open_with_basis(by=village_doctor, proof=proof, **given)
    assert persons.person(for_=village_doctor, resident=stranger.pk).basis.code == "present"


def test_a_proof_grows_old(county, village_doctor, stranger):
    from unittest import mock

    proof = find_beyond(for_=village_doctor, text=card()).hit.proof
    with mock.patch("django.core.signing.time.time", return_value=clock.now().timestamp() + 31 * 60):
        with pytest.raises(NotFoundByPaper):
            open_with_basis(by=village_doctor, resident=stranger.pk, basis="present", reason="来诊", proof=proof)


def test_an_opening_ends_after_its_hours_or_by_hand(county, village_doctor, stranger):
    open_with_basis(by=village_doctor, resident=stranger.pk, basis="emergency", reason="昏迷")
    with clock.stands_at(clock.now() + timedelta(hours=24, minutes=1)), pytest.raises(NoBasis):
        persons.person(for_=village_doctor, resident=stranger.pk)
    assert persons.person(for_=village_doctor, resident=stranger.pk)
    close_opening(by=village_doctor, resident=stranger.pk)
    with pytest.raises(NoBasis):
        persons.person(for_=village_doctor, resident=stranger.pk)


@pytest.mark.parametrize(
    ("basis", "reason", "refusal"), [("emergency", " ", Missing), ("duty", "检查", BadValue), ("x", "y", BadValue)]
)
def test_a_reason_and_a_basis_of_one_s_role_are_asked(village_doctor, stranger, basis, reason, refusal):
    with pytest.raises(refusal):
        open_with_basis(by=village_doctor, resident=stranger.pk, basis=basis, reason=reason)
    assert not Opening.objects.exists()


def test_a_minor_is_closed_to_duty_unless_the_role_page_opens_it(county):
    child = person(county.village, born=clock.today() - timedelta(days=13 * 365))
    grown = person(county.village, born=clock.today() - timedelta(days=15 * 366))
    role = {"bases": ("duty",), "may": ("residents.open_with_basis", "residents.see")}
    official = factories.actor("bureau", county.root, **role)
    with pytest.raises(MinorClosed):
        open_with_basis(by=official, **on_duty(official, child))
    open_with_basis(by=official, **on_duty(official, grown))
    assert persons.person(for_=official, resident=grown.pk).basis.code == "duty"
    trusted = factories.actor("bureau", county.root, gates=("minors",), **role)
    assert open_with_basis(by=trusted, **on_duty(trusted, child))


def on_duty(by, whom):
    proof = find_beyond(for_=by, text=f"{whom.name} {whom.birth_date}").hit.proof
    return {"resident": whom.pk, "basis": "duty.inspection", "reason": "案件调查", "proof": proof}


def test_an_emergency_is_reviewed_by_somebody_else_within_reach_once(county, village_doctor, stranger, steward):
    open_with_basis(by=village_doctor, resident=stranger.pk, basis="emergency", reason="昏迷送来")
    opening = Opening.objects.get()
    foreign = factories.actor("data_steward", county.foreign_group)
    assert [one.pk for one, _ in persons.reviews(for_=steward)] == [opening.pk]
    assert persons.reviews(for_=foreign) == []
    given = {"opening": opening.pk, "verdict": "justified", "note": "有急诊记录"}
    with pytest.raises(NotFound):
        review_opening(by=foreign, **given)
    with pytest.raises(BadValue):
        review_opening(by=steward, opening=opening.pk, verdict="due", note="x")
    review_opening(by=steward, **given)
    with pytest.raises(AlreadyDone):
        review_opening(by=steward, **given)
    assert persons.reviews(for_=steward) == []


def test_nobody_reviews_what_they_opened_themselves_not_even_in_another_post(county, village_doctor, stranger):
    from dataclasses import replace

    open_with_basis(by=village_doctor, resident=stranger.pk, basis="emergency", reason="昏迷送来")
    head = replace(factories.actor("township_head", county.township), account_id=village_doctor.account_id)
    assert persons.reviews(for_=head) == []
    with pytest.raises(NotOwnReview):
        review_opening(by=head, opening=Opening.objects.get().pk, verdict="justified", note="没问题")


def test_an_unjustified_opening_is_closed_at_once(county, village_doctor, stranger, steward):
    open_with_basis(by=village_doctor, resident=stranger.pk, basis="emergency", reason="好奇")
    review_opening(by=steward, opening=Opening.objects.get().pk, verdict="unjustified", note="并无急诊")
    with pytest.raises(NoBasis):
        persons.person(for_=village_doctor, resident=stranger.pk)


def test_a_wish_to_take_over_goes_to_data_staff_and_moves_nobody_by_itself(county, village_doctor, stranger, steward):
    proof = find_beyond(for_=village_doctor, text=card()).hit.proof
    ask_transfer(by=village_doctor, resident=stranger.pk, proof=proof, why="已搬来")
    stranger.refresh_from_db()
    assert stranger.managing_id == county.village2.pk
    with pytest.raises(AlreadyDone):
        ask_transfer(by=village_doctor, resident=stranger.pk, proof=proof, why="已搬来")
    asked = Transfer.objects.get()
    with pytest.raises(NotAllowed):
        decide_transfer(by=village_doctor, transfer=asked.pk, move=True, note="好")
    decide_transfer(by=steward, transfer=asked.pk, move=True, note="户口已迁")
    stranger.refresh_from_db()
    assert stranger.managing_id == county.village.pk
    with pytest.raises(AlreadyDone):
        decide_transfer(by=steward, transfer=asked.pk, move=False, note="再办")


def test_a_wish_needs_to_have_found_the_person(village_doctor, stranger):
    with pytest.raises(NotFoundByPaper):
        ask_transfer(by=village_doctor, resident=stranger.pk, proof="", why="已搬来")


def test_a_township_moves_people_between_its_own_villages_only(county, township_doctor):
    row = person(county.village)
    with pytest.raises(BadValue):
        move(by=township_doctor, resident=row.pk, version=1, managing=county.village2.pk, reason="搬家")
    move(by=township_doctor, resident=row.pk, version=1, managing=county.other_village.pk, reason="搬家")
    row.refresh_from_db()
    assert (row.managing_id, row.version) == (county.other_village.pk, 2)


def test_a_card_names_one_person_until_it_is_ended(county, village_doctor):
    one, other = person(county.village), person(county.village, name="王有福")
    add_identifier(by=village_doctor, resident=one.pk, system="health_card", value="a1-23 45")
    held = Identifier.objects.get()
    assert held.value == "A12345"
    with pytest.raises(PaperTaken, match="张"):
        add_identifier(by=village_doctor, resident=other.pk, system="health_card", value="A12345")
    with pytest.raises(BadValue):
        add_identifier(by=village_doctor, resident=other.pk, system="health_card", value="卡")
    end_identifier(by=village_doctor, identifier=held.pk, reason="补办")
    assert add_identifier(by=village_doctor, resident=other.pk, system="health_card", value="A12345")


def test_a_household_is_made_and_joined(county, village_doctor):
    head, wife = person(county.village, name="王有福", sex="1"), person(county.village)
    join_household(by=village_doctor, resident=head.pk, role="head")
    head.refresh_from_db()
    join_household(by=village_doctor, resident=wife.pk, role="spouse", number=head.household.number)
    home, members = persons.household(for_=village_doctor, number=head.household.number)
    assert {row.pk for row in members} == {head.pk, wife.pk}
    with pytest.raises(BadValue):
        join_household(by=village_doctor, resident=wife.pk, role="spouse", number="H-unknown")
    with pytest.raises(NotFound):
        persons.household(for_=factories.actor("village_doctor", county.village2), number=home.number)


def test_refusals_and_openings_stand_in_the_trail(village_doctor, stranger):
    with pytest.raises(Refusal):
        open_with_basis(by=village_doctor, resident=stranger.pk, basis="present", reason="来诊")
    open_with_basis(by=village_doctor, resident=stranger.pk, basis="emergency", reason="昏迷")
    kinds = list(Entry.objects.filter(action="residents.open_with_basis").order_by("pk").values_list("kind", "basis"))
    assert kinds == [("refusal", ""), ("write", "emergency")]
