"""A sheet by hand in a real browser: brought, mended, decided, run, undone; each state accessible, quiet, narrow."""

import time

import pytest

from tests.browser.look import Look
from tests.exchange.test_sheets import HEAD, card
from yigongti.exchange.batches import working
from yigongti.residents.models import Resident


pytestmark = pytest.mark.needs("chromium")
PRIMARY = "main form button.primary, .heading-acts button.primary"


@pytest.fixture
def sheet(tmp_path, town):
    place = town.county.township.name
    rows = [
        f"霍一鸣,{card(501, '19710203')},,,,{place},,,",
        f"霍二鸣,140781197102031,,,12,{place},,,",
        f"任桂兰,,女,{town.patient.birth_date},,{place},,,",
    ]
    file = tmp_path / "居民.csv"
    file.write_text(HEAD + "\n".join(rows) + "\n", encoding="gb18030")
    return file


def work():
    """What the worker would do."""
    while working.work():
        pass


def test_a_sheet_is_brought_mended_decided_run_and_undone(visit, town, sheet):
    page = visit(town.at("data_steward"))
    look = Look(page)
    page.goto("/tables")
    page.get_by_role("link", name="居民", exact=True).last.click()
    page.set_input_files("input[type=file]", str(sheet))
    page.locator("form.form button.primary").click()
    page.wait_for_selector("#table-progress")
    assert "正在读取" in page.text_content("main")
    where = page.url
    work()
    page.wait_for_selector(
        "text=最多的问题", timeout=8000
    )  # the page asks by itself and turns over when all is checked
    for state in ("wrong", "alike", "good"):
        look.at(f"{where}?state={state}")
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(f"{where}?state=alike")
    assert "任桂兰" in page.text_content("main")
    page.get_by_role("button", name="不是同一人，照样登记", exact=True).click()
    page.goto(f"{where}?state=wrong")
    page.locator("table a").first.click()
    look.at(page.url)
    page.fill("[name=id_card]", card(502, "19710203"))
    page.fill("[name=phone]", "")
    page.dispatch_event("[name=phone]", "change")  # as leaving the field does
    page.reload()  # a page that is opened for the faults it has puts back what was typed, as any other
    assert page.locator("[data-kept]").is_visible() and page.input_value("[name=id_card]") == card(502, "19710203")
    page.locator("form.form button.primary").click()
    page.wait_for_load_state()
    page.locator(".heading-acts button.primary").click()
    page.wait_for_load_state()
    work()
    until = time.monotonic() + 8
    while (
        "收进了" not in page.text_content("main")
        and "已收进" not in page.text_content("main")
        and time.monotonic() < until
    ):
        page.wait_for_timeout(200)
    assert set(Resident.objects.filter(name__startswith="霍").values_list("name", flat=True)) == {"霍一鸣", "霍二鸣"}
    page.get_by_role("link", name="撤销整张表").click()
    page.fill("[name=why]", "试过了")
    page.locator("form.form button.primary").click()
    page.wait_for_load_state()
    work()
    look.at(where)
    assert not Resident.objects.filter(name__startswith="霍").exists()
    assert look.faults == []
