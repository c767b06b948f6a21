"""Recordings by the inbox: one entry with its waveform and drawing, files of one record kept together."""

import json
from datetime import datetime

import pytest

from tests.exchange.imaging.sending import brought, recorded
from tests.exchange.waveforms.making import aecg, scp, wfdb
from tests.factories import county as make_county
from yigongti.exchange.imaging.arriving_waveforms import recording_at
from yigongti.exchange.imaging.manifest import files_of
from yigongti.exchange.waveforms import storing
from yigongti.kernel.clock import COUNTY_ZONE
from yigongti.kernel.files import store
from yigongti.record.attached import Attachment
from yigongti.record.models import Entry
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db
LEADS = {"MDC_ECG_LEAD_I": [n % 40 for n in range(2000)], "MDC_ECG_LEAD_II": [n % 30 for n in range(2000)]}


@pytest.fixture
def county():
    return make_county()


def test_an_aecg_document_is_one_entry_with_leads_rate_and_seconds(county, tmp_path):
    found = recorded(tmp_path, {"1.xml": aecg(LEADS)})
    assert (found.state, found.reason, found.kind) == ("applied", "", "aecg")
    entry = Entry.objects.get()
    assert (entry.kind, entry.title) == ("imaging", "心电图 2 导联 4 秒")
    assert (entry.detail["waveform"]["rate"], entry.detail["waveform"]["leads"]) == (500, ["I", "II"])
    assert entry.at == datetime(2026, 11, 22, 9, 30, 0, 500_000, tzinfo=COUNTY_ZONE)
    kept = storing.from_bytes(store.read(Attachment.objects.get(role="waveform").file_id))
    assert kept.leads[0].samples.tolist() == LEADS["MDC_ECG_LEAD_I"]
    assert store.read(entry.detail["preview"]["digest"]).startswith(b"<svg")
    assert Resident.objects.get().name == "张桂兰"


def test_an_scp_file_says_what_the_device_printed_as_the_sender_s_statement(county, tmp_path):
    found = recorded(tmp_path, {"1.scp": scp({1: [n % 40 for n in range(1000)]}, said=("窦性心律".encode(),))})
    assert found.state == "applied"
    assert "设备自动判读（来源方所述，不是诊断报告）：窦性心律" in Entry.objects.get().text


def test_the_files_of_a_wfdb_record_are_one_message_and_wait_for_their_person(county, tmp_path):
    files = wfdb({"MLII": [n % 40 for n in range(1000)]}, comments=["诊断：心房颤动"])
    found = recorded(tmp_path, files)
    assert [one.name for one in files_of(bytes(found.body))] == ["own.dat", "own.hea"]
    assert (found.state, found.rule) == ("waiting", "Unidentified")
    assert not Entry.objects.exists()


def test_a_header_that_cannot_be_read_or_lacks_its_signals_waits_by_name(county, tmp_path):
    files = wfdb({"MLII": [n % 40 for n in range(1000)]})
    lacking = recorded(tmp_path, {"own.hea": files["own.hea"]})
    assert (lacking.state, "own.dat" in lacking.reason) == ("waiting", True)
    broken = recorded(tmp_path, {"other.hea": b"garbage"})
    assert broken.state == "waiting"


def test_only_files_beside_the_header_are_looked_at(tmp_path):
    (tmp_path / "a.hea").write_bytes(b"a 1 250 10\n../secret.dat 16 200 16 0 0 0 0 I\n")
    (tmp_path.parent / "secret.dat").write_bytes(b"x")
    assert recording_at(tmp_path / "a.hea") == [tmp_path / "a.hea"]


def test_the_same_recording_again_has_no_effect_and_other_bytes_under_its_number_wait(county, tmp_path):
    assert recorded(tmp_path, {"1.xml": aecg(LEADS)}).state == "applied"
    assert recorded(tmp_path, {"1.xml": aecg(LEADS)}).state == "superseded"
    other = recorded(tmp_path, {"1.xml": aecg({**LEADS, "MDC_ECG_LEAD_II": [7] * 2000})})
    assert (other.state, other.rule) == ("waiting", "OtherBytes")
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    ("names", "state", "why"),
    [
        (("fda_aecg_subject1_0.xml",), "applied", ""),
        (("example_scpinfo.scp",), "applied", ""),
        (("100.hea", "100.dat", "100.atr"), "waiting", "没有姓名"),
        (("s0010_re.hea", "s0010_re.dat", "s0010_re.xyz"), "waiting", "没有姓名"),
        (("fda_empty.xml",), "waiting", "没有心电波形"),
    ],
)
def test_the_collected_recordings_are_taken_in_or_say_why_not(county, tmp_path, collected, names, state, why):
    sent = {name.rpartition("/")[2]: data for name, data in collected(*(f"ecg/{name}" for name in names)).items()}
    found = recorded(tmp_path, sent)
    assert (found.state, why in found.reason) == (state, True)
    assert {one["name"] for one in json.loads(bytes(found.body))} == set(names)


def test_the_collected_image_with_a_chinese_name_in_gb18030_waits_with_its_name(county, tmp_path, collected):
    from yigongti.exchange.imaging import identity

    (data,) = collected("dicom/chrX2.dcm").values()
    found = brought(tmp_path, data)
    said = dict(identity.pairs(found))
    assert (found.rule, said["病人姓名"], said["病人号码"]) == ("Unidentified", "王小东", "X2EXAMPLE")
