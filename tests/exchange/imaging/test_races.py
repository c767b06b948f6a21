"""Several at once: an object is in the record once, a study is one entry, an unknown patient becomes one person."""

import pytest
from django.db import connection

from tests.exchange.dicom.making import image
from tests.exchange.test_exactly_once import together
from tests.factories import county as make_county
from yigongti.exchange import inbox
from yigongti.exchange.imaging import arriving_dicom, manifest
from yigongti.exchange.imaging.models import Study, StudyInstance
from yigongti.exchange.models import Message
from yigongti.kernel.files import store
from yigongti.kernel.files.models import StoredFile
from yigongti.organisations import queries as organisations
from yigongti.record.attached import Attachment
from yigongti.record.models import Entry
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def county():
    yield make_county()
    with connection.cursor() as cursor:  # no model of Django's manages it, so none empties it
        cursor.execute("DELETE FROM exchange_message")
    organisations.forget()


def put(folder, number, **changed):
    path = folder / f"{number}.dcm"
    path.write_bytes(image(SOPInstanceUID=f"1.2.3.4.{number}", InstanceNumber=str(number), **changed))
    return path


def test_the_same_object_on_four_connections_is_in_the_record_once(county, tmp_path):
    path = put(tmp_path, 1)
    kept = together(*[lambda: arriving_dicom.keep_file(path)] * 4)
    together(*[lambda: inbox.take_all()] * 4)
    states = sorted(Message.objects.filter(pk__in=[one.id for one in kept]).values_list("state", flat=True))
    assert states == ["applied", "superseded", "superseded", "superseded"]
    assert (Entry.objects.count(), StudyInstance.objects.count(), Resident.objects.count()) == (1, 1, 1)


def test_images_of_one_study_at_once_are_one_entry(county, tmp_path):
    ids = [arriving_dicom.keep_file(put(tmp_path, number)).id for number in range(4)]
    assert together(*[lambda pk=pk: inbox.take_in(pk) for pk in ids]) == ["applied"] * 4
    assert (Entry.objects.count(), Resident.objects.count(), Study.objects.count()) == (1, 1, 1)
    assert Attachment.objects.filter(role="original").count() == 4
    assert Attachment.objects.filter(role="preview").count() == 1


def test_two_studies_of_one_unknown_patient_at_once_make_one_person(county, tmp_path):
    paths = [put(tmp_path, number, StudyInstanceUID=f"1.2.3{number}") for number in range(4)]
    ids = [arriving_dicom.keep_file(path).id for path in paths]
    assert together(*[lambda pk=pk: inbox.take_in(pk) for pk in ids]) == ["applied"] * 4
    assert (Entry.objects.count(), Resident.objects.count()) == (4, 1)


def test_who_dies_between_file_and_row_leaves_a_file_and_the_next_try_finds_its_place(county, tmp_path, monkeypatch):
    path = put(tmp_path, 1)

    def dies(**_said):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(arriving_dicom.inbox, "receive", dies)
        with pytest.raises(KeyboardInterrupt):
            arriving_dicom.keep_file(path)
    assert (StoredFile.objects.count(), Message.objects.count()) == (1, 0)
    assert inbox.settled(arriving_dicom.keep_file(path))[0] == "applied"
    (held,) = manifest.files_of(bytes(Message.objects.get().body))
    assert store.read(held.digest) == path.read_bytes()


def test_who_dies_while_taking_in_has_written_nothing(county, tmp_path, monkeypatch):
    from yigongti.exchange.imaging import taking_dicom

    kept = arriving_dicom.keep_file(put(tmp_path, 1))

    def dies(**_said):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(taking_dicom, "attach_files", dies)
        with pytest.raises(KeyboardInterrupt):
            inbox.take_in(kept.id)
    assert (Entry.objects.count(), Study.objects.count(), Resident.objects.count()) == (0, 0, 0)
    assert inbox.take_in(kept.id) == "applied"
