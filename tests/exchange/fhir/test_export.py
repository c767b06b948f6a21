"""Bulk export: in the background, whole, once, within what the client may see, resumed behind a killed worker."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

import pytest

from tests.exchange.fhir import lives
from tests.exchange.fhir.conftest import observation, patient, speaker
from yigongti.exchange.fhir.clients import end_client
from yigongti.exchange.fhir.exporting import files, working
from yigongti.exchange.fhir.exporting.models import Export
from yigongti.exchange.fhir.own import sight as own_sight
from yigongti.kernel import clock
from yigongti.kernel.audit.models import Entry as Trail
from yigongti.record.models import Entry


BEGIN = {"Prefer": "respond-async"}


@pytest.fixture(autouse=True)
def somewhere(settings, tmp_path):
    settings.DATA_FOLDER = str(tmp_path)
    own_sight.forget()


def begun(client, path="/$export"):
    answer = client.get(path, **BEGIN)
    assert answer.status_code == 202, answer.content.decode()
    return answer.headers["Content-Location"].split("/fhir/R4")[1]


def lines(client, listed):
    """Type → the resources of all its files."""
    found = {}
    for one in listed["output"]:
        answer = client.get(one["url"].split("/fhir/R4")[1], Accept="application/fhir+ndjson")
        assert answer.headers["Content-Type"] == "application/fhir+ndjson"
        told = [json.loads(line) for line in answer.content.decode().splitlines()]
        assert {each["resourceType"] for each in told} == {one["type"]} and len(told) == one["count"]
        found.setdefault(one["type"], []).extend(told)
    return found


def test_an_export_is_whole_and_goes_on_where_a_killed_worker_stopped(county, township, monkeypatch):
    person = lives.lived(county)
    whom = township.made(patient())["id"]
    sent = [township.made(observation(whom))["id"] for _ in range(5)]
    monkeypatch.setattr(working, "STEP", 3)
    place = begun(township, "/$export?_type=Observation,Organization,Patient")
    running = township.get(place)
    assert (running.status_code, running.headers["Retry-After"]) == (202, "5")
    late = township.made(observation(whom))["id"]
    written, count = files.write, []

    def killed(export, number, rows):
        count.append(number)
        written(export, number, rows)
        if len(count) == 5:
            raise KeyboardInterrupt

    monkeypatch.setattr(files, "write", killed)
    with pytest.raises(KeyboardInterrupt):
        while working.work():
            pass
    while working.work():
        pass
    assert len(count) == len(set(count)) + 1  # the file of the killed step was written anew
    listed = township.get(place).json()
    found = lines(township, listed)
    assert {one["id"] for one in found["Observation"]} == {*sent, *(f"r-{pk}" for pk in kind_of("observation"))}
    assert late not in {one["id"] for one in found["Observation"]}
    assert len(found["Observation"]) == len({one["id"] for one in found["Observation"]})
    assert {one["id"] for one in found["Patient"]} >= {whom, f"r-{person.pk}"}
    assert len(found["Organization"]) > 5
    assert Trail.objects.filter(kind="read", action="fhir.export", persons__contains=[person.pk]).exists()


def kind_of(kind):
    """The entries of the platform's own, without those that stand for what was sent."""
    return Entry.objects.filter(kind=kind).exclude(detail__has_key="fhir").values_list("pk", flat=True)


@pytest.mark.never("fhir_client.foreign")
def test_an_export_shows_no_more_than_a_search_and_to_nobody_else(county, township, foreign):
    lives.lived(county)
    place, own = begun(foreign, "/Patient/$export"), begun(township, "/Patient/$export?_type=Patient,Condition")
    while working.work():
        pass
    assert foreign.get(place).json()["output"] == []
    listed = township.get(own).json()
    assert {one["type"]: one["count"] for one in listed["output"]} == {"Patient": 1, "Condition": 2}
    file = listed["output"][0]["url"].split("/fhir/R4")[1]
    assert [foreign.get(one).status_code for one in (own, file)] == [404, 404]
    narrow = speaker(county.township, "system/Patient.rs")
    assert narrow.get("/$export?_type=Condition", **BEGIN).status_code == 403
    mine = begun(narrow)
    while working.work():
        pass
    assert {one["type"] for one in narrow.get(mine).json()["output"]} == {"Patient"}


def test_one_at_a_time_cancelled_expired_and_refused(county, township):
    lives.lived(county)
    assert township.get("/$export").status_code == 400
    assert township.get("/$export?_typeFilter=x", **BEGIN).status_code == 400
    assert township.get("/$export?_outputFormat=csv", **BEGIN).status_code == 400
    assert township.get("/$export?_since=gestern", **BEGIN).status_code == 400
    place = begun(township)
    assert township.get("/$export", **BEGIN).status_code == 429
    working.work()
    assert township("DELETE", place).status_code == 202
    assert township.get(place).status_code == 404
    assert not files.folder(Export.objects.get()).exists()
    after = begun(township, f"/$export?_type=Condition,Patient&_since={(clock.now() + timedelta(days=1)).date()}")
    while working.work():
        pass
    # When a registration was last changed is not known: it comes, rather than be missed.
    assert [one["type"] for one in township.get(after).json()["output"]] == ["Patient"]
    Export.objects.filter(state="done").update(ended_at=clock.now() - working.KEPT - timedelta(minutes=1))
    working.work()
    assert township.get(after).status_code == 404
    assert township.get(f"/$export-status/{uuid.uuid4()}").status_code == 404


def test_the_export_of_a_client_that_is_closed_ends(county, township):
    begun(township)
    end_client(code=township.code)
    working.work()
    assert Export.objects.get().state == "failed"
