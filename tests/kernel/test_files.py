"""Files are kept once, by what they hold; a name is shown and never a path; damage is noticed."""

import fcntl
import hashlib
import os
from datetime import date
from pathlib import Path

import pytest

from tests.factories import actor
from yigongti.kernel import clock
from yigongti.kernel.files import holding, store, sweeping
from yigongti.kernel.files.models import StoredFile
from yigongti.kernel.parameters import values
from yigongti.kernel.parameters.models import ParameterValue
from yigongti.kernel.refusal import BadValue, NotFound


@pytest.fixture
def doctor(county):
    return actor("village_doctor", county.village)


def keep(by, content=b"%PDF-1.4 report", name="心电图.pdf", media_type="application/pdf"):
    return store.keep(by=by, name=name, media_type=media_type, chunks=[content[:5], content[5:]])


def lying():
    return [p for p in store.folder().rglob("*") if p.is_file()] if store.folder().exists() else []


def test_what_is_kept_is_read_again_by_its_digest(doctor):
    row = keep(doctor)
    assert row.digest == hashlib.sha256(b"%PDF-1.4 report").hexdigest()
    assert (row.size, row.name, row.stored_by_id) == (15, "心电图.pdf", doctor.post_id)
    assert store.read(row.digest) == b"%PDF-1.4 report"


def test_the_same_bytes_are_kept_once(doctor):
    assert keep(doctor).pk == keep(doctor, name="再传一次.pdf").pk
    assert (len(lying()), StoredFile.objects.count()) == (1, 1)


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "C:\\x.pdf", "𠮷 👩‍⚕️.pdf", "…"])
def test_a_name_is_only_shown_and_never_a_path(doctor, name):
    row = keep(doctor, name=name)
    assert row.name == name
    assert lying() == [store.path_of(row.digest)]


@pytest.mark.parametrize("name", ["", "   ", "a\x00.pdf", "a\n.pdf", "长" * 201])
def test_a_name_that_can_not_be_kept_whole_is_refused(doctor, name):
    with pytest.raises(BadValue) as refused:
        keep(doctor, name=name)
    assert "文件名" in refused.value.sentence
    assert "\x00" not in refused.value.sentence


@pytest.mark.parametrize("media_type", ["text/html", "image/svg+xml", "application/x-sh", "", "application/pdf; x"])
def test_a_type_that_the_county_does_not_take_is_refused(doctor, media_type):
    with pytest.raises(BadValue):
        keep(doctor, media_type=media_type)
    assert lying() == []


def test_the_county_s_own_list_of_types_counts(doctor):
    ParameterValue.objects.create(
        code="files.accepted_types", begins=date(2020, 1, 1), value=["text/csv", "image/png"], source="《试》",
        entered_at=clock.now(),
    )  # fmt: skip
    values.forget()
    with pytest.raises(BadValue):
        keep(doctor)
    assert keep(doctor, content="姓名".encode(), media_type="text/csv").media_type == "text/csv"


def test_a_file_beyond_the_limit_is_refused_and_leaves_nothing(doctor, monkeypatch):
    monkeypatch.setattr(values, "number", lambda code, **on: 1)
    keep(doctor, content=b"%PDF-" + b"x" * (1024 * 1024 - 5))
    before = lying()
    with pytest.raises(BadValue, match="超过 1 MB"):
        keep(doctor, content=b"%PDF-" + b"x" * (1024 * 1024 - 4))
    assert lying() == before


BEGINNINGS = {
    "application/pdf": b"%PDF-1.7\n",
    "image/png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "image/jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "text/plain": "血压 120".encode(), "text/csv": "姓名,性别".encode("gb18030"), "application/json": b"{}",
    "application/dicom": bytes(128) + b"DICM\x02", "text/xml": b"<?xml version='1.0'?><a/>",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": b"PK\x03\x04\x14\0",
}  # fmt: skip


def test_every_type_that_is_taken_is_known_by_its_first_bytes(doctor):
    assert set(values.value("files.accepted_types")) == set(BEGINNINGS)
    for media_type, content in BEGINNINGS.items():
        assert keep(doctor, content=content, media_type=media_type).media_type == media_type
    assert keep(doctor, content=b"\n\n%PDF-1.4", media_type="application/pdf").media_type == "application/pdf"
    assert keep(doctor, content="宽".encode("utf-16"), media_type="text/plain").media_type == "text/plain"
    assert keep(doctor, content=BEGINNINGS["image/png"] + b"2", media_type="image/jpeg").media_type == "image/png"


@pytest.mark.parametrize(
    ("media_type", "content", "what"),
    [
        ("application/pdf", "不是".encode(), "说是PDF，里面是文字"),
        ("image/png", b"<!DOCTYPE html><p>x", "说是PNG 图片，里面是网页"),
        ("image/jpeg", b"MZ\x90\0", "程序"), ("application/pdf", BEGINNINGS["image/png"], "PNG 图片"),
        ("text/plain", b" \n<!-- a --><HTML >", "网页"), ("text/plain", b"\0\1\2\3", "认不出"),
        ("text/xml", b"<svg onload='x'>", "网页"), ("application/dicom", b"PK\x03\x04", "压缩包"),
        ("image/png", b"GIF89a", "GIF"), ("application/pdf", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版 Office"),
        ("image/jpeg", b"\0\0\0\x24ftypheic\0", "兼容性最佳"), ("image/heic", b"\0\0\0\x24ftypmif1", "截图再传"),
    ],
)  # fmt: skip
def test_what_is_not_what_it_is_called_is_refused_with_what_it_seems_to_be(doctor, media_type, content, what):
    with pytest.raises(BadValue, match=what):
        keep(doctor, content=content, media_type=media_type)
    assert (lying(), StoredFile.objects.count()) == ([], 0)


def test_an_empty_file_is_refused(doctor):
    with pytest.raises(BadValue, match="是空的"):
        keep(doctor, content=b"")
    assert (lying(), StoredFile.objects.count()) == ([], 0)


def test_an_upload_that_breaks_off_leaves_nothing(doctor):
    def breaking():
        yield b"half"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        store.keep(by=doctor, name="x.pdf", media_type="application/pdf", chunks=breaking())
    assert (lying(), StoredFile.objects.count()) == ([], 0)


def test_damage_is_noticed_and_mended_by_keeping_it_again(doctor):
    row = keep(doctor)
    store.path_of(row.digest).write_bytes(b"%PDF-1.4 forged")
    with pytest.raises(NotFound):
        store.read(row.digest)
    keep(doctor)
    assert store.read(row.digest) == b"%PDF-1.4 report"


@pytest.mark.parametrize("digest", ["", "..", "../../../etc/passwd", "0" * 64, "ab/../../x"])
def test_what_is_no_digest_is_not_found(doctor, digest):
    with pytest.raises(NotFound):
        store.read(digest)


def aged(path, days=3):
    then = clock.now().timestamp() - days * 86400
    os.utime(path, (then, then))
    return path


def test_what_no_row_knows_is_swept_once_it_is_old_and_nothing_else(doctor):
    kept, lost, fresh, undone = (
        keep(doctor, content) for content in (b"%PDF- kept", b"%PDF- lost", b"%PDF- new", b"%PDF- aside")
    )
    for row in (kept, lost, undone):
        aged(store.path_of(row.digest))
    StoredFile.objects.filter(pk__in=[lost.pk, fresh.pk]).delete()
    begun = store.folder() / "tmpabc"
    begun.write_bytes(b"half")
    aged(begun)
    aside = store.path_of(undone.digest)
    aside.rename(aside.with_name(aside.name + sweeping.ASIDE))  # a sweep that died at the worst moment
    foreign = store.path_of(kept.digest).with_name("README")
    foreign.write_bytes(b"not ours")
    aged(foreign)
    assert sweeping.sweep() == 2
    assert store.read(kept.digest) == b"%PDF- kept"
    assert store.read(undone.digest) == b"%PDF- aside"
    assert store.path_of(fresh.digest).exists()
    assert foreign.exists()
    assert not store.path_of(lost.digest).exists()
    assert not begun.exists()
    assert sweeping.sweep() == 0


def test_bytes_that_are_kept_again_while_they_are_swept_stay(doctor, monkeypatch):
    row = keep(doctor)
    place = aged(store.path_of(row.digest))
    row.delete()
    rename = Path.rename

    def kept_meanwhile(self, target):
        if str(target).endswith(sweeping.ASIDE):
            keep(doctor)
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", kept_meanwhile)
    assert sweeping.sweep() == 0
    assert store.read(row.digest or place.name) == b"%PDF-1.4 report"


def test_while_the_whole_store_is_read_no_sweep_moves_a_file_and_the_next_comes_back(doctor):
    row = keep(doctor)
    place = aged(store.path_of(row.digest))
    row.delete()
    with holding.unmoved(store.folder()), holding.unmoved(store.folder()):
        assert sweeping.sweep() == 0 and place.exists()
    assert sweeping.sweep() == 1 and not place.exists()


def test_who_reads_the_whole_store_waits_until_a_file_put_aside_is_back_or_gone(doctor, monkeypatch):
    place = aged(store.path_of(keep(doctor).digest))
    StoredFile.objects.all().delete()
    seen, rename = [], Path.rename

    def read_meanwhile(self, target):
        moved = rename(self, target)
        if str(target).endswith(sweeping.ASIDE):
            handle = os.open(store.folder(), os.O_RDONLY)
            with pytest.raises(BlockingIOError):
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
            os.close(handle)
            seen.append(place.exists())
        return moved

    monkeypatch.setattr(Path, "rename", read_meanwhile)
    assert sweeping.sweep() == 1 and seen == [False]
