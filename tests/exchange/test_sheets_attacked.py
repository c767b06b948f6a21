"""What somebody who wished the house ill has tried with sheets, and what a tired hand does without wishing it."""

import uuid

import pytest

from tests.access.conftest import signed_in
from tests.exchange.test_sheets import HEAD, MEASURED, brought, card, place, run, states, worked
from tests.factories import actor
from tests.factories import county as make_county
from yigongti.exchange.batches import actions, queries, working
from yigongti.exchange.batches.models import Batch, BatchRow
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.files import store
from yigongti.kernel.refusal import NotFound
from yigongti.organisations.models import Staff
from yigongti.residents.models import Resident
from yigongti.residents.queries.alike import by_papers


pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def steward(county):
    return actor("data_steward", county.group, name="数据员")


NUMBERED = "来源编号," + HEAD
WIDE = "".join(chr(ord(one) + 0xFEE0) for one in "14078119660712122")


def test_a_senders_number_given_to_one_person_does_not_take_another(county, steward):
    one = f"N1,莫小四,{card(122)},,,,{place(county)},,,\n"
    other = f"N1,莫小五,{card(311)},,,,{place(county)},,,\n"
    both = brought(steward, NUMBERED + one + other)
    assert states(both) == {"good": 1, "wrong": 1}
    assert "来源编号相同" in queries.rows(of=both, state="wrong")[0].problems[0]["rule"]
    run(steward, both)
    later = brought(steward, NUMBERED + other, name="后来.csv")
    assert "已给了另一个人" in queries.rows(of=later, state="wrong")[0].problems[0]["rule"]
    assert Resident.objects.count() == 1


@pytest.mark.parametrize("written", [WIDE, "1407811966 0712 122", "140781660712122"])
def test_a_number_is_found_however_it_is_written(county, steward, written):
    run(steward, brought(steward, HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n"))
    told = written if len(written) == 15 else written + card(122)[-1].lower()
    assert by_papers(for_=steward, numbers=[told]) == {told: Resident.objects.get().pk}


def test_one_person_twice_without_papers_is_named_as_a_repeat(county, steward):
    line = f"张桂兰,,女,1966-07-12,,{place(county)},,,\n"
    assert states(brought(steward, HEAD + line + line)) == {"good": 1, "wrong": 1}


def test_staff_brought_twice_are_there_once_and_an_undo_says_what_it_did(county):
    hr = actor("hr_officer", county.group, name="人事")
    sheet = f"姓名,性别,职业,工作单位,电话\n赵医生,男,医师,{place(county)},13903540001\n"
    first = run(hr, brought(hr, sheet, kind="organisations-staff"))
    again = brought(hr, sheet + "\n", kind="organisations-staff", name="再送.csv")
    assert states(again) == {"known": 1} and Staff.objects.count() == 1
    actions.undo(by=hr, batch_id=first.pk, why="送错")
    assert states(worked(first.pk)) == {"undone": 1} and not Staff.objects.exists()
    trail = Trail.objects.filter(action="exchange.take_back_rows").get()
    assert "None" not in str(trail.facts)


def test_what_waits_for_people_goes_through_when_they_are_there_and_known_is_asked_again(county, steward):
    measured = "证件号码," + MEASURED.removeprefix("patient_id,")
    waiting = brought(steward, measured + f"{card(122)},2011-10-14,BP,139,75\n", kind="measurements", name="测.csv")
    assert states(waiting) == {"wrong": 1}
    people = run(steward, brought(steward, HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n"))
    second = brought(steward, HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n\n", name="又送.csv")
    assert states(second) == {"known": 1}
    actions.recheck(by=steward, batch_id=waiting.pk)
    assert states(worked(waiting.pk)) == {"good": 1}
    actions.undo(by=steward, batch_id=people.pk, why="先撤")
    worked(people.pk)
    actions.recheck(by=steward, batch_id=second.pk)
    assert states(worked(second.pk)) == {"good": 1}


def test_a_sheet_stopped_while_it_is_read_or_wanted_no_more_frees_its_file(county, steward):
    sheet = (HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n").encode()
    digest = store.keep(by=steward, name="a.csv", media_type="text/csv", chunks=[sheet]).digest
    pk = actions.bring(by=steward, key=uuid.uuid4(), kind="residents", digest=digest, name="a.csv").data["batch"]
    actions.cancel(by=steward, batch_id=pk)
    assert Batch.objects.get(pk=pk).state == "undone"
    checked = brought(steward, sheet)
    actions.undo(by=steward, batch_id=checked.pk, why="不要了")
    worked(checked.pk)
    assert states(brought(steward, sheet)) == {"good": 1}


def test_a_colleague_learns_nothing_clinical_by_fill_note_or_rule_and_the_look_is_kept(county, steward):
    other = actor("data_steward", county.group, name="另一位")
    batch = brought(steward, MEASURED + "P-9,2012-02-08,GLU,77.26,\n", kind="measurements", name="测.csv")
    BatchRow.objects.filter(batch=batch).update(note="HIV 阳性")
    with pytest.raises(actions.NotYours):
        actions.fill(by=other, batch_id=batch.pk, field="unit", text="mg/dL")
    page = signed_in(other).get(f"/tables/{batch.pk}").content.decode()
    form = signed_in(other).get(f"/tables/{batch.pk}/rows/2").content.decode()
    assert "77.26" not in page + form and "HIV" not in page
    looks = Trail.objects.filter(kind="read", subject=f"exchange.Batch:{batch.pk}", post_id=other.post_id)
    assert looks.count() == 2
    actions.fill(by=steward, batch_id=batch.pk, field="unit", text="mg/dL")
    assert not Trail.objects.filter(action="exchange.fill_column", sentence__contains="mg/dL").exists()


def test_a_sheet_is_for_who_reaches_who_brought_it(county, steward):
    batch = brought(steward, HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n")
    foreign = actor("data_steward", county.foreign_group, name="邻团数据员")
    assert batch not in queries.batches(for_=foreign)
    with pytest.raises(NotFound):
        queries.batch(for_=foreign, pk=batch.pk)
    with pytest.raises(NotFound):
        actions.run(by=foreign, batch_id=batch.pk)
    assert not working.step(batch.pk)


def test_addresses_with_absurd_numbers_are_answered(county, steward):
    batch = brought(steward, HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n")
    client = signed_in(steward)
    for address in ("/tables?before=", f"/tables/{batch.pk}?after="):
        assert client.get(address + "9" * 5000).status_code == 200
