"""The screens: search, forms that keep what was typed, masks, notes in the trail, query counts."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories
from tests.access.conftest import signed_in
from tests.residents.people import card, form, person
from yigongti.kernel import clock
from yigongti.kernel.audit.models import Entry
from yigongti.residents.actions.merging import merge
from yigongti.residents.actions.openings import open_with_basis
from yigongti.residents.models import Merge, Resident, Suspicion


HTMX = {"HTTP_HX_REQUEST": "true"}


def post(client, address, **typed):
    return client.post(address, {"key": str(uuid4()), **typed})


@pytest.fixture
def browser(village_doctor):
    return signed_in(village_doctor)


def words(answer):
    return answer.content.decode()


def test_the_list_shows_one_s_own_and_notes_whom(county, browser):
    rows = [person(county.village, name=name) for name in ("张桂兰", "王有福")]
    person(county.village2, name="外村人")
    page = words(browser.get("/residents"))
    assert "张桂兰" in page and "王有福" in page and "外村人" not in page
    noted = Entry.objects.filter(action="residents.find").latest("pk")
    assert (noted.kind, noted.basis, set(noted.persons)) == ("read", "search", {row.pk for row in rows})


def test_typing_answers_with_the_found_part_only_and_more_by_keyset(county, browser):
    for n in range(30):
        person(county.village, name="张" + "一二三四五六七八九十"[n % 10] + "甲乙丙丁戊己"[n // 10])
    first = words(browser.get("/residents?q=zhang", **HTMX))
    assert "<html" not in first and first.count("<tr data-row") == 20 and "after=" in first
    after = first.split("after=")[1].split('"')[0]
    second = words(browser.get(f"/residents?q=zhang&after={after}", **HTMX))
    assert second.count("<tr data-row") == 10 and "after=" not in second


def test_the_list_costs_the_same_queries_for_one_as_for_fifty(county, browser):
    def cost():
        browser.get("/residents?q=张", **HTMX)
        with CaptureQueriesContext(connection) as ran:
            browser.get("/residents?q=张", **HTMX)
        return len(ran)

    person(county.village)
    one = cost()
    for n in range(49):
        person(county.village, name=f"张{'一二三四五六七'[n % 7]}")
    assert cost() == one <= 14


def test_beyond_one_s_scope_one_masked_hit_is_opened_by_stating_a_basis(county, browser):
    stranger = person(county.village2, name="欧阳秀英", id_card=card(), phone="13812345678", lives_address="张村 9 号")
    page = words(browser.get(f"/residents?q={card()}"))
    assert "欧阳*" in page and "张村卫生室" in page
    for secret in ("欧阳秀英", "13812345678", "张村 9 号", "03-04"):
        assert secret not in page
    assert Entry.objects.filter(basis="masked", persons=[stranger.pk]).exists()
    proof = page.split('name="proof" value="')[1].split('"')[0]
    refused = post(browser, f"/residents/{stranger.pk}/open", basis="present", reason="", proof=proof)
    assert refused.status_code == 422 and proof in words(refused)
    opened = post(browser, f"/residents/{stranger.pk}/open", basis="present", reason="发热来诊", proof=proof)
    assert (opened.status_code, opened.headers["Location"]) == (303, f"/residents/{stranger.pk}/record")
    assert browser.get(f"/residents/{stranger.pk}").status_code == 200


def test_a_refused_form_keeps_what_was_typed_and_says_everything_beside_its_field(county, browser):
    typed = form(name="<script>alert(1)</script>", id_card="140781195803040041", phone="12", lives_address="𠮷街 3 号")
    answer = post(browser, "/residents/new", **typed)
    page = words(answer)
    assert answer.status_code == 422
    assert "<script>alert" not in page and "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert 'value="140781195803040041"' in page and 'value="12"' in page and "𠮷街 3 号" in page
    assert "校验位" in page and 'href="#f-id_card"' in page and 'href="#f-phone"' in page
    assert not Resident.objects.exists()


def test_a_likely_duplicate_is_shown_and_registered_only_with_the_tick(county, browser):
    known = person(county.village)
    answer = post(browser, "/residents/new", **form())
    assert answer.status_code == 409
    assert "确认不是同一人" in words(answer) and f"/residents/{known.pk}" in words(answer)
    assert Entry.objects.filter(basis="likely", persons=[known.pk]).exists()
    assert post(browser, "/residents/new", **form(not_same="1")).status_code == 303
    assert Suspicion.objects.count() == 1


def test_the_form_for_a_paper_registered_elsewhere_offers_to_open_or_to_ask(county, browser):
    stranger = person(county.village2, id_card=card())
    page = words(post(browser, "/residents/new", **form()))
    assert (
        "张*" in page and f"/residents/{stranger.pk}/open" in page and f"/residents/{stranger.pk}/ask-transfer" in page
    )


def test_a_correction_over_somebody_else_s_shows_what_is_registered_now(county, browser):
    row = person(county.village, id_card=card())
    assert post(browser, f"/residents/{row.pk}/amend", version="1", **form(phone="13900001111")).status_code == 303
    late = post(browser, f"/residents/{row.pk}/amend", version="1", **form(phone="13900002222"))
    assert late.status_code == 409
    assert "13900002222" in words(late) and "13900001111" in words(late)


def test_papers_and_phones_are_masked_on_the_page(county, browser):
    row = person(county.village, id_card=card(), phone="13812345678")
    page = words(browser.get(f"/residents/{row.pk}"))
    assert card() not in page and "13812345678" not in page and card()[-4:] in page


def test_who_has_looked_is_on_a_page_of_its_own(county, browser, village_doctor):
    row = person(county.village)
    browser.get(f"/residents/{row.pk}")
    page = words(browser.get(f"/residents/{row.pk}/seen"))
    assert village_doctor.title in page and "查看居民登记" in page


def test_data_staff_compare_merge_and_undo(county, steward):
    a, b = person(county.village, id_card=card()), person(county.village2, phone="13812345678")
    pair = Suspicion.objects.create(one=a, other=b, why="姓名和出生日期相同", score=85, raised_at=clock.now())
    client = signed_in(steward)
    assert "姓名和出生日期相同" in words(client.get("/identity/duplicates"))
    page = words(client.get(f"/identity/duplicates/{pair.pk}"))
    assert card() in page and "13812345678" in page and "不同" in page
    refused = post(client, "/identity/merge", left=a.pk, right=b.pk, keep="left", reason="")
    assert refused.status_code == 422
    answer = post(client, "/identity/merge", left=a.pk, right=b.pk, keep="right", reason="核对户口本")
    assert answer.status_code == 303
    merged = Merge.objects.get()
    assert (merged.kept_id, merged.absorbed_id) == (b.pk, a.pk)
    assert "核对户口本" in words(client.get("/identity/merges"))
    assert client.get(f"/identity/merges/{merged.pk}").status_code == 200
    assert post(client, f"/identity/merges/{merged.pk}/undo", reason="核错").status_code == 303
    assert "已撤销" in words(client.get(f"/identity/merges/{merged.pk}"))


def test_the_lists_of_data_staff_cost_the_same_for_one_as_for_many(county, steward):
    client = signed_in(steward)
    pages = ("/identity/duplicates", "/identity/merges", "/identity/transfers", "/reviews")

    def more():
        a, b = person(county.village), person(county.village2)
        Suspicion.objects.create(one=a, other=b, why="x", score=85, raised_at=clock.now())
        c, d = person(county.village), person(county.village)
        merge(by=steward, kept=c.pk, absorbed=d.pk, reason="x")
        doctor = factories.actor("village_doctor", county.other_village)
        open_with_basis(by=doctor, resident=a.pk, basis="emergency", reason="昏迷")

    def costs():
        found = []
        for address in pages:
            client.get(address)
            with CaptureQueriesContext(connection) as ran:
                assert client.get(address).status_code == 200
            found.append(len(ran))
        return found

    more()
    one = costs()
    for _ in range(5):
        more()
    assert costs() == one
    assert max(one) <= 14


def test_a_review_shows_who_opened_and_masks_whom(county, steward, village_doctor):
    stranger = person(county.village2, name="欧阳秀英")
    open_with_basis(by=village_doctor, resident=stranger.pk, basis="emergency", reason="昏迷送来")
    client = signed_in(steward)
    page = words(client.get("/reviews"))
    assert "昏迷送来" in page and "欧阳*" in page and "秀英" not in page.replace("李秀英", "")


def test_the_box_at_the_top_and_the_picker_find_residents(county, browser):
    row = person(county.village, name="张桂兰")
    assert f"/residents/{row.pk}/record" in words(browser.get("/find?q=zgl", **HTMX))
    assert f'data-value="{row.pk}"' in words(browser.get("/pick/resident?q=zgl", **HTMX))


def test_who_has_no_business_with_residents_sees_none(county):
    person(county.village, id_card=card())
    for role, place in (("hr_officer", county.group), ("administrator", county.root)):
        client = signed_in(factories.actor(role, place))
        assert client.get(f"/residents?q={card()}").status_code in (302, 403), role
