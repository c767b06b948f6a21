"""What may be typed, and what is said about what may not."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yigongti.kernel import clock
from yigongti.kernel.refusal import BadValue, Missing, Refusal
from yigongti.record import measuring
from yigongti.record.policy.series import ALL, SERIES
from yigongti.record.policy.special_classes import CLASSES, class_of
from yigongti.record.targets import targets_of


PRESSURE = SERIES["blood_pressure"]
BORN = date(1958, 3, 4)


def wide(text):
    """The same characters as a keyboard's full-width mode writes them."""
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


@pytest.mark.parametrize("typed", ["140/90", "140／90", f" {wide('140')} / {wide('90')} ", "140/ 90"])
def test_full_width_and_blanks_are_read_as_meant(typed):
    assert measuring.measured(PRESSURE, typed) == (Decimal(140), Decimal(90))


@pytest.mark.parametrize(
    ("series", "typed", "said"),
    [
        ("blood_pressure", "140", "血压“140”不合规定：请按 140/90 的样子填写"),
        ("blood_pressure", "1400/90", "血压“1400/90”不合规定：收缩压应在 40–320 mmHg 之间，请核对后重填"),
        ("blood_pressure", "90/140", "血压“90/140”不合规定：收缩压须大于舒张压"),
        ("blood_pressure", "138.5/86", "血压“138.5/86”不合规定：请填写整数"),
        ("temperature", "3.65", "体温“3.65”不合规定：体温应在 25–44 ℃ 之间，请核对后重填"),
        ("temperature", "36.55", "体温“36.55”不合规定：最多 1 位小数"),
        ("potassium", "NaN", "血钾“NaN”不合规定：请填写一个数"),
        ("potassium", "1e1", "血钾“1e1”不合规定：请填写一个数"),
        ("potassium", "-4", "血钾“-4”不合规定：请填写一个数"),
        ("heart_rate", "<script>", "心率“<script>”不合规定：请填写一个数"),
        ("heart_rate", "😀", "心率“😀”不合规定：请填写一个数"),
    ],
)
def test_a_refusal_names_field_value_and_rule(series, typed, said):
    with pytest.raises(BadValue) as refused:
        measuring.measured(SERIES[series], typed)
    assert (refused.value.sentence, refused.value.field) == (said, "value")


def test_five_thousand_characters_are_refused_in_one_short_sentence():
    with pytest.raises(BadValue) as refused:
        measuring.measured(PRESSURE, "1" * 5000)
    assert len(refused.value.sentence) < 100


def test_nothing_typed_is_missing_not_wrong():
    with pytest.raises(Missing):
        measuring.measured(PRESSURE, "　 ")


@given(st.text(max_size=40), st.sampled_from(ALL))
def test_whatever_is_typed_is_a_measurement_within_limits_or_a_refusal(typed, series):
    try:
        numbers = measuring.measured(series, typed)
    except Refusal:
        return
    for measure, number in zip(series.measures, numbers, strict=True):
        assert measure.least <= number <= measure.greatest


@given(st.text(max_size=30))
def test_whatever_is_typed_is_a_moment_of_this_life_or_a_refusal(typed):
    try:
        found = measuring.moment(typed, field="at", label="时间", born=BORN)
    except Refusal:
        return
    assert found.tzinfo is not None
    assert found <= clock.now() + measuring.CLOCK_SKEW


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("2026-02-30 09:30", "没有这样的时间"),
        ("明天", "没有这样的时间"),
        ("2999-01-01", "不能晚于现在"),
        ("1957-01-01", "早于出生日期 1958-03-04"),
        ("2021-01-02", "晚于死亡日期 2021-01-01"),
    ],
)
def test_impossible_times_are_refused_with_the_reason(typed, problem):
    with pytest.raises(BadValue, match=problem):
        measuring.moment(typed, field="at", label="时间", born=BORN, died=date(2021, 1, 1) if "2021" in typed else None)


def test_a_time_without_zone_is_the_countys():
    read = measuring.moment("2026-03-04T09:30", field="at", label="时间", born=BORN)
    assert read.isoformat() == "2026-03-04T09:30:00+08:00"


@pytest.mark.parametrize("typed", ["I10", "i10", wide("I10"), "E11.900", "F20.000x001", "I10.x00X002", "A18.0+", ""])
def test_codes_in_their_usual_forms_are_taken(typed):
    assert measuring.icd10(typed) == measuring.plain(typed).upper().replace("X", "x")


@pytest.mark.parametrize("typed", ["10I", "高血压", "I1", "I10.12345678", "I10; DROP TABLE"])
def test_what_is_no_code_is_refused(typed):
    with pytest.raises(BadValue, match="ICD-10"):
        measuring.icd10(typed)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("F20.000x001", "psychiatric"), ("F32.9", "psychiatric"), ("F03", ""), ("F05.1", ""), ("F17.2", ""),
        ("F51.0", ""), ("F02.4", "hiv"), ("B20.000", "hiv"), ("B24", "hiv"), ("B25", ""), ("Z21", "hiv"),
        ("Z20.6", "hiv"), ("Z20.5", ""), ("A15.0", "tuberculosis"), ("A19.9", "tuberculosis"), ("A20", ""),
        ("A50", "sexual_health"), ("A64", "sexual_health"), ("A65", ""), ("O98.1", "sexual_health"),
        ("O98.3", "sexual_health"), ("O98.4", ""), ("O04.900", "reproductive"), ("O00.1", ""),
        ("Z30.0", "reproductive"),
        ("I10", ""), ("F", ""), ("", ""),
    ],
)  # fmt: skip
def test_special_classes_follow_their_codes(code, expected):
    assert class_of(code) == expected


def test_every_special_class_names_its_law_and_source():
    assert all(one.law and one.source and one.confidence for one in CLASSES)


def sides(code, *numbers, born=BORN, managed=()):
    targets = targets_of(SERIES[code], born=born, managed=frozenset(managed), on=date(2026, 1, 1))
    return [target.side(Decimal(number)) for target, number in zip(targets, numbers, strict=True)]


@pytest.mark.django_db
@pytest.mark.requirement("R133")
def test_targets_follow_age_and_managed_conditions():
    assert sides("blood_pressure", 149, 89) == ["inside", "inside"]
    assert sides("blood_pressure", 150, 90) == ["above", "above"]
    assert sides("blood_pressure", 149, 89, born=date(1980, 1, 1)) == ["above", "inside"]
    assert sides("blood_pressure", 149, 89, born=date(2020, 1, 1)) == ["inside", "inside"]
    assert sides("fasting_glucose", "6.5") == ["above"]
    assert sides("fasting_glucose", "6.5", managed=("diabetes",)) == ["inside"]
    assert sides("fasting_glucose", "7.0", managed=("diabetes",)) == ["above"]
    assert sides("fasting_glucose", "3.9") == ["below"]


@pytest.mark.django_db
def test_the_65th_birthday_changes_the_target():
    day_before = targets_of(PRESSURE, born=date(1961, 1, 2), managed=frozenset(), on=date(2026, 1, 1))
    birthday = targets_of(PRESSURE, born=date(1961, 1, 2), managed=frozenset(), on=date(2026, 1, 2))
    assert (day_before[0].below, birthday[0].below) == (140, 150)
