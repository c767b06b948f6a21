"""Sheets of visits, claims, births and deaths: refused in the chapters' own words, versions, undo; money to the 分."""

from datetime import date

import pytest

from tests.exchange.test_sheets import HEAD, brought, card, place, run, states, worked
from tests.factories import actor
from tests.factories import county as make_county
from yigongti.exchange.batches import actions, queries
from yigongti.fund.models import Claim
from yigongti.publichealth.models import Birth, Death
from yigongti.record.models import Encounter, Entry
from yigongti.record.visit_facts import Operation, VisitCharge
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def steward(county):
    return actor("data_steward", county.group, name="数据员")


@pytest.fixture
def person(county, steward):
    run(steward, brought(steward, HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n"))
    return Resident.objects.get()


VISITS = (
    "就诊号,身份证号,就诊机构,就诊类别,入院时间,出院时间,主要诊断编码,主要诊断,总费用,西药费,手术费,"
    "手术1名称,手术1编码,手术1级别\n"
)


def why(batch) -> list[str]:
    return [one["rule"] for row in queries.rows(of=batch, state="wrong") for one in row.problems]


def test_a_visit_brings_what_it_cost_and_its_operations_and_a_second_sheet_corrects_it(county, steward, person):
    line = (
        'Z001,{card},{at},住院,2026-03-01,2026-03-09,K35.900,急性阑尾炎,"{total}",1200.50,800,阑尾切除术,47.0901,三级\n'
    )
    told = line.format(card=card(122), at=county.hospital.name, total="2,000.50")
    wrong = line.format(card=card(122), at=county.hospital.name, total="3000").replace("Z001", "Z002")
    batch = brought(steward, VISITS + told + wrong, kind="visits", name="就诊.csv")
    assert states(batch) == {"good": 1, "wrong": 1} and "合计 2000.50 元" in why(batch)[0]
    run(steward, batch)
    visit = Encounter.objects.get()
    assert (visit.institution_id, visit.diagnosis_code, visit.resident_id) == (county.hospital.pk, "K35.900", person.pk)
    assert sum(VisitCharge.objects.filter(entry=visit.entry_id).values_list("amount", flat=True)) == 200_050
    assert Operation.objects.get(entry=visit.entry_id).grade == 3
    again = VISITS + told.replace("K35.900,急性阑尾炎", "K35.300,急性化脓性阑尾炎")
    run(steward, brought(steward, again, kind="visits", name="更正.csv"))
    current = Entry.objects.get(replaced_by=None, kind="encounter")
    assert (current.version, current.title) == (2, "急性化脓性阑尾炎")


def test_a_visit_of_nobody_registered_waits_and_goes_through_once_the_person_is(county, steward):
    sheet = VISITS + f"Z001,{card(122)},{county.hospital.name},门诊,2026-03-01,,I10.x00,高血压,80,,,,,\n"
    batch = brought(steward, sheet, kind="visits", name="就诊.csv")
    assert why(batch) == ["查无此人，请先登记"]
    run(steward, brought(steward, HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n"))
    actions.mend(by=steward, batch_id=batch.pk, number=2, cells={})
    assert states(run(steward, batch)) == {"applied": 1}
    actions.undo(by=steward, batch_id=batch.pk, why="重送")
    worked(batch.pk)
    assert not Entry.objects.filter(replaced_by=None, withdrawn=False, kind="encounter").exists()


CLAIMS = (
    "结算编号,医保经办区划,姓名,身份证号,参保类别,就医类别,就医机构,"
    "就医地,入院日期,出院日期,结算日期,总费用,政策范围内费用,统筹支付,个人现金支付\n"
)


@pytest.mark.requirement("R144")
def test_claims_count_whether_or_not_we_know_the_person_and_a_reversal_is_a_version(county, steward, person):
    days = "2026-02-01,2026-02-09,2026-02-10"
    own = f"S1,140781,张桂兰,{card(122)},居民医保,住院,省人民医院,省外,{days},20000,15000,9000.01,10999.99\n"
    other = "S2,140781,李四,140781197001011234,职工医保,普通门诊,县人民医院,县内,,,2026-02-10,100,80,60,40\n"
    odd = f"S3,140781,王五,,居民医保,住院,县人民医院,县内,{days},100,80,90,40\n"
    batch = brought(steward, CLAIMS + own + other + odd, kind="claims", name="结算.csv")
    assert states(batch) == {"good": 2, "wrong": 1} and not Claim.objects.exists()
    assert states(run(steward, batch)) == {"applied": 2, "wrong": 1}
    known = Claim.objects.get(number="S1")
    assert (known.resident_id, known.total, known.paid_basic, known.area) == (person.pk, 2_000_000, 900_001, "outside")
    assert Claim.objects.get(number="S2").resident_id is None
    same = brought(steward, CLAIMS + own, kind="claims", name="再送.csv")
    assert states(same) == {"known": 1}
    actions.undo(by=steward, batch_id=batch.pk, why="送错了")
    assert states(worked(batch.pk)) == {"undone": 2, "wrong": 1}
    assert not Claim.objects.filter(stands=True).exists()


def test_births_find_their_mother_and_deaths_set_the_day_or_wait(county, steward, person):
    births = ("出生医学证明编号,出生时间,性别,出生地点分类,出生体重,孕周,母亲姓名,母亲身份证号\n"
              f"T140000001,2026-03-04 09:30,女,医疗机构,3200,39,张桂兰,{card(122)}\n"
              f"T140000002,2026-03-04 09:30,女,医疗机构,90000,39,张桂兰,{card(122)}\n")  # fmt: skip
    batch = run(steward, brought(steward, births, kind="births", name="出生.csv"))
    assert states(batch) == {"applied": 1, "wrong": 1}
    assert Birth.objects.get().mother_id == person.pk
    deaths = ("死亡证明编号,死者姓名,性别,身份证号,死亡日期,直接死因,直接死因编码,根本死因编码\n"
              f"D1,张桂兰,女,{card(122)},2026-05-06,急性心肌梗死,I21.900,I21.900\n")  # fmt: skip
    batch = run(steward, brought(steward, deaths, kind="deaths", name="死亡.csv"))
    assert states(batch) == {"applied": 1} and Death.objects.get().chain
    person.refresh_from_db()
    assert person.died_on == date(2026, 5, 6)
    actions.undo(by=steward, batch_id=batch.pk, why="送错了")
    worked(batch.pk)
    person.refresh_from_db()
    assert person.died_on is None


def faults(batch) -> dict[int, set[tuple[str, str]]]:
    rows = queries.rows(of=batch, state="wrong")
    return {row.number: {(one["header"], one["rule"]) for one in row.problems} for row in rows}


@pytest.mark.requirement("R164")
def test_a_cell_that_cannot_be_read_keeps_no_other_check_of_its_row_back(county, steward):
    claim = "S1,140781,张桂兰,,居民医保,住院,省人民医院,省外,{days},2026-02-10,{total},15000,9000,40000\n"
    sheet = (CLAIMS + claim.format(days="2026-02-09,2026-02-01", total="许多")
             + claim.replace("S1", "S2").format(days="昨天,2026-02-09", total="20000"))  # fmt: skip
    first, second = faults(brought(steward, sheet, kind="claims", name="结算.csv")).values()
    assert first == {("总费用", "应为金额（元），例如 1234.50"), ("出院日期", "早于入院日期")}
    assert {header for header, _ in second} == {"入院日期", "总费用"} and "超过总费用" in str(second)
    births = ("出生医学证明编号,出生时间,性别,出生地点分类,出生体重,孕周,胎数,母亲姓名\n"
              "T1,2026-13-04 09:30,女,医疗机构,90000,60,12,张桂兰\n")  # fmt: skip
    (found,) = faults(brought(steward, births, kind="births", name="出生.csv")).values()
    assert {header for header, _ in found} == {"出生时间", "出生体重", "孕周", "胎数"}
    deaths = ("死亡证明编号,死者姓名,性别,出生日期,死亡日期,直接死因,直接死因编码,最初的疾病,最初的疾病编码\n"
              "D1,张桂兰,,1950-05-06,1949-05-06,心梗,I21.9,脑梗,？\n")  # fmt: skip
    (found,) = faults(brought(steward, deaths, kind="deaths", name="死亡.csv")).values()
    assert found == {("性别", "必须填写"), ("死亡日期", "早于出生日期"), ("最初的疾病编码", "不是 ICD-10 编码")}


def test_a_row_that_is_wrong_and_repeats_another_says_both(county, steward):
    line = "S1,140781,,,居民医保,普通门诊,县人民医院,县内,,,2026-02-10,{total},80,60,40\n"
    sheet = CLAIMS + line.format(total="100") + line.format(total="许多")
    (found,) = faults(brought(steward, sheet, kind="claims", name="结算.csv")).values()
    assert {rule for _, rule in found} == {"应为金额（元），例如 1234.50", "与第 {row} 行重复"}
