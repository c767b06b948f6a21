"""Settlements told by FHIR are the fund's claims, once; what does not say what the fund needs is kept, and said so."""

import pytest

from tests.exchange.fhir.conftest import speaker
from tests.exchange.taking_fhir.sending import concept, encounter, patient, sent, simple
from yigongti.exchange.models import Resource
from yigongti.fund.models import Claim


pytestmark = pytest.mark.django_db

PLACE = {"display": "蒲县人民医院", "identifier": {"value": "H14103301234"}}
CARD = {"system": "urn:oid:2.16.156.10011.1.3", "value": "140781197211050177"}


def money(value, currency="CNY"):
    return {"value": value, "currency": currency}


def total(code, value, currency="CNY"):
    return {"category": concept("urn:x", code), "amount": money(value, currency)}


def settled(number="S-1", **changed):
    made = simple(
        "ExplanationOfBenefit", "eob1", "patient", status="active", use="claim", outcome="complete",
        type=concept("urn:med_type", "2101"), created="2026-03-20", provider=PLACE,
        insurer={"identifier": {"value": "141033"}, "display": "蒲县医保局"},
        identifier=[{"system": "urn:bureau", "value": number}],
        contained=[{"resourceType": "Coverage", "id": "c", "status": "active", "type": concept("urn:insutype", "390"),
                    "beneficiary": {"reference": "Patient/p1"}, "payor": [{"display": "蒲县医保局"}]}],
        insurance=[{"focal": True, "coverage": {"reference": "#c"}}],
        billablePeriod={"start": "2026-03-10", "end": "2026-03-18"}, payment={"date": "2026-03-20"},
        diagnosis=[{"sequence": 1, "diagnosisCodeableConcept": concept("http://hl7.org/fhir/sid/icd-10", "I63.9")
                    | {"text": "脑梗死"}}],
        total=[total("submitted", 8123.45), total("eligible", 7000), total("benefit", 5000.5),
               total("paid_serious", 100)],
    )  # fmt: skip
    return {key: part for key, part in (made | changed).items() if part is not None}


def standing():
    return list(Claim.objects.filter(stands=True))


def test_a_settlement_is_a_claim_of_the_fund_by_person_place_and_amounts(county):
    found = sent(patient(identifier=[CARD]), settled())
    assert (found.state, found.reason) == ("applied", "")
    assert "ExplanationOfBenefit：进档案 1" in found.done
    (one,) = standing()
    assert (one.numbering, one.number, one.insured_kind, one.visit_kind) == ("141033", "S-1", "resident", "inpatient")
    assert (one.total, one.in_scope, one.paid_basic, one.paid_serious) == (812345, 700000, 500050, 10000)
    assert (one.resident_id, one.id_card_told, one.name_told) == (found.persons[0], CARD["value"], "赵老四")
    assert (str(one.admitted_on), str(one.discharged_on), str(one.settled_on)) == (
        "2026-03-10", "2026-03-18", "2026-03-20")  # fmt: skip
    assert (one.diagnosis_code, one.diagnosis_name, one.institution_division) == ("I63.9", "脑梗死", "141033")


def test_a_correction_replaces_the_same_again_does_nothing_and_a_reversal_counts_for_nothing(county):
    sent(patient(), settled())
    assert sent(patient(), settled(meta={"versionId": "9"})).state == "applied"
    assert [(one.version, one.total) for one in standing()] == [(1, 812345)]
    sent(settled(total=[total("submitted", 9000)]))
    assert [(one.version, one.total) for one in standing()] == [(2, 900000)]
    sent(settled(status="cancelled"))
    assert [(one.version, one.cancelled) for one in standing()] == [(3, True)]


def test_what_was_entered_in_error_or_deleted_is_taken_back(county):
    sent(patient(), settled(), settled("S-2", id="eob2"))
    sent(settled(status="entered-in-error"))
    assert [one.number for one in standing()] == ["S-2"]
    sent({"resourceType": "Bundle", "type": "transaction", "entry": [
        {"request": {"method": "DELETE", "url": "ExplanationOfBenefit/eob2"}}]})  # fmt: skip
    assert standing() == []
    assert Claim.objects.count() == 2


def deleted(name="eob1"):
    return {"resourceType": "Bundle", "type": "transaction", "entry": [
        {"request": {"method": "DELETE", "url": f"ExplanationOfBenefit/{name}"}}]}  # fmt: skip


@pytest.mark.parametrize("corrected", [{"total": [total("submitted", 9000)]}, {"status": "cancelled"}])
@pytest.mark.parametrize("gone", [deleted(), settled(status="entered-in-error", total=[total("submitted", 1)])])
def test_with_a_corrected_settlement_all_its_versions_go_and_none_counts_again(county, corrected, gone):
    sent(patient(), settled())
    sent(settled(**corrected))
    assert sent(gone).state == "applied"
    assert standing() == []
    assert Claim.objects.filter(withdrawn_at=None).count() == 0
    sent(settled())
    assert [(one.version, one.total) for one in standing()] == [(3, 812345)]


def test_what_another_resource_told_under_the_number_counts_again(county):
    sent(patient(), settled())
    sent(settled(id="eob2", total=[total("submitted", 9000)]))
    sent(settled(id="eob2", total=[total("submitted", 9500)]))
    sent(deleted("eob2"))
    assert [(one.version, one.total) for one in standing()] == [(1, 812345)]


OTHER_INSURER = {"insurer": {"identifier": {"value": "140700"}}}


@pytest.mark.parametrize("changed", [{"identifier": [{"value": "S-2"}]}, OTHER_INSURER])
def test_under_a_corrected_number_it_counts_once_and_goes_whole(county, changed):
    sent(patient(), settled())
    sent(settled(total=[total("submitted", 9000)]))
    found = sent(settled(**changed))
    assert "撤回先前记成的医保结算 1 条" in found.done
    (one,) = standing()
    assert (one.numbering, one.number) == (("140700", "S-1") if changed is OTHER_INSURER else ("141033", "S-2"))
    sent(deleted())
    assert standing() == []


def test_two_that_exchange_their_numbers_count_once_each(county):
    sent(patient(), settled(), settled("S-2", id="eob2", total=[total("submitted", 9000)]))
    sent(settled("S-2"), settled(id="eob2", total=[total("submitted", 9000)]))
    assert sorted((one.number, one.total) for one in standing()) == [("S-1", 900000), ("S-2", 812345)]


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "entered-in-error", "identifier": None},
        {"status": "entered-in-error", **OTHER_INSURER},
        {"total": [total("submitted", 100, "USD")]},
        {"use": "preauthorization"},
        {"total": [total("submitted", 100), total("benefit", 200)]},
    ],
)
def test_what_is_no_settlement_any_more_counts_no_more(county, changed):
    sent(patient(), settled(), settled("S-3", id="eob3"))
    sent(settled(total=[total("submitted", 9000)]))
    assert sent(settled(**changed)).state == "applied"
    assert [one.number for one in standing()] == ["S-3"]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"total": [total("submitted", 100, "USD")]}, "金额不是人民币（USD）"),
        ({"total": [total("submitted", 1.005)]}, "金额不到分"),
        ({"insurer": {"display": "private"}}, "没有写明经办区划（insurer）"),
        (
            {
                "insurance": [{"focal": True, "coverage": {"display": "private"}}],
                "contained": None,
                "type": concept("urn:x", "institutional"),
            },
            "没有写明参保类别（Coverage.type）、就医类别",
        ),
        ({"provider": {"display": "某医院"}}, "说不出就医地"),
        ({"use": "preauthorization"}, "还没有结算"),
        ({"total": [total("submitted", 100), total("benefit", 200)]}, "超过总费用"),
    ],
)
def test_what_does_not_say_what_the_fund_needs_is_kept_whole_and_says_why(county, changed, why):
    found = sent(patient(), settled(**changed))
    assert found.state == "applied", found.reason
    assert Claim.objects.count() == 0
    assert any(why in line for line in found.done), found.done
    assert Resource.objects.filter(type="ExplanationOfBenefit").count() == 1


def test_a_claim_alone_is_no_settlement_its_response_makes_it_one(county):
    claim = simple(
        "Claim", "c1", "patient", status="active", use="claim", type=concept("urn:x", "institutional"),
        created="2026-03-18", provider=PLACE, priority=concept("urn:x", "normal"), total=money(300),
        insurance=[{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/v1"}}],
        item=[{"sequence": 1, "productOrService": {"text": "挂号"}, "encounter": [{"reference": "Encounter/e1"}]}],
    )  # fmt: skip
    coverage = simple("Coverage", "v1", "beneficiary", status="active", type={"text": "居民医保"},
                      payor=[{"display": "蒲县医保局"}])  # fmt: skip
    alone = sent(patient(), encounter(), coverage, claim)
    assert "Claim：存着，没有进档案 1" in alone.done
    response = simple(
        "ClaimResponse", "r1", "patient", status="active", use="claim", outcome="complete", created="2026-03-19",
        type=concept("urn:x", "institutional"), request={"reference": "Claim/c1"},
        insurer={"identifier": {"value": "141033"}}, identifier=[{"value": "S-9"}], total=[total("benefit", 200)],
    )  # fmt: skip
    found = sent(patient(), encounter(), coverage, claim, response)
    assert found.state == "applied", found.reason
    (one,) = standing()
    assert (one.number, one.total, one.paid_basic, one.visit_kind) == ("S-9", 30000, 20000, "outpatient"), found.done


def test_what_another_source_told_is_that_source_s_to_correct(county):
    sent(patient(), settled())
    other = speaker(county.hospital)
    whom = other.made({key: part for key, part in patient(identifier=[CARD]).items() if key != "id"})["id"]
    here = {"reference": f"Patient/{whom}"}
    inside = {**settled()["contained"][0], "beneficiary": here}
    other.made(settled(id=None, patient=here, total=[total("submitted", 1)], contained=[inside]))
    assert [(one.version, one.total) for one in standing()] == [(1, 812345)]
