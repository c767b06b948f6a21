"""Visits with what they cost and which operations they held; many at once give the same rows as one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.record.factories import at, entry, opening, resident
from tests.record.test_pages import ask, text_of
from yigongti.exchange.senders import the_inbox
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.refusal import Refusal, Refusals
from yigongti.record.actions import Told, ToldOperation, take_in, take_in_many
from yigongti.record.models import Encounter, Entry, Observation, Operation, VisitCharge
from yigongti.record.told import ChargesDoNotAddUp


@pytest.fixture
def here(county):
    county.person = resident(county.village)
    county.other = resident(county.other_village, name="任桂英")
    return county


def visit(here, **more):
    given = {"resident_id": here.person.pk, "institution_id": here.hospital.pk, "kind": "encounter", "title": "肺炎",
             "at": at("2026-03-02 09:00"), "until": at("2026-03-09 10:00"), "source": "table:1",
             "encounter_class": "inpatient", "diagnosis_code": "J18.900"}  # fmt: skip
    return Told(**{**given, **more})


COSTS = {"bed": 21_000, "western_medicine": 123_456, "laboratory": 45_600}
APPENDIX = ToldOperation(name="腹腔镜下阑尾切除术", code="47.0100", grade=3, on=date(2026, 3, 3), operator="王主任",
                         incision="2")  # fmt: skip


def charges(entry_id):
    return dict(VisitCharge.objects.filter(entry_id=entry_id).values_list("charge_class", "amount"))


@pytest.mark.requirement("R133")
def test_a_visit_keeps_its_cost_by_class_and_its_operations(here):
    told = visit(here, charges=COSTS, total=sum(COSTS.values()), operations=(APPENDIX,))
    kept = take_in(by=the_inbox(), told=told).data["entry"]
    assert charges(kept) == COSTS
    done = Operation.objects.get(entry_id=kept)
    assert (done.code, done.grade, done.day, done.operator, done.incision) == (
        "47.0100", 3, date(2026, 3, 3), "王主任", "2",
    )  # fmt: skip


def test_a_total_alone_is_kept_as_not_classified(here):
    assert charges(take_in(by=the_inbox(), told=visit(here, total=5_000)).data["entry"]) == {"unclassified": 5_000}


def test_classes_that_do_not_add_up_to_the_total_refuse_the_visit_by_name(here):
    with pytest.raises(ChargesDoNotAddUp) as refusal:
        take_in(by=the_inbox(), told=visit(here, charges=COSTS, total=190_000))
    assert str(refusal.value) == "各类费用合计 1900.56 元，与总费用 1900.00 元不符。"
    assert not Entry.objects.exists()


WRONG = [
    ({"charges": {"gold": 1}}, "费用类别"),
    ({"charges": {"bed": -1}}, "床位费"),
    ({"total": -1}, "总费用"),
    ({"operations": (replace(APPENDIX, code="ABC"),)}, "手术编码"),
    ({"operations": (replace(APPENDIX, grade=5),)}, "手术级别"),
    ({"operations": (replace(APPENDIX, incision="9"),)}, "切口等级"),
    ({"operations": (ToldOperation(name=" "),)}, "第 1 个手术的名称"),
    ({"encounter_class": "", "kind": "report", "charges": {"bed": 1}}, "费用和手术"),
]


@pytest.mark.parametrize(("changes", "named"), WRONG)
def test_what_is_wrong_with_a_visit_s_facts_is_named(here, changes, named):
    with pytest.raises(Refusal, match=named):
        take_in(by=the_inbox(), told=visit(here, **changes))


def test_everything_wrong_is_told_at_once(here):
    with pytest.raises(Refusals) as refusal:
        take_in(by=the_inbox(), told=visit(here, charges={"gold": 1, "bed": 2}, total=9))
    assert len(refusal.value.all) == 2


def test_a_correction_without_costs_keeps_those_that_were_told_and_one_with_costs_replaces_them(here):
    first = take_in(by=the_inbox(), told=visit(here, charges=COSTS, operations=(APPENDIX,))).data["entry"]
    second = take_in(by=the_inbox(), told=visit(here, title="重症肺炎", follows=first)).data
    assert (second["version"], charges(second["entry"])) == (2, COSTS)
    assert Operation.objects.filter(entry_id=second["entry"]).count() == 1
    third = take_in(by=the_inbox(), told=visit(here, charges={"bed": 1}, follows=first)).data
    assert (third["version"], charges(third["entry"]), charges(first)) == (3, {"bed": 1}, COSTS)


def test_the_database_holds_no_class_twice_no_strange_class_and_no_negative_amount(here):
    kept = take_in(by=the_inbox(), told=visit(here, charges=COSTS)).data["entry"]
    for wrong in ({"charge_class": "bed", "amount": 1}, {"charge_class": "gold", "amount": 1},
                  {"charge_class": "nursing", "amount": -1}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            VisitCharge.objects.create(entry_id=kept, **wrong)
    for wrong in ({"grade": 7}, {"incision": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Operation.objects.create(entry_id=kept, number=1, name="甲", **wrong)


def test_many_keep_what_is_right_and_say_of_each_what_became_of_it(here):
    told = [visit(here, charges=COSTS, total=1), visit(here), visit(here, resident_id=here.other.pk, total=700)]
    receipt = take_in_many(by=the_inbox(), told=told)
    said = receipt.data["entries"]
    assert said[0]["rule"] == "ChargesDoNotAddUp"
    assert [one.get("version") for one in said] == [None, 1, 1]
    assert charges(said[2]["entry"]) == {"unclassified": 700}
    trail = Trail.objects.get(action="record.take_in_many")
    assert trail.persons == sorted([here.person.pk, here.other.pk])
    assert trail.facts["entries"] == f"{said[1]['entry']}-{said[2]['entry']}"


def test_ten_times_as_many_ask_the_database_no_more_often(here):
    def asked(n):
        with CaptureQueriesContext(connection) as seen:
            take_in_many(by=the_inbox(), told=[visit(here, charges=COSTS, operations=(APPENDIX,))] * n)
        return len(seen)

    asked(1)
    assert asked(60) == asked(6)


def test_nobody_but_the_inbox_takes_in(here):
    for actor in (here.village_doctor(), here.county_doctor()):
        with pytest.raises(Refusal):
            take_in_many(by=actor, told=[visit(here)])
    assert not Entry.objects.exists()


# --- the same as one by one

LONG_AGO = at("2026-01-02 09:00")
TITLES = st.sampled_from(["", "肺炎", "高血压", "梅毒"])
CHARGES = st.dictionaries(st.sampled_from(["bed", "laboratory", "gold"]), st.integers(0, 9), max_size=2)
ROWS = st.lists(
    st.fixed_dictionaries({
        "who": st.sampled_from(["person", "other"]), "title": TITLES, "charges": CHARGES,
        "total": st.sampled_from([None, 0, 5]), "code": st.sampled_from(["", "F20.000", "J18.900"]),
        "kind": st.sampled_from(["encounter", "report", "observation"]), "operated": st.booleans(),
        "follows": st.sampled_from([None, 0, 1]), "withdrawn": st.booleans(), "days": st.integers(0, 3),
    }),
    max_size=7,
)  # fmt: skip


def told_of(here, row, known):
    measured = {"series": "blood_pressure", "value": 130, "second_value": 80, "unit": "mmHg"}
    visited = row["kind"] == "encounter"
    return visit(
        here, resident_id=getattr(here, row["who"]).pk, kind=row["kind"], title=row["title"],
        charges=row["charges"] if visited else {}, total=row["total"] if visited else None,
        operations=(APPENDIX,) if row["operated"] and visited else (), diagnosis_code=row["code"],
        encounter_class="outpatient" if visited else "", at=at("2026-03-02 09:00") + timedelta(days=row["days"]),
        measured=measured if row["kind"] == "observation" else None, withdrawn=row["withdrawn"],
        follows=known[row["follows"]] if row["follows"] is not None else None,
    )  # fmt: skip


def one_by_one(told):
    said = []
    for one in told:
        try:
            said.append(take_in(by=the_inbox(), told=one).data["version"])
        except Refusal as refusal:
            said.append(str(refusal))
    return said


def at_once(told):
    return [one.get("version", one.get("refused")) for one in take_in_many(by=the_inbox(), told=told).data["entries"]]


def picture(known):
    """Everything written, ids apart: an entry is known by the place of its chain and its version."""
    chains = {}
    for one in Entry.objects.order_by("version", "pk"):
        before = Entry.objects.filter(replaced_by=one).first()
        chains[one.pk] = chains[before.pk] if before else (known.index(one.pk) if one.pk in known else "new")
    apart = {"id", "replaced_by_id", "entry_id", "entered_at"}

    def plain(model, key):
        rows = [{k: v for k, v in row.items() if k not in apart} | {"of": chains[row[key]]} | more(row, key)
                for row in model.objects.values()]  # fmt: skip
        return sorted(map(repr, rows))

    versions = dict(Entry.objects.values_list("pk", "version"))
    replaced = dict(Entry.objects.values_list("pk", "replaced_by__version"))

    def more(row, key):
        return {"v": versions[row[key]], "next": replaced[row[key]]}

    return [plain(Entry, "id")] + [plain(m, "entry_id") for m in (Encounter, Observation, VisitCharge, Operation)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS)
def test_many_at_once_write_what_one_by_one_writes(here, rows):
    pictures = []
    for way in (one_by_one, at_once):
        undo = transaction.savepoint()
        known = [entry(here.person, here.hospital, kind="encounter", title=t, at=LONG_AGO).pk for t in "甲乙"]
        said = way([told_of(here, row, known) for row in rows])
        pictures.append((said, picture(known)))
        transaction.savepoint_rollback(undo)
    assert pictures[0] == pictures[1]


# --- who sees it


def test_cost_and_operations_stand_on_the_visit_s_page_with_their_sum(here):
    kept = take_in(by=the_inbox(), told=visit(here, charges=COSTS, operations=(APPENDIX,))).data["entry"]
    doctor = here.village_doctor()
    opening(doctor, here.person)
    shown = text_of(ask("record.entry", doctor, entry_id=kept))
    for words in ("西药费", "1234.56", "合计", "1900.56", "腹腔镜下阑尾切除术", "三级手术", "II 类切口"):
        assert words in shown, words
    stranger = here.village_doctor(here.other_village)
    assert ask("record.entry", stranger, entry_id=kept).status_code in (403, 404)
