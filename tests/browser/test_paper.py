"""The referral slip on paper: no frame, a code of a size that a telephone reads, two pages at most."""

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
