"""Several at once, and processes that die: what was acknowledged is in the inbox once, and in the record once."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.db import connection, connections

from tests.exchange.test_taking_hl7v2 import message, result
from tests.factories import county as make_county
from yigongti.exchange import inbox
from yigongti.exchange.arriving_hl7v2 import keep
from yigongti.exchange.hl7v2.framing import Splitter, framed
from yigongti.exchange.listening import listen
from yigongti.exchange.models import Message
from yigongti.organisations import queries as organisations
from yigongti.record.models import Entry
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def county():
    yield make_county()
    with connection.cursor() as cursor:  # no model of Django's manages it, so none empties it
        cursor.execute("DELETE FROM exchange_message")
    organisations.forget()


def together(*acts):
    """Run each on its own thread and connection, started at one moment; what each gave."""
    gate, gave = threading.Barrier(len(acts)), [None] * len(acts)

    def run(at, act):
        gate.wait()
        try:
            gave[at] = act()
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return gave


def test_the_same_message_on_four_connections_is_applied_once(county):
    body = message("ORU^R01", *result())
    kept = [k for (k,) in together(*[lambda: keep(body)] * 4)]
    together(*[lambda: inbox.take_all()] * 4)
    states = sorted(Message.objects.filter(pk__in=[k.arrived.id for k in kept]).values_list("state", flat=True))
    assert states == ["applied", "superseded", "superseded", "superseded"]
    assert (Entry.objects.count(), Resident.objects.count()) == (1, 1)


def test_two_results_of_one_unknown_patient_at_once_make_one_person(county):
    card = "140781197211050171"
    bodies = [message("ORU^R01", *result(number=f"L{n}"), control=str(n), card=card) for n in range(4)]
    ids = [keep(body)[0].arrived.id for body in bodies]
    together(*[lambda pk=pk: inbox.take_in(pk) for pk in ids])
    for pk in ids:  # whoever lost the race for the card waits with its reason, and goes through when tried again
        Message.objects.filter(pk=pk, state="waiting").update(state="received")
        inbox.take_in(pk)
    assert set(Message.objects.values_list("state", flat=True)) == {"applied"}
    assert (Resident.objects.count(), Entry.objects.count()) == (1, 4)


def test_the_listener_answers_a_real_client_once_the_message_is_kept(county):
    hl7_client = pytest.importorskip("hl7.client")
    with listen(host="127.0.0.1", port=0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with hl7_client.MLLPClient("127.0.0.1", server.server_address[1]) as client:
            answer = client.send(framed(message("ORU^R01", *result())))
        server.shutdown()
    assert b"MSA|AA|1" in answer
    assert Message.objects.get().state == "received"


def test_the_messages_of_a_file_are_sent_by_mllp_send(county, tmp_path):
    path = tmp_path / "messages.hl7"
    bodies = [message("ORU^R01", *result(number=f"L{n}"), control=str(n)) for n in range(3)]
    path.write_bytes(b"".join(framed(body) for body in bodies))
    with listen(host="127.0.0.1", port=0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        told = subprocess.run(
            [Path(sys.executable).with_name("mllp_send"), "-p", str(server.server_address[1]), "-f", path, "127.0.0.1"],
            capture_output=True, timeout=30, check=False,
        )  # fmt: skip
        server.shutdown()
    assert [f"MSA|AA|{n}".encode() in told.stdout for n in range(3)] == [True] * 3
    assert Message.objects.count() == 3


def test_bytes_without_a_header_are_kept_and_answered_with_a_rejection(county):
    with listen(host="127.0.0.1", port=0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with socket.create_connection(server.server_address) as client:
            client.sendall(framed(b"PID|1||somebody"))
            assert b"MSA|AR" in client.recv(4096)
        server.shutdown()
    found = Message.objects.get()
    assert (found.state, bytes(found.body)) == ("waiting", b"PID|1||somebody")


def test_a_listener_that_is_killed_loses_nothing_that_it_acknowledged(county, request):
    messages = 5_000 if request.config.getoption("--long") else 160
    acknowledged, port = set(), _free_port()
    listener = _start(port)
    senders = [threading.Thread(target=send, args=(port, range(n, messages, 4), acknowledged)) for n in range(4)]
    for sender in senders:
        sender.start()
    for _ in range(3):
        time.sleep(0.6)
        os.kill(listener.pid, signal.SIGKILL)
        listener.wait()
        listener = _start(port)
    for sender in senders:
        sender.join(240)
    listener.terminate()
    listener.wait(20)
    assert acknowledged == {str(n) for n in range(messages)}
    while inbox.take_all():
        pass
    first = Message.objects.exclude(state="superseded")
    assert sorted(first.values_list("control_id", flat=True)) == sorted(acknowledged)
    assert set(first.values_list("state", flat=True)) == {"applied"}
    assert Entry.objects.filter(kind="report").count() == messages


def _free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def _start(port):
    """The listener as a process of its own, on the database of this test."""
    name = connection.settings_dict["NAME"]
    dsn = os.environ["YIGONGTI_DATABASE_URL"]
    settings = {**os.environ, "YIGONGTI_DATABASE_URL": _with_database(dsn, name)}
    command = [sys.executable, "-m", "yigongti.site", "listen", "--port", str(port), "--dicom-port", "0"]
    return subprocess.Popen(command, cwd=ROOT, env=settings, stdout=subprocess.DEVNULL)


def _with_database(dsn, name):
    from psycopg.conninfo import conninfo_to_dict, make_conninfo

    return make_conninfo(**{**conninfo_to_dict(dsn), "dbname": name})


def send(port, numbers, acknowledged):
    """Sends each until it is answered, as a hospital's interface does."""
    link, splitter = None, Splitter()
    for n in numbers:
        body = framed(message("ORU^R01", *result(number=f"L{n}"), control=str(n), card=""))
        until = time.monotonic() + 120
        while str(n) not in acknowledged and time.monotonic() < until:
            try:
                if link is None:
                    link, splitter = socket.create_connection(("127.0.0.1", port), timeout=5), Splitter()
                link.sendall(body)
                pieces = []
                while not pieces:
                    chunk = link.recv(65536)
                    if not chunk:
                        raise OSError("hung up")
                    pieces = splitter.feed(chunk)
                if f"MSA|AA|{n}".encode() in pieces[0].content:
                    acknowledged.add(str(n))
            except OSError:
                if link is not None:
                    link.close()
                link = None
                time.sleep(0.1)
    if link is not None:
        link.close()


def test_of_two_people_who_come_under_one_number_at_one_moment_one_waits(county):
    bodies = [message("ORU^R01", *result(), control=str(n), card="", name=name).replace(b"P100", b"P%d" % n)
              for n, name in ((1, "赵老四"), (2, "钱五"))]  # fmt: skip
    kept = [keep(body)[0].arrived.id for body in bodies]
    assert sorted(together(*[lambda pk=pk: inbox.take_in(pk) for pk in kept])) == ["applied", "waiting"]
    assert Message.objects.get(state="waiting").rule == "OtherPerson"
    assert Entry.objects.filter(kind="report").count() == 1
