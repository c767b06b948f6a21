"""Sheets of the command line: whose they are, who sees them, and who takes over what is clinical in them."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from tests.access.conftest import signed_in
from tests.exchange.test_sheets import HEAD, MEASURED, card, place, run, worked
from tests.exchange.test_sheets import brought as brought_by_hand
from tests.factories import actor
from tests.factories import county as make_county
from yigongti.exchange.batches import actions, queries
from yigongti.exchange.batches.belonging import NoSuchKeeper, keeper_named
from yigongti.exchange.batches.kinds import kind_of
from yigongti.exchange.batches.models import Batch
from yigongti.exchange.processes import folders
from yigongti.kernel.access.models import Post, Unit
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.refusal import NotFound
from yigongti.record.models import Observation


pytestmark = pytest.mark.django_db
SICK = "P-9,2011-10-14,BP,139.77,75\n"


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def steward(county):
    return actor("data_steward", county.group, name="数据员甲")


@pytest.fixture
def loaded(county, tmp_path):
    """A sheet of the command line with one row of which nobody knows whom it means."""

    def load(keeper="介休市医疗集团", body=MEASURED + SICK):
        (tmp_path / "测量.csv").write_text(body, encoding="utf-8")
        folders.rows(kind_of("measurements"), tmp_path / "测量.csv", source="村医小本", constants={}, keeper=keeper)
        return Batch.objects.get(kind="measurements")

    return load


def shown(by, path):
    return signed_in(by).get(path).content.decode()


def take_over(by, batch):
    return actions.take_over(by=by, key=uuid.uuid4(), batch_id=batch.pk)


@pytest.mark.requirement("R164")
def test_a_loaded_sheet_is_the_groups_whose_data_staff_see_it_and_its_history_says_so(county, steward, loaded):
    batch = loaded()
    assert "命令行，归介休市医疗集团的数据员" in shown(steward, "/tables") and "测量.csv" in shown(steward, "/")
    page = shown(steward, f"/tables/{batch.pk}")
    assert "《测量.csv》从命令行收进，归介休市医疗集团的数据员查看、改正和撤销" in page and "还没有人接手" in page
    assert "139.77" not in page and "139.77" not in shown(steward, f"/tables/{batch.pk}/rows/2")
    foreign = actor("data_steward", county.foreign_group)
    assert "测量.csv" not in shown(foreign, "/tables") and "测量.csv" not in shown(foreign, "/")
    with pytest.raises(NotFound):
        take_over(foreign, batch)


def test_of_several_groups_without_a_name_it_is_the_countys_and_a_name_must_be_one_of_them(county, steward, loaded):
    batch, foreign = loaded(keeper=""), actor("data_steward", county.foreign_group)
    assert batch.keeper_id == county.root.pk
    for one in (steward, foreign):
        assert [found.pk for found in queries.batches(for_=one)] == [batch.pk]
    with pytest.raises(NoSuchKeeper, match="城关卫生院"):
        keeper_named("城关卫生院")
    Unit.objects.filter(pk=county.foreign_group.pk).update(closed_on="2026-01-01")
    assert keeper_named().pk == county.group.pk
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.update(keeper=None)


@pytest.mark.requirement("R133")
def test_what_is_clinical_opens_to_who_takes_it_over_and_to_nobody_else(county, steward, loaded):
    batch, other = loaded(), actor("data_steward", county.group, name="数据员乙")
    for cells in ({"value": "140"}, {"number": "P-1", "value": "140"}):
        with pytest.raises(actions.NotYours):
            actions.mend(by=steward, batch_id=batch.pk, number=2, cells=cells)
    browser = signed_in(steward)
    assert f'action="/tables/{batch.pk}/take-over"' in browser.get(f"/tables/{batch.pk}").content.decode()
    assert browser.post(f"/tables/{batch.pk}/take-over", {"key": str(uuid.uuid4())}).status_code == 303
    assert Trail.objects.get(action="exchange.take_over_table", kind="write").subject == f"exchange.Batch:{batch.pk}"
    assert "139.77" in browser.get(f"/tables/{batch.pk}/rows/2").content.decode()
    assert "数据员甲接手" in browser.get(f"/tables/{batch.pk}").content.decode()
    assert browser.get(f"/tables/{batch.pk}/marked.xlsx").status_code == 200
    assert "139.77" not in shown(other, f"/tables/{batch.pk}/rows/2") and "还没有人接手的表" not in shown(other, "/")
    with pytest.raises(actions.InHand, match="数据员甲"):
        take_over(other, batch)
    Post.objects.filter(pk=steward.post_id).update(ends="2026-01-01")
    take_over(other, batch)
    assert Batch.objects.get().taken_by_id == other.post_id


def test_who_took_it_over_mends_runs_and_undoes_it(county, steward, loaded):
    run(steward, brought_by_hand(steward, HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n"))
    batch = loaded(body=f"身份证号,date,kind,value1,value2\n{card(123)},2011-10-14,BP,1399.77,75\n")
    take_over(steward, batch)
    actions.mend(by=steward, batch_id=batch.pk, number=2, cells={"id_card": card(122), "value": "139.77"})
    batch = run(steward, Batch.objects.get(pk=batch.pk))
    assert queries.counts(of=batch) == {"applied": 1} and float(Observation.objects.get().value) == 139.77
    actions.undo(by=actor("data_steward", county.group), batch_id=batch.pk, why="送错了")
    assert worked(batch.pk).state == "undone" and not Observation.objects.filter(entry__withdrawn=False).exists()


def test_a_sheet_of_somebody_who_has_left_may_be_taken_over_and_of_who_stands_not(county, steward):
    batch = brought_by_hand(steward, MEASURED + SICK, kind="measurements", name="测量.csv")
    other = actor("data_steward", county.group, name="数据员乙")
    with pytest.raises(actions.InHand):
        take_over(other, batch)
    Post.objects.filter(pk=steward.post_id).update(ends="2026-01-01")
    take_over(other, batch)
    assert "139.77" in shown(other, f"/tables/{batch.pk}/rows/2")
