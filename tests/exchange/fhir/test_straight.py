"""Reads and plain searches in one statement: out with the token at once, in the trail like any other, never refused
because the trail cannot be written; and the way in for machines, which gives the same answers."""

from __future__ import annotations

import io

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.db import close_old_connections, connection

from tests.exchange.fhir.conftest import observation, patient, speaker
from yigongti.exchange.fhir import clients, straight
from yigongti.exchange.fhir.clients import end_client
from yigongti.exchange.models import AccessToken
from yigongti.kernel.access.models import Account
from yigongti.kernel.audit import trail
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.residents.models import Resident
from yigongti.site import machines


@pytest.fixture
def told(hospital):
    """The addresses of a read and of a search, both asked before, so that whoever asks is remembered."""
    whom = hospital.made(patient())["id"]
    hospital.made(observation(whom))
    paths = [f"/Patient/{whom}", "/Patient?identifier=http://his.example.org/mrn|M1"]
    for path in paths:
        assert hospital.get(path).status_code == 200
    return paths


@pytest.fixture
def the_long_way(monkeypatch):
    """Nothing is answered straight."""
    return lambda: monkeypatch.setattr(straight, "answered", lambda call, claim: None)


def rows():
    """The trail of reads, without its moments."""
    said = Trail.objects.filter(kind="read").order_by("id")
    return list(said.values_list("action", "sentence", "account_id", "post_id", "actor", "role", "unit_id", "basis",
                                 "subject", "persons"))  # fmt: skip


WAYS_OUT = [
    lambda hospital: end_client(code=hospital.code),
    lambda hospital: Account.objects.filter(login=hospital.code).update(status="suspended"),
    lambda hospital: AccessToken.objects.update(expires_at="2020-01-01T00:00:00Z"),
    lambda hospital: AccessToken.objects.all().delete(),
]


@pytest.mark.parametrize("out", WAYS_OUT)
def test_who_is_out_is_out_at_the_next_request_of_every_process(hospital, told, out):
    out(hospital)
    assert clients.claimed(f"Bearer {hospital.token}")  # as in another process, which was not told
    before = rows()
    for path in (*told, "/Nobody", "/Patient?no-such=1"):
        assert hospital.get(path).status_code == 401, path
    assert rows() == before


def test_the_trail_says_the_same_as_on_the_long_way(hospital, told, the_long_way):
    asked = [*told, "/Patient", "/Observation", "/Patient?identifier=http://his.example.org/mrn|none", "/Practitioner"]

    def asking():
        before = len(rows())
        answers = [(answer.status_code, answer.headers["Content-Type"], answer.headers.get("ETag"), answer.content)
                   for path in asked for answer in (hospital.get(path),)]  # fmt: skip
        return answers, rows()[before:]

    quick = asking()
    the_long_way()
    assert quick == asking()
    assert len(quick[1]) >= 3 and all(persons for *_, persons in quick[1])


def test_a_page_shows_and_tells_no_more_than_it_holds(hospital, told):
    other = hospital.made(patient(identifier=[{"system": "http://his.example.org/mrn", "value": "M2"}],
                                  name=[{"text": "李建国"}], birthDate="1950-01-01"))["id"]  # fmt: skip
    first = hospital.get("/Patient?identifier=http://his.example.org/mrn|M1,http://his.example.org/mrn|M2&_count=1")
    assert [one["resource"]["id"] for one in first.json()["entry"]] != [other]
    assert rows()[-1][-1] == [Resident.objects.get(name="王秀英").pk]
    link = next(one["url"] for one in first.json()["link"] if one["relation"] == "next")
    second = hospital.get(link.partition("/fhir/R4")[2]).json()
    assert [one["resource"]["id"] for one in second["entry"]] == [other]


def test_care_goes_on_where_the_trail_cannot_be_written(hospital, told):
    before = rows()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry RENAME TO audit_hidden")
    for path in told:
        assert hospital.get(path).status_code == 200
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_hidden RENAME TO audit_entry")
    assert trail.replay_journal() == len(told)
    assert rows() == [*before, *before[-len(told) :]]


def test_a_search_shows_others_resources_to_whom_a_basis_opens_them(county, hospital, township):
    whom = hospital.made(patient())["id"]
    path = f"/Patient?_id={whom}"
    assert township.get("/Patient").status_code == 200  # who asks is remembered
    assert township.found(path) == []
    Resident.objects.update(managing=county.township)
    before = rows()
    assert township.found(path) == [whom]
    assert [row[-1] for row in rows()[len(before) :]] == [[Resident.objects.get().pk]]


def test_a_scope_that_reads_does_not_search(county):
    writer = speaker(county.hospital)
    whom = writer.made(patient())["id"]
    reader = speaker(county.hospital, "system/Patient.r")
    for _ in range(2):
        assert reader.get(f"/Patient/{whom}").status_code == 200
        assert reader.get("/Patient").status_code == 403


# --- the way in for machines


def ask(application, path, query="", token="", host="testserver", method="GET", body=b"", **more):
    said = []
    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": path, "QUERY_STRING": query, "SERVER_NAME": "testserver",
        "SERVER_PORT": "80", "HTTP_HOST": host, "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
        "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/fhir+json", "SCRIPT_NAME": "",
        "HTTP_AUTHORIZATION": f"Bearer {token}", **more,
    }  # fmt: skip
    response = application(environ, lambda *told: said.append(told))
    content = b"".join(response)
    return said[0][0], dict(said[0][1]), content


@pytest.fixture
def ways(monkeypatch):
    """The house's whole chain, and the way in beside it; neither closes the connection of the test's transaction."""
    pages = WSGIHandler()
    request_started.disconnect(close_old_connections)
    monkeypatch.setattr(machines, "close_old_connections", lambda: None)
    yield pages, machines.before(pages)
    request_started.connect(close_old_connections)


def test_machines_get_the_same_answers_as_by_the_whole_chain(hospital, told, ways):
    chain, beside = ways
    for path, query in (("/fhir/R4/Patient", ""), (f"/fhir/R4{told[0]}", ""), ("/fhir/R4/Nothing", ""),
                        ("/fhir/R4", ""), ("/fhir/R4/metadata", ""), ("/fhir/R4/Patient", "_format=xml"),
                        ("/fhir/R4/Patient", "_pretty=true"), ("/fhir/R4//Patient", "_summary=count"),
                        ("/fhir/token", ""), ("/healthz", ""), ("/fhir/R4/Patient", "name=%00"),
                        ("/fhir/R4/Patient\x00", "")):  # fmt: skip
        usual, quick = (ask(way, path, query, hospital.token) for way in (chain, beside))
        assert (usual[0], usual[2]) == (quick[0], quick[2]), path
        left = {"Vary", "Content-Language", "Set-Cookie"}
        assert {k: v for k, v in usual[1].items() if k not in left} == {k: v for k, v in quick[1].items()
                                                                       if k not in left}, path  # fmt: skip


def test_machines_get_long_answers_compressed_and_write_like_all(hospital, ways):
    _, beside = ways
    body = b'{"resourceType":"Basic","code":{"text":"' + b"x" * 500 + b'"}}'
    made = ask(beside, "/fhir/R4/Basic", token=hospital.token, method="POST", body=body, HTTP_ACCEPT_ENCODING="gzip")
    assert made[0] == "201 Created" and made[1]["Content-Encoding"] == "gzip" and len(made[2]) < 500
    assert int(made[1]["Content-Length"]) == len(made[2])


def test_a_host_that_is_not_ours_is_refused_as_ever(hospital, ways, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    machines._is_ours.cache_clear()
    chain, beside = ways
    assert ask(beside, "/fhir/R4/metadata", host="evil.example")[0] == ask(chain, "/fhir/R4/metadata",
                                                                           host="evil.example")[0]  # fmt: skip
    assert ask(beside, "/fhir/R4/metadata", host="evil.example")[0].startswith("400")
    machines._is_ours.cache_clear()
