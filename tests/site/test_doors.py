"""The listener inside serve and demo: opened by setting, mended when killed, gone with the rest."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import psutil
import pytest

from tests.exchange.test_exactly_once import send
from tests.exchange.test_taking_hl7v2 import message, result
from tests.site.service import Service, free_port, gone
from yigongti.exchange.hl7v2.framing import framed
from yigongti.site import doors


@pytest.fixture
def ports():
    return free_port(), free_port()


@pytest.fixture
def service(open_folder, ports):
    hl7, dicom = ports
    running = Service(open_folder, prepared=True, YIGONGTI_HL7_PORT=str(hl7), YIGONGTI_DICOM_PORT=str(dicom))
    running.wait_until_up()
    beside(running, "make")
    yield running
    running.end()


def part(service, verb):
    """The process of that part; one that was just killed is still there as a zombie, and its successor not yet."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for child in service.descendants():
            with contextlib.suppress(psutil.Error):
                if verb in child.cmdline():
                    return child
        time.sleep(0.1)
    raise AssertionError(f"no {verb}: {service.said()}")


def test_the_doors_open_with_the_service_are_named_by_healthz_and_end_with_it(service, ports):
    acknowledged = set()
    send(ports[0], range(3), acknowledged)
    assert acknowledged == {"0", "1", "2"}
    socket.create_connection(("127.0.0.1", ports[1]), timeout=5).close()
    assert service.health()[1]["listener"] == "ok"
    assert f"HL7 v2 127.0.0.1:{ports[0]}" in service.said()
    started = [psutil.Process(service.process.pid), *service.descendants()]
    part(service, "listen").suspend()  # one that hangs is ended all the same
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(30) == 0
    assert gone(started, 5) == []


def test_a_killed_supervisor_takes_the_listener_with_it(service):
    started = service.descendants()
    assert any("listen" in child.cmdline() for child in started)
    service.process.kill()
    service.process.wait()
    assert gone(started, 15) == []


def test_a_taken_port_is_one_sentence_and_the_service_runs_without_that_door(open_folder, ports):
    with socket.create_server(("127.0.0.1", ports[0])):
        running = Service(open_folder, prepared=True, YIGONGTI_HL7_PORT=str(ports[0]))
        try:
            running.wait_until_up()
            assert f"端口 {ports[0]} 用不了，不开 HL7 v2" in running.said()
            assert "listener" not in running.health()[1]
            assert not any("listen" in child.cmdline() for child in running.descendants())
        finally:
            running.end()


def test_before_there_is_a_county_a_sender_is_told_to_try_again(open_folder, ports):
    running = Service(open_folder, prepared=True, YIGONGTI_HL7_PORT=str(ports[0]))
    try:
        running.wait_until_up()
        with socket.create_connection(("127.0.0.1", ports[0]), timeout=10) as client:
            client.sendall(framed(message("ORU^R01", *result())))
            assert b"MSA|AE|1" in client.recv(4096)
    finally:
        running.end()


def test_a_demonstration_takes_the_next_free_port(capsys):
    port = free_port()
    with socket.create_server(("127.0.0.1", port)):
        opened = doors.of_a_demo(hl7=port, dicom=0)
    assert port < opened.hl7 <= port + doors.TRIED
    assert f"端口 {port} 已被占用，HL7 v2 改用 {opened.hl7}" in capsys.readouterr().out
    assert doors.of_a_demo(hl7=0, dicom=0).arguments == []


def test_every_acknowledged_message_survives_kill_9_of_every_part(service, ports, request):
    """Four connections stream while listener, worker and database are killed; each message is there once."""
    messages = 5_000 if request.config.getoption("--long") else 160
    acknowledged = set()
    senders = [threading.Thread(target=send, args=(ports[0], range(n, messages, 4), acknowledged)) for n in range(4)]
    for sender in senders:
        sender.start()
    victims = ("listen", "database", "worker")
    for round_ in range(6 if messages > 1_000 else 3):
        time.sleep(4 if messages > 1_000 else 1.2)
        kill(service, victims[round_ % 3])
    for sender in senders:
        sender.join(600)
    assert acknowledged == {str(n) for n in range(messages)}
    service.wait_until_up()
    deadline = time.monotonic() + 600
    while (told := beside(service, "found"))["states"].get("received"):
        assert time.monotonic() < deadline, told
        time.sleep(1)
    assert told["numbers"] == sorted(acknowledged)
    assert set(told["states"]) <= {"applied", "superseded"}
    assert (told["states"]["applied"], told["reports"]) == (messages, messages)


def beside(service, verb):
    """Its inbox, made or asked by a process of its own."""
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "yigongti.site.settings", "YIGONGTI_DATA": str(service.data),
        "YIGONGTI_DATABASE_URL": (service.data / "run" / "database").read_text(), "YIGONGTI_SECRET_KEY": "x" * 50,
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.site.killed_inbox", verb]
    ended = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr[-2000:]
    return json.loads(ended.stdout)


def kill(service, name):
    if name == "database":
        found = psutil.Process(int((service.data / "postgres" / "postmaster.pid").read_text().split()[0]))
    else:
        found = part(service, name)
    os.kill(found.pid, signal.SIGKILL)
