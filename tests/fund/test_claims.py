"""Claims are taken in as told, corrected by versions, taken back and kept; nobody here edits one."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.access.conftest import signed_in
from tests.fund.claims import here, taken, told
from tests.residents.people import person
from yigongti.exchange.senders import the_inbox
from yigongti.fund.actions import take_in_claims, withdraw_claims
from yigongti.fund.models import AMOUNTS, Claim
from yigongti.fund.policy.codes import area_of
from yigongti.kernel import clock
from yigongti.kernel.access.units import close_unit
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.refusal import Refusal


@pytest.fixture
def county(db):
    with clock.stands_at(factories.at("2026-11-22 09:00")):
        yield factories.county()


def withdrawn(*ids, why="导错了文件"):
    return withdraw_claims(by=the_inbox(), ids=ids, why=why).data


@pytest.mark.requirement("R45")
def test_a_claim_is_kept_as_settled(county):
    whom = person(county.village)
    (said,) = taken(told(resident_id=whom.pk, other_diagnoses=("I10",), operation_codes=("47.0900",)))
    kept = Claim.objects.get()
    assert (said["what"], said["id"], kept.version, kept.stands) == ("new", kept.pk, 1, True)
    assert (kept.area, kept.month, kept.paid) == ("city", date(2026, 9, 1), 550_000)
    assert (kept.resident_id, kept.name_told, kept.other_diagnoses) == (whom.pk, "张桂兰", ["I10"])
    assert (kept.source, kept.deductible) == ("table:1", 50_000)


def test_the_same_again_has_no_effect_and_other_content_is_a_corrected_version(county):
    claim = told()
    (first,), (again,) = taken(claim), taken(claim, source="table:2")
    (corrected,) = taken(replace(claim, total=1_200_000))
    assert [one["what"] for one in (first, again, corrected)] == ["new", "same", "corrected"]
    assert again["id"] == first["id"]
    assert list(Claim.objects.order_by("version").values_list("version", "stands", "total")) == [
        (1, False, 1_000_000), (2, True, 1_200_000),
    ]  # fmt: skip


def test_a_number_means_a_claim_of_its_insurer_alone(county):
    claim = told()
    assert [one["what"] for one in taken(claim, replace(claim, insurer="140702"))] == ["new", "new"]


def test_what_is_taken_back_is_kept_and_the_version_before_counts_again(county):
    claim = told()
    (first,), (second,) = taken(claim), taken(replace(claim, total=1_200_000))
    assert withdrawn(second["id"]) == {"withdrawn": [second["id"]], "again": [first["id"]]}
    assert Claim.objects.get(stands=True).total == 1_000_000
    gone = Claim.objects.get(pk=second["id"])
    assert (gone.withdrawn_why, gone.stands) == ("导错了文件", False)
    assert withdrawn(first["id"], second["id"]) == {"withdrawn": [first["id"]], "again": []}
    assert not Claim.objects.filter(stands=True).exists()
    (third,) = taken(claim)
    assert (third["what"], third["version"]) == ("new", 3)


def test_a_claim_is_not_taken_back_without_a_reason(county):
    (one,) = taken(told())
    with pytest.raises(Refusal, match="撤回的理由"):
        withdrawn(one["id"], why=" ")
    assert Claim.objects.get().stands


def test_a_claim_that_is_matched_later_is_the_same_claim(county):
    claim = told()
    taken(claim)
    whom = person(county.village)
    (said,) = taken(replace(claim, resident_id=whom.pk))
    assert said["what"] == "same"
    assert Claim.objects.get().resident_id == whom.pk


WRONG = [
    ({"number": " "}, "结算编号"),
    ({"insured_kind": "?"}, "参保类别"),
    ({"visit_kind": "?"}, "就医类别"),
    ({"level": "?"}, "机构级别"),
    ({"institution_division": "", "area": ""}, "说不出就医地"),
    ({"area": "county"}, "说的不一样"),
    ({"admitted_on": None}, "入院日期"),
    ({"discharged_on": date(2026, 8, 1)}, "早于入院日期"),
    ({"settled_on": date(2027, 1, 1)}, "在今天之后"),
    ({"total": -1}, "冲正"),
    ({"in_scope": 1_000_001}, "政策范围内费用 10,000.01 元超过总费用 10,000.00 元"),
    ({"self_paid": 420_001}, "基金支付 5,500.00 元加个人支付 4,500.01 元超过总费用 10,000.00 元"),
    ({"diagnosis_code": "J" * 21}, "超过 20 个字"),
    ({"diagnosis_name": "肺\x00炎"}, "控制字符"),
    ({"detail": {"备注": "\x00"}}, "控制字符"),
]


@pytest.mark.parametrize(("changes", "why"), WRONG)
def test_what_cannot_be_true_is_not_taken_in_and_says_why_and_keeps_nothing_else_back(county, changes, why):
    refused, kept = taken(told(**changes), told())
    assert refused["what"] == "refused"
    assert why in refused["why"]
    assert kept["what"] == "new"
    assert Claim.objects.count() == 1


def test_everything_wrong_with_a_claim_is_told_at_once(county):
    (refused,) = taken(told(number="", insured_kind="?", total=-1))
    for why in ("结算编号", "参保类别", "冲正"):
        assert why in refused["why"]


def test_one_number_twice_in_a_batch_with_other_content_is_refused_and_the_same_twice_is_one(county):
    claim = told()
    said = taken(claim, claim, replace(claim, total=2_000_000))
    assert [one["what"] for one in said] == ["new", "same", "refused"]
    assert said[0]["id"] == said[1]["id"]
    assert "出现两次" in said[2]["why"]


IMPOSSIBLE = [
    {"total": 1}, {"account": -1}, {"in_scope": 2_000_000}, {"area": "moon"}, {"month": date(2026, 9, 2)},
    {"discharged_on": date(2020, 1, 1)}, {"insured_kind": "x"}, {"visit_kind": "x"}, {"level": "x"}, {"number": ""},
    {"withdrawn_at": "2026-11-22T00:00+08:00"},
]  # fmt: skip


@pytest.mark.parametrize("change", IMPOSSIBLE, ids=str)
def test_the_database_itself_holds_no_impossible_claim(county, change):
    taken(told())
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.update(**change)


@pytest.mark.parametrize(
    ("division", "area"),
    [("140781", "county"), ("140781105000", "county"), ("140702", "city"), ("140105", "province"),
     ("110101", "outside"), ("1407", ""), ("", "")],
)  # fmt: skip
def test_where_care_was_given_is_read_from_the_division(division, area):
    assert area_of(division, "140781") == area


def test_one_entry_of_the_trail_stands_for_the_batch_with_its_persons(county):
    whom, other = person(county.village), person(county.village2)
    taken(told(resident_id=whom.pk), told(resident_id=other.pk), told(total=-1))
    entry = Trail.objects.get(kind="write")
    assert entry.persons == sorted([whom.pk, other.pk])
    assert entry.facts["new"] == 2
    assert entry.facts["refused"] == 1


def test_ten_times_as_many_claims_ask_the_database_no_more_often(county):
    def asked(n):
        claims = [told() for _ in range(n)]
        with CaptureQueriesContext(connection) as seen:
            taken(*claims)
            taken(*(replace(one, total=one.total + 1) for one in claims))
        return len(seen)

    assert asked(60) == asked(6)


def test_nobody_who_is_measured_takes_in_or_takes_back(county):
    (one,) = taken(told())
    roles = [("insurance_officer", county.group), ("president", county.group), ("bureau", county.root),
             ("data_steward", county.group), ("administrator", county.root)]  # fmt: skip
    for role, place in roles:
        actor = factories.actor(role, place)
        with pytest.raises(Refusal):
            take_in_claims(by=actor, claims=[told()], source="table:9")
        with pytest.raises(Refusal):
            withdraw_claims(by=actor, ids=[one["id"]], why="改")
    assert Claim.objects.get().stands


STEPS = st.lists(
    st.tuples(st.sampled_from("tw"), st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=9
)  # (take in or withdraw, which claim, which content or version)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_told_and_taken_back_the_newest_not_taken_back_stands(county, steps):
    undo = transaction.savepoint()
    names = [told().number for _ in range(3)]
    model: dict[str, list] = {name: [] for name in names}
    for what, which, n in steps:
        versions = model[names[which]]
        if what == "t":
            (said,) = taken(told(number=names[which], total=1_000_000 + n))
            stands = next((v for v in reversed(versions) if v["live"]), None)
            if stands and stands["total"] == 1_000_000 + n:
                assert said["what"] == "same"
            else:
                assert said["what"] == ("corrected" if stands else "new")
                versions.append({"id": said["id"], "total": 1_000_000 + n, "live": True})
        elif n < len(versions):
            withdrawn(versions[n]["id"])
            versions[n]["live"] = False
    for name, versions in model.items():
        live = [v["id"] for v in versions if v["live"]][-1:]
        assert list(Claim.objects.filter(number=name, stands=True).values_list("pk", flat=True)) == live
    transaction.savepoint_rollback(undo)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(amounts=st.fixed_dictionaries({name: st.integers(-2, 9) for name in AMOUNTS}))
def test_what_our_rules_let_in_the_database_holds_too(county, amounts):
    undo = transaction.savepoint()
    (said,) = taken(told(**amounts))
    assert said["what"] in ("new", "refused")
    transaction.savepoint_rollback(undo)


@pytest.mark.django_db(transaction=True)
def test_two_who_tell_the_same_claim_at_once_make_one(transactional_db):
    factories.county()
    claim = told(settled_on=clock.today() - timedelta(days=1))
    said, ready = [], threading.Barrier(2)

    def tell(total):
        try:
            ready.wait()
            said.append(taken(replace(claim, total=total))[0]["what"])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=tell, args=(total,)) for total in (1_000_000, 1_000_001)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(said) == ["corrected", "new"]
    assert sorted(Claim.objects.values_list("version", "stands")) == [(1, False), (2, True)]


def test_claims_here_and_elsewhere_stand_side_by_side(county):
    taken(here(), told())
    assert sorted(Claim.objects.values_list("area", flat=True)) == ["city", "county"]


def test_a_claim_with_the_card_of_somebody_of_another_name_is_matched_to_nobody_and_says_why(county):
    close_unit(
        county.foreign_group, on=date(2026, 1, 1)
    )  # of one group alone, the group sees what is matched to nobody
    whom = person(county.village)
    claims = [told(resident_id=whom.pk, name=name) for name in ("李四", "张 桂兰", "")]
    said = taken(*claims)
    assert [one["what"] for one in said] == ["new"] * 3
    assert [one.get("why", "") for one in said] == ["证件是别人的：登记的姓名不同", "", ""]
    kept = Claim.objects.in_bulk()
    assert [kept[one["id"]].resident_id for one in said] == [None, whom.pk, whom.pk]
    assert kept[said[0]["id"]].detail == {"unmatched": "证件是别人的：登记的姓名不同"}
    text = signed_in(factories.actor("insurance_officer", county.group)).get("/fund/claims").content.decode()
    assert text.count("证件是别人的") == 1


def test_once_the_name_is_put_right_the_same_claim_is_matched(county):
    whom = person(county.village)
    claim = told(resident_id=whom.pk, name="张桂蘭")
    taken(claim)
    type(whom).objects.filter(pk=whom.pk).update(name="张桂蘭")
    (again,) = taken(claim)
    assert again["what"] == "same"
    assert Claim.objects.get().resident_id == whom.pk
