"""Figures that others published, counted again: shares and growths of bulletins, follow-ups of 307 made-up patients."""

import csv
import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.indicators.policy.test_by_hand import shipped
from yigongti.kernel.measures.arithmetic import outcomes, terms
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.reference import Counting, Key
from yigongti.kernel.measures.words import Column, Count, Fact, Growth, Indicator, Ratio, below, either, known
from yigongti.kernel.parameters.words import parameter


DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
needs_bulletins = pytest.mark.skipif(not (DATA / "stats").is_dir(), reason="the published figures are not here")
needs_patients = pytest.mark.skipif(not (DATA / "followup").is_dir(), reason="the made-up patients are not here")
PLACE = Column(name="place", title="地区", kind="place")
PLACES = [{"institution": 1, "county": 1, "township": None, "group": None, "at": date.min, "until": None}]


def signed(figure, **more):
    told = {"title": "试", "means": "试", "basis": "试", "unit": "%", "better": "neither", "population": "none",
            "place": "place", "owner": "甲", "checker": "乙", "family": "试",
            "review_before": date(2099, 1, 1)}  # fmt: skip
    return Indicator(code="t", figure=figure, **told | more)


def counted(figure, rows, period, **more):
    one = signed(figure, **more)
    engine = Counting({"places": PLACES} | rows, shipped)
    asked = {name: engine.measure(term.selection, term.asked("county")) for name, term in terms(one, period).items()}
    return outcomes(one, period, asked, places=(1,))[Key(1)]


# --- bulletins: rows that stand for many, their numbers told in a column

bulletin = Fact(
    code="bulletin", title="公报", means="公报里的一个数", at="at",
    columns=(PLACE, Column(name="at", title="年份", kind="day"), Column(name="what", title="项目"),
             Column(name="number", title="数", kind="decimal")),
)  # fmt: skip
PART, WHOLE = ("分子", "男", "家庭户人口"), ("分母", "女", "家庭户")
SUM = bulletin.rows().sum("number")


def told(inputs, names):
    return bulletin.where(what=next(name for name in names if name in inputs)).sum("number")


def figure_of(formula, inputs):
    """The formula of a bulletin in the words of the catalogue; None for one that is neither a share nor a growth."""
    if "上期" in inputs and "0.1" not in formula:
        return Growth(of=Count(of=SUM))
    if "/" in formula and len(inputs) == 2 and "本期" not in inputs:
        per = 100 if "*100" in formula else 1
        return Ratio(of=told(inputs, PART), over=told(inputs, WHOLE), per=per)
    return None


def published():
    if not (DATA / "stats").is_dir():
        return []
    with (DATA / "stats" / "published_figures.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["inputs_json"] != "{}"]
    return [row for row in rows if figure_of(row["formula"], json.loads(row["inputs_json"])) is not None]


def test_the_bulletins_have_a_score_of_shares_and_growths():
    assert not (DATA / "stats").is_dir() or len(published()) >= 16


@needs_bulletins
@pytest.mark.requirement("R96", "R157")
@pytest.mark.parametrize("row", published(), ids=lambda row: row["id"])
def test_a_published_share_or_growth_is_counted_again(row):
    inputs = json.loads(row["inputs_json"])
    days = {"上期": date(2019, 7, 1)}
    rows = [{"id": n, "place": 1, "at": days.get(what, date(2020, 7, 1)), "what": what, "number": Decimal(str(number))}
            for n, (what, number) in enumerate(inputs.items())]  # fmt: skip
    digits = len(row["published"].partition(".")[2])
    found = counted(figure_of(row["formula"], inputs), {"bulletin": rows}, Period.read("2020"), digits=digits)
    assert found.value == Decimal(row["published"])
    four = counted(figure_of(row["formula"], inputs), {"bulletin": rows}, Period.read("2020"), digits=4)
    assert four.value == Decimal(row["recomputed"]).quantize(Decimal("0.0001"))


# --- follow-ups and deaths of made-up patients

patients = Fact(
    code="patients", title="病人", means="每人一行，去世的记在去世日", at="at", person="person", born="born",
    columns=(PLACE, Column(name="person", title="人", kind="text"), Column(name="at", title="去世", kind="day"),
             Column(name="born", title="出生", kind="day"), Column(name="years", title="整岁", kind="whole"),
             Column(name="pressure", title="高血压", kind="yes"), Column(name="sugar", title="糖尿病", kind="yes")),
)  # fmt: skip
measured = Fact(
    code="measured", title="测量", means="每次一行", at="at", person="person",
    columns=(PLACE, Column(name="person", title="人", kind="text"), Column(name="at", title="日期", kind="day"),
             Column(name="systolic", title="收缩压", kind="decimal"),
             Column(name="diastolic", title="舒张压", kind="decimal"),
             Column(name="hba1c", title="糖化", kind="decimal")),
)  # fmt: skip
EVER = Period(date(1900, 1, 1), 12 * 200)


def read(name):
    with (DATA / "followup" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def day(text):
    return date.fromisoformat(text) if text else None


@pytest.fixture(scope="module")
def cohort():
    """Patients as two lists: those who died, by the day; and all of them, standing on one day."""
    made = [
        {"id": n, "place": 1, "person": row["patient_id"], "born": day(row["birth_date"]),
         "died": day(row["death_date"]),
         "pressure": bool(row["htn_onset"]), "sugar": bool(row["t2dm_onset"])}
        for n, row in enumerate(read("patients.csv"))
    ]  # fmt: skip
    rows = [one | {"at": one["died"] or date(2090, 1, 1), "years": _years(one)} for one in made]
    readings = [
        {"id": n, "place": 1, "person": row["patient_id"], "at": day(row["date"][:10]),
         "systolic": Decimal(row["value1"]) if row["kind"] == "BP" else None,
         "diastolic": Decimal(row["value2"]) if row["kind"] == "BP" else None,
         "hba1c": Decimal(row["value1"]) if row["kind"].lower() == "hba1c" else None}
        for n, row in enumerate(read("measurements.csv"))
    ]  # fmt: skip
    return {"patients": rows, "measured": readings}


def _years(one):
    if one["died"] is None:
        return None
    return (
        one["died"].year
        - one["born"].year
        - ((one["died"].month, one["died"].day) < (one["born"].month, one["born"].day))
    )


DIED = patients.where(years=known)
WITH = {"htn": patients.where(pressure=True), "t2dm": patients.where(sugar=True)}
PRESSURE = measured.where(systolic=known, diastolic=known)
CHRONIC = ("chronic(htn|t2dm)_deaths", "chronic_mean_age_at_death")


@needs_patients
@pytest.mark.requirement("R127")
def test_ages_at_death_in_completed_years(cohort):
    said = json.loads((DATA / "followup" / "expected.json").read_text(encoding="utf-8"))
    every = counted(Ratio(of=DIED.sum("years"), over=DIED, per=1), cohort, EVER, digits=4)
    assert every.n == said["deaths"]
    assert every.value == Decimal(str(said["mean_age_at_death_completed_years"]))
    ill = DIED.where(either({"pressure": True}, {"sugar": True}))
    chronic = counted(Ratio(of=ill.sum("years"), over=ill, per=1), cohort, EVER, digits=4)
    assert (chronic.n, chronic.value) == tuple(Decimal(str(said[name])) for name in CHRONIC)


CONTROLLED = {
    "htn_last_bp_<140/90": PRESSURE.among_those(WITH["htn"]).latest().where(
        systolic=below(parameter("record.systolic_below")), diastolic=below(parameter("record.diastolic_below"))),
    "htn_last_sbp_<150": PRESSURE.among_those(WITH["htn"]).latest().where(systolic=below(150)),
    "htn_last_sbp_<160": PRESSURE.among_those(WITH["htn"]).latest().where(systolic=below(160)),
    "t2dm_last_hba1c_<7.0": measured.where(hba1c=known).among_those(WITH["t2dm"]).latest().where(
        hba1c=below(parameter("record.hba1c_managed"))),
    "all_last_bp_<140/90": PRESSURE.latest().where(systolic=below(140), diastolic=below(90)),
    "all_patients_with_bp": PRESSURE.people(),
    "htn_with_bp": PRESSURE.among_those(WITH["htn"]).people(),
    "t2dm_with_hba1c": measured.where(hba1c=known).among_those(WITH["t2dm"]).people(),
    "htn_patients": WITH["htn"].people(), "t2dm_patients": WITH["t2dm"].people(), "patients": patients.rows().people(),
}  # fmt: skip


@needs_patients
@pytest.mark.requirement("R156")
@pytest.mark.parametrize("name", CONTROLLED)
def test_the_last_reading_of_each_patient(cohort, name):
    said = json.loads((DATA / "followup" / "expected.json").read_text(encoding="utf-8"))
    assert counted(Count(of=CONTROLLED[name]), cohort, EVER).value == said[name]


# --- our own, where the others' data are not


def test_a_reading_of_one_patient_is_the_last_by_day():
    rows = [{"id": n, "place": 1, "person": "甲", "at": date(2020, m, 1), "systolic": Decimal(s),
             "diastolic": Decimal(80), "hba1c": None}
            for n, (m, s) in enumerate(((1, 150), (9, 139), (5, 160)))]  # fmt: skip
    one = PRESSURE.latest().where(systolic=below(parameter("record.systolic_below")))
    assert counted(Count(of=one), {"measured": rows}, Period.read("2020")).value == 1
    assert counted(Count(of=one), {"measured": rows[:1]}, Period.read("2020")).value == 0
