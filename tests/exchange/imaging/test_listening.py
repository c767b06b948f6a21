"""The DICOM listener with real clients: pynetdicom's, and dcmtk's where it is installed."""

import contextlib
import gc
import io
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import pydicom
import pytest
from django.db import connection, connections
from pydicom.dataset import Dataset
from pydicom.uid import JPEG2000Lossless
from pynetdicom import AE
from pynetdicom.sop_class import StudyRootQueryRetrieveInformationModelFind, Verification

from tests.exchange.dicom.making import image
from tests.factories import county as make_county
from yigongti.exchange import inbox
from yigongti.exchange.imaging import listening
from yigongti.exchange.imaging.models import Study, StudyInstance
from yigongti.exchange.models import Message, Sender
from yigongti.kernel.audit.models import Entry as Audited
from yigongti.kernel.files import store
from yigongti.organisations import queries as organisations
from yigongti.record.attached import Attachment
from yigongti.record.models import Entry


pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore:Exception ignored in:pytest.PytestUnraisableExceptionWarning"),  # of the client
]
ROOT = Path(__file__).parents[3]
SECONDARY = "1.2.840.10008.5.1.4.1.1.7"


@pytest.fixture
def county():
    yield make_county()
    with connection.cursor() as cursor:  # no model of Django's manages it, so none empties it
        cursor.execute("DELETE FROM exchange_message")
    organisations.forget()


@pytest.fixture
def port(county):
    server = listening.listen(host="127.0.0.1", port=0, title="YIGONGTI")
    yield server.server_address[1]
    listening.stop(server)
    connections.close_all()


def instance(number, **changed):
    return image(SOPInstanceUID=f"1.2.3.4.{number}", InstanceNumber=str(number), **changed)


@pytest.fixture(autouse=True)
def swept():
    """pynetdicom's client leaves a line open that its peer has cut: closed here, not in the middle of another test."""
    yield
    gc.collect()


def associated(port, *classes, calling="CT01", syntax=None):
    entity = AE(ae_title=calling)
    for one in classes:
        entity.add_requested_context(one, *([syntax] if syntax else []))
    link = entity.associate("127.0.0.1", port, ae_title="YIGONGTI")
    assert link.is_established
    return link


def stored(link, data):
    return link.send_c_store(pydicom.dcmread(io.BytesIO(data))).get("Status")


def test_an_echo_is_answered(port):
    link = associated(port, Verification)
    assert link.send_c_echo().Status == 0x0000
    link.release()


def test_an_object_is_answered_once_it_is_committed_and_its_sender_is_the_calling_title(port):
    link = associated(port, SECONDARY)
    assert stored(link, instance(1)) == 0x0000
    found = Message.objects.get()
    assert (found.state, found.control_id, found.kind) == ("received", "1.2.3.4.1", "Secondary Capture Image Storage")
    assert (Sender.objects.get().code, Sender.objects.get().title) == ("AE CT01", "CT01")
    assert stored(link, instance(1)) == 0x0000
    link.release()
    inbox.take_all()
    assert sorted(Message.objects.values_list("state", flat=True)) == ["applied", "superseded"]
    kept = pydicom.dcmread(io.BytesIO(store.read(Attachment.objects.get(role="original").file_id)))
    assert (kept.PatientID, kept.PixelData) == ("JK-7", bytes(range(0, 240, 10)))


def test_a_class_that_nobody_knows_and_a_packed_syntax_are_kept(port):
    link = associated(port, "1.3.6.1.4.1.99999.7", syntax=JPEG2000Lossless)
    packed = pydicom.dcmread(io.BytesIO(instance(1, SOPClassUID="1.3.6.1.4.1.99999.7")))
    packed.file_meta.TransferSyntaxUID = JPEG2000Lossless
    packed.PixelData = pydicom.encaps.encapsulate([b"\xff\x4f\xff\x51" + bytes(40)])
    packed["PixelData"].is_undefined_length = True
    assert link.send_c_store(packed).Status == 0x0000
    link.release()
    inbox.take_all()
    assert Message.objects.get().state == "applied"
    assert StudyInstance.objects.get().sop_class == "1.3.6.1.4.1.99999.7"


def test_an_object_over_the_limit_ends_its_association_and_leaves_nothing(county, monkeypatch, tmp_path):
    import tempfile

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(listening, "LARGEST_PDU", 1 << 18)
    monkeypatch.setattr(listening.values, "number", lambda code: 0)
    server = listening.listen(host="127.0.0.1", port=0, title="YIGONGTI")
    link = associated(server.server_address[1], SECONDARY)
    large = instance(1, Rows=1000, Columns=1000, pixels=bytes(1_000_000))
    assert stored(link, large) is None
    deadline = time.monotonic() + 10
    while list(tmp_path.iterdir()) and time.monotonic() < deadline:
        time.sleep(0.1)
    listening.stop(server)
    assert not list(tmp_path.iterdir())
    assert not Message.objects.exists()


def test_a_unit_longer_than_the_protocol_s_is_not_read(port):
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        link.sendall(b"\x01\x00" + (2**31).to_bytes(4, "big") + bytes(100))
        assert link.recv(100) == b""
    again = associated(port, Verification)
    assert again.send_c_echo().Status == 0x0000
    again.release()


def test_a_line_that_its_sender_cuts_is_closed_here_too(port):
    gc.disable()  # which would close it by chance
    try:
        before = open_lines()
        for _ in range(5):
            with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
                link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                link.sendall(b"\x01\x00")
        deadline = time.monotonic() + 10
        while (left := open_lines() - before) and time.monotonic() < deadline:
            time.sleep(0.1)
    finally:
        gc.enable()
    assert not left


def test_a_listener_stops_whatever_stands_of_its_associations(county):
    server = listening.listen(host="127.0.0.1", port=0, title="YIGONGTI")
    place = ("127.0.0.1", server.server_address[1])
    link = associated(place[1], Verification)
    with socket.create_connection(place, timeout=10), socket.create_connection(place, timeout=10) as half:
        half.sendall(b"\x01\x00")
        deadline = time.monotonic() + 10
        while len(server.active_associations) < 3 and time.monotonic() < deadline:
            time.sleep(0.02)
        standing = server.active_associations
        assert len(standing) == 3
        listening.stop(server)
        assert half.recv(100) == b""
    assert not any(one.dul.is_alive() for one in standing)
    link.abort()


def open_lines():
    """The sockets of this process, by their numbers in the kernel."""
    names = []
    for one in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            names.append(os.readlink(f"/proc/self/fd/{one}"))
    return {name for name in names if name.startswith("socket:")}


def asked(port, calling="CT01", **keys):
    link = associated(port, StudyRootQueryRetrieveInformationModelFind, calling=calling)
    wanted = Dataset()
    wanted.SpecificCharacterSet = "ISO_IR 192"
    wanted.QueryRetrieveLevel = keys.pop("level", "STUDY")
    for keyword in ("StudyInstanceUID", "PatientID", "PatientName", "StudyDate", "NumberOfStudyRelatedInstances",
                    "ModalitiesInStudy", "AccessionNumber"):  # fmt: skip
        setattr(wanted, keyword, keys.get(keyword, ""))
    found = list(link.send_c_find(wanted, StudyRootQueryRetrieveInformationModelFind))
    link.release()
    return [one for _status, one in found if one is not None], found[-1][0].Status


@pytest.fixture
def studies(port):
    link = associated(port, SECONDARY)
    stored(link, instance(1, charset="GB18030", name="张^桂兰".encode("gb18030"), StudyInstanceUID="1.2.31"))
    stored(link, instance(2, charset="GB18030", name="张^桂兰".encode("gb18030"), StudyInstanceUID="1.2.31"))
    stored(link, instance(3, StudyInstanceUID="1.2.32", StudyDate="20261020", PatientID="JK-8", name=b"LI^SI"))
    link.release()
    other = associated(port, SECONDARY, calling="US02")
    stored(other, instance(4, StudyInstanceUID="1.2.33"))
    other.release()
    inbox.take_all()
    assert Study.objects.count() == 3


@pytest.mark.parametrize(
    ("keys", "uids"),
    [
        ({}, {"1.2.31", "1.2.32"}),
        ({"StudyInstanceUID": ["1.2.31", "1.2.33"]}, {"1.2.31"}),
        ({"PatientID": "JK-8"}, {"1.2.32"}),
        ({"PatientID": "JK-*"}, {"1.2.31", "1.2.32"}),
        ({"PatientName": "li*"}, {"1.2.32"}),
        ({"PatientName": "张*"}, {"1.2.31"}),
        ({"StudyDate": "20261101-"}, {"1.2.31"}),
        ({"StudyDate": "-20261101"}, {"1.2.32"}),
        ({"StudyDate": "20261020"}, {"1.2.32"}),
        ({"ModalitiesInStudy": "CT"}, set()),
        ({"ModalitiesInStudy": ["CT", "DX"]}, {"1.2.31", "1.2.32"}),
        ({"AccessionNumber": "JC2026*"}, {"1.2.31", "1.2.32"}),
        ({"PatientID": ".*"}, set()),
    ],
)
def test_a_sender_finds_the_studies_it_sent_and_no_others(port, studies, keys, uids):
    found, status = asked(port, **keys)
    assert (status, {one.StudyInstanceUID for one in found}) == (0x0000, uids)


def test_an_answer_says_what_was_asked_and_is_in_the_trail(port, studies):
    found, _status = asked(port, StudyInstanceUID="1.2.31")
    (one,) = found
    assert (str(one.PatientName), one.NumberOfStudyRelatedInstances, one.ModalitiesInStudy) == ("=张^桂兰", 2, "DX")
    read = Audited.objects.filter(action="exchange.dicom_find").latest("id")
    assert "CT01" in read.sentence
    assert len(read.persons) == 1


def test_another_title_finds_nothing_and_other_questions_are_refused(port, studies):
    assert asked(port, calling="MR09") == ([], 0x0000)
    assert asked(port, level="PATIENT") == ([], 0xA900)
    assert asked(port, StudyDate="20260230") == ([], 0xC000)


@pytest.mark.needs("storescu", "echoscu", "findscu")
def test_dcmtk_s_clients_are_served(port, tmp_path):
    for number in (1, 2):
        (tmp_path / f"{number}.dcm").write_bytes(instance(number))
    common = ["-aet", "DCMTK", "-aec", "YIGONGTI"]
    where = ["127.0.0.1", str(port)]
    assert subprocess.run(["echoscu", *common, *where], timeout=60, check=False).returncode == 0
    files = [str(tmp_path / "1.dcm"), str(tmp_path / "2.dcm")]
    assert subprocess.run(["storescu", *common, *where, *files], timeout=60, check=False).returncode == 0
    inbox.take_all()
    asked_for = ["-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID", "-k", "PatientID=JK-7"]
    found = subprocess.run(
        ["findscu", "-v", *common, *asked_for, *where], timeout=60, check=False, capture_output=True, text=True
    )
    assert found.returncode == 0
    assert "1.2.3" in found.stdout + found.stderr
    assert (Entry.objects.count(), StudyInstance.objects.count()) == (1, 2)


def test_a_listener_that_is_killed_loses_nothing_that_it_acknowledged(county, request):
    objects = 400 if request.config.getoption("--long") else 48
    acknowledged, port = set(), _free_port()
    listener = _start(port)
    senders = [threading.Thread(target=_send, args=(port, range(n, objects, 3), acknowledged)) for n in range(3)]
    for sender in senders:
        sender.start()
    for _ in range(2):
        time.sleep(0.8)
        os.kill(listener.pid, signal.SIGKILL)
        listener.wait()
        listener = _start(port)
    for sender in senders:
        sender.join(240)
    listener.terminate()
    listener.wait(20)
    assert acknowledged == set(range(objects))
    while inbox.take_all():
        pass
    first = Message.objects.exclude(state="superseded")
    assert sorted(first.values_list("control_id", flat=True)) == sorted(f"1.2.3.4.{n}" for n in range(objects))
    assert set(first.values_list("state", flat=True)) == {"applied"}
    assert (Entry.objects.count(), StudyInstance.objects.count()) == (1, objects)


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _start(port):
    """The listener as a process of its own, on the database of this test; MLLP beside it on another port."""
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    dsn = conninfo_to_dict(os.environ["YIGONGTI_DATABASE_URL"])
    settings = {
        **os.environ, "YIGONGTI_DATABASE_URL": make_conninfo(**{**dsn, "dbname": connection.settings_dict["NAME"]}),
    }  # fmt: skip
    command = [sys.executable, "-m", "yigongti.site", "listen", "--port", str(_free_port()), "--dicom-port", str(port)]
    return subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL)


def _send(port, numbers, acknowledged):
    """Stores each until it is answered with success, as a modality's queue does."""
    entity, link = AE(ae_title="CT01"), None
    entity.add_requested_context(SECONDARY)
    entity.acse_timeout = entity.dimse_timeout = entity.network_timeout = 5
    until = time.monotonic() + 120
    for n in numbers:
        while n not in acknowledged and time.monotonic() < until:
            if link is None or not link.is_established:
                link = entity.associate("127.0.0.1", port)
            if link.is_established:
                try:
                    if stored(link, instance(n)) == 0x0000:
                        acknowledged.add(n)
                        continue
                except RuntimeError:  # the association ended before the object was sent
                    pass
            time.sleep(0.1)
    if link is not None and link.is_established:
        link.release()
