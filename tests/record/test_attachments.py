"""Files of an entry: shown to whoever may read the entry, never to others, each look noted; counted and paged."""

import pytest

from tests.record.factories import entry, resident
from tests.record.test_pages import ask, text_of
from yigongti.kernel import clock
from yigongti.kernel.access.bases import NoBasis
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.kernel.files import received, store
from yigongti.kernel.refusal import BadValue, NotFound
from yigongti.record.attached import Attachment
from yigongti.record.models import Entry


@pytest.fixture
def doctor(county):
    return county.village_doctor()


def kept(by, data, media_type="application/octet-stream", name="a"):
    return received.keep(by=by, name=name, media_type=media_type, chunks=[data], megabytes=1)


@pytest.fixture
def study(county, person, doctor):
    """A study of one series of three images, with a picture."""
    picture = kept(doctor, b"\x89PNG picture", "image/png")
    made = entry(person, county.hospital, title="磁共振 头部", kind="imaging",
                 detail={"preview": {"digest": picture.digest, "media_type": "image/png"}})  # fmt: skip
    rows = [("preview", picture, "image/png", "p.png")]
    rows += [("original", kept(doctor, bytes([n])), "application/dicom", f"MR-1-{n}.dcm") for n in range(1, 4)]
    for role, file, media_type, name in rows:
        Attachment.objects.create(entry=made, file=file, role=role, media_type=media_type, name=name, part="1.2",
                                  label="序列 1 T1", added_at=clock.now())  # fmt: skip
    return made


def body_of(response):
    found = b"".join(response.streaming_content)
    response.file_to_stream.close()  # closing the response would end the test's connection
    return found


def is_refused(page, by, **where):
    """Refused, or asked for a basis first; in neither case anything of a file."""
    try:
        answer = ask(page, by, **where)
    except (NotFound, NoBasis):
        return True
    return not answer.streaming and answer.status_code in (302, 403, 404)


def test_the_entry_s_page_shows_its_pictures_its_files_and_how_many(county, study, doctor):
    shown = text_of(ask("record.entry", doctor, entry_id=study.pk))
    assert "1 个序列，3 幅" in shown
    assert f'src="/record/entries/{study.pk}/files/' in shown
    assert "MR-1-3.dcm" in shown
    assert "只供辨认" in shown


def test_the_timeline_shows_the_picture_without_asking_for_the_files(county, person, study, doctor):
    shown = text_of(ask("record.read", doctor, resident_id=person.pk))
    assert f'src="/record/entries/{study.pk}/preview"' in shown


@pytest.mark.requirement("R133")
def test_a_picture_is_served_in_its_place_and_the_look_is_noted(county, person, study, doctor):
    served = ask("record.preview", doctor, entry_id=study.pk)
    assert (served["Content-Type"], body_of(served)) == ("image/png", b"\x89PNG picture")
    assert "sandbox" in served["Content-Security-Policy"]
    assert Trail.objects.get(action="record.preview").persons == [person.pk]


def test_an_original_is_only_ever_taken_away(county, study, doctor):
    original = Attachment.objects.filter(role="original").first()
    served = ask("record.attachment", doctor, entry_id=study.pk, attachment_id=original.pk)
    assert served["Content-Type"] == "application/octet-stream"
    assert served["Content-Disposition"] == 'attachment; filename="MR-1-1.dcm"'
    assert body_of(served) == b"\x01"
    assert "取走" in Trail.objects.get(action="record.attachment").sentence


def test_a_file_that_calls_itself_a_page_is_never_shown_in_its_place(county, study, doctor):
    Attachment.objects.filter(role="preview").update(media_type="text/html")
    preview = Attachment.objects.get(role="preview")
    served = ask("record.attachment", doctor, entry_id=study.pk, attachment_id=preview.pk)
    assert served["Content-Type"] == "application/octet-stream"
    assert served["Content-Disposition"].startswith("attachment")
    served.file_to_stream.close()
    Entry.objects.filter(pk=study.pk).update(detail={"preview": {"digest": "0" * 64, "media_type": "text/html"}})
    assert is_refused("record.preview", doctor, entry_id=study.pk)


def test_who_may_not_read_the_entry_gets_none_of_its_files(county, person, study, doctor):
    stranger = county.village_doctor(county.other_village)
    original = Attachment.objects.filter(role="original").first()
    for page, where in (
        ("record.preview", {"entry_id": study.pk}),
        ("record.attachment", {"entry_id": study.pk, "attachment_id": original.pk}),
    ):
        assert is_refused(page, stranger, **where)
    other = entry(resident(county.village), county.hospital, title="超声", kind="imaging")
    assert is_refused("record.attachment", doctor, entry_id=other.pk, attachment_id=original.pk)


def test_a_special_class_closes_the_files_too(county, study, doctor):
    Entry.objects.filter(pk=study.pk).update(sensitivity="hiv")
    assert is_refused("record.preview", doctor, entry_id=study.pk)


def test_files_stay_with_the_entry_when_it_has_a_newer_version(county, person, study, doctor):
    newer = entry(person, county.hospital, title="磁共振 脑", kind="imaging", version=2)
    Entry.objects.filter(pk=study.pk).update(replaced_by=newer)
    shown = text_of(ask("record.entry", doctor, entry_id=newer.pk))
    assert "3 幅" in shown


def test_three_hundred_images_are_paged(county, study, doctor):
    many = [kept(doctor, f"image {n}".encode()) for n in range(30)]
    Attachment.objects.bulk_create(
        Attachment(entry=study, file=one, role="original", media_type="application/dicom", name=f"b{n}.dcm",
                   part="1.3", added_at=clock.now())
        for n, one in enumerate(many)
    )  # fmt: skip
    shown = text_of(ask("record.entry", doctor, entry_id=study.pk))
    assert "2 个序列，33 幅" in shown
    assert "更多文件" in shown
    assert "b29.dcm" not in shown


def test_what_was_received_keeps_any_type_and_refuses_only_what_is_empty_or_too_large(county, doctor):
    assert kept(doctor, b"x", "application/x-anything", name="坏\x00名\n").name == "坏名"
    assert kept(doctor, b"y", name="\x00").name == "-"
    for data in (b"", b"z" * (1024 * 1024 + 1)):
        with pytest.raises(BadValue):
            kept(doctor, data)
    place = store.path_of(kept(doctor, b"w").digest)
    place.write_bytes(b"damaged")
    with pytest.raises(NotFound):
        store.whole(place.name)
