"""Slip and summary on paper: no frame, a code of a size that a telephone reads, two pages at most."""

from __future__ import annotations

import re

import pytest


pytestmark = pytest.mark.needs("chromium")


@pytest.mark.requirement("R47")
def test_the_slip_prints_without_the_frame_on_at_most_two_pages(visit, town):
    number = town.submitted(town.new_person("王打印"), admission="ward", summary="胸痛两小时。" * 30)
    page = visit(town.at("village_doctor", "village"), width=794, height=1123)
    page.goto(f"/cases/{number}/paper")
    page.emulate_media(media="print")
    for what in (".top", ".side", ".bar", ".heading-acts", ".steps-bar"):
        assert not any(part.is_visible() for part in page.locator(what).all()), what
    code = page.locator(".paper-code svg").bounding_box()
    assert 70 <= code["width"] <= 160  # 2 to 4 cm: read from a hand's breadth, not from across the room
    assert code["width"] == code["height"]
    assert number in page.inner_text("main")
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    assert 1 <= pages <= 2


@pytest.mark.requirement("R133")
def test_the_summary_for_the_next_doctor_prints_on_one_page_and_says_that_no_allergy_is_known(visit, town):
    page = visit(town.at("village_doctor", "village"), width=680, height=980)
    page.goto(f"/residents/{town.patient.pk}/record/summary")
    page.emulate_media(media="print")
    for what in (".top", ".side", ".bar", ".heading-acts"):
        assert not any(part.is_visible() for part in page.locator(what).all()), what
    words = page.inner_text("main")
    for said in ("任桂兰", "过敏", "没有过敏记录", "高血压", "144/", "打印于"):
        assert said in words, said
    assert page.evaluate("document.documentElement.scrollWidth") <= 680
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1
