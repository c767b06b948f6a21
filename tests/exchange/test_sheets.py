"""Sheets: every fault before anything is written, what is alike is decided by people, run, cancel, go on, undo."""

import io
import uuid
from datetime import date
from decimal import Decimal

import pytest
import xlsxwriter

from tests.factories import actor, resident
from tests.factories import county as make_county
from yigongti.exchange.batches import actions, queries, working
from yigongti.exchange.batches.kept_as import media_type
from yigongti.exchange.batches.models import Batch, BatchRow
from yigongti.exchange.tables.opening import opened
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.files import store
from yigongti.kernel.refusal import NotAllowed, NotFound
from yigongti.organisations.models import Institution, Staff
from yigongti.record.models import Entry as RecordEntry
from yigongti.record.models import Observation
from yigongti.residents.codes import check_digit
from yigongti.residents.models import Household, Identifier, Resident, Suspicion


pytestmark = pytest.mark.django_db

NAMES = ("赵一", "钱二", "孙三", "李四", "周五")
HEAD = "姓名,身份证号,性别,出生日期,电话,管理机构,户编号,与户主关系,慢性病\n"


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def steward(county):
    return actor("data_steward", county.group, name="数据员")


def card(serial: int, born: str = "19660712") -> str:
    first17 = f"140781{born}{serial:03d}"
    return first17 + check_digit(first17)


def brought(by, content: str | bytes, *, kind="residents", name="居民.csv") -> Batch:
    """A sheet that was brought and checked."""
    body = content.encode() if isinstance(content, str) else content
    kept = store.keep(by=by, name=name, media_type=media_type(name), chunks=[body], judged=False)
    receipt = actions.bring(by=by, key=uuid.uuid4(), kind=kind, digest=kept.digest, name=name)
    return worked(receipt.data["batch"])


def worked(pk: int) -> Batch:
    """Everything that the worker has to do with it."""
    while working.step(pk):
        pass
    return Batch.objects.get(pk=pk)


def states(batch: Batch) -> dict[str, int]:
    return queries.counts(of=batch)


def place(county) -> str:
    return county.township.name


@pytest.mark.requirement("R164")
def test_every_fault_of_every_row_is_named_before_anything_is_written(county, steward):
    sheet = (
        HEAD
        + f"张桂兰,{card(122)},女,,13900000001,{place(county)},,,\n"
        + "李四,140781196607121110,男,2026.2.31,12,查无此院,,,坏病\n"
        + f"王五,1.40781E+17,,,,{place(county)},,,\n"
    )
    batch = brought(steward, sheet)
    assert (batch.state, batch.rows, states(batch)) == ("checked", 3, {"good": 1, "wrong": 2})
    second, third = queries.rows(of=batch, state="wrong")
    assert [one["header"] for one in second.problems] == ["出生日期", "慢性病", "身份证号", "电话", "管理机构"]
    assert "1.40781E+17" in str(third.problems) and "末位已丢失" in str(third.problems)
    assert not Resident.objects.exists()


def test_rows_are_registered_with_papers_households_and_conditions_and_the_batch_is_undone_whole(county, steward):
    sheet = (
        HEAD.replace("慢性病", "慢性病,居民健康卡号")
        + f"张桂兰,{card(122)},,,13900000001,{place(county)},H1,户主,高血压、糖尿病,JK0001\n"
        + f"张小,,男,2015年3月4日,,{place(county)},H1,子女,,\n"
    )
    batch = run(steward, brought(steward, sheet))
    assert (batch.state, states(batch)) == ("done", {"applied": 2})
    head, child = Resident.objects.order_by("pk")
    assert (head.sex, head.birth_date, head.chronic) == ("2", date(1966, 7, 12), ["hypertension", "diabetes"])
    assert (head.household, head.household_role, child.household_role) == (child.household, "head", "child")
    assert head.master_id == head.pk and head.pinyin == "zhangguilan" and head.record_no != child.record_no
    assert set(Identifier.objects.values_list("system", flat=True)) == {"health_card", "temporary"}
    actions.undo(by=steward, batch_id=batch.pk, why="送错了县")
    assert worked(batch.pk).state == "undone" and states(batch) == {"undone": 2}
    assert not Resident.objects.exists() and not Identifier.objects.exists()


def run(by, batch: Batch) -> Batch:
    actions.run(by=by, key=uuid.uuid4(), batch_id=batch.pk)
    return worked(batch.pk)


def test_what_was_used_since_stays_and_says_so(county, steward):
    batch = run(steward, brought(steward, HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n"
                                                + f"李四,{card(111)},,,,{place(county)},,,\n"))  # fmt: skip
    used = Resident.objects.get(name="张桂兰")
    Resident.objects.filter(pk=used.pk).update(version=2)
    actions.undo(by=steward, batch_id=batch.pk, why="送错了")
    assert states(worked(batch.pk)) == {"undone": 1, "stays": 1}
    assert list(Resident.objects.values_list("name", flat=True)) == ["张桂兰"]


def test_a_known_paper_registers_nobody_and_likeness_waits_for_a_decision(county, steward):
    known = resident(county.township, name="张桂兰", born=date(1966, 7, 12), id_card=card(122), pinyin="zhangguilan")
    sheet = (
        HEAD
        + f"张桂兰,{card(122)},,,,{place(county)},,,\n"
        + f"张桂兰,,女,1966-07-12,,{place(county)},,,\n"
        + f"张桂蓝,,女,1966-07-12,,{place(county)},,,\n"
    )
    batch = brought(steward, sheet)
    assert states(batch) == {"known": 1, "alike": 2}
    row = queries.rows(of=batch, state="alike")[0]
    assert row.alike[0]["resident"] == known.pk and row.alike[0]["score"] == 85
    actions.decide(by=steward, batch_id=batch.pk, number=row.number, verdict="same")
    actions.decide_rest(by=steward, batch_id=batch.pk, verdict="different")
    assert states(run(steward, batch)) == {"known": 2, "applied": 1}
    fresh = Resident.objects.get(name="张桂蓝")
    pair = Suspicion.objects.get()
    assert {pair.one_id, pair.other_id} == {known.pk, fresh.pk}


def test_rows_that_repeat_one_another_are_named_and_a_mended_row_is_checked_again(county, steward):
    sheet = HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n" + f"张桂兰,{card(122)},,,,{place(county)},,,\n"
    batch = brought(steward, sheet)
    (row,) = queries.rows(of=batch, state="wrong")
    assert row.problems[0]["rule"] == "与第 {row} 行重复" and row.problems[0]["facts"] == {"row": 2}
    actions.mend(by=steward, batch_id=batch.pk, number=3, cells={"name": "李四", "id_card": card(111)})
    row.refresh_from_db()
    assert (row.state, row.cells[0], row.mended[0]) == ("good", "张桂兰", "李四")
    assert states(run(steward, batch)) == {"applied": 2}


def test_a_sheet_stops_where_it_is_told_to_and_goes_on_from_there(county, steward, monkeypatch):
    from dataclasses import replace

    from yigongti.exchange.batches import kinds

    monkeypatch.setitem(kinds.kinds, "residents", replace(kinds.kinds["residents"], many=2))
    rows = "".join(f"{name},{card(2 * n)},,,,{place(county)},,,\n" for n, name in enumerate(NAMES))
    batch = brought(steward, HEAD + rows)
    actions.run(by=steward, batch_id=batch.pk)
    working.step(batch.pk)
    actions.cancel(by=steward, batch_id=batch.pk)
    assert not working.step(batch.pk) and states(batch) == {"applied": 2, "good": 3}
    assert states(run(steward, batch)) == {"applied": 5}


def test_the_same_file_is_not_brought_twice_and_can_be_after_an_undo(county, steward):
    sheet = HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n"
    batch = run(steward, brought(steward, sheet))
    with pytest.raises(actions.BroughtBefore):
        brought(steward, sheet)
    actions.undo(by=steward, batch_id=batch.pk, why="再来一次")
    worked(batch.pk)
    assert states(run(steward, brought(steward, sheet))) == {"applied": 1}


def test_who_was_registered_between_check_and_run_is_not_registered_again(county, steward):
    batch = brought(steward, HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n")
    resident(county.township, name="张桂兰", born=date(1966, 7, 12), id_card=card(122))
    assert states(run(steward, batch)) == {"known": 1}
    assert Resident.objects.count() == 1


@pytest.mark.parametrize(("content", "said"), [("", "空"), ("姓名,年龄\n张,3\n", "管理机构"), (HEAD, "没有一行数据")])
def test_a_file_that_is_no_such_sheet_is_refused_in_a_sentence(county, steward, content, said):
    if not content:
        with pytest.raises(Exception, match=said):
            brought(steward, content)
        return
    batch = brought(steward, content)
    assert batch.state == "refused" and said in batch.trouble


def test_a_register_comes_by_sheet_through_its_own_form(county):
    hr = actor("hr_officer", county.group, name="人事")
    book = io.BytesIO()
    with xlsxwriter.Workbook(book, {"in_memory": True}) as made:
        page = made.add_worksheet("职工")
        heads = ["姓名", "性别", "职业", "工作单位", "电话"]
        lines = [
            heads,
            ["赵医生", "男", "医师", place(county), "13903540001"],
            ["钱护士", "女", "医师", "没有的院", ""],
        ]
        for at, line in enumerate(lines):
            page.write_row(at, 0, line)
    batch = brought(hr, book.getvalue(), kind="organisations-staff", name="职工.xlsx")
    assert states(batch) == {"good": 1, "wrong": 1}
    (wrong,) = queries.rows(of=batch, state="wrong")
    assert wrong.problems[0]["header"] == "工作单位"
    assert states(run(hr, batch)) == {"applied": 1, "wrong": 1}
    assert Staff.objects.get().works_at_id == county.township.unit_id
    assert Trail.objects.filter(action="organisations.staff.save").count() == 1
    actions.undo(by=hr, batch_id=batch.pk, why="重送")
    worked(batch.pk)
    assert not Staff.objects.exists()


def test_an_institution_with_its_membership_is_taken_back_while_nobody_uses_it(county):
    admin = actor("administrator", county.group, name="管理员")
    sheet = (
        "设在,归属起始日期,名称,简称,类型,级别,举办\n"
        f"{county.group.name},2026-01-01,新镇卫生院,新镇,乡镇卫生院,乡级,公立\n"
    )
    batch = brought(admin, sheet, kind="organisations-institutions", name="机构.csv")
    assert states(batch) == {"good": 1}, BatchRow.objects.get().problems
    run(admin, batch)
    assert Institution.objects.get(name="新镇卫生院").memberships.count() == 1
    actions.undo(by=admin, batch_id=batch.pk, why="试")
    worked(batch.pk)
    assert not Institution.objects.filter(name="新镇卫生院").exists()


def test_a_kind_is_brought_and_seen_only_by_who_may(county, steward):
    doctor = actor("township_doctor", county.township.unit)
    hr = actor("hr_officer", county.group, name="人事")
    batch = brought(steward, HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n")
    with pytest.raises(NotAllowed):
        queries.batches(for_=doctor)
    with pytest.raises(NotFound):
        queries.batch(for_=hr, pk=batch.pk)
    with pytest.raises(NotFound):
        actions.run(by=hr, batch_id=batch.pk)
    with pytest.raises(NotAllowed):
        brought(hr, HEAD)


def test_a_row_that_cannot_be_written_fails_alone(county, steward, monkeypatch):
    from yigongti.exchange.kinds import residents as kind

    batch = brought(
        steward, HEAD + "".join(f"{name},{card(2 * n)},,,,{place(county)},,,\n" for n, name in enumerate(NAMES[:3]))
    )
    real = kind.register_many

    def broken(*, by, newcomers):
        if any(one.person.name == NAMES[1] for one in newcomers):
            raise ValueError("a trap")
        return real(by=by, newcomers=newcomers)

    monkeypatch.setattr(kind, "register_many", broken)
    assert states(run(steward, batch)) == {"applied": 2, "wrong": 1}
    assert "请报告维护人员" in BatchRow.objects.get(state="wrong").note
    assert Household.objects.count() == 0


def test_a_marked_sheet_can_be_brought_again(county, steward, client):
    from yigongti.exchange.batches.sheets import _lines
    from yigongti.exchange.tables.writing import marked

    batch = brought(steward, HEAD + f"李四,140781196607121110,男,,,{place(county)},,,\n")
    book = io.BytesIO()
    marked(batch.head, _lines(batch), path_or_file=book)
    again = opened(book.getvalue(), name="x.xlsx", most_rows=10)
    assert "身份证号" in again.head and [line.cells[1] for line in again.lines] == ["李四"]


MEASURED = "patient_id,date,kind,value1,value2\n"


def test_measurements_find_their_person_by_the_senders_number_and_are_withdrawn_by_an_undo(county, steward):
    people = "patient_id,姓名,gender,birth_date,管理机构\nP-1,无名氏,female,1970-05-28," + place(county) + "\n"
    run(steward, brought(steward, people))
    person = Resident.objects.get()
    sheet = (
        MEASURED + "P-1,2011-10-14,BP,139.79979437732424,75.4\nP-1,2012-02-08,GLU,77.26,\nP-9,2012-02-08,HbA1c,6.2,\n"
    )
    batch = brought(steward, sheet, kind="measurements", name="测量.csv")
    assert states(batch) == {"good": 1, "wrong": 2}
    assert [row.problems[0]["header"] for row in queries.rows(of=batch, state="wrong")] == ["单位", "来源编号"]
    actions.fill(by=steward, batch_id=batch.pk, field="unit", text="mg/dL")
    assert states(worked(batch.pk)) == {"good": 2, "wrong": 1}
    run(steward, batch)
    pressure, glucose = Observation.objects.order_by("at")
    assert (pressure.value, pressure.second_value, pressure.resident_id) == (
        Decimal("139.800"),
        Decimal("75.400"),
        person.pk,
    )
    assert (glucose.value, glucose.unit) == (Decimal("4.288"), "mmol/L")
    actions.undo(by=steward, batch_id=batch.pk, why="单位写错了")
    assert states(worked(batch.pk)) == {"undone": 2, "wrong": 1}
    assert not RecordEntry.objects.filter(replaced_by=None, withdrawn=False, kind="observation").exists()


def test_onsets_become_diagnoses_and_a_row_without_any_is_known(county, steward):
    people = "patient_id,姓名,gender,birth_date,管理机构\n" + "".join(
        f"P-{n},无名氏,male,19{50 + n}-01-02,{place(county)}\n" for n in (1, 2)
    )
    run(steward, brought(steward, people))
    sheet = "patient_id,htn_onset,t2dm_onset\nP-1,2016-07-01,2017-11-10\nP-2,,\n"
    batch = run(steward, brought(steward, sheet, kind="onsets", name="慢病.csv"))
    assert states(batch) == {"applied": 1, "known": 1}
    assert set(RecordEntry.objects.values_list("code", flat=True)) == {"I10.x00", "E11.900"}


def test_clinical_cells_are_shown_to_who_brought_them_only(county, steward):
    other = actor("data_steward", county.group, name="另一位数据员")
    sheet = MEASURED + "P-9,2011-10-14,BP,139,75\n"
    batch, kind = queries.batch(for_=other, pk=brought(steward, sheet, kind="measurements", name="测量.csv").pk)
    assert not queries.closed_to(for_=steward, of=batch, kind=kind)
    assert {"value", "second", "kind"} <= queries.closed_to(for_=other, of=batch, kind=kind)
    with pytest.raises(actions.NotYours):
        actions.mend(by=other, batch_id=batch.pk, number=2, cells={"value": "200"})
