"""What a role must never be able to do: tried over HTTP by somebody of that role, refused, and nothing has changed."""

from __future__ import annotations

import ast
import importlib.util
import uuid
from pathlib import Path

import pytest
from django.db import DatabaseError, transaction

from tests import factories
from tests.access.conftest import signed_in
from tests.exchange.test_sheets import brought
from tests.record.factories import encounter, entry
from tests.residents.people import person
from yigongti.exchange.tables.opening import opened
from yigongti.kernel import finders
from yigongti.kernel.access.models import Opening, Post
from yigongti.kernel.access.words import registry
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.pages.registry import pages
from yigongti.kernel.refusal import NotAllowed, NotFound
from yigongti.kernel.workflow import engine
from yigongti.kernel.workflow.clocks import the_clock
from yigongti.kernel.workflow.models import Act, Case
from yigongti.organisations.models import Charter
from yigongti.record.models import Entry
from yigongti.referral.models import Referral
from yigongti.residents.queries import persons


NAME = "欧阳桂英"
DENIED = (403, 404)


# --- the sentences and their tests


def sentences():
    return {f"{role.code}.{one.code}": one for role in registry.roles.values() for one in role.never}


def built(module):
    try:
        return importlib.util.find_spec(f"yigongti.{module}") is not None
    except ModuleNotFoundError:
        return False


def proven():
    """Every name in a `never` marker, anywhere in the tests."""
    found = set()
    for path in Path(__file__).parents[1].rglob("test_*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "never":
                found |= {arg.value for arg in node.args if isinstance(arg, ast.Constant)}
    return found


def test_every_sentence_of_a_role_page_has_a_test_unless_its_chapter_is_still_to_come():
    due = {name for name, one in sentences().items() if not one.until or built(one.until)}
    assert due - proven() == set()


def test_every_marker_names_a_sentence_and_no_name_is_given_twice():
    assert proven() - set(sentences()) == set()
    assert len(sentences()) == sum(len(role.never) for role in registry.roles.values())


# --- somebody tries


@pytest.fixture
def here(county):
    county.person = person(county.village, name=NAME)
    county.doctor = factories.actor("village_doctor", county.village, name="任建国")
    county.number = factories.submitted(
        county.doctor, county.person, county.cardiology, diagnosis="I20.000 不稳定性心绞痛", summary="活动后胸闷三天"
    )
    county.entry = entry(county.person, county.village, kind="condition", title="腔隙性脑梗死", code="I63.8")
    return county


def key():
    return str(uuid.uuid4())


def try_(actor, address, **typed):
    """A post by this actor; whatever it may have done to the trail's writes is seen."""
    before = Trail.objects.filter(kind="write").count()
    answer = signed_in(actor).post(address, {"key": key(), **typed})
    return answer, Trail.objects.filter(kind="write").count() - before


def refused(actor, address, **typed):
    answer, written = try_(actor, address, **typed)
    assert answer.status_code in (403, 404, 409, 422), (address, answer.status_code)
    assert written == 0, address
    return answer


def closed(actor, whom):
    """No page of the person opens, and the refusal is a sentence."""
    client = signed_in(actor)
    for page in (p for p in pages.values() if "<int:resident_id>" in p.route and p.route.count("<") == 1):
        answer = client.get("/" + page.route.replace("<int:resident_id>", str(whom.pk)))
        assert answer.status_code in DENIED, page.code
        assert whom.name not in answer.content.decode()
    assert (
        "依据" in client.get(f"/residents/{whom.pk}/record").content.decode()
        or not registry.roles[actor.role.code].bases
    )


def whole_house(actor):
    """What the role may look at without a number in the address, every picker and the box at the top: a text each."""
    client = signed_in(actor)
    open_ones = [p for p in pages.values() if "<" not in p.route and not p.writes and p.code != "style"]
    places = [f"/{p.route}" for p in open_ones if not p.permission or actor.may(p.permission)]
    places += [f"/pick/{name}?q={NAME}" for name in finders.pickers] + [
        f"/find?q={NAME}",
        "/api/worklist",
        "/cases?show=all",
    ]
    for place in places:
        answer = client.get(place)
        text = answer.getvalue().decode() if answer.status_code == 200 else ""
        yield place, text.replace(f'value="{NAME}"', "").replace(f"“{NAME}”", "")


@pytest.mark.never("administrator.person", "hr_officer.patients")
@pytest.mark.parametrize(("role", "place"), [("administrator", "root"), ("hr_officer", "group")])
def test_no_page_names_a_resident_to_who_keeps_accounts_or_staff(here, role, place):
    actor = factories.actor(role, getattr(here, place))
    for address, text in whole_house(actor):
        assert NAME not in text, address
        assert "心绞痛" not in text, address
    closed(actor, here.person)
    assert signed_in(actor).get(f"/cases/{here.number}").status_code == 404
    assert signed_in(actor).get(f"/record/entries/{here.entry.pk}").status_code in DENIED


@pytest.mark.never("administrator.clinical_post", "data_steward.clinical_post")
@pytest.mark.parametrize(("role", "place"), [("administrator", "root"), ("data_steward", "group")])
def test_nobody_gives_themselves_a_clinical_post(here, role, place):
    actor = factories.actor(role, getattr(here, place))
    typed = {"unit": str(here.village.pk), "unit_id": str(here.village.pk), "role": "village_doctor",
             "begins": "2026-01-01", "reason": "顶班"}  # fmt: skip
    refused(actor, f"/accounts/{actor.account_id}/posts/new", **typed)
    assert not Post.objects.filter(account_id=actor.account_id, role="village_doctor").exists()


@pytest.mark.never("administrator.trail", "data_steward.trail")
@pytest.mark.parametrize(("role", "place"), [("administrator", "root"), ("data_steward", "group")])
def test_the_trail_is_changed_by_nobody(here, role, place):
    actor = factories.actor(role, getattr(here, place))
    before = list(Trail.objects.filter(kind="write").order_by("pk").values())
    for address in ("/audit", "/audit/verify"):
        for method in ("post", "put", "delete", "patch"):
            getattr(signed_in(actor), method)(address)
    assert list(Trail.objects.filter(kind="write").order_by("pk").values()) == before
    for change in (lambda rows: rows.update(actor="别人"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change(Trail.objects.all())


@pytest.mark.never("bureau.write", "bureau.staff")
def test_the_bureau_writes_into_no_record_of_the_group(here):
    actor = factories.actor("bureau", here.root)
    ids = {"<int:resident_id>": here.person.pk, "<int:entry_id>": here.entry.pk, "<str:number>": here.number,
           "<int:unit>": here.village.pk, "<int:pk>": here.doctor.account_id, "<str:pk>": here.village.pk}  # fmt: skip
    tried = 0
    for page in (p for p in pages.values() if p.writes and p.permission not in ("", "residents.open_with_basis")):
        address = "/" + page.route
        for part, value in ids.items():
            address = address.replace(part, str(value))
        if "<" not in address:
            refused(actor, address, name="新职工", reason="检查")
            tried += 1
    assert tried > 30
    for step in ("accept", "decline", "cancel"):
        refused(actor, f"/cases/{here.number}/{step}", step=step)
    assert Case.objects.get().state == "waiting"


@pytest.mark.never("county_doctor.no_relation", "county_doctor.kin", "township_doctor.unrelated",
                   "village_doctor.other_village", "referral_lead.unrelated", "data_steward.record")  # fmt: skip
@pytest.mark.parametrize(
    ("role", "place", "whose"),
    [
        ("county_doctor", "orthopaedics", NAME),
        ("county_doctor", "orthopaedics", "赵医生"),  # a colleague of the same department
        ("township_doctor", "township2", NAME),
        ("village_doctor", "other_village", NAME),
        ("village_doctor", "village2", NAME),
        ("referral_lead", "foreign_hospital", NAME),
    ],
)
def test_a_record_without_a_relation_stays_closed(here, role, place, whose):
    actor = factories.actor(role, getattr(here, place))
    whom = here.person if whose == NAME else person(here.village2, name=whose)
    closed(actor, whom)
    assert signed_in(actor).get(f"/record/entries/{here.entry.pk}").status_code in DENIED
    for address, text in whole_house(actor):
        assert whom.name not in text, address
    assert not Opening.objects.exists()


def test_the_lead_of_the_receiving_hospital_reads_no_record_that_no_referral_concerns(here):
    closed(factories.actor("referral_lead", here.hospital), person(here.village, name="武秀兰"))


def test_the_data_steward_sees_who_somebody_is_and_nothing_of_the_record(here):
    actor = factories.actor("data_steward", here.group)
    client = signed_in(actor)
    assert NAME in client.get(f"/residents/{here.person.pk}").content.decode()
    for address in (f"/residents/{here.person.pk}/record", f"/residents/{here.person.pk}/record/summary",
                    f"/residents/{here.person.pk}/record/timeline", f"/record/entries/{here.entry.pk}"):  # fmt: skip
        assert client.get(address).status_code in DENIED
    for address, text in [*whole_house(actor), ("person", client.get(f"/residents/{here.person.pk}").content.decode())]:
        assert "脑梗死" not in text, address
        assert "心绞痛" not in text, address


@pytest.mark.never("data_steward.test_data")
def test_data_staff_take_nobody_out_of_the_house_to_try_things_with(here):
    """What leaves as a file is what was brought, or a list without people: no export of residents exists."""
    actor = factories.actor("data_steward", here.group)
    batch = brought(actor, f"姓名,性别,出生日期,管理机构\n武秀兰,,,{here.village.name}\n")
    files = [f"/{one.route}" for one in pages.values() if "." in one.route and "<" not in one.route]
    assert files
    for address in [*files, f"/tables/{batch.pk}/marked.xlsx", "/tables/bring/residents/template.xlsx"]:
        answer = signed_in(actor).get(address)
        if answer.status_code in DENIED:
            continue
        body = b"".join(answer.streaming_content) if answer.streaming else answer.content
        assert not {NAME, here.person.record_no} & set(_words(body)), address


def _words(body):
    """Every cell of a workbook, or every word of a text."""
    if not body.startswith(b"PK"):
        return body.decode("utf-8-sig").replace('"', ",").replace("\n", ",").split(",")
    table = opened(body, most_rows=1000)
    return [cell for line in table.lines for cell in line.cells] + list(table.head)


@pytest.mark.never("county_doctor.other_hospital", "referral_desk.other_institution")
@pytest.mark.parametrize(
    ("role", "place"),
    [("county_doctor", "foreign_surgery"), ("county_doctor", "orthopaedics"), ("referral_desk", "foreign_hospital"),
     ("referral_desk", "township"), ("referral_desk", "township2")],
)  # fmt: skip
def test_who_is_elsewhere_neither_receives_nor_ends_a_referral(here, role, place):
    actor = factories.actor(role, getattr(here, place))
    for step in ("accept", "decline", "arrive", "return"):
        refused(actor, f"/cases/{here.number}/{step}", step=step, decline_reason="no_bed")
    assert Case.objects.get(number=here.number).state == "waiting"
    assert Act.objects.filter(case__number=here.number).count() == 1


@pytest.mark.never("referral_desk.without_basis")
def test_a_referral_alone_does_not_open_the_whole_record_to_the_desk(here):
    closed(factories.actor("referral_desk", here.hospital), here.person)


@pytest.mark.never("referral_desk.senders_words")
def test_the_desk_changes_nothing_that_the_sender_wrote(here):
    desk = factories.actor("referral_desk", here.hospital)
    answer, _ = try_(
        desk, f"/cases/{here.number}/accept", step="accept", diagnosis="感冒", summary="无", urgency="emergency"
    )
    assert answer.status_code == 303
    refused(desk, f"/cases/{here.number}/submit", step="submit", diagnosis="感冒")
    facts = Referral.objects.get(case__number=here.number)
    assert (facts.diagnosis, facts.summary, facts.urgency) == ("I20.000 不稳定性心绞痛", "活动后胸闷三天", "routine")


@pytest.mark.never("referral_lead.own_request")
def test_the_lead_does_not_approve_what_the_same_person_has_asked_for_in_another_post(here):
    account = factories.account(name="孙主任")
    asks = factories.actor_of(factories.post("county_doctor", here.cardiology, account_=account))
    leads = factories.actor_of(factories.post("referral_lead", here.hospital, account_=account))
    encounter(here.person, here.hospital, title="胸痛")
    given = {"resident": here.person, "to_outside": "省人民医院", "reason": "beyond_county", "urgency": "urgent",
             "diagnosis": "I20.000 不稳定性心绞痛", "summary": "需行手术", "consent": "on"}  # fmt: skip
    number = engine.begin(by=asks, workflow="referral.outward", step="submit", given=given).number
    answer = refused(leads, f"/cases/{number}/approve", step="approve")
    assert "须由他人办理" in answer.content.decode()
    assert Case.objects.get(number=number).state == "waiting"


@pytest.mark.never("county_doctor.issued_report")
def test_a_report_is_corrected_by_a_new_version_of_who_issued_it_and_never_deleted(here):
    doctor = factories.actor("county_doctor", here.cardiology)
    encounter(here.person, here.hospital, title="胸痛")
    foreign = entry(here.person, here.township, kind="report", title="心电图", text="窦性心律")
    own = entry(here.person, here.hospital, kind="report", title="心脏彩超", text="未见异常")
    said = {"reason": "录错", "title": "心脏彩超", "text": "室壁运动减弱", "at": "2026-01-02T10:00"}
    refused(doctor, f"/record/entries/{foreign.pk}/correct", **said)
    refused(doctor, f"/record/entries/{foreign.pk}/withdraw", reason="录错")
    refused(doctor, f"/record/entries/{own.pk}/correct", **{**said, "reason": ""})
    answer, _ = try_(doctor, f"/record/entries/{own.pk}/withdraw", reason="录错")
    assert answer.status_code == 303
    foreign.refresh_from_db()
    own.refresh_from_db()
    assert (foreign.text, foreign.replaced_by_id, foreign.withdrawn) == ("窦性心律", None, False)
    assert own.text == "未见异常", "what was issued stays as it was"
    assert Entry.objects.filter(kind="report").count() == 3


@pytest.mark.never("president.own_submission")
def test_the_president_writes_no_charter_and_so_approves_none_of_his_own(here):
    actor = factories.actor("president", here.group)
    refused(actor, "/organisations/registers/charters/new", title="章程", version="1", text="甲")
    assert not Charter.objects.exists()


@pytest.mark.never("township_head.other_township")
def test_the_head_sees_nothing_of_another_township(here):
    head = factories.actor("township_head", here.township2)
    for address, text in whole_house(head):
        assert NAME not in text, address
        assert here.number not in text, address
    assert signed_in(head).get(f"/cases/{here.number}").status_code == 404
    assert signed_in(head).get("/organisations/registers/staff").status_code == 403


@pytest.mark.never("township_head.clinical")
def test_the_head_follows_state_and_clocks_and_reads_nothing_clinical(here):
    head = factories.actor("township_head", here.township)
    for desk, step in ((factories.actor("referral_desk", here.hospital), s) for s in ("accept", "arrive")):
        engine.take(by=desk, number=here.number, step=step, given={})
    seen = signed_in(head).get(f"/cases/{here.number}").content.decode()
    assert NAME in seen
    assert "已到院" in seen
    for address, text in [*whole_house(head), ("case", seen)]:
        assert not [word for word in ("心绞痛", "胸闷", "脑梗死") if word in text], address
    assert signed_in(head).get(f"/cases/{here.number}/paper").status_code == 404
    assert f"/cases/{here.number}/paper" not in seen, "no button to what is closed"
    closed(head, here.person)
    for step in ("cancel", "accept", "return"):
        refused(head, f"/cases/{here.number}/{step}", step=step)


@pytest.mark.never("village_doctor.special")
@pytest.mark.parametrize("special", ["psychiatric", "hiv", "sexual_health", "tuberculosis"])
def test_the_village_doctor_reads_no_special_entry_of_an_own_resident(here, special):
    hidden = entry(here.person, here.hospital, kind="condition", title="某种专门疾病", sensitivity=special)
    client = signed_in(here.doctor)
    base = f"/residents/{here.person.pk}/record"
    for address in (base, f"{base}/summary", f"{base}/timeline", f"/new/referral.upward?resident={here.person.pk}",
                    f"/pick/diagnosis?resident={here.person.pk}&q=某种"):  # fmt: skip
        answer = client.get(address)
        assert answer.status_code == 200
        assert "某种专门疾病" not in answer.content.decode().replace("“某种专门疾病”", ""), address
    assert client.get(f"/record/entries/{hidden.pk}").status_code == 404


@pytest.mark.never("village_doctor.silent_change")
def test_a_follow_up_once_recorded_is_not_recorded_again_and_its_entries_change_with_a_trace_only(here):
    desk = factories.actor("referral_desk", here.hospital)
    for step in ("accept", "arrive"):
        engine.take(by=desk, number=here.number, step=step, given={})
    from datetime import timedelta

    from yigongti.kernel import clock

    given = {"discharge_summary": "好转", "care_plan": "服药", "follow_up_on": str(clock.today() + timedelta(days=3))}
    ward = factories.actor("county_doctor", here.cardiology)
    engine.take(by=ward, number=here.number, step="return", given=given)
    child = Case.objects.get(parent__number=here.number)
    done = {"way": "home", "medicines_taken": "regular", "result": "satisfied", "systolic": "130", "diastolic": "80"}
    engine.take(by=here.doctor, number=child.number, step="record", given=done)
    refused(here.doctor, f"/cases/{child.number}/record", step="record", **{**done, "systolic": "120"})
    measured = Entry.objects.get(source=f"follow_up:{child.number}", kind="observation")
    refused(here.doctor, f"/record/entries/{measured.pk}/correct", value="120/80", reason="")
    answer, written = try_(
        here.doctor, f"/record/entries/{measured.pk}/correct", value="120", second="80", reason="抄错"
    )
    assert (answer.status_code, written) == (303, 1)
    measured.refresh_from_db()
    assert measured.replaced_by.correction_reason == "抄错"
    assert measured.observation_part.value == 130


@pytest.mark.never("clockwork.other_steps", "clockwork.record")
def test_the_clock_takes_no_step_but_its_own_and_opens_nothing(here):
    case = Case.objects.get(number=here.number)
    for step in ("accept", "decline", "cancel", "withdraw"):
        with pytest.raises((NotAllowed, NotFound)), transaction.atomic():
            engine.take_as_clock(by=the_clock(), case=case, step=step)
    with pytest.raises(NotFound):
        persons.person(for_=the_clock(), resident=here.person.pk)
    case.refresh_from_db()
    assert case.state == "waiting"


@pytest.mark.never("inbox.other_writes", "inbox.read")
def test_the_inbox_takes_no_step_of_any_case_and_opens_nothing(here):
    from yigongti.exchange.senders import the_inbox

    case = Case.objects.get(number=here.number)
    for step in ("accept", "decline", "cancel", "withdraw"):
        with pytest.raises((NotAllowed, NotFound)), transaction.atomic():
            engine.take(by=the_inbox(), number=here.number, step=step, given={}, key=uuid.uuid4())
    with pytest.raises(NotFound):
        persons.person(for_=the_inbox(), resident=here.person.pk)
    case.refresh_from_db()
    assert case.state == "waiting"
