"""What was given to the wrong person comes back: entry, remembered number, later studies, orders; once."""

import uuid
from datetime import date

import pytest
from django.db import connection

from tests.exchange.imaging.sending import brought
from tests.exchange.imaging.test_races import county as committed  # noqa: F401 - a fixture
from tests.exchange.imaging.test_studies import instance
from tests.exchange.test_documents import sent as document_sent
from tests.exchange.test_documents import written as document
from tests.exchange.test_exactly_once import together
from tests.exchange.test_taking_hl7v2 import id_card, message, sent
from tests.factories import actor, resident
from tests.factories import county as make_county
from tests.record.test_pages import ask, text_of
from yigongti.exchange import inbox
from yigongti.exchange.documents.attaching import attach_document
from yigongti.exchange.imaging.attaching import attach_person
from yigongti.exchange.imaging.comparing import NotSurelyTheSame, Paper, doubts
from yigongti.exchange.imaging.models import Study, StudyInstance
from yigongti.exchange.imaging.reversing import NotGiven, take_back_person
from yigongti.exchange.models import KnownPerson, Message, Sender
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.refusal import NotAllowed
from yigongti.record.models import Entry
from yigongti.residents.models import Resident


NAMELESS = {"name": b"CompressedSamples^CT1", "PatientBirthDate": ""}


@pytest.fixture
def county(db):
    return make_county()


@pytest.fixture
def steward(county):
    return actor("data_steward", county.group)


@pytest.fixture
def wrong(county):
    return resident(county.village, name="任桂兰", sex="2", born=date(1958, 3, 4))


def give(steward, found, person, **said):
    return attach_person(by=steward, key=uuid.uuid4(), message_id=found.pk, resident_id=person.pk,
                         why="与影像科核对过", **{"sure": True, **said})  # fmt: skip


def back(steward, found, key=None):
    return take_back_person(by=steward, key=key or uuid.uuid4(), message_id=found.pk, why="是另一个人")


def fresh(found):
    return Message.objects.get(pk=found.pk)


def test_another_name_needs_somebody_to_say_that_it_is_the_same_human(county, steward, wrong, tmp_path):
    found = brought(tmp_path, instance(1, **NAMELESS))
    with pytest.raises(NotSurelyTheSame, match="姓名"):
        give(steward, found, wrong, sure=False)
    assert not Entry.objects.exists() and not KnownPerson.objects.exists()
    give(steward, found, wrong)
    assert Trail.objects.filter(action="exchange.attach_person").latest("pk").facts["differs"] == ["name"]


@pytest.mark.parametrize(
    ("paper", "told"),
    [
        ({"name": "任桂兰"}, []), ({"name": "任 桂兰", "sex": "2", "born": date(1958, 3, 4)}, []),
        ({"name": "REN GUILAN", "born": date(1958, 3, 4)}, []), ({"name": "GUILAN REN"}, ["name"]), ({}, ["name"]),
        ({"name": "任桂兰", "sex": "1", "born": date(1958, 3, 5)}, ["sex", "born"]), ({"name": "REN GL"}, ["name"]),
        ({"name": "任桂兰", "card": "140781195803040028"}, ["card"]),
    ],
)  # fmt: skip
def test_what_differs_is_told_and_what_is_told_by_name_alone_is_enough(paper, told):
    person = Resident(
        name="任桂兰", pinyin="ren guilan", sex="2", birth_date=date(1958, 3, 4), id_card="140781195803040001"
    )
    assert doubts(Paper(**paper), person) == told


def test_what_was_given_to_the_wrong_person_waits_again_and_the_number_is_forgotten(county, steward, wrong, tmp_path):
    first, second = (brought(tmp_path, instance(n, **NAMELESS)) for n in (1, 2))
    give(steward, first, wrong)
    inbox.take_in(second.pk)
    later = brought(tmp_path, instance(3, StudyInstanceUID="1.2.34", **NAMELESS))
    assert later.persons == [wrong.pk]
    assert "take-back" in text_of(ask("exchange.message", steward, pk=later.pk))
    back(steward, first)
    assert not KnownPerson.objects.exists() and not StudyInstance.objects.exists()
    assert not Entry.objects.filter(withdrawn=False).exists()
    assert {one.state for one in map(fresh, (first, second, later))} == {"waiting"}
    assert "是另一个人" in fresh(first).reason and fresh(first).persons == []
    newest = Entry.objects.get(replaced_by=None, detail__dicom__study="1.2.34")
    assert newest.resident_id == wrong.pk and "是另一个人" in newest.correction_reason
    assert "take-back" not in text_of(ask("exchange.message", steward, pk=later.pk))
    assert brought(tmp_path, instance(4, StudyInstanceUID="1.2.35", **NAMELESS)).state == "waiting"


def test_what_the_number_brought_later_comes_back_alone_and_what_was_decided_on_stays(county, steward, wrong, tmp_path):
    first = brought(tmp_path, instance(1, **NAMELESS))
    give(steward, first, wrong)
    later = brought(tmp_path, instance(3, StudyInstanceUID="1.2.34", **NAMELESS))
    back(steward, later)
    assert [fresh(one).state for one in (first, later)] == ["applied", "waiting"]
    assert KnownPerson.objects.get().system == "own"
    assert brought(tmp_path, instance(4, **NAMELESS)).state == "applied"


def test_it_goes_to_the_right_person_afterwards_with_all_of_its_images(county, steward, wrong, tmp_path):
    first, second = (brought(tmp_path, instance(n, **NAMELESS)) for n in (1, 2))
    right = resident(county.village, name="张桂兰", sex="2", born=date(1960, 1, 1))
    give(steward, first, wrong)
    inbox.take_in(second.pk)
    back(steward, second)
    give(steward, first, right)
    inbox.take_all()
    assert [fresh(one).persons for one in (first, second)] == [[right.pk], [right.pk]]
    assert Entry.objects.get(withdrawn=False).resident_id == right.pk
    assert (Study.objects.count(), StudyInstance.objects.count()) == (1, 2)


def test_what_came_before_or_was_decided_by_itself_stays(county, steward, wrong, tmp_path):
    other = resident(county.village, name="张桂兰", sex="2", born=date(1960, 1, 1))
    own = brought(tmp_path, instance(1, StudyInstanceUID="1.2.40", name=b"REN^GUILAN"))
    assert own.state == "applied"
    both = [brought(tmp_path, instance(n, StudyInstanceUID=f"1.2.{n}", **NAMELESS)) for n in (41, 42)]
    give(steward, both[0], wrong)
    give(steward, both[1], other)
    back(steward, both[0])
    assert [fresh(one).state for one in (own, *both)] == ["applied", "waiting", "applied"]
    assert Entry.objects.filter(withdrawn=False).count() == 2


def test_the_same_press_again_is_one_and_another_finds_it_done(county, steward, wrong, tmp_path):
    found = brought(tmp_path, instance(1, **NAMELESS))
    give(steward, found, wrong)
    key = uuid.uuid4()
    assert back(steward, found, key).number == back(steward, found, key).number
    with pytest.raises(NotGiven):
        back(steward, found)
    assert Entry.objects.count() == 2
    with pytest.raises(NotAllowed):
        back(actor("county_doctor", county.cardiology), found)


def test_what_said_itself_whose_it_is_is_not_taken_back_here(county, steward, tmp_path):
    found = brought(tmp_path, instance(1))
    assert "take-back" not in text_of(ask("exchange.message", steward, pk=found.pk))
    with pytest.raises(NotGiven):
        back(steward, found)


def test_the_order_for_which_the_images_stood_waits_for_its_own_again(county, steward, tmp_path):
    card = id_card("14078119580304002")
    order = ("ORC|NW|JC20261122001", "OBR|1|JC20261122001||DR^胸部正位片")
    right = resident(county.village, name="任桂兰", sex="2", id_card=card, born=date(1958, 3, 4))
    assert sent(message("ORM^O01", *order, name="任桂兰", born="19580304", sex="F", card=card)).persons == [right.pk]
    strange = brought(tmp_path, instance(9, StudyInstanceUID="1.2.9", **NAMELESS))
    Sender.objects.filter(channel="dicom").update(institution=Sender.objects.get(channel="hl7v2").institution)
    give(steward, strange, right)
    now = Entry.objects.get(kind="order", replaced_by=None)
    assert now.detail["state"] == "in_progress" and now.detail["images"]
    back(steward, strange)
    now = Entry.objects.get(kind="order", replaced_by=None)
    assert "images" not in now.detail
    assert now.detail["state"] == Entry.objects.get(kind="order", version=1).detail["state"] != "in_progress"


def test_a_document_comes_back_with_its_versions(county, steward):
    wrong = resident(county.village, name="赵老四", sex="1", born=date(1972, 11, 5))
    first = document_sent(document(card=""))
    said = {"by": steward, "message_id": first.pk, "resident_id": wrong.pk, "why": "核对过"}
    attach_document(**said)
    second = document_sent(document("D2", card="", text="再来"))
    assert second.persons == [wrong.pk]
    back(steward, second)
    assert [fresh(one).state for one in (first, second)] == ["waiting", "waiting"]
    assert not KnownPerson.objects.exists() and not Entry.objects.filter(withdrawn=False).exists()
    other = resident(county.village, name="赵老四", sex="1", born=date(1970, 1, 1))
    with pytest.raises(NotSurelyTheSame, match="出生日期"):
        attach_document(**said | {"resident_id": other.pk})
    attach_document(**said | {"resident_id": other.pk, "sure": True})
    inbox.take_in(second.pk)
    assert Entry.objects.get(withdrawn=False).resident_id == other.pk


@pytest.mark.django_db(transaction=True)
def test_two_who_take_back_and_an_image_that_arrives_leave_nothing_with_the_wrong_person(committed, tmp_path):  # noqa: F811
    steward = actor("data_steward", committed.group)
    wrong = resident(committed.village, name="任桂兰", sex="2", born=date(1958, 3, 4))
    first, second, third = (brought(tmp_path, instance(n, **NAMELESS)) for n in (1, 2, 3))
    give(steward, first, wrong)
    inbox.take_in(second.pk)

    def once(found):
        try:
            return back(steward, found).data["state"]
        except NotGiven:
            return "before"

    said = together(lambda: once(first), lambda: once(second), lambda: inbox.take_in(third.pk))
    assert sorted(said[:2]) == ["before", "waiting"]
    assert [fresh(one).state for one in (first, second, third)] == ["waiting"] * 3
    assert not Entry.objects.filter(withdrawn=False).exists() and not KnownPerson.objects.exists()
    connection.close()
