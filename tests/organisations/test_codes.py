"""Check digits warn and never block; the documented test values hold."""

# ruff: noqa: RUF001 - full-width letters are what people paste

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yigongti.organisations import codes
from yigongti.organisations.labels import GRADES, grade_code
from yigongti.organisations.spelling import spelled, typed


@pytest.mark.parametrize("code", ["91350100M000100Y43", "91110000600037341L", ""])
def test_documented_credit_codes_carry_no_warning(code):
    assert codes.credit_warning(code) == ""


def test_a_wrong_check_digit_names_the_expected_one():
    assert codes.credit_warning("91350100M000100Y44") == "统一社会信用代码校验位应为 3，现为 4，请核对"


def test_a_credit_code_of_wrong_length_or_letters_is_named():
    assert "18 位" in codes.credit_warning("9135")
    assert "O" in codes.credit_warning("91350100M000100YO3")


def test_the_organisation_part_of_both_documented_codes_checks():
    assert codes.organisation_check("M000100Y") == "4"
    assert codes.organisation_check("60003734") == "1"


@given(st.text(alphabet=codes.CREDIT_ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.data())
def test_changing_any_one_character_is_noticed(body, position, data):
    code = body + codes.credit_check(body)
    changed = data.draw(st.sampled_from([c for c in codes.CREDIT_ALPHABET if c != code[position]]))
    assert codes.credit_warning(code) == ""
    assert codes.credit_warning(code[:position] + changed + code[position + 1 :]) != ""


def test_full_width_pasted_codes_are_tidied():
    assert codes.tidy(" ９１３５ ０１００ｍ０００１００ｙ４３ ") == "91350100M000100Y43"


def test_ws218_codes_say_their_class_or_what_is_odd():
    assert codes.ws218_warning("MB9000011140781" + "11" + "A100" + "1") == ""
    assert codes.ws218_class("MB9000011140781" + "11" + "C220" + "1") == "卫生院"
    assert "22 位" in codes.ws218_warning("123")
    assert "“Z”" in codes.ws218_warning("MB9000011140781" + "11" + "Z100" + "1")


@pytest.mark.parametrize(("code", "fits"), [("140781", True), ("140781003", True), ("1407", False), ("94078１", False)])
def test_division_codes_have_6_9_or_12_digits(code, fits):
    assert (codes.division_fault(code) == "") is fits


def test_grades_are_understood_as_codes_and_as_words():
    assert {grade_code(words) for words in GRADES.values()} == set(GRADES)
    assert grade_code("2A") == "2A"


def test_names_are_found_by_pinyin_and_initials_and_rare_characters_stand_for_themselves():
    assert spelled("介休市人民医院") == ("jiexiushirenminyiyuan", "jxsrmyy")
    assert spelled("𠮷村")[0].startswith("𠮷")
    assert typed(" ＪＸ sr ") == "jxsr"
