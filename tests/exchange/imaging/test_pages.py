"""What data staff see of an image that waits for its person, and how they give it one; nothing clinical is shown."""

from datetime import date

import pytest

from tests.exchange.dicom.making import image
from tests.exchange.imaging.sending import brought
from tests.factories import actor, resident
from tests.factories import county as make_county
from tests.record.test_pages import ask, post, text_of
from yigongti.record.models import Entry


pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def waits(county, tmp_path):
    return brought(tmp_path, image(PatientBirthDate="", StudyDescription="Chest pain, suspected cancer"))


def test_the_message_says_whom_it_is_about_and_offers_to_say_who_it_is(county, waits):
    shown = text_of(ask("exchange.message", actor("data_steward", county.group), pk=waits.pk))
    assert "ZHANG GUILAN" in shown
    assert "JK-7" in shown
    assert f"/inbox/{waits.pk}/attach" in shown
    assert "cancer" not in shown


def test_the_form_gives_it_a_person_and_its_study_is_in_the_record(county, waits):
    known = resident(county.village, name="张桂兰", pinyin="zhang guilan", sex="2", born=date(1958, 3, 4))
    steward = actor("data_steward", county.group)
    assert "对照看是不是同一个人" in text_of(ask("exchange.attach_person", steward, pk=waits.pk))
    beside = text_of(ask("exchange.attach_person", steward, data={"resident": str(known.pk)}, pk=waits.pk))
    assert "核对依据" in beside and "ZHANG GUILAN" in beside and "1958-03-04" in beside
    lacking = post("exchange.attach_person", steward, {"resident": "", "why": ""}, pk=waits.pk)
    assert lacking.status_code == 422
    said = {"resident": str(known.pk), "why": "与申请单核对"}
    unsure = post("exchange.attach_person", steward, said, pk=waits.pk)
    assert unsure.status_code == 422
    shown = text_of(unsure)
    assert "写法相近" in shown and "没有可比的" in shown and "确认是同一个人" in shown and "这个号码会记住" in shown
    assert not Entry.objects.exists()
    done = post("exchange.attach_person", steward, {**said, "sure": "1"}, pk=waits.pk)
    assert done.status_code == 303
    assert Entry.objects.get().resident_id == known.pk
