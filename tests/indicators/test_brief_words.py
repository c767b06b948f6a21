"""The text of a brief: slots, typed numbers, and what cannot be kept."""

from __future__ import annotations

import pytest

from yigongti.indicators.brief.words import Slot, Typed, faults, paragraphs, slots, typed


TITLES = {1: "县域就诊率", 2: "药占比"}


def numbers(text):
    return [text[start:end].strip() for start, end in typed(text)]


def test_slots_are_figures_and_everything_else_is_words():
    (one,) = paragraphs("县域就诊率【1】，【1比】；药占比【2】。")
    assert one.pieces == ("县域就诊率", Slot(1), "，", Slot(1, "比"), "；药占比", Slot(2), "。")
    assert [str(slot) for slot in slots("【1】【12标】")] == ["【1】", "【12标】"]


def test_a_short_numbered_line_without_a_full_stop_is_a_heading():
    text = "一、就医格局\n\n一是强基层。\n十一、下一步\n一、这是一句话。后面还有"
    assert [one.heading for one in paragraphs(text)] == [True, False, True, False]


@pytest.mark.parametrize(
    "text",
    ["2025 年 11 月底前", "2024年3月5日", "2020—2025年", "5 月 19 日", "国卫基层函〔2024〕12 号", "第 110 期",
     "2025 年第 3 季度", "1. 强基层", "【1】"],
)  # fmt: skip
def test_days_document_numbers_and_paragraph_numbers_are_no_figures(text):
    assert numbers(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [("就诊率达 93%以上", ["93%"]), ("激励 500万元", ["500万元"]), ("上升 1.5 个百分点", ["1.5 个百分点"]),
     ("百分之九十三", ["百分之九十三"]), ("超过九成", ["九成"]),
     ("\uff11\uff12，\uff13\uff14人次", ["\uff11\uff12，\uff13\uff14人"]),
     ("2025 年新增 14 张床", ["14 张"]), ("总第 110 期共 80 份", ["80"])],
)  # fmt: skip
def test_typed_quantities_are_found_however_they_are_written(text, found):
    assert numbers(text) == found


def test_a_typed_number_stays_and_is_marked():
    (one,) = paragraphs("省里激励 500 万元。")
    assert one.pieces == ("省里激励 ", Typed("500 万元"), "。")


@pytest.mark.requirement("R174")
@pytest.mark.parametrize(
    "text", ["县域就诊率达 93%以上。", "本月县域就诊率百分之九十三。", "县域就诊率【1】，即 93.1%。"]
)
def test_a_number_of_a_figure_cannot_be_typed_over(text):
    (fault,) = faults(text, TITLES)
    assert (fault.what, fault.title) == ("overtyped", "县域就诊率")


def test_a_number_elsewhere_in_the_text_is_no_fault():
    assert faults("县域就诊率【1】。省里激励 500 万元。2025 年药占比【2】。", TITLES) == []


def test_a_slot_without_a_figure_is_a_fault():
    assert [(one.what, one.said) for one in faults("【7】和【1】", TITLES)] == [("unknown", "【7】")]


def test_a_number_in_the_name_of_a_figure_is_part_of_the_name():
    named = "2 型糖尿病患者规范管理率"
    assert faults(f"{named}【1】，省里激励 500 万元。", {1: named})[0].said == "500 万元"
    assert faults(f"{named}【1】。省里激励 500 万元。", {1: named}) == []
    (one,) = paragraphs(f"{named}【1】", [named])
    assert one.pieces == (named, Slot(1))
