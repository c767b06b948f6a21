"""A register by declaration: list, search, filter, form, history, export, permission, audit."""

import pytest

from tests.organisations.factories import FOUNDED, Place, actor, browser, key
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.pages.register import registers
from yigongti.organisations import queries
from yigongti.organisations.models import Centre, Staff


CENTRES = "/organisations/registers/centres"


@pytest.fixture
def place(db):
    queries.forget()
    yield Place()
    queries.forget()


def centre(place, name="心电诊断中心", family="business", host=None):
    return Centre.objects.create(name=name, family=family, host=host or place.hospital, opened_on=FOUNDED)


def typed(place, **facts):
    return {"name": "影像中心", "family": "business", "host": place.hospital.pk, "scope": "全县", "key": key()} | facts


@pytest.mark.requirement("R15")
def test_a_row_is_made_listed_found_and_filtered(place):
    client = browser(place.administrator())
    assert client.post(f"{CENTRES}/new", typed(place)).status_code == 303
    centre(place, "人力资源中心", "management")
    assert "影像中心" in client.get(f"{CENTRES}?q=影像").content.decode()
    found = client.get(f"{CENTRES}?family=management").content.decode()
    assert "人力资源中心" in found and "影像中心" not in found


def test_all_errors_stand_beside_their_fields_and_what_was_typed_is_kept(place):
    client = browser(place.administrator())
    answer = client.post(f"{CENTRES}/new", typed(place, name="字" * 5000, family="?", host="", opened_on="2026-02-30"))
    said = answer.content.decode()
    assert answer.status_code == 422
    assert "请填写依托机构" in said and "2026-02-30" in said and "字" * 5000 in said
    assert said.count('class="field-error"') == 4
    assert not Centre.objects.exists()


def test_scripts_are_shown_as_text(place):
    client = browser(place.administrator())
    client.post(f"{CENTRES}/new", typed(place, name="<script>alert(1)</script>𠮷😀"))
    said = client.get(CENTRES).content.decode()
    assert "<script>alert" not in said and "&lt;script&gt;" in said and "𠮷😀" in said


def test_the_history_says_who_changed_what_from_what(place):
    client = browser(place.administrator())
    client.post(f"{CENTRES}/new", typed(place))
    row = Centre.objects.get()
    seen = registers["organisations.centres"].seen(row)
    client.post(f"{CENTRES}/{row.pk}/edit", typed(place, name="医学影像中心", seen=seen))
    said = client.get(f"{CENTRES}/{row.pk}").content.decode()
    assert "<del>影像中心</del>" in said and "<ins>医学影像中心</ins>" in said and "系统管理员" in said
    changed = Entry.objects.filter(action="organisations.centres.save").latest("id").facts["changed"]
    assert changed == {"name": ["影像中心", "医学影像中心"]}


def test_a_save_over_somebody_elses_is_noticed(place):
    client, row = browser(place.administrator()), centre(place)
    seen = registers["organisations.centres"].seen(row)
    first = client.post(f"{CENTRES}/{row.pk}/edit", typed(place, name="甲", seen=seen))
    second = client.post(f"{CENTRES}/{row.pk}/edit", typed(place, name="乙", seen=seen))
    assert (first.status_code, second.status_code) == (303, 409)
    assert "被别人改过" in second.content.decode() and Centre.objects.get().name == "甲"


def test_a_retried_submission_makes_one_row(place):
    client, once = browser(place.administrator()), typed(place)
    answers = {client.post(f"{CENTRES}/new", once).headers["Location"] for _ in range(2)}
    assert Centre.objects.count() == 1 and len(answers) == 1


def test_a_thing_is_picked_by_its_name_alone_and_several_are_offered(place):
    client = browser(place.administrator())
    assert client.post(f"{CENTRES}/new", typed(place, host="", host_text="人民医院")).status_code == 303
    answer = client.post(f"{CENTRES}/new", typed(place, host="", host_text="张兰"))
    assert answer.status_code == 303
    several = client.post(f"{CENTRES}/new", typed(place, host="", host_text="院"))
    assert several.status_code == 422 and "请从名单中选择" in several.content.decode()
    assert f'value="{place.hospital.pk}"' in several.content.decode()
    nothing = client.post(f"{CENTRES}/new", typed(place, host="", host_text="没有这家"))
    assert nothing.status_code == 422 and "没有找到" in nothing.content.decode()


@pytest.mark.requirement("R18")
def test_scope_holds_in_list_row_form_and_action(place):
    theirs = centre(place, "针灸推拿", "tcm", host=place.other)
    client = browser(place.administrator())
    assert "针灸推拿" not in client.get(CENTRES).content.decode()
    assert client.get(f"{CENTRES}/{theirs.pk}").status_code == 404
    assert client.get(f"{CENTRES}/{theirs.pk}/edit").status_code == 404
    assert client.post(f"{CENTRES}/{theirs.pk}/edit", typed(place, seen="")).status_code == 404
    answer = client.post(f"{CENTRES}/new", typed(place, host=place.other.pk))
    assert answer.status_code == 422 and Centre.objects.count() == 1


def test_who_may_only_look_finds_no_button_and_no_door(place):
    centre(place)
    client = browser(actor("village_doctor", place.room.unit))
    assert f"{CENTRES}/new" not in client.get(CENTRES).content.decode()
    assert client.get(f"{CENTRES}/new").status_code == 403
    assert client.post(f"{CENTRES}/new", typed(place)).status_code == 403


def test_more_rows_come_by_keyset_without_counting_or_losing_any(place, django_assert_max_num_queries):
    for number in range(120):
        centre(place, f"中心{number % 7}")  # names repeat, so the key must break ties
    client, address, names = browser(place.administrator()), CENTRES, []
    for _ in range(3):
        with django_assert_max_num_queries(10):
            said = client.get(address, headers={"HX-Request": "true"} if names else {}).content.decode()
        names += [part.split('"')[0] for part in said.split(f'href="{CENTRES}/')[1:] if part[0].isdigit()]
        after = said.partition("after=")[2].partition('"')[0]
        address = f"{CENTRES}?after={after}"
    assert len(names) == len(set(names)) == 120 and not after


def test_a_mark_that_is_none_of_ours_is_not_found(place):
    client = browser(place.administrator())
    for mark in ("x", "WyJhIl0=", "WyJhIiwiYiJd"):
        assert client.get(f"{CENTRES}?after={mark}").status_code == 404


def test_the_export_is_for_spreadsheets_complete_and_audited(place):
    for number in range(60):
        centre(place, f"中心{number}")
    centre(place, "=HYPERLINK(1)")
    answer = browser(place.administrator()).get(f"{CENTRES}.csv?family=business")
    said = b"".join(answer.streaming_content)
    assert said.startswith(b"\xef\xbb\xbf")
    lines = said.decode("utf-8-sig").splitlines()
    assert lines[0] == "名称,类别,依托机构,成立日期,撤销日期" and len(lines) == 62
    assert any(line.startswith("'=HYPERLINK") for line in lines)
    told = Entry.objects.get(action="organisations.centres.export").facts
    assert (told["family"], told["rows"]) == ("business", 61)


@pytest.mark.requirement("R79")
def test_staff_keep_three_homes_and_only_those_who_may_see_them(place):
    officer = actor("hr_officer", place.group.unit)
    client = browser(officer)
    answer = client.post(
        "/organisations/registers/staff/new",
        {
            "name": "单雄信", "sex": "1", "birth_date": "1980-05-06", "profession": "医师", "title": "主治医师",
            "works_at": place.centre.pk, "establishment_at": place.hospital.pk, "payroll_at": place.centre.pk,
            "key": key(),
        },
    )  # fmt: skip
    assert answer.status_code == 303, answer.content.decode()
    made = Staff.objects.get()
    assert (made.works_at_id, made.establishment_at_id, made.payroll_at_id) == (
        place.centre.pk, place.hospital.pk, place.centre.pk,
    )  # fmt: skip
    assert made.initials
    bad = client.post(
        "/organisations/registers/staff/new",
        {"name": "婴儿", "sex": "1", "birth_date": "2026-01-01", "profession": "医师", "works_at": place.centre.pk,
         "key": key()},
    )  # fmt: skip
    assert bad.status_code == 422 and "15 到 100 岁" in bad.content.decode()


def test_a_calendar_day_is_entered_once_and_its_day_is_not_changed(place):
    client = browser(place.administrator(place.county))
    address = "/organisations/registers/calendar"
    day = {"day": "2027-01-01", "name": "元旦", "source": "通知", "key": key()}
    assert client.post(f"{address}/new", day).status_code == 303
    twice = client.post(f"{address}/new", day | {"key": key()})
    assert twice.status_code == 409 and "已经有了" in twice.content.decode()
    assert client.get(f"{address}/2027-01-01").status_code == 200
    assert client.get(f"{address}/not-a-day").status_code == 404
