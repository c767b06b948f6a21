"""The catalogue as it ships: sound, complete against the sets of those above, with targets of known indicators."""

from datetime import date
from decimal import Decimal
from importlib import resources

import pytest

from yigongti.indicators.policy import briefs, cockpits, families, soundness
from yigongti.indicators.policy.families import ALL, PAGES
from yigongti.indicators.policy.needs import NEEDS
from yigongti.indicators.policy.sets import MONITORING_2020, MONITORING_2024, SETS
from yigongti.kernel.measures.checks import CONFIDENCES, by_code, faults, overdue
from yigongti.kernel.measures.words import Awaited, Growth, Indicator, Judged
from yigongti.site import book_indicators


BY_CODE = by_code(ALL)


@pytest.mark.requirement("R22", "R153")
def test_the_shipped_catalogue_has_no_fault():
    assert faults(BY_CODE, needs=NEEDS) == []
    assert len(ALL) > 150


def test_a_name_that_leads_nowhere_stops_the_boot(monkeypatch):
    assert soundness.faults() == []
    monkeypatch.setattr(soundness, "SETS", {"试": {"1": ("ghost",)}})
    monkeypatch.setattr(soundness, "COCKPITS", {"president": ("ghost",)})
    monkeypatch.setattr(soundness, "targets", lambda: [{"indicator": "ghost"}])
    assert soundness.faults() == [
        f"{where} names the indicator ghost, which there is not"
        for where in ("the set 试 1", "the cockpit of president", "a target")
    ]


def test_the_book_has_every_figure_with_its_formula_source_and_signature():
    printed = book_indicators.pages()
    assert len(printed) == len(PAGES) + 1
    whole = "\n".join(printed.values())
    for one in ALL:
        assert f"\n`{one.code}`\n" in whole and f"依据：{one.basis} [{one.confidence}]" in whole
        assert f"签发：{one.owner}；核对：{one.checker}" in whole
    assert "- 分子：就诊" in printed["indicators.hypertension.md"]
    assert "等待：各机构的收入和支出账" in printed["indicators.monitoring_2020_use.md"]
    assert "| [县域就诊率](indicators.monitoring_2020_order.md#in_county_visit_share) | 蒲县 | 80 |" in whole


def test_a_page_that_is_not_listed_is_missed():
    here = resources.files(families.__package__)
    signed = {file.name.removesuffix(".py") for file in here.iterdir()
              if file.name.endswith(".py") and "figure=" in file.read_text(encoding="utf-8")}  # fmt: skip
    assert signed == {page.__name__.rpartition(".")[2] for page in PAGES}


@pytest.mark.requirement("R12")
def test_the_sets_of_those_above_are_given_whole():
    assert list(MONITORING_2024) == [
        f"{n}.{m}" for n, most in enumerate((3, 3, 3, 3, 2), 1) for m in range(1, most + 1)
    ]
    assert list(MONITORING_2020) == [f"{n}{m}" for n, most in zip("ABCD", (6, 6, 7, 5), strict=True)
                                     for m in range(1, most + 1)]  # fmt: skip
    assert {code for one in SETS.values() for codes in one.values() for code in codes} - BY_CODE.keys() == set()
    judged = [codes for codes in MONITORING_2024.values() if isinstance(BY_CODE[codes[0]].figure, Judged)]
    assert len(judged) == 3


@pytest.mark.requirement("R22", "R23", "R31")
def test_targets_are_of_known_indicators_and_say_who_asks():
    for one in soundness.targets():
        assert one["indicator"] in BY_CODE, one
        assert one["level"] in BY_CODE[one["indicator"]].levels, one
        assert Decimal(one["value"]) >= 0 and isinstance(one["from"], date)
        assert one["scope"] and one["source"] and one["confidence"] in CONFIDENCES
        assert one.get("by", date.max) > one["from"]
    values = [
        (one["scope"], one["value"]) for one in soundness.targets() if one["indicator"] == "in_county_visit_share"
    ]
    assert ("蒲县", "80") in values and ("河南省", "90") in values


def test_cockpits_and_briefs_name_indicators_that_there_are():
    told = {code for codes in (*cockpits.COCKPITS.values(), cockpits.GROUP) for code in codes}
    for outline in (briefs.daily, briefs.reform):
        told |= {code for section in outline.sections for code in section.codes}
    assert told - BY_CODE.keys() == set()
    assert all(len(codes) <= 8 for codes in cockpits.COCKPITS.values())


@pytest.mark.requirement("R96")
def test_every_growth_has_its_value_beside_it_in_the_catalogue():
    plain = [one.figure for one in ALL if not isinstance(one.figure, Growth)]
    assert [one.code for one in ALL if isinstance(one.figure, Growth) and one.figure.of not in plain] == []


@pytest.mark.requirement("R127", "R128")
def test_rates_of_few_events_stand_beside_their_counts_and_three_years():
    for rate in ("maternal_mortality", "infant_mortality"):
        assert BY_CODE[f"{rate}_3y"].window == 3 and BY_CODE[f"{rate}_3y"].variant_of == rate
    assert {"maternal_deaths", "infant_deaths", "mean_age_at_death_3y", "premature_mortality"} <= BY_CODE.keys()


def test_what_nobody_supplies_yet_says_what_it_waits_for():
    awaited = [one for one in ALL if isinstance(one.figure, Awaited)]
    assert len(awaited) > 30
    assert all("章" in one.figure.need for one in awaited)


@pytest.mark.requirement("R154")
def test_nobody_signs_the_figures_he_is_measured_by():
    assert {one.owner for one in ALL} & {"牵头医院", "乡镇卫生院"} == set()
    assert all(isinstance(one, Indicator) and one.owner != one.checker for one in ALL)


def test_reviews_are_told_when_they_are_due():
    assert overdue(BY_CODE, date(2026, 11, 22)) == []
    assert len(overdue(BY_CODE, date(2028, 1, 1))) == len(ALL)
