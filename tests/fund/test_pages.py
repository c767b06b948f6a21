"""The fund's screens: sums with what they are sums of, claims masked, and nothing that names or betrays a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.access.conftest import signed_in
from tests.fund.claims import here, taken, told
from tests.residents.people import person
from yigongti.exchange.senders import the_inbox
from yigongti.fund import queries
from yigongti.fund.actions import withdraw_claims
from yigongti.fund.models import VISIT_KINDS
from yigongti.kernel import clock
from yigongti.kernel.access.units import close_unit
from yigongti.kernel.audit.models import Entry as Trail


NAME, CARD = "欧阳桂英", "140781195803040048"


@pytest.fixture
def county(db):
    with clock.stands_at(factories.at("2026-11-22 09:00")):
        made = factories.county()
        close_unit(made.foreign_group, on=date(2026, 1, 1))  # one group in this county, unless a test says otherwise
        made.whom = person(made.village, name=NAME, id_card=CARD)
        yield made


def officer(county, place="group"):
    return factories.actor("insurance_officer", getattr(county, place))


def seen(actor, address="/fund/claims"):
    answer = signed_in(actor).get(address)
    return answer.getvalue().decode() if answer.status_code == 200 else f"{answer.status_code}"


def mine(county, **changes):
    return told(resident_id=county.whom.pk, name=NAME, id_card=CARD, **changes)


@pytest.mark.requirement("R45")
def test_shares_are_said_with_what_they_are_shares_of_and_as_of_when(county):
    taken(*(here() for _ in range(9)), *(told() for _ in range(6)))
    text = seen(officer(county), "/fund?month=2026-09")
    for words in ("60.0%", "n = 9/15", "数据截至 2026-11-22 09:00", "2026-09-09", "暂定"):
        assert words in text, words
    assert "已定" in seen(officer(county), "/fund") or "暂定" in seen(officer(county), "/fund")


@pytest.mark.requirement("R45")
def test_without_claims_from_elsewhere_no_share_is_said_and_never_a_hundred_per_cent(county):
    taken(*(here() for _ in range(9)))
    text = seen(officer(county), "/fund")
    assert "不能算" in text
    assert "本月还没有县外的结算数据" in text
    assert "100" not in text.split('class="figures"')[1].split("</article>")[0]


def test_the_page_opens_on_the_newest_month_that_is_over(county):
    taken(*(here() for _ in range(6)), here(settled_on=date(2026, 11, 9), admitted_on=date(2026, 11, 1),
                                           discharged_on=date(2026, 11, 9)))  # fmt: skip
    text = seen(officer(county), "/fund")
    assert 'href="/fund?month=2026-09" aria-current="true"' in text
    assert 'href="/fund?month=2026-11">' in text


def test_a_month_long_gone_is_final(county):
    taken(here(settled_on=date(2026, 3, 9), admitted_on=date(2026, 3, 1), discharged_on=date(2026, 3, 9)))
    text = seen(officer(county), "/fund?month=2026-03")
    assert "已定" in text
    assert "以后会变" not in text


def test_what_the_bureau_reversed_or_we_took_back_counts_for_nothing(county):
    kept, reversed_, gone = here(), here(), told()
    said = taken(kept, reversed_, gone)
    taken(replace(reversed_, cancelled=True))
    withdraw_claims(by=the_inbox(), ids=[said[2]["id"]], why="导错")
    text = seen(officer(county))
    assert "筛出 1 条" in text
    assert "医保局作废" in text
    assert gone.number not in text


@pytest.mark.requirement("R149")
@pytest.mark.parametrize(("role", "place"), [("bureau", "root"), ("president", "group")])
def test_who_supervises_sees_sums_and_no_cell_of_a_few(county, role, place):
    taken(*(here() for _ in range(9)), *(told() for _ in range(4)))
    actor = factories.actor(role, getattr(county, place))
    text = seen(actor, "/fund")
    assert "例数太少" in text
    assert "<table" not in text, "the sum or a share would tell the hidden cell"
    assert "69.2%" not in text
    assert seen(actor) == "403"
    assert seen(actor, "/fund/claims.csv") == "403"


@pytest.mark.parametrize(("role", "place"), [("bureau", "root"), ("president", "group")])
def test_places_of_a_few_become_one_in_every_table_alike(county, role, place):
    visit = {"visit_kind": "outpatient", "admitted_on": None, "discharged_on": None}
    taken(*(here() for _ in range(9)), *(told() for _ in range(4)),
          *(told(institution_division="110101") for _ in range(3)),
          *(told(**visit) for _ in range(6)), *(here(**visit) for _ in range(8)),
          *(told(institution_division="110101", **visit) for _ in range(7)))  # fmt: skip
    text = seen(factories.actor(role, getattr(county, place)), "/fund")
    assert "56.3%" in text
    assert "n = 9/16" in text
    for word in ("省外", "市内县外", "省内市外"):
        assert word not in text, word
    assert "省外" in seen(officer(county), "/fund")


@pytest.mark.never("insurance_officer.named", "insurance_officer.clinical")
def test_no_page_of_the_fund_names_a_person_and_no_record_opens(county):
    (said,) = taken(mine(county))
    actor = officer(county)
    for address in ("/fund", "/fund/claims", "/fund/claims.csv", f"/fund/claims/{said['id']}", f"/find?q={NAME}",
                    "/residents", f"/residents/{county.whom.pk}", f"/residents/{county.whom.pk}/record"):  # fmt: skip
        text = seen(actor, address).replace(f'value="{NAME}"', "").replace(f"“{NAME}”", "")
        assert NAME not in text, address
        assert CARD not in text, address
    assert "欧阳* 女 1958" in seen(actor)
    assert seen(actor, f"/residents/{county.whom.pk}/record") in ("403", "404")


@pytest.mark.never("insurance_officer.claims", "insurance_officer.codes")
def test_nobody_writes_through_the_pages_of_the_fund(county):
    (said,) = taken(mine(county))
    client = signed_in(officer(county))
    before = Trail.objects.filter(kind="write").count()
    for address in ("/fund", "/fund/claims", f"/fund/claims/{said['id']}", "/record/entries/1/correct",
                    f"/residents/{county.whom.pk}/record/add"):  # fmt: skip
        for method in ("post", "put", "delete", "patch"):
            getattr(client, method)(address, {"total": "1", "diagnosis_code": "A00"})
    assert Trail.objects.filter(kind="write").count() == before


@pytest.mark.parametrize(
    ("changes", "born"),
    [({"diagnosis_code": "F20.000", "diagnosis_name": "某种专门疾病"}, date(1958, 3, 4)),
     ({"diagnosis_code": "", "diagnosis_name": "精神分裂症"}, date(1958, 3, 4)),
     ({"other_diagnoses": ("B20.000",), "diagnosis_name": "某种专门疾病"}, date(1958, 3, 4)),
     ({"diagnosis_name": "某种专门疾病"}, date(2020, 3, 4))],
)  # fmt: skip
def test_a_secret_diagnosis_or_a_child_s_is_unsaid_as_if_none_had_been_sent(county, changes, born):
    whom = person(county.village, name="任小宝", born=born)
    (secret,) = taken(told(resident_id=whom.pk, **changes))
    (none,) = taken(mine(county, diagnosis_code="", diagnosis_name=""))
    (plain,) = taken(mine(county))
    shown = {one["id"]: seen(officer(county), f"/fund/claims/{one['id']}") for one in (secret, none, plain)}
    for word in ("某种专门疾病", "F20", "B20", "精神"):
        assert word not in shown[secret["id"]]
    said = "没有送来，或按规定不在这里显示"
    assert said in shown[secret["id"]]
    assert said in shown[none["id"]]
    assert "J18.900 肺炎" in shown[plain["id"]]


def test_every_look_at_persons_is_noted(county):
    (said,) = taken(mine(county))
    for address in ("/fund/claims", f"/fund/claims/{said['id']}"):
        Trail.objects.count()
        seen(officer(county), address)
        entry = Trail.objects.filter(kind="read").latest("pk")
        assert entry.persons == [county.whom.pk]
        assert entry.basis == "masked"
    seen(officer(county), "/fund/claims.csv")
    assert Trail.objects.filter(action="fund.export").exists()


@pytest.mark.requirement("R18")
def test_of_two_groups_in_a_county_each_sees_its_own_persons_and_its_own_care(county):
    county.foreign_group.closed_on = None
    type(county.foreign_group).objects.filter(pk=county.foreign_group.pk).update(closed_on=None)
    foreign = person(county.foreign_township, name="王五")
    own, theirs, nobody = mine(county), told(resident_id=foreign.pk, name="王五"), told()
    care = told(institution_id=county.hospital.pk, institution_division="140781")
    taken(own, theirs, nobody, care)
    text, other = seen(officer(county)), seen(officer(county, "foreign_group"))
    assert [one.number in text for one in (own, theirs, nobody, care)] == [True, False, False, True]
    assert [one.number in other for one in (own, theirs, nobody, care)] == [False, True, False, False]
    there = taken(theirs)[0]["id"]
    assert seen(officer(county), f"/fund/claims/{there}") == "404"


def test_filters_narrow_list_sums_and_export_alike(county):
    bed, visit = told(), here(visit_kind="outpatient", admitted_on=None, discharged_on=None)
    drug = here(visit_kind="pharmacy", admitted_on=None, discharged_on=None, level="pharmacy")
    taken(bed, visit, drug, mine(county, settled_on=date(2026, 10, 1)))
    for query, found in [("care=bed", [bed]), ("care=visit", [visit]), ("care=pharmacy", [drug]),
                         ("area=county", [visit, drug]), ("level=tertiary", [bed]), ("matched=yes", []),
                         ("matched=no", [bed, visit, drug]), ("area=moon", [bed, visit, drug])]:  # fmt: skip
        for address in ("/fund/claims", "/fund/claims.csv"):
            text = seen(officer(county), f"{address}?month=2026-09&{query}")
            assert [one.number in text for one in (bed, visit, drug)] == [one in found for one in (bed, visit, drug)]
        assert f"筛出 {len(found)} 条" in seen(officer(county), f"/fund/claims?month=2026-09&{query}")


def test_pages_of_the_list_follow_one_another_without_gap_or_double(county):
    claims = [told(settled_on=date(2026, 9, 9 + n % 3)) for n in range(120)]
    taken(*claims)
    client, address, numbers = signed_in(officer(county)), "/fund/claims", []
    while address:
        text = client.get(address).content.decode()
        numbers += [one.number for one in claims if f">{one.number}<" in text]
        more = text.split('class="more-row"')
        address = more[1].split('href="')[1].split('"')[0].replace("&amp;", "&") if len(more) > 1 else ""
    assert sorted(numbers) == sorted(one.number for one in claims)
    assert seen(officer(county), "/fund/claims?after=junk_9&month=x") != "500"


def test_a_longer_list_asks_no_more_of_the_database(county):
    def asked():
        client = signed_in(officer(county))
        client.get("/fund/claims")
        with CaptureQueriesContext(connection) as asked_for:
            client.get("/fund/claims")
        return len(asked_for)

    taken(mine(county))
    few = asked()
    taken(*(mine(county) for _ in range(40)))
    assert asked() == few


def test_before_anything_has_come_the_pages_say_so(county):
    assert "还没有收到医保局的结算数据" in seen(officer(county), "/fund")
    assert "没有符合条件的记录" in seen(officer(county))


def test_the_sums_of_a_month_are_the_sums_of_its_lists(county):
    bare = {"admitted_on": None, "discharged_on": None}
    taken(*(make(visit_kind=kind, **({} if kind in ("inpatient", "maternity") else bare))
            for make in (here, told) for kind in VISIT_KINDS for _ in range(2)))  # fmt: skip
    actor, month = officer(county), date(2026, 9, 1)
    by_care = queries.sums_by_care(for_=actor, month=month)
    assert sum(len(rows) for rows in by_care.values()) == 8
    for care, rows in by_care.items():
        assert rows == queries.sums(for_=actor, asked=queries.Asked(month=month, care=care))


def test_every_month_with_claims_is_reached_and_one_without_says_so(county):
    days = [date(2022 + n // 12, n % 12 + 1, 9) for n in range(54)]
    days.remove(date(2024, 2, 9))
    claims = {f"{day:%Y-%m}": told(settled_on=day, admitted_on=day, discharged_on=day) for day in days}
    taken(*claims.values())
    client, address, met = signed_in(officer(county)), "/fund", set()
    while address:
        text = client.get(address).content.decode()
        chips = [part.split('"')[0] for part in text.split('href="/fund?month=')[1:]]
        met |= set(chips)
        older = text.split(">更早的<")[0].rsplit('href="', 1)[1].split('"')[0] if ">更早的<" in text else ""
        address = older
        assert (">最新的<" in text) == (len(met) > 25)
    assert met == set(claims)
    assert claims["2022-03"].number in seen(officer(county), "/fund/claims?month=2022-03")
    assert "2022-03-09" in seen(officer(county), "/fund?month=2022-03")
    text = seen(officer(county), "/fund?month=2024-02")
    assert "2024-02 没有收到结算数据" in text
    assert "数据截至" not in text
    for odd in ("x", "9999-12", "2024-99", "0001-01", "2026-1"):
        for page in ("/fund", "/fund/claims", "/fund/claims.csv"):
            assert not seen(officer(county), f"{page}?month={odd}").isdecimal()
