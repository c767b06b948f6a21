"""The FHIR server against a bare store of asyncpg and aiohttp, at 8 clients, in one run on one PostgreSQL.

    ./run demo --residents 300 --data /tmp/fhir --no-browser --port 8400      # in another terminal
    YIGONGTI_DATA=/tmp/fhir .venv/bin/python -m benchmarks.fhir_server [--patients N] [--seconds S]

Before it begins, N patients (2,000 unless told; 20,000 for the figures of the README) with thirty observations each
stand in both stores: as rows, multiplied in the database (see fhir_filling.py), which takes minutes instead of an hour.
What is measured goes in and out by HTTP. Ours validates, matches people, writes the record, keeps what came, audits and
asks who may see; the bare one parses JSON and writes or reads one table. Both have as many processes, commit durably on
the same server, and answer with the same JSON: the resource, or where each entry of a bundle went. asyncpg and aiohttp
are no dependencies: install them beside. It ends with 1 where an aim is missed. The Medplum server's rates, taken
elsewhere on two shared cores, are printed for orientation.
"""

from __future__ import annotations

import argparse
import atexit
import http.client
import json
import os
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from typing import Any

from benchmarks.fhir_filling import Numbers, multiply, multiply_bare
from benchmarks.measuring import Client, Make, measure, run, service_port, tell


PATIENTS = 2_000
OBSERVATIONS = 30
CLIENTS = 8
SECONDS = 6.0
RESOURCES = 21
AIMS = {"bundles of 21": 0.2, "creates": 0.5, "reads": 0.5, "searches": 0.5}
MEDPLUM = {"bundles of 21": "3.4-4.9", "creates": "70-98", "reads": "450-516", "searches": "118-190"}
SYSTEM = "http://his.example.org/mrn"
FLOOR = """
DROP TABLE IF EXISTS bare_resource, bare_identifier;
CREATE TABLE bare_resource (type text, id text, body text NOT NULL, PRIMARY KEY (type, id));
CREATE TABLE bare_identifier (value text, id text);
CREATE INDEX ON bare_identifier (value);
"""


BY_NUMBER = """
SELECT r.body FROM bare_identifier i JOIN bare_resource r ON r.type = 'Patient' AND r.id = i.id WHERE i.value = $1
"""


# --- what is sent


def patient(number: str) -> dict[str, Any]:
    """Somebody with a number of the hospital's."""
    family = chr(0x4E00 + random.randrange(3000))  # noqa: S311 - rows of a benchmark
    born = f"{random.randrange(1930, 2010)}-{random.randrange(1, 13):02d}-{random.randrange(1, 29):02d}"  # noqa: S311
    given = chr(0x5000 + random.randrange(3000)) + chr(0x6000 + random.randrange(3000))  # noqa: S311
    return {
        "resourceType": "Patient", "identifier": [{"system": SYSTEM, "value": number}], "gender": "female",
        "name": [{"text": family + given, "family": family, "given": [given]}], "birthDate": born,
    }  # fmt: skip


def observation(subject: str) -> dict[str, Any]:
    """A heart rate."""
    unit = "/min"
    return {
        "resourceType": "Observation", "status": "final", "effectiveDateTime": "2026-03-01T08:00:00+08:00",
        "code": {"coding": [{"system": "http://loinc.org", "code": "8867-4", "display": "Heart rate"}]},
        "subject": {"reference": subject},
        "valueQuantity": {"value": 72, "unit": unit, "system": "http://unitsofmeasure.org", "code": unit},
    }  # fmt: skip


def bundle(number: str, rest: int = RESOURCES - 1) -> dict[str, Any]:
    """A patient and what refers to her."""
    urn = f"urn:uuid:{uuid.uuid4()}"
    whole = [(urn, patient(number))] + [(f"urn:uuid:{uuid.uuid4()}", observation(urn)) for _ in range(rest)]
    entries = [{"fullUrl": full, "resource": one, "request": {"method": "POST", "url": one["resourceType"]}}
               for full, one in whole]  # fmt: skip
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


# --- the bare store


def floor(port: int, dsn: str) -> None:
    """Serve one table: aiohttp in front, asyncpg behind, nothing between."""
    import asyncpg
    from aiohttp import web
    from psycopg.conninfo import conninfo_to_dict

    async def begin(app: web.Application) -> None:
        told = conninfo_to_dict(dsn)
        named = {
            "database": told.get("dbname"),
            **{k: told[k] for k in ("host", "port", "user", "password") if k in told},
        }
        app["pool"] = await asyncpg.create_pool(min_size=8, max_size=8, **named)

    async def write(request: web.Request) -> web.Response:
        found = json.loads(await request.read())
        listed = [one["resource"] for one in found["entry"]] if found["resourceType"] == "Bundle" else [found]
        rows, numbers = [], []
        for one in listed:
            one["id"] = str(uuid.uuid4())
            rows.append((one["resourceType"], one["id"], json.dumps(one)))
            numbers += [(told["value"], one["id"]) for told in one.get("identifier", ())]
        async with request.app["pool"].acquire() as link, link.transaction():
            await link.executemany("INSERT INTO bare_resource VALUES ($1, $2, $3)", rows)
            if numbers:
                await link.executemany("INSERT INTO bare_identifier VALUES ($1, $2)", numbers)
        if found["resourceType"] != "Bundle":
            return web.Response(text=rows[0][2], status=201, content_type="application/json")
        entries = [{"response": {"status": "201", "location": f"{row[0]}/{row[1]}"}} for row in rows]
        return web.json_response({"resourceType": "Bundle", "type": "transaction-response", "entry": entries})

    async def read(request: web.Request) -> web.Response:
        kind, name = request.match_info["kind"], request.match_info["name"]
        async with request.app["pool"].acquire() as link:
            body = await link.fetchval("SELECT body FROM bare_resource WHERE type = $1 AND id = $2", kind, name)
        return web.Response(text=body, content_type="application/json")

    async def search(request: web.Request) -> web.Response:
        value = request.query["identifier"].rpartition("|")[2]
        async with request.app["pool"].acquire() as link:
            rows = await link.fetch(BY_NUMBER, value)
        entries = [{"resource": json.loads(row["body"])} for row in rows]
        return web.json_response({"resourceType": "Bundle", "type": "searchset", "entry": entries})

    app = web.Application(client_max_size=1 << 24)
    app.on_startup.append(begin)
    app.add_routes([web.post("/{kind:.*}", write), web.get("/{kind}/{name}", read), web.get("/{kind}", search)])
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None, reuse_port=True)


def floor_port(dsn: str) -> int:
    """Start it for this run, in as many processes as the web service has; its port."""
    import psycopg

    from yigongti.site.web import PROCESSES

    with psycopg.connect(dsn, autocommit=True) as link:
        link.execute(FLOOR)
    port = 18_400 + os.getpid() % 1000
    for _ in range(PROCESSES):
        process = subprocess.Popen([sys.executable, "-m", "benchmarks.fhir_server", "floor", str(port), dsn])
        atexit.register(process.wait)
        atexit.register(process.terminate)
    time.sleep(2)  # that one of them listens does not say that all do
    for _ in range(100):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=1).connect()
            return port
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the bare store did not start")


# --- clients


class Speaker:
    """One connection to one of the stores."""

    def __init__(self, port: int, base: str, token: str) -> None:
        self.link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.base = base
        self.headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/fhir+json"}

    def __call__(self, method: str, path: str, body: Any = None) -> bytes:
        """The answer; anything but success ends the benchmark."""
        sent = json.dumps(body).encode() if body is not None else None
        self.link.request(method, self.base + path, body=sent, headers=self.headers)
        answer = self.link.getresponse()
        said = answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{method} {path}: {answer.status} {said[:300]!r}")
        return said


def clients(speak: Callable[[], Speaker], act: Callable[[Speaker], object]) -> Make:
    """Each on a connection of its own."""

    def make() -> Client:
        speaker = speak()
        return Client(lambda: act(speaker) and None, close=speaker.link.close)

    return make


def rate(
    speak: Callable[[], Speaker], act: Callable[[Speaker], object], seconds: float
) -> tuple[float, float]:  # fmt: skip
    """Calls a second at eight clients, and their median in milliseconds; the first second is not counted."""
    measure(clients(speak, act), CLIENTS, seconds=1.0)
    timing = measure(clients(speak, act), CLIENTS, seconds=seconds)
    return len(timing.walls) / seconds, timing.p50


def acts(there: Numbers) -> dict[str, Callable[[Speaker], object]]:
    """What is measured: on somebody who is there, or somebody new."""
    chance = random.Random(11)  # noqa: S311 - which rows a benchmark reads
    return {
        "bundles of 21": lambda say: say("POST", "/", bundle(uuid.uuid4().hex)),
        "creates": lambda say: say("POST", "/Observation", observation(f"Patient/{chance.choice(there)[1]}")),
        "reads": lambda say: say("GET", f"/Patient/{chance.choice(there)[1]}"),
        "searches": lambda say: say("GET", f"/Patient?identifier={SYSTEM}|{chance.choice(there)[0]}"),
    }


def fill(say: Speaker, dsn: str, count: int) -> Numbers:
    """Patients with their observations, by number and id: one by the door, her copies beside."""
    number = uuid.uuid4().hex
    sent = bundle(number, 1)
    told = json.loads(say("POST", "/", sent))
    person = sent["entry"][0]["resource"]
    place = told["entry"][0]["response"]["location"].split("/")
    if "_history" in place:
        first = place[-3]
        return multiply(dsn, patient=first, number=number, name=person["name"][0]["text"], each=OBSERVATIONS,
                        count=count)  # fmt: skip
    first = place[-1]
    finding = json.dumps(observation(f"Patient/{first}"))
    return multiply_bare(dsn, patient=json.dumps(person | {"id": first}), finding=finding, whom=first, number=number,
                         each=OBSERVATIONS, count=count)  # fmt: skip


def asked() -> argparse.Namespace:
    """How many, how long."""
    parser = argparse.ArgumentParser(prog="benchmarks.fhir_server")
    parser.add_argument("--patients", type=int, default=PATIENTS)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    return parser.parse_args()


def main() -> None:
    """Fill both stores, ask both, tell rates and ratios."""
    from yigongti.exchange.fhir.clients import make_client, token_for
    from yigongti.organisations.queries import open_institutions

    wanted = asked()
    place = open_institutions().filter(kind="county_hospital").order_by("pk")[0]
    made = make_client(institution=place.name, scopes="system/*.cruds")
    token = token_for(code=made.code, secret=made.secret).token
    dsn = os.environ["YIGONGTI_DATABASE_URL"]
    bare, ours = floor_port(dsn), service_port()
    stores = {"bare": lambda: Speaker(bare, "", ""), "ours": lambda: Speaker(ours, "/fhir/R4", token)}
    rates: dict[str, dict[str, tuple[float, float]]] = {name: {} for name in stores}
    told: dict[str, dict[str, Callable[[Speaker], object]]] = {}
    for name, speak in stores.items():
        began = time.monotonic()
        told[name] = acts(fill(speak(), dsn, wanted.patients))
        tell(f"{name}: {wanted.patients:,} patients with {OBSERVATIONS} observations each,"
             f" {time.monotonic() - began:.0f} s")  # fmt: skip
    for what in AIMS:
        for name, speak in stores.items():  # one after the other: what else the machine does is the same for both
            rates[name][what] = rate(speak, told[name][what], wanted.seconds)
    if not all([shown(what, rates["ours"][what], rates["bare"][what][0]) for what in AIMS]):
        sys.exit(1)


def shown(what: str, own: tuple[float, float], floor_: float) -> bool:
    """Told; whether the aim is met."""
    ratio, met = own[0] / floor_, own[0] >= AIMS[what] * floor_
    told = f"{own[0]:7.1f}/s (p50 {own[1]:.1f} ms)  bare {floor_:7.1f}/s  ratio {ratio:.2f}"
    tell(f"{what:14} {told} (aim {AIMS[what]}{'' if met else ', missed'})  Medplum {MEDPLUM[what]}/s")
    return met


if __name__ == "__main__":
    if sys.argv[1:2] == ["floor"]:
        floor(int(sys.argv[2]), sys.argv[3])
    else:
        run(main)
