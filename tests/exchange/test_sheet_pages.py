"""The pages of sheets over HTTP: bring, watch, decide, mend, run, undo; what each reader sees and nobody else does."""

import io
import re
import uuid
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.access.conftest import signed_in
from tests.exchange.test_sheets import HEAD, MEASURED, brought, card, place, run
from tests.factories import actor, resident
from tests.factories import county as make_county
from yigongti.exchange.batches import actions, queries, working
from yigongti.exchange.batches.models import Batch
from yigongti.exchange.tables.opening import opened
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def steward(county):
    return actor("data_steward", county.group, name="数据员")


@pytest.fixture
def browser(steward):
    return signed_in(steward)


def post(browser, path, **data):
    return browser.post(path, {"key": str(uuid.uuid4()), **data})


def test_a_sheet_goes_from_the_file_to_the_county_and_back_by_hand(county, browser):
    body = (HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n李四,1,,,,{place(county)},,,\n").encode()
    assert "下载 Excel 模板" in browser.get("/tables/bring/residents").content.decode()
    answer = post(browser, "/tables/bring/residents", file=SimpleUploadedFile("居民.csv", body, "text/csv"))
    assert answer.status_code == 303
    where = answer["Location"]
    assert "正在读取" in browser.get(where).content.decode()
    asked = browser.get(f"{where}?progress=1", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in asked and 'hx-trigger="every 1s"' in asked.content.decode()
    while working.work():
        pass
    assert browser.get(f"{where}?progress=1", headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    shown = browser.get(where).content.decode()
    assert "最多的问题" in shown and "应为 18 位" in shown and "收进 1 行" in shown
    form = browser.get(f"{where}/rows/3").content.decode()
    assert 'value="李四"' in form and "应为 18 位" in form
    assert post(browser, f"{where}/rows/3", id_card=card(111)).status_code == 303
    assert post(browser, f"{where}/run").status_code == 303
    while working.work():
        pass
    assert set(Resident.objects.values_list("name", flat=True)) == {"张桂兰", "李四"}
    assert "撤销整张表" in browser.get(where).content.decode()
    assert post(browser, f"{where}/undo", why="送错了").status_code == 303
    while working.work():
        pass
    assert not Resident.objects.exists() and "已撤销" in browser.get(where).content.decode()


def test_a_sheet_of_which_rows_wait_is_not_called_taken_in(county, browser):
    body = (HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n李四,1,,,,{place(county)},,,\n").encode()
    where = post(browser, "/tables/bring/residents", file=SimpleUploadedFile("居民.csv", body, "text/csv"))["Location"]
    while working.work():
        pass
    post(browser, f"{where}/run")
    while working.work():
        pass
    for address in ("/tables", where):
        assert "收进了，1 行没有" in browser.get(address).content.decode()


def test_the_same_click_twice_brings_and_runs_once(county, steward, browser):
    body = (HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n").encode()
    key = str(uuid.uuid4())
    for _ in range(2):
        file = SimpleUploadedFile("居民.csv", body, "text/csv")
        assert browser.post("/tables/bring/residents", {"key": key, "file": file}).status_code == 303
    assert Batch.objects.count() == 1


def test_who_may_be_registered_stands_beside_the_row_masked_without_a_basis_and_the_look_is_kept(county, steward):
    known = resident(county.foreign_township, name="欧阳桂兰", born=date(1966, 7, 12), pinyin="ouyangguilan",
                     lives_address="平遥古城 1 号")  # fmt: skip
    batch = brought(steward, HEAD + f"欧阳桂兰,,女,1966-07-12,,{place(county)},,,\n")
    shown = signed_in(steward).get(f"/tables/{batch.pk}").content.decode()
    assert "像已登记的人" in shown and "欧阳*" in shown and "平遥古城" not in shown
    assert Trail.objects.filter(kind="read", action="exchange.table", persons__contains=[known.pk]).count() == 1


@pytest.mark.requirement("R164")
def test_the_marked_sheet_and_the_templates_open_as_sheets(county, steward, browser):
    batch = brought(steward, HEAD + f"李四,1,,,,{place(county)},,,\n")
    marked = browser.get(f"/tables/{batch.pk}/marked.xlsx")
    lines = list(opened(marked.content, name="a.xlsx", most_rows=10).lines)
    assert "应为 18 位" in lines[0].cells[-1]
    for form in ("xlsx", "csv"):
        template = browser.get(f"/tables/bring/residents/template.{form}")
        assert "身份证号" in " ".join(opened(template.content, name="", most_rows=10).head)
    assert browser.get("/tables/bring/residents/template.exe").status_code == 404


def test_clinical_values_reach_nobody_but_who_brought_them(county, steward):
    batch = brought(steward, MEASURED + "P-9,2011-10-14,BP,139.77,75\n", kind="measurements", name="测量.csv")
    own, other = signed_in(steward), signed_in(actor("data_steward", county.group, name="另一位"))
    assert own.get(f"/tables/{batch.pk}/rows/2").content.decode().count("139.77") == 1
    assert "139.77" not in other.get(f"/tables/{batch.pk}/rows/2").content.decode()
    assert "139.77" not in other.get(f"/tables/{batch.pk}").content.decode()
    assert other.get(f"/tables/{batch.pk}/marked.xlsx").status_code == 403
    assert own.get(f"/tables/{batch.pk}/marked.xlsx").status_code == 200


@pytest.mark.parametrize("role", ["township_doctor", "village_doctor", "president"])
def test_others_find_no_sheets(county, steward, role):
    batch = brought(steward, HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n")
    where = county.group if role == "president" else county.village if role == "village_doctor" else county.township
    client = signed_in(actor(role, where, name="别人"))
    for path in ("/tables", f"/tables/{batch.pk}", "/tables/bring/residents", f"/tables/{batch.pk}/marked.xlsx"):
        assert client.get(path).status_code == 403, path
    assert post(client, f"/tables/{batch.pk}/run").status_code == 403


def test_a_page_costs_the_same_however_long_the_sheet(county, steward, browser):
    def asked(rows: int) -> int:
        people = "".join(f"王{chr(0x4E00 + n)},1,,,,{place(county)},,,\n" for n in range(rows))
        batch = brought(steward, HEAD + people + "\n" * 0, name=f"{rows}.csv")
        with CaptureQueriesContext(connection) as seen:
            assert browser.get(f"/tables/{batch.pk}").status_code == 200
        return len(seen)

    browser.get("/tables")
    assert asked(2) == asked(120)


def test_more_rows_than_a_page_are_reached_one_page_after_the_other(county, steward, browser):
    people = "".join(f"王{chr(0x4E00 + n)},1,,,,{place(county)},,,\n" for n in range(120))
    batch = brought(steward, HEAD + people)
    found, after = set(), 0
    while rows := queries.rows(of=batch, state="wrong", after=after, limit=50):
        found |= {row.number for row in rows}
        after = rows[-1].number
    assert len(found) == 120
    more = browser.get(f"/tables/{batch.pk}?state=wrong&after=51", headers={"HX-Request": "true"}).content.decode()
    assert more.count("<tr data-row") == 50


def test_an_undo_asks_why(county, steward, browser):
    batch = run(steward, brought(steward, HEAD + f"张桂兰,{card(122)},,,,{place(county)},,,\n"))
    assert post(browser, f"/tables/{batch.pk}/undo", why=" ").status_code == 422
    with pytest.raises(actions.NotInThisState):
        actions.cancel(by=steward, batch_id=batch.pk)


def test_a_broken_file_says_so_in_a_sentence(county, browser):
    for name, body in (("a.xlsx", b"PK\x03\x04nothing"), ("b.csv", b"\x00\x01\x02\x03" * 50), ("c.csv", b"")):
        answer = post(browser, "/tables/bring/residents", file=SimpleUploadedFile(name, io.BytesIO(body).read()))
        while working.work():
            pass
        text = (
            browser.get(answer["Location"]).content.decode() if answer.status_code == 303 else answer.content.decode()
        )
        assert "读不了" in text or "是空的" in text, name


def test_of_two_who_mend_one_row_the_second_is_told(county, steward):
    batch = brought(steward, HEAD + f"张桂兰,{card(122)},,,12,{place(county)},,,\n")
    other = actor("data_steward", county.group, name="另一位")
    address, pages = f"/tables/{batch.pk}/rows/2", [signed_in(steward), signed_in(other)]
    seen = [re.search(r'name="seen" value="(\w+)"', one.get(address).content.decode())[1] for one in pages]
    typed = {"name": "张桂兰", "id_card": card(122), "managing": place(county)}
    assert pages[0].post(address, typed | {"phone": "13", "seen": seen[0], "key": uuid.uuid4()}).status_code == 303
    late = pages[1].post(address, typed | {"phone": "12", "seen": seen[1], "key": uuid.uuid4()})
    shown = late.content.decode()
    assert late.status_code == 409 and "已由别人改过" in shown
    assert 'value="12"' in shown and "表里现在是“13”" in shown  # what was typed stays, beside what stands there
    (row,) = queries.rows(of=batch, state="wrong")
    assert "13" in row.mended
    again = re.search(r'name="seen" value="(\w+)"', shown)[1]
    assert pages[1].post(address, typed | {"phone": "12", "seen": again, "key": uuid.uuid4()}).status_code == 303
