"""ID numbers, dates, names and phones in every way that people type them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.residents.people import card
from yigongti.residents import codes


TODAY = date(2026, 11, 22)
births = st.dates(min_value=date(1900, 1, 1), max_value=TODAY)
cards = st.builds(lambda born, sequence: card(born=born, sequence=sequence), births, st.integers(0, 999))


def full_width(text):
    return "".join(chr(ord(c) + 0xFEE0) for c in text)


@pytest.mark.requirement("R133")
@pytest.mark.parametrize("number", ["11010519491231002X", "140725195603120044"])
def test_the_published_numbers_check(number):
    assert codes.id_card(number, today=TODAY).number == number


@given(cards)
def test_a_number_says_its_holder_s_birth_date_and_sex(number):
    read = codes.id_card(number, today=TODAY)
    assert f"{read.birth_date:%Y%m%d}" == number[6:14]
    assert read.sex == ("1" if int(number[16]) % 2 else "2")


@given(cards)
def test_full_width_small_letters_and_spaces_read_as_the_same_number(number):
    typed = f" {full_width(number[:6])} {number[6:14]}-{number[14:].lower()} "
    assert codes.id_card(typed, today=TODAY).number == number


@given(cards, st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_digit_never_passes(number, place, digit):
    wrong = number[:place] + digit + number[place + 1 :]
    if wrong != number:
        with pytest.raises(codes.Unfit):
            codes.id_card(wrong, today=TODAY)


@given(cards, st.integers(0, 15))
def test_two_neighbours_swapped_never_pass(number, place):
    wrong = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    if wrong != number:
        with pytest.raises(codes.Unfit):
            codes.id_card(wrong, today=TODAY)


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(1999, 12, 31)), st.integers(0, 999))
def test_an_old_number_of_fifteen_is_written_out_to_the_same_eighteen(born, sequence):
    number = card(born=born, sequence=sequence)
    assert codes.id_card(number[:6] + number[8:17], today=TODAY).number == number


@given(cards)
def test_a_slip_is_a_slip_seen_from_either_side(number):
    for other in list(codes.one_slip_from(number))[:12]:
        assert number in codes.one_slip_from(other)
        assert other[17] == codes.check_digit(other[:17])


@pytest.mark.parametrize(
    ("number", "rule"),
    [
        ("110105194912310021", "校验位"),
        ("1101051949123100", "18 位"),
        (card(born=date(2026, 12, 1)), "晚于今天"),
        ("14078119560230004" + codes.check_digit("14078119560230004"), "日历上不存在"),
        ("张桂兰", "18 位"),
        ("", "18 位"),
        ("9" * 5000, "现为 5000 位"),
    ],
)
def test_a_wrong_number_is_refused_with_its_rule(number, rule):
    with pytest.raises(codes.Unfit, match=rule):
        codes.id_card(number, today=TODAY)


@given(births)
def test_a_date_reads_the_same_in_every_usual_form(born):
    forms = (
        f"{born:%Y-%m-%d}",
        f"{born:%Y/%m/%d}",
        f"{born.year}.{born.month}.{born.day}",
        f"{born:%Y%m%d}",
        f"{born.year}年{born.month}月{born.day}日",
        full_width(f"{born:%Y%m%d}"),
    )
    assert {codes.birth_date(form, today=TODAY) for form in forms} == {born}


@pytest.mark.parametrize(
    "text", ["2026-02-31", "2026-11-23", "1899-12-31", "昨天", "1958", "0000-00-00", full_width("1958-13-01")]
)
def test_an_impossible_date_is_refused(text):
    with pytest.raises(codes.Unfit):
        codes.birth_date(text, today=TODAY)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("𠮷田", "𠮷田"),
        ("买买提•阿不都", "买买提·阿不都"),
        ("张　三", "张三"),
        (full_width("John") + " Smith", "John Smith"),
        ("O'Neil", "O'Neil"),
        ("  欧阳 兰 ", "欧阳兰"),
        ("䶮", "䶮"),
        ("武〇兰", "武〇兰"),
        ("王\U00031350", "王\U00031350"),  # of an extension younger than some Pythons
        ("李\U0002ebf0", "李\U0002ebf0"),
    ],
)
def test_names_of_all_kinds_survive(typed, name):
    assert codes.person_name(typed) == name


@pytest.mark.parametrize(
    "typed", ["<script>alert(1)</script>", "张😀", "张桂兰1", "张\x00兰", "张\u202e兰", "·", "   "]
)
def test_what_is_no_name_is_refused(typed):
    with pytest.raises(codes.Unfit):
        codes.person_name(typed)


def test_a_sign_that_cannot_be_shown_is_named_by_its_number():
    with pytest.raises(codes.Unfit, match=r"U\+202E"):
        codes.person_name("张\u202e兰")


def test_a_name_of_five_thousand_characters_is_refused_by_its_length():
    with pytest.raises(codes.Unfit, match="最多 100 个字，现为 5000 个"):
        codes.person_name("张" * 5000)


@given(st.text(max_size=60))
def test_no_text_breaks_the_readers(text):
    for read in (codes.person_name, codes.phone, codes.division, codes.paper):
        try:
            assert read(text)
        except codes.Unfit as unfit:
            assert str(unfit)
    for read in (codes.id_card, codes.birth_date):
        try:
            assert read(text, today=TODAY)
        except codes.Unfit as unfit:
            assert str(unfit)


@pytest.mark.parametrize("typed", ["138 1234 5678", "+86-138-1234-5678", full_width("13812345678"), "0086 13812345678"])
def test_a_phone_reads_the_same_however_it_is_spaced(typed):
    assert codes.phone(typed) == "13812345678"
