"""Two workers on one sheet, two sheets of the same people, a worker that dies: every row once, nothing half."""

import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from django.db import connection

from tests.exchange.test_exactly_once import _with_database, together
from tests.exchange.test_sheets import HEAD, card, place
from tests.factories import actor
from tests.factories import county as make_county
from yigongti.exchange.batches import actions, kinds, queries, working
from yigongti.exchange.batches.models import BUSY, Batch
from yigongti.exchange.kinds import entries, visits
from yigongti.kernel.files import store
from yigongti.kernel.refusal import Refusal
from yigongti.organisations import queries as organisations
from yigongti.record.models import Entry, Observation
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "一二三四五六七八九十"


@pytest.fixture
def steward():
    county = make_county()
    yield actor("data_steward", county.group, name="数据员"), county
    organisations.forget()


@pytest.fixture
def small(monkeypatch):
    monkeypatch.setitem(kinds.kinds, "residents", replace(kinds.kinds["residents"], many=7))


def kept(who, rows=60, name="居民.csv", more=""):
    by, county = who
    people = "".join(
        f"{SURNAMES[n % 10]}{GIVEN[n // 10]},{card(n)},,,,{place(county)},,,\n" for n in range(1, rows + 1)
    )
    digest = store.keep(by=by, name=name, media_type="text/csv", chunks=[(HEAD + people + more).encode()]).digest
    return actions.bring(by=by, key=uuid.uuid4(), kind="residents", digest=digest, name=name).data["batch"]


def to_its_end(pk):
    until = time.monotonic() + 40
    while Batch.objects.filter(pk=pk, state__in=BUSY).exists():
        assert time.monotonic() < until, Batch.objects.values().get(pk=pk)
        working.step(pk) or time.sleep(0.01)


def test_two_workers_take_each_row_once(steward, small):
    pk = kept(steward)
    together(lambda: to_its_end(pk), lambda: to_its_end(pk))
    assert queries.counts(of=Batch.objects.get(pk=pk)) == {"good": 60}
    actions.run(by=steward[0], batch_id=pk)
    together(lambda: to_its_end(pk), lambda: to_its_end(pk), lambda: to_its_end(pk))
    assert queries.counts(of=Batch.objects.get(pk=pk)) == {"applied": 60}
    assert Resident.objects.count() == 60


def test_two_sheets_of_the_same_people_run_at_once_register_each_once(steward, small):
    pks = [kept(steward), kept(steward, name="再来.csv", more="\n")]
    for pk in pks:
        to_its_end(pk)
        actions.run(by=steward[0], batch_id=pk)
    together(*[lambda pk=pk: to_its_end(pk) for pk in pks])
    assert Resident.objects.count() == 60
    counts = [queries.counts(of=Batch.objects.get(pk=pk)) for pk in pks]
    assert sum(one.get("applied", 0) for one in counts) == 60
    assert all(set(one) <= {"applied", "known"} for one in counts), counts


def test_of_two_who_bring_one_file_the_second_is_told(steward):
    def bring():
        try:
            return kept(steward)
        except Refusal as refusal:
            return refusal.code

    gave = together(bring, bring)
    assert sum(isinstance(one, int) for one in gave) == 1 and "BroughtBefore" in gave


def test_run_and_cancel_at_once_leave_a_state_that_goes_on(steward, small):
    pk = kept(steward)
    to_its_end(pk)
    actions.run(by=steward[0], batch_id=pk)

    def cancel():
        time.sleep(0.05)
        try:
            return actions.cancel(by=steward[0], batch_id=pk).number
        except Refusal as refusal:
            return refusal.code

    together(lambda: to_its_end(pk), cancel)
    state = Batch.objects.get(pk=pk).state
    assert state in ("cancelled", "done")
    if state == "cancelled":
        actions.run(by=steward[0], batch_id=pk)
        to_its_end(pk)
    assert queries.counts(of=Batch.objects.get(pk=pk)) == {"applied": 60} and Resident.objects.count() == 60


def both_before_writing(monkeypatch, where, name):
    """Let each of two look at what is there before either writes, if the database lets it."""
    meeting, real = threading.Barrier(2), getattr(where, name)

    def slowly(*given, **named):
        found = real(*given, **named)
        with suppress(threading.BrokenBarrierError):
            meeting.wait(0.3)
        return found

    monkeypatch.setattr(where, name, slowly)


def ready(who, kind, *sheets):
    """Sheets of one kind that were checked and are to be run."""
    by, _ = who
    for content in sheets:
        name = f"{kind}{len(content)}.csv"
        digest = store.keep(by=by, name=name, media_type="text/csv", chunks=[content.encode()]).digest
        pk = actions.bring(by=by, key=uuid.uuid4(), kind=kind, digest=digest, name=name).data["batch"]
        to_its_end(pk)
        actions.run(by=by, batch_id=pk)
        yield pk


@pytest.mark.requirement("R164")
def test_the_same_measurement_in_two_sheets_that_run_at_one_moment_is_taken_once(steward, monkeypatch):
    people = kept(steward, rows=1)
    to_its_end(people)
    actions.run(by=steward[0], batch_id=people)
    to_its_end(people)
    sheet = f"证件号码,测量时间,测量项目,数值,第二个数值\n{card(1)},2026-03-04,血压,139,85\n"
    pks = list(ready(steward, "measurements", sheet, sheet + "\n"))
    both_before_writing(monkeypatch, entries, "told_before")
    together(*[lambda pk=pk: to_its_end(pk) for pk in pks])
    counts = [queries.counts(of=Batch.objects.get(pk=pk)) for pk in pks]
    assert sorted(counts, key=str) == [{"applied": 1}, {"known": 1}]
    assert Observation.objects.count() == 1


def test_one_visit_number_in_two_sheets_that_run_at_one_moment_is_one_visit_in_two_versions(steward, monkeypatch):
    people = kept(steward, rows=1)
    to_its_end(people)
    actions.run(by=steward[0], batch_id=people)
    to_its_end(people)
    sheet = f"就诊号,身份证号,就诊类别,入院时间,主要诊断编码,主要诊断\nZ1,{card(1)},门诊,2026-03-04,I10.x00,高血压\n"
    pks = list(ready(steward, "visits", sheet, sheet.replace("高血压", "高血压病")))
    both_before_writing(monkeypatch, visits, "follow_known")
    together(*[lambda pk=pk: to_its_end(pk) for pk in pks])
    assert sorted(Entry.objects.filter(kind="encounter").values_list("version", flat=True)) == [1, 2]
    assert Entry.objects.filter(kind="encounter", replaced_by=None).count() == 1


def test_an_undo_of_people_while_a_sheet_about_them_runs_leaves_nobody_s_measurement_and_nobody_half(steward, small):
    people = kept(steward, rows=30)
    to_its_end(people)
    actions.run(by=steward[0], batch_id=people)
    to_its_end(people)
    told = "".join(f"{card(n)},2026-03-04,血压,139,85\n" for n in range(1, 31))
    (measured,) = ready(steward, "measurements", f"证件号码,测量时间,测量项目,数值,第二个数值\n{told}")
    actions.undo(by=steward[0], batch_id=people, why="送错了")
    together(lambda: to_its_end(people), lambda: to_its_end(measured))
    gone, taken = (queries.counts(of=Batch.objects.get(pk=pk)) for pk in (people, measured))
    assert taken.get("applied", 0) == gone.get("stays", 0) == Observation.objects.count() == Resident.objects.count()
    assert taken.get("wrong", 0) == gone.get("undone", 0)
    reasons = {row.note for row in queries.rows(of=Batch.objects.get(pk=measured), state="wrong")}
    assert all("查无此人" in one for one in reasons)


WORKER = """
import django; django.setup()
from dataclasses import replace
from yigongti.exchange.batches import kinds, working
kinds.kinds["residents"] = replace(kinds.kinds["residents"], many=3)
print("up", flush=True)
while working.work():
    pass
"""


def test_a_worker_killed_in_the_middle_leaves_whole_steps_and_the_next_goes_on(steward, small):
    pk = kept(steward, rows=90)
    to_its_end(pk)
    actions.run(by=steward[0], batch_id=pk)
    dsn = _with_database(os.environ["YIGONGTI_DATABASE_URL"], connection.settings_dict["NAME"])
    where = {**os.environ, "YIGONGTI_DATABASE_URL": dsn}
    worker = subprocess.Popen([sys.executable, "-c", WORKER], cwd=ROOT / "src", env=where, stdout=subprocess.PIPE)
    assert worker.stdout.readline() == b"up\n"
    while not Resident.objects.exists() and worker.poll() is None:
        time.sleep(0.002)
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    worker.stdout.close()
    applied = queries.counts(of=Batch.objects.get(pk=pk)).get("applied", 0)
    assert applied == Resident.objects.count() and applied % 3 == 0
    to_its_end(pk)
    assert queries.counts(of=Batch.objects.get(pk=pk)) == {"applied": 90} and Resident.objects.count() == 90
