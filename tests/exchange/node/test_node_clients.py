"""Clients of others that run in Node: one that speaks FHIR, one that speaks HL7 v2 over MLLP."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from pathlib import Path

import pytest
from django.db import connection

from tests import factories
from tests.exchange.fhir.conftest import observation, patient, speaker
from yigongti.exchange import inbox
from yigongti.exchange.fhir import sight
from yigongti.exchange.listening import listen
from yigongti.exchange.models import Message
from yigongti.organisations import queries as organisations
from yigongti.record.models import Observation


pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long, pytest.mark.needs("node", "npm")]
PACKAGES = ("fhir-kit-client@2.0.3", "node-hl7-client@3.2.0")


@pytest.fixture(scope="session")
def node(tmp_path_factory):
    """Runs one of the scripts beside this file, where the packages are installed."""
    folder = tmp_path_factory.mktemp("node")
    install = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
    if subprocess.run(install, cwd=folder, capture_output=True, check=False).returncode:
        pytest.skip(f"needs {' and '.join(PACKAGES)}, which npm could not bring")

    def run(script, *arguments):
        shutil.copy(Path(__file__).parent / script, folder)
        done = subprocess.run(["node", script, *map(str, arguments)], cwd=folder, capture_output=True, text=True,
                              timeout=60, check=False)  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return run


@pytest.fixture
def county():
    sight.forget()
    yield factories.county()
    with connection.cursor() as cursor:  # no model of Django's manages it, so none empties it
        cursor.execute("DELETE FROM exchange_message")
    organisations.forget()


@pytest.mark.requirement("R159")
def test_fhir_kit_client_makes_reads_changes_searches_and_deletes(county, live_server, node):
    client = speaker(county.hospital)
    sent = {"patient": patient(), "observation": observation("")}
    told = node("fhir_kit.mjs", f"{live_server.url}/fhir/R4", client.token, json.dumps(sent))
    assert told == {
        "fhirVersion": "4.0.1", "smart": "/fhir/token", "read": "王秀英", "versions": ["3", "2", "1"], "first": None,
        "days": ["2026-03-01", "2026-03-02", "2026-03-03"], "everything": 5, "transaction": "201", "gone": 410,
    }  # fmt: skip


def test_node_hl7_client_is_acknowledged_message_by_message(county, node):
    with listen(host="127.0.0.1", port=0) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        answers = node("hl7_client.cjs", server.server_address[1], 3)
        server.shutdown()
    assert answers == [["AA", f"N{number}"] for number in range(3)]
    assert Message.objects.count() == 3
    inbox.take_all()
    assert set(Message.objects.values_list("state", flat=True)) == {"applied"}
    assert Observation.objects.filter(series="fasting_glucose").count() == 3
