"""What is seen of the organisation, by whom, at what cost."""

from datetime import timedelta
from math import cos, pi, sin

import pytest

from yigongti.kernel import clock
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.pages.register import registers
from yigongti.kernel.pages.registry import pages
from yigongti.organisations import actions, outlines
from yigongti.organisations.models import Charter, CharterApproval, County, Department, Institution

from .factories import account, actor, browser, institution, key


SQUARE = '{"type":"Polygon","coordinates":[[[111.7,36.8],[112.2,36.8],[112.2,37.2],[111.7,37.2],[111.7,36.8]]]}'


def page(client, address, status=200):
    answer = client.get(address)
    assert answer.status_code == status, answer.content.decode()[:600]
    return answer.content.decode()


@pytest.mark.requirement("R5")
def test_the_tree_shows_county_group_institution_and_room(place):
    said = page(browser(actor("bureau", place.county.unit)), "/organisations")
    for name in ("介休市医疗集团", "介休市人民医院", "张兰镇中心卫生院", "新堡村卫生室", "心内科", "中医院"):
        assert name in said


@pytest.mark.requirement("R18")
def test_of_another_group_only_names_are_seen(place):
    client = browser(actor("village_doctor", place.room.unit))
    said = page(client, "/organisations")
    assert "中医院" in said
    assert f"/organisations/institutions/{place.other.pk}" not in said
    assert f"/organisations/institutions/{place.hospital.pk}" in said
    page(client, f"/organisations/institutions/{place.other.pk}", status=404)
    assert f"/organisations/institutions/{place.other.pk}" not in page(client, "/organisations/map")
    listed = page(client, "/organisations/registers/institutions")
    assert "人民医院" in listed and "中医院" not in listed


def test_a_search_leaves_the_branches_that_lead_to_what_was_found(place):
    said = page(browser(place.administrator(place.county)), "/organisations?q=xbc")
    assert "新堡村卫生室" in said and "张兰镇中心卫生院" in said and "心内科" not in said


@pytest.mark.requirement("R20")
def test_the_tree_costs_the_same_however_many_rooms(place, django_assert_max_num_queries):
    client = browser(place.administrator(place.county))
    for number in range(30):
        institution(place.centre, f"第{number}村卫生室", "village_room", level="village")
    with django_assert_max_num_queries(12):
        page(client, "/organisations")
    with django_assert_max_num_queries(11):
        page(client, "/organisations/registers/institutions")


def test_an_institution_says_who_is_on_duty_what_is_odd_and_how_it_changed(place):
    Institution.objects.filter(pk=place.hospital.pk).update(credit_code="91350100M000100Y44")
    said = page(browser(place.administrator()), f"/organisations/institutions/{place.hospital.pk}")
    assert "校验位应为 3" in said and "牵头" in said and "没有排班" in said and "心内科" in said
    assert "校验位应为 3" in page(browser(place.administrator()), "/organisations/registers/institutions")


def test_the_map_draws_the_imported_outline_and_says_that_it_is_not_official(place):
    boss = place.administrator(place.county)
    client = browser(boss)
    answer = client.post("/organisations/outline", {"outline": SQUARE, "source": "测试", "key": key()})
    assert answer.status_code == 303
    Institution.objects.filter(pk=place.hospital.pk).update(longitude=111.9, latitude=37.0)
    said = page(client, "/organisations/map")
    assert "非官方地图" in said and "测试" in said and f'href="/organisations/institutions/{place.hospital.pk}"' in said
    assert "没有登记经纬度" in said


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("nothing", "不是 JSON"),
        ('{"type":"Point","coordinates":[1,2]}', "没有面"),
        ('{"type":"Polygon","coordinates":[[[4e5,1],[2,3],[4,5],[6,7]]]}', "不是经纬度"),
        ('{"type":"FeatureCollection","features":[]}', "有 0 个地方"),
        ("[1]", "不是 GeoJSON"),
    ],
)
def test_what_is_no_outline_is_refused_in_words(place, text, problem):
    client = browser(place.administrator(place.county))
    answer = client.post("/organisations/outline", {"outline": text, "source": "测试", "key": key()})
    assert answer.status_code == 422 and problem in answer.content.decode()
    assert County.objects.get().outline is None


def test_a_detailed_outline_is_thinned_and_keeps_its_shape():
    circle = [(112 + cos(2 * pi * i / 9000), 37 + sin(2 * pi * i / 9000)) for i in range(9000)]
    (((thin,),),) = outlines.thinned([[[circle]]], most=outlines.MOST_POINTS)
    assert len(thin) <= outlines.MOST_POINTS
    assert max(abs((x - 112) ** 2 + (y - 37) ** 2 - 1) for x, y in thin) < 0.001
    assert max(x for x, _ in thin) - min(x for x, _ in thin) > 1.99


def test_moving_an_institution_by_its_form_keeps_what_was_typed_when_refused(place):
    client = browser(place.administrator(place.county))
    address = f"/organisations/institutions/{place.centre.pk}/move"
    typed = {"group_text": "第二医共体", "begins": "2020-01-01", "reason": "批文 7 号", "key": key()}
    answer = client.post(address, typed)
    assert (
        answer.status_code == 422 and "批文 7 号" in answer.content.decode() and "今天或以后" in answer.content.decode()
    )
    answer = client.post(address, typed | {"begins": clock.today().isoformat(), "key": key()})
    assert answer.status_code == 303
    assert Institution.objects.select_related("unit").get(pk=place.centre.pk).unit.parent_id == place.other_group.pk


@pytest.mark.requirement("R9")
def test_a_charter_is_approved_by_every_member_and_not_edited_after_the_first_yes(place):
    secretary = place.administrator()
    client = browser(secretary)
    made = client.post(
        "/organisations/registers/charters/new",
        {"group": place.group.pk, "title": "章程", "text": "第一条", "begins": "2026-01-01", "key": key()},
    )
    assert made.status_code == 303
    charter = Charter.objects.get()
    head = actor("township_head", place.centre.unit)
    assert browser(head).post(f"/organisations/charters/{charter.pk}/approve", {"key": key()}).status_code == 303
    assert Charter.objects.get().approved_at is None
    shown = page(client, f"/organisations/registers/charters/{charter.pk}")
    assert "张兰卫生院（" in shown and "人民医院" in shown
    typed = {"group": place.group.pk, "title": "章程", "text": "改", "begins": "2026-01-01", "key": key()}
    typed["seen"] = registers["organisations.charters"].seen(charter)
    edited = client.post(f"/organisations/registers/charters/{charter.pk}/edit", typed)
    assert edited.status_code == 422 and "请另立一版" in edited.content.decode()
    assert Charter.objects.get().text == "第一条"
    actions.approve_charter(by=actor("president", place.group.unit), charter_id=charter.pk)
    assert Charter.objects.get().approved_at is not None
    assert CharterApproval.objects.count() == 2


def test_many_institutions_are_pasted_at_once_all_or_none(place):
    client = browser(place.administrator(place.county))
    head = "名称\t类型\t设在\t区划代码\t开放床位\n"
    good = head + "义安镇卫生院\t乡镇卫生院\t介休市医疗集团\t140781103\t30\n"
    good += "北村卫生室\t村卫生室\t义安镇卫生院\t140781103200\t\n"
    bad = good + "坏的\t没有这种\t介休市医疗集团\t14\t-3\n"
    before = Institution.objects.count()
    answer = client.post("/organisations/paste/institutions", {"rows": bad, "key": key()})
    said = answer.content.decode()
    assert answer.status_code == 422 and "第 4 行" in said and "义安镇卫生院" in said
    assert Institution.objects.count() == before
    answer = client.post("/organisations/paste/institutions", {"rows": good, "key": key()})
    assert answer.status_code == 303
    room = Institution.objects.select_related("unit__parent").get(name="北村卫生室")
    assert room.level == "village" and room.unit.parent.name == "义安镇卫生院"
    head = "机构\t名称\t接收转诊\t能收治什么\n"
    rows = head + "义安镇卫生院\t全科\t是\t常见病\n"
    assert client.post("/organisations/paste/departments", {"rows": rows, "key": key()}).status_code == 303
    assert Department.objects.get(name="全科").receives_referrals


def test_a_paste_without_its_head_line_names_the_columns(place):
    client = browser(place.administrator(place.county))
    answer = client.post("/organisations/paste/institutions", {"rows": "义安镇卫生院\t乡镇卫生院", "key": key()})
    assert answer.status_code == 422 and "第一行应是表头" in answer.content.decode()


def test_a_village_doctor_may_look_and_not_write(place):
    client = browser(actor("village_doctor", place.room.unit))
    for address in (
        "/organisations/registers/centres/new",
        "/accounts",
        "/organisations/first-steps",
        f"/organisations/institutions/{place.room.pk}/close",
        "/organisations/registers/staff",
    ):
        page(client, address, status=403)


def test_every_page_that_needs_no_number_opens_for_the_county_administrator(place):
    client = browser(place.administrator(place.county))
    codes = ("organisations.", "accounts.", "posts.")
    opened = 0
    for made in pages.values():
        if made.code.startswith(codes) and "<" not in made.route and client.get(f"/{made.route}").status_code == 200:
            opened += 1
    assert opened >= 25
    assert not Entry.objects.filter(kind="write").exclude(action__endswith=".export").exists()


def test_the_hours_of_a_weekday_must_not_overlap(place):
    client = browser(place.administrator())
    address = "/organisations/registers/hours/new"
    first = {"institution": place.centre.pk, "weekday": "0", "opens": "08:00", "closes": "12:00", "key": key()}
    assert client.post(address, first).status_code == 303
    answer = client.post(address, first | {"opens": "11:00", "closes": "13:00", "key": key()})
    assert answer.status_code == 422 and "08:00–12:00" in answer.content.decode()


def test_a_turn_of_duty_is_entered_by_names_alone(place):
    actor("referral_desk", place.hospital.unit)
    client = browser(actor("hr_officer", place.group.unit, of=account("人事")))
    start = clock.now() + timedelta(hours=1)
    typed = {
        "unit_text": "介休市人民医院",
        "duty": "referral_desk",
        "account_text": "李秀英",
        "begins": f"{start:%Y-%m-%dT%H:%M}",
        "ends": f"{start + timedelta(hours=8):%Y-%m-%dT%H:%M}",
        "key": key(),
    }
    answer = client.post("/organisations/registers/duties/new", typed)
    assert answer.status_code == 303, answer.content.decode()
