"""kill -9 of web, worker and database while people work: what was acknowledged is there once, and nothing is half done.

The clients behave as ours do: every submission has a key of its own and is sent again with it until it is answered.
"""

import contextlib
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
import uuid
from dataclasses import dataclass, field
from urllib.parse import urlencode

import psutil
import pytest

from tests.factories import PASSWORD
from tests.site.service import Service


FINAL = (200, 403, 404, 409, 422)


@dataclass
class Person:
    """Someone at a screen: signed in by the page, working through the JSON door."""

    port: int
    login: str
    cookies: dict = field(default_factory=dict)

    def ask(self, method, address, body=None, **headers):
        """One request; (0, …) where the house did not answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=8)
        said = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()),
                "X-CSRFToken": self.cookies.get("csrf", ""), **headers}  # fmt: skip
        try:
            connection.request(method, address, body, said)
            answer = connection.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or ():
                name, _, value = line.split(";", 1)[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def enter(self):
        for _ in range(100):
            self.ask("GET", "/sign-in")
            form = urlencode(
                {"login": self.login, "password": PASSWORD, "csrfmiddlewaretoken": self.cookies.get("csrf", "")}
            )
            status, _ = self.ask("POST", "/sign-in", form, **{"Content-Type": "application/x-www-form-urlencoded"})
            if status == 303 and self.ask("GET", "/api/worklist")[0] == 200:
                return self
            time.sleep(0.2)
        raise AssertionError(f"{self.login} does not get in: {status}")

    def do(self, address, given):
        """One act with a key of its own, sent until it is answered; its receipt, or None where it was refused."""
        body, key = json.dumps({"given": given}), str(uuid.uuid4())
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            status, answer = self.ask(
                "POST", address, body, **{"Content-Type": "application/json", "Idempotency-Key": key}
            )
            if status in FINAL:
                return json.loads(answer) if status == 200 else None
            assert status != 401, "a session was lost"
            time.sleep(0.15)
        raise AssertionError(f"{address} was never answered: {status}")


def beside(service, verb):
    """A process of its own on the service's database."""
    environment = {
        **os.environ, "DJANGO_SETTINGS_MODULE": "yigongti.site.settings", "YIGONGTI_DATA": str(service.data),
        "YIGONGTI_DATABASE_URL": (service.data / "run" / "database").read_text(), "YIGONGTI_SECRET_KEY": "x" * 50,
    }  # fmt: skip
    command = [sys.executable, "-m", "tests.site.killed_county", verb]
    return json.loads(subprocess.run(command, env=environment, check=True, capture_output=True).stdout)


class Workday(threading.Thread):
    """A doctor who refers every patient and cancels every third; acknowledged is what was answered."""

    def __init__(self, person, patients, department):
        super().__init__()
        self.person, self.patients, self.department = person, patients, department
        self.submitted, self.cancelled, self.trouble = {}, set(), None

    def run(self):
        try:
            for place, patient in enumerate(self.patients):
                self.refer(place, patient)
        except AssertionError as trouble:
            self.trouble = trouble

    def refer(self, place, patient):
        given = {
            "resident": str(patient), "to_department": str(self.department), "urgency": "routine", "admission": "ward",
            "reason": "surgery", "diagnosis": "胆囊结石", "consent": "1",
        }  # fmt: skip
        receipt = self.person.do("/api/workflows/referral.upward/submit", given)
        if receipt is None:
            return  # no bed left, which is an answer too
        self.submitted[receipt["number"]] = patient
        if place % 3 == 2 and self.person.do(f"/api/cases/{receipt['number']}/cancel", {"cancel_reason": "improved"}):
            self.cancelled.add(receipt["number"])


class Desk(threading.Thread):
    """Accepts whatever waits, until told to go home."""

    def __init__(self, person):
        super().__init__()
        self.person, self.home, self.accepted, self.trouble = person, threading.Event(), set(), None

    def run(self):
        try:
            while not self.home.is_set():
                status, answer = self.person.ask("GET", "/api/worklist")
                for line in json.loads(answer)["lines"] if status == 200 else ():
                    if line["step"] == "accept" and self.person.do(f"/api/cases/{line['number']}/accept", {}):
                        self.accepted.add(line["number"])
                time.sleep(0.2)
        except AssertionError as trouble:
            self.trouble = trouble


def victims(service):
    """What may be killed: the two processes of the web, the worker, the database."""
    children = [c for c in service.descendants() if c.is_running()]
    web = [c for c in children if "web" in c.cmdline()]
    postmaster = int((service.data / "postgres" / "postmaster.pid").read_text().split()[0])
    return {
        "web": web[0], "web's worker": (web[0].children() or web)[0],
        "worker": next(c for c in children if "worker" in c.cmdline()), "database": psutil.Process(postmaster),
    }  # fmt: skip


def kill(service, name):
    with contextlib.suppress(psutil.NoSuchProcess, FileNotFoundError, IndexError, StopIteration, ValueError):
        victims(service)[name].kill()


def work_under_fire(service, killings, chance, *, pause=(0.3, 1.5), patience=180):
    """Everybody works while one part after the other is killed; doctors, desk."""
    made = beside(service, "make")
    doctors = [Workday(Person(service.port, login).enter(), patients, made["department"])
               for login, patients in made["doctors"].items()]  # fmt: skip
    desk = Desk(Person(service.port, "desk").enter())
    for thread in (*doctors, desk):
        thread.start()
    for name in killings:
        time.sleep(chance.uniform(*pause))
        if not any(doctor.is_alive() for doctor in doctors):
            break  # nobody is left whose work could be hurt
        kill(service, name)
    for thread in doctors:
        thread.join(patience)
    desk.home.set()
    desk.join(120)
    assert [thread.trouble for thread in (*doctors, desk) if thread.trouble or thread.is_alive()] == []
    return doctors, desk


def require_one_story(service, doctors, desk):
    """Every acknowledged act is there once; every case is where its last act put it, with what belongs to it."""
    told = beside(service, "found")
    cases = {case["number"]: case for case in told["cases"]}
    submitted = {number: patient for doctor in doctors for number, patient in doctor.submitted.items()}
    cancelled = set().union(*(doctor.cancelled for doctor in doctors))
    assert {n: c["person"] for n, c in cases.items()} == submitted
    for number, case in cases.items():
        steps = [step for step, _frm, _to in case["acts"]]
        expected = ["submit"] + ["accept"] * (number in desk.accepted) + ["cancel"] * (number in cancelled)
        assert steps == expected, case
        assert (case["state"], case["version"]) == (case["acts"][-1][2], len(steps)), case
        assert case["entries"] == [f"referral.upward.{step}" for step in steps], case
        assert len(case["stays"]) == (0 if number in cancelled else 1), case
        assert case["clocks"] == ([] if number in cancelled else [case["state"]]), case
    assert (told["journal"], told["chain"]) == ("", [])
    return told


@pytest.fixture
def service(open_folder):
    running = Service(open_folder, prepared=True)
    yield running.wait_until_up()
    running.end()


def test_what_was_acknowledged_survives_kill_9_of_every_part_and_nothing_is_half_done(service):
    chance = random.Random(20261122)
    doctors, desk = work_under_fire(service, ["web", "database", "web's worker", "worker", "database"], chance)
    assert sum(len(d.submitted) for d in doctors) >= 30
    require_one_story(service, doctors, desk)


@pytest.mark.long
def test_the_same_through_a_longer_storm_and_the_beats_come_back(service, monkeypatch):
    """Some minutes of it, for YIGONGTI_STORM_PATIENTS referrals (600 unless told) by three doctors."""
    patients = int(os.environ.get("YIGONGTI_STORM_PATIENTS", "600"))
    monkeypatch.setenv("YIGONGTI_STORM_PATIENTS", str(patients))
    chance = random.Random()
    parts = ["web", "web's worker", "worker", "database"]
    names = [name for _round in range(patients) for name in chance.sample(parts, 4)]  # until the work is done
    # A part that falls more than five times a minute is given up by the supervisor, which is not the point here.
    doctors, desk = work_under_fire(service, names, chance, pause=(2.6, 4.4), patience=1800)
    assert sum(len(d.submitted) for d in doctors) >= patients // 2
    require_one_story(service, doctors, desk)
    deadline = time.monotonic() + 90  # a killed worker's jobs are let go after half a minute of silence
    while require_one_story(service, doctors, desk)["unsealed"]:
        assert time.monotonic() < deadline, "the trail is no longer sealed"
        time.sleep(3)
