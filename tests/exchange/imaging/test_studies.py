"""DICOM objects by the inbox: one entry a study, versioned by what it says, found by its person with a preview."""

import io
import uuid
from datetime import date, datetime

import pydicom
import pytest

from tests.exchange.dicom.making import image
from tests.exchange.imaging.sending import brought
from tests.exchange.test_taking_hl7v2 import id_card, message, sent
from tests.exchange.waveforms.making import dicom_ecg
from tests.factories import actor, resident
from tests.factories import county as make_county
from yigongti.exchange import inbox
from yigongti.exchange.imaging import manifest
from yigongti.exchange.imaging.attaching import NoIdentity, attach_person
from yigongti.exchange.imaging.models import Study, StudyInstance
from yigongti.exchange.models import KnownPerson, Message, Sender
from yigongti.kernel.clock import COUNTY_ZONE
from yigongti.kernel.files import store
from yigongti.kernel.files.models import StoredFile
from yigongti.kernel.refusal import NotAllowed
from yigongti.record.attached import Attachment
from yigongti.record.models import Entry
from yigongti.residents.codes import check_digit
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


def instance(number, *, series="1.2.3.1", **changed):
    return image(SOPInstanceUID=f"1.2.3.4.{number}", SeriesInstanceUID=series, InstanceNumber=str(number),
                 InstitutionName="XY Hospital", **changed)  # fmt: skip


@pytest.mark.requirement("R159")
def test_an_image_registers_its_patient_and_stands_in_the_record_with_a_preview(county, tmp_path):
    found = brought(tmp_path, instance(1, BodyPartExamined="CHEST"))
    assert (found.state, found.reason) == ("applied", "")
    person = Resident.objects.get(pk=found.persons[0])
    assert (person.name, person.sex, person.birth_date) == ("ZHANG GUILAN", "2", date(1958, 3, 4))
    entry = Entry.objects.get()
    assert (entry.kind, entry.title, entry.source) == ("imaging", "X 线摄影 胸部", "inbox")
    assert entry.at == datetime(2026, 11, 22, 9, 30, tzinfo=COUNTY_ZONE)
    assert store.read(entry.detail["preview"]["digest"]).startswith(b"\x89PNG")
    assert entry.institution.name == "XY Hospital"
    assert Study.objects.get().accession == "JC20261122001"
    assert Sender.objects.get().institution.level == "outside"


def test_the_message_holds_a_manifest_and_the_bytes_lie_on_the_disk(county, tmp_path):
    data = instance(1)
    found = brought(tmp_path, data)
    assert len(bytes(found.body)) < 200
    kept = Attachment.objects.get(role="original")
    assert store.read(kept.file_id) == data
    assert kept.file_id.encode() in bytes(found.body)


def test_three_images_of_two_series_are_one_entry_of_one_version(county, tmp_path):
    for number, series in ((1, "1.2.3.1"), (2, "1.2.3.1"), (3, "1.2.3.2")):
        assert brought(tmp_path, instance(number, series=series)).state == "applied"
    assert Entry.objects.values_list("version", flat=True).get() == 1
    assert (StudyInstance.objects.count(), Attachment.objects.filter(role="original").count()) == (3, 3)
    assert Attachment.objects.filter(role="preview").count() == 2


def test_a_part_of_the_body_told_later_is_a_new_version(county, tmp_path):
    brought(tmp_path, instance(1))
    brought(tmp_path, instance(2, BodyPartExamined="KNEE"))
    first, second = Entry.objects.order_by("pk")
    assert (first.replaced_by_id, second.version, second.title) == (second.pk, 2, "X 线摄影 膝")


def test_the_same_object_again_has_no_effect_and_other_bytes_under_its_number_wait(county, tmp_path):
    brought(tmp_path, instance(1))
    assert brought(tmp_path, instance(1)).state == "superseded"
    other = brought(tmp_path, instance(1, pixels=bytes(24)))
    assert (other.state, other.rule) == ("waiting", "OtherBytes")
    Message.objects.filter(pk=other.pk).update(state="received")
    assert inbox.take_in(other.pk) == "waiting"
    assert StudyInstance.objects.count() == 1


def test_a_structured_report_is_a_document_of_its_study(county, tmp_path):
    brought(tmp_path, instance(1))
    report = pydicom.dcmread(io.BytesIO(instance(2, series="1.2.3.9", Modality="SR")))
    report.SOPClassUID = "1.2.840.10008.5.1.4.1.1.88.11"
    for word in ("Rows", "Columns", "PixelData", "BitsAllocated", "BitsStored", "HighBit", "SamplesPerPixel"):
        del report[word]
    stream = io.BytesIO()
    report.save_as(stream)
    assert brought(tmp_path, stream.getvalue()).state == "applied"
    assert Attachment.objects.filter(role="document").count() == 1
    assert Entry.objects.get(replaced_by=None).title == "X 线摄影"


def test_half_an_image_waits_with_its_reason_and_the_whole_one_after_it_goes_in(county, tmp_path):
    whole = instance(1)
    half = brought(tmp_path, whole[:-10])
    assert (half.state, half.rule) == ("waiting", "dicom.incomplete")
    assert "断" in half.reason or "不全" in half.reason
    again = brought(tmp_path, whole)
    assert again.rule == "OtherBytes"
    Message.objects.filter(pk=again.pk).update(state="received")
    assert inbox.take_in(again.pk) == "applied"


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"name": b"", "PatientBirthDate": ""}, "没有姓名和出生日期"),
        ({"PatientBirthDate": ""}, "没有出生日期"),
        ({"name": b"Anonymous"}, "没有姓名"),
        ({"PatientBirthDate": "18000101"}, "出生日期"),
    ],
)
def test_who_is_not_told_waits_for_data_staff(county, tmp_path, changed, why):
    found = brought(tmp_path, instance(1, **changed))
    assert (found.state, found.field) == ("waiting", "病人身份")
    assert why in found.reason
    assert not Entry.objects.exists()
    assert not Resident.objects.exists()


def test_an_id_card_that_holds_finds_its_bearer_and_tells_sex_and_birth(county, tmp_path):
    card = "14078119580304002" + check_digit("14078119580304002")
    known = resident(county.village, name="张桂兰", sex="2", id_card=card, born=date(1958, 3, 4))
    sent = instance(1, charset="GB18030", name="张桂兰".encode("gb18030"), PatientID=card, PatientBirthDate="")
    assert brought(tmp_path, sent).persons == [known.pk]
    among_others = image(SOPInstanceUID="1.2.9", StudyInstanceUID="1.2.8", charset="GB18030", PatientID="P7",
                         name="张^桂兰".encode("gb18030"), OtherPatientIDs=["0001", card])  # fmt: skip
    assert brought(tmp_path, among_others).persons == [known.pk]


def test_another_number_under_the_same_study_waits(county, tmp_path):
    brought(tmp_path, instance(1))
    other = brought(tmp_path, instance(2, PatientID="JK-8"))
    assert (other.state, other.rule) == ("waiting", "OtherPatient")


def test_what_comes_for_a_withdrawn_study_waits(county, tmp_path):
    brought(tmp_path, instance(1))
    Entry.objects.update(withdrawn=True)
    later = brought(tmp_path, instance(2))
    assert (later.state, later.rule) == ("waiting", "StudyWithdrawn")


def test_a_known_number_under_another_name_waits(county, tmp_path):
    brought(tmp_path, instance(1))
    other = brought(tmp_path, instance(2, StudyInstanceUID="1.2.33", name=b"LI^SI"))
    assert (other.rule, other.field, other.value) == ("NameDiffers", "病人身份", "1.2.33")


@pytest.mark.requirement("R161")
def test_data_staff_say_whose_it_is_and_the_number_learns_it(county, tmp_path):
    known = resident(county.village, name="张桂兰", sex="2", born=date(1958, 3, 4))
    steward = actor("data_steward", county.group)
    nameless = {"name": b"ZHANG GL", "PatientBirthDate": ""}
    first, second = (brought(tmp_path, instance(n, **nameless)) for n in (1, 2))
    attach_person(
        by=steward, key=uuid.uuid4(), message_id=first.pk, resident_id=known.pk, why="与申请单核对", sure=True
    )
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, first.persons, second.state) == ("applied", [known.pk], "received")
    assert inbox.take_in(second.pk) == "applied"
    later = brought(tmp_path, instance(3, StudyInstanceUID="1.2.34", **nameless))
    assert (later.state, later.persons) == ("applied", [known.pk])
    assert set(KnownPerson.objects.values_list("how", flat=True)) == {"hand"}
    assert Resident.objects.count() == 1


def test_only_what_waits_for_its_person_can_be_given_one_and_only_by_data_staff(county, tmp_path):
    known = resident(county.village, name="张桂兰", sex="2", born=date(1958, 3, 4))
    half = brought(tmp_path, instance(1)[:-10])
    said = {"message_id": half.pk, "resident_id": known.pk, "why": "核对过"}
    with pytest.raises(NoIdentity):
        attach_person(by=actor("data_steward", county.group), key=uuid.uuid4(), **said)
    with pytest.raises(NotAllowed):
        attach_person(by=actor("county_doctor", county.cardiology), key=uuid.uuid4(), **said)


def test_an_ecg_in_dicom_is_one_entry_with_its_waveform_and_drawing(county, tmp_path):
    leads = {number: [n % 50 for n in range(5000)] for number in range(1, 3)}
    assert brought(tmp_path, dicom_ecg(leads)).state == "applied"
    entry = Entry.objects.get()
    assert entry.title == "心电图 2 导联 10 秒"
    assert "窦性心律" in entry.text
    assert "不是诊断报告" in entry.text
    assert sorted(Attachment.objects.values_list("role", flat=True)) == ["original", "preview", "waveform"]
    assert store.read(entry.detail["preview"]["digest"]).startswith(b"<svg")


def test_a_file_lost_from_the_disk_makes_its_message_wait(county, tmp_path):
    data = instance(1, PatientBirthDate="")
    found = brought(tmp_path, data)
    store.path_of(StoredFile.objects.get().digest).unlink()
    Message.objects.filter(pk=found.pk).update(state="received")
    assert inbox.take_in(found.pk) == "waiting"


@pytest.mark.parametrize("data", [b"", b"\0" * 200, b"PK\x03\x04 no image"])
def test_what_is_no_image_is_kept_and_waits(county, tmp_path, data):
    found = brought(tmp_path, data)
    assert (found.state, bool(found.reason)) == ("waiting", True)


def test_an_image_over_the_limit_is_told_and_not_kept(county, tmp_path, monkeypatch):
    monkeypatch.setattr(manifest.values, "number", lambda code: 0)
    found = brought(tmp_path, instance(1))
    assert (found.state, found.rule) == ("waiting", "NothingSent")
    assert not StoredFile.objects.exists()


def test_images_find_their_order_by_its_accession_number(county, tmp_path):
    card = id_card("14078119580304002")
    order = ("ORC|NW|JC20261122001", "OBR|1|JC20261122001||DR^胸部正位片")
    order = message("ORM^O01", *order, name="ZHANG GUILAN", born="19580304", sex="F", card=card)
    ordered = sent(order)
    assert brought(tmp_path, instance(9, PatientID=card, StudyInstanceUID="1.2.9")).state == "applied"
    assert Entry.objects.get(kind="order").version == 1  # a foreign institution's images, though the number agrees
    Sender.objects.filter(channel="dicom").update(institution=Sender.objects.get(channel="hl7v2").institution)
    for number in (1, 2):
        found = brought(tmp_path, instance(number, PatientID=card, BodyPartExamined="CHEST"))
        assert found.persons == ordered.persons, found.reason
    now = Entry.objects.get(kind="order", replaced_by=None)
    images = Entry.objects.get(kind="imaging", replaced_by=None, detail__has_key="order")
    assert (now.detail["state"], now.version) == ("in_progress", 2)
    assert Entry.objects.get(pk=now.detail["images"]).kind == "imaging"
    assert Entry.objects.get(pk=images.detail["order"]).replaced_by_id == now.pk
