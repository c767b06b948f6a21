"""Images in the county's archive: every one gets there once it can, none is lost, and the page says where they are."""

import io
import json
import shutil
import socket
import subprocess
import time
from datetime import timedelta

import pydicom
import pytest
from django.core.exceptions import ImproperlyConfigured

from tests.exchange.dicom.making import image
from tests.exchange.dicom.test_preview import encapsulated
from tests.exchange.imaging.archives import JPEG, archive
from tests.exchange.imaging.sending import brought
from tests.factories import actor
from tests.factories import county as make_county
from tests.record.test_pages import ask, text_of
from yigongti.exchange.imaging.archive import actions, copying, named, pages, queries
from yigongti.exchange.imaging.archive.models import KnownArchive
from yigongti.exchange.imaging.models import Study, StudyInstance
from yigongti.kernel import clock
from yigongti.kernel.files import store
from yigongti.record.attached import Attachment
from yigongti.record.models import Entry


pytestmark = pytest.mark.django_db


@pytest.fixture
def county():
    return make_county()


@pytest.fixture
def server(settings):
    with archive() as made:
        settings.DICOMWEB = {"address": made.address, "user": "ygt", "password": "geheim"}
        yield made


def state():
    """Copies by state."""
    return sorted(StudyInstance.objects.values_list("copy", "words"))


def test_every_image_is_given_as_it_came_and_stays_here(county, server, tmp_path):
    for number in (1, 2):
        brought(tmp_path, image(SOPInstanceUID=f"1.2.3.4.{number}"), name=f"{number}.dcm")
    assert copying.work() == 2
    assert state() == [("held", ""), ("held", "")]
    for one in StudyInstance.objects.all():
        assert store.read(one.file_id) == server.held[one.uid]
    assert copying.work() == 0
    assert server.asked.count("POST") == 2
    steward = actor("data_steward", county.group)
    shown = text_of(ask("exchange.images", steward))
    assert server.address in shown
    assert "geheim" not in shown
    assert "影像服务器也收齐了" in shown


def test_while_it_does_not_answer_all_waits_and_goes_when_it_does(county, server, tmp_path, monkeypatch):
    brought(tmp_path, image())
    server.mood = "down"
    assert copying.work() == 0
    known = KnownArchive.objects.get()
    assert (known.trouble, known.tries, state()) == ("HTTP 503", 1, [("queued", "felled")])
    server.mood, before = "", len(server.asked)
    assert copying.work() == 0  # left alone for a while
    assert len(server.asked) == before
    shown = text_of(ask("exchange.images", actor("data_steward", county.group)))
    assert "HTTP 503，试过 1 次" in shown
    assert "还有 1 幅没有收到" in shown
    later = clock.now() + timedelta(minutes=1)
    monkeypatch.setattr(clock, "now", lambda: later)
    assert copying.work() == 1
    assert KnownArchive.objects.get().trouble == ""


def test_an_answer_that_was_lost_does_not_send_the_image_twice(county, server, tmp_path):
    brought(tmp_path, image())
    server.mood = "keeps and hangs up"
    assert copying.work() == 1  # it was asked whether it has it
    assert server.asked.count("POST") == 1
    assert state() == [("held", "")]


def test_what_it_declines_is_seen_with_its_reason_and_given_again_by_hand(county, server, tmp_path):
    brought(tmp_path, image())
    server.mood = "declines"
    copying.work()
    assert state() == [("declined", "0122")]
    steward = actor("data_steward", county.group)
    assert "0122" in text_of(ask("exchange.images", steward))
    server.mood = ""
    actions.give_declined(by=steward, key="11111111-1111-4111-8111-111111111111")
    copying.work()
    assert state() == [("held", "")]


def later(monkeypatch, hours):
    """It is so much later, and the archive is up."""
    there = clock.now() + timedelta(hours=hours)
    monkeypatch.setattr(clock, "now", lambda: there)


def test_an_image_that_breaks_the_archive_each_time_holds_up_no_other(county, server, tmp_path, monkeypatch):
    brought(tmp_path, image())
    server.mood = "hangs up"
    assert copying.work() == 0
    assert (state(), server.asked.count("POST")) == ([("queued", "broken")], 2)  # once more behind the others, at once
    assert (copying.work(), server.asked.count("POST")) == (0, 2)
    server.mood = ""
    brought(tmp_path, image(SOPInstanceUID="1.2.3.4.9"), name="2.dcm")
    assert copying.work() == 1  # the other is put off
    server.mood = "hangs up"
    for times in range(3, 6):
        later(monkeypatch, 3)
        assert (copying.work(), server.asked.count("POST")) == (0, times + 1)
    assert state() == [("declined", "broken"), ("held", "")]
    later(monkeypatch, 300)
    assert (copying.work(), server.asked.count("POST")) == (0, 6)


def test_the_pauses_of_an_image_grow(county, server, tmp_path, monkeypatch):
    brought(tmp_path, image())
    server.mood, pauses = "hangs up", []
    while (one := StudyInstance.objects.get()).copy == "queued":
        moment = one.due_at or clock.now()
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        copying.work()
        found = StudyInstance.objects.get()
        pauses.append((found.due_at - clock.now()).total_seconds() if found.due_at else None)
    assert (pauses, one.tries) == ([60, 900, 7200, None], 5)


def test_an_image_that_fells_the_archive_is_put_behind_the_others_and_left_to_people(
    county, server, tmp_path, monkeypatch
):
    uids = ("1.2.3.4.1", "1.2.3.4.2", "1.2.3.4.3")
    for uid in uids:
        brought(tmp_path, image(SOPInstanceUID=uid), name=f"{uid}.dcm")
    server.felled_by = uids[0]
    assert copying.work() == 0
    assert copying.work() == 0  # left alone for a while
    assert server.asked.count("POST") == 1
    for _pause in range(6):  # it stays down: that blames nobody
        later(monkeypatch, 3)
        assert copying.work() == 0
    assert list(StudyInstance.objects.order_by("pk").values_list("tries", flat=True)) == [1, 0, 0]
    for outage in range(4):
        server.mood = ""  # somebody started it again
        later(monkeypatch, 3)
        assert copying.work() == (2 if outage == 0 else 0)
    assert set(server.held) == set(uids[1:])
    assert state() == [("declined", "felled"), ("held", ""), ("held", "")]
    server.mood = ""
    later(monkeypatch, 300)
    assert copying.work() == 0
    assert server.mood == "", "it is not tried again"
    assert KnownArchive.objects.get().trouble == ""


def test_what_is_wrong_with_the_archive_blames_no_image(county, server, tmp_path, settings, monkeypatch):
    for uid in ("1.2.3.4.1", "1.2.3.4.2"):
        brought(tmp_path, image(SOPInstanceUID=uid), name=f"{uid}.dcm")
    settings.DICOMWEB = {**settings.DICOMWEB, "password": "falsch"}
    for _day in range(7):
        assert copying.work() == 0
        later(monkeypatch, 24)
    assert (KnownArchive.objects.get().trouble, server.asked.count("POST")) == ("HTTP 401", 7)
    assert list(StudyInstance.objects.values_list("copy", "tries", "words")) == [("queued", 0, "")] * 2


def test_data_staff_see_why_an_image_is_not_taken_and_have_one_or_all_given_again(
    county, server, tmp_path, monkeypatch
):
    for uid in ("1.2.3.4.1", "1.2.3.4.2"):
        brought(tmp_path, image(SOPInstanceUID=uid), name=f"{uid}.dcm")
    server.mood = "hangs up"
    copying.work()
    steward, foreign = actor("data_steward", county.group), actor("village_doctor", county.village)
    one, _other = StudyInstance.objects.order_by("pk")
    listed = text_of(ask("exchange.images", steward))
    assert "送过 2 次，还会再送" in listed
    assert "没送成的全部重送（2）" in listed
    assert "2 幅没送成，还会再送" in str(pages.not_given(for_=steward))
    shown = text_of(ask("exchange.image", steward, pk=one.pk))
    assert "中途断开" in shown
    assert "下次再送" in shown
    assert "马上重送" in shown
    assert ask("exchange.image", foreign, pk=one.pk).status_code == 403
    server.mood = ""
    assert copying.work() == 0  # put off
    actions.give_one(by=steward, key="11111111-1111-4111-8111-111111111112", image=one.pk)
    assert copying.work() == 1
    assert list(StudyInstance.objects.order_by("pk").values_list("copy", flat=True)) == ["held", "queued"]
    assert ask("exchange.image", steward, pk=one.pk).status_code == 404
    with pytest.raises(actions.NothingToGive):
        actions.give_one(by=steward, key="11111111-1111-4111-8111-111111111113", image=one.pk)
    actions.give_declined(by=steward, key="11111111-1111-4111-8111-111111111114")
    assert copying.work() == 1
    assert "没送成" not in text_of(ask("exchange.images", steward))


def test_an_archive_that_goes_away_is_seen_before_the_next_image_comes(county, server, monkeypatch):
    assert copying.work() == 0
    steward = actor("data_steward", county.group)
    assert KnownArchive.objects.get().answered_at is not None
    asked = len(server.asked)
    assert (copying.work(), len(server.asked)) == (0, asked)  # not every few seconds
    server.mood = "down"
    later(monkeypatch, 1)
    assert copying.work() == 0
    assert "HTTP 503，试过 1 次" in text_of(ask("exchange.images", steward))
    assert "影像服务器HTTP 503" in str(pages.not_given(for_=steward))
    server.mood = ""
    later(monkeypatch, 1)
    assert copying.work() == 0
    assert pages.not_given(for_=steward) is None


def test_an_image_that_came_through_an_outage_without_its_answer_is_not_sent_again(county, server, tmp_path):
    brought(tmp_path, image())
    server.mood = "down"
    copying.work()
    one = StudyInstance.objects.get()
    server.held[one.uid], server.mood = store.read(one.file_id), ""
    KnownArchive.objects.update(due_at=None)
    assert copying.work() == 1
    assert server.asked.count("POST") == 1


def test_a_picture_that_we_cannot_draw_is_drawn_by_the_archive(county, server, tmp_path):
    packed = encapsulated(b"\xff\xd8\xff\xc3" + bytes(20), "1.2.840.10008.1.2.4.70")  # lossless JPEG
    brought(tmp_path, packed)
    entry = Entry.objects.get()
    assert "没有预览" in str(entry.detail["no_preview"])
    server.mood = "draws"
    copying.work()
    told = Entry.objects.get(replaced_by=None)
    assert "no_preview" not in told.detail
    assert store.read(told.detail["preview"]["digest"]) == JPEG
    assert Attachment.objects.get(role="preview").part == "1.2.3.1"
    assert Study.objects.get().entry_id == told.pk


def test_without_an_archive_the_page_says_where_images_are(county, tmp_path, settings):
    settings.DICOMWEB = {"address": "", "user": "", "password": ""}
    brought(tmp_path, image())
    assert copying.work() == 0
    steward = actor("data_steward", county.group)
    assert "没有设置影像服务器" in text_of(ask("exchange.images", steward))
    assert queries.waiting(for_=steward).queued == 1


@pytest.mark.parametrize("address", ["ftp://a/b", "http://", "http://u:p@a/b", "http://a:x/b", "http://a/b?c=d", "a/b"])
def test_an_address_that_can_be_none_is_said_at_the_start(settings, address):
    settings.DICOMWEB = {"address": address, "user": "", "password": ""}
    with pytest.raises(ImproperlyConfigured):
        named.require_sound()


# --- a real one


@pytest.fixture
def orthanc(settings, tmp_path):
    """Orthanc with its DICOMweb plugin, on ports of this machine's own, with nothing kept beyond the test."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    plugin = next(p for p in ("/usr/lib/orthanc", "/usr/share/orthanc/plugins", "/usr/share/orthanc/plugins-available")
                  if shutil.os.path.exists(f"{p}/libOrthancDicomWeb.so"))  # fmt: skip
    said = {
        "Name": "test", "StorageDirectory": str(tmp_path / "store"), "IndexDirectory": str(tmp_path / "store"),
        "HttpPort": port, "RemoteAccessAllowed": False, "DicomServerEnabled": False, "AuthenticationEnabled": True,
        "RegisteredUsers": {"ygt": "geheim"}, "Plugins": [f"{plugin}/libOrthancDicomWeb.so"],
        "DicomWeb": {"Enable": True, "Root": "/dicom-web/", "Host": "127.0.0.1"},
    }  # fmt: skip
    (tmp_path / "orthanc.json").write_text(json.dumps(said))
    address = f"http://127.0.0.1:{port}/dicom-web"
    settings.DICOMWEB = {"address": address, "user": "ygt", "password": "geheim"}

    def start():
        process = subprocess.Popen(["Orthanc", str(tmp_path / "orthanc.json")], stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while time.monotonic() < until:
            try:
                named.archive().require_answer()
                return process
            except Exception:  # noqa: BLE001 - not up yet, in whatever way
                time.sleep(0.1)
        raise AssertionError("Orthanc does not answer")

    running = []
    yield lambda: running.append(start()) or running[-1]
    for one in running:
        one.terminate()
        one.wait(20)


@pytest.mark.long
@pytest.mark.needs("Orthanc")
def test_orthanc_takes_what_came_after_it_was_away(county, orthanc, settings, tmp_path):
    from dicomweb_client import DICOMwebClient
    from dicomweb_client.session_utils import create_session_from_user_pass

    names = ("CT_small.dcm", "MR_small_RLE.dcm", "RG1_J2KI.dcm", "examples_ybr_color.dcm")
    for name in names:
        brought(tmp_path, image(SOPInstanceUID=f"1.2.9.{len(name)}", StudyInstanceUID="1.2.9"), name=f"own-{name}")
    given = StudyInstance.objects.count()
    assert copying.work() == 0
    assert KnownArchive.objects.get().trouble == "unreachable"
    KnownArchive.objects.update(due_at=None)
    orthanc()
    assert copying.work() == given
    assert copying.work() == 0
    assert all(named.archive().holds(study=one.study.uid, instance=one.uid) for one in StudyInstance.objects.all())
    assert not named.archive().holds(study="1.2.9", instance="1.2.9.999")
    drawn = named.archive().drawn(study="1.2.9", series="1.2.3.1", instance=StudyInstance.objects.first().uid)
    assert drawn is not None
    assert drawn[0] == "image/jpeg"
    others = DICOMwebClient(settings.DICOMWEB["address"], session=create_session_from_user_pass("ygt", "geheim"))
    listed = others.search_for_instances("1.2.9")
    assert {one["00080018"]["Value"][0] for one in listed} == set(
        StudyInstance.objects.filter(study__uid="1.2.9").values_list("uid", flat=True)
    )
    for one in listed:
        uid, series = one["00080018"]["Value"][0], one["0020000E"]["Value"][0]
        theirs = others.retrieve_instance("1.2.9", series, uid)
        ours = pydicom.dcmread(io.BytesIO(store.read(StudyInstance.objects.get(uid=uid).file_id)))
        assert (theirs.PatientID, theirs.PixelData) == (ours.PatientID, ours.PixelData)
