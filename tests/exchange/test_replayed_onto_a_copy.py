"""The whole inbox, taken in again onto a copy that holds only registers and residents registered by hand, gives the
same record, ids apart: persons by papers and senders' numbers, entries with their versions, measurements, files."""

import re
import uuid
from datetime import date

import pytest
from django.db import connection, transaction

from tests.exchange.dicom.making import image
from tests.exchange.imaging.sending import brought, recorded
from tests.exchange.imaging.test_recordings import LEADS
from tests.exchange.taking_fhir.sending import encounter, observation, patient
from tests.exchange.taking_fhir.sending import sent as sent_fhir
from tests.exchange.test_hl7v2_details import VISIT, loinc
from tests.exchange.test_taking_hl7v2 import id_card, message, result, sent
from tests.exchange.waveforms.making import aecg
from tests.factories import actor, resident
from tests.factories import county as make_county
from yigongti.exchange import actions, identity_lines, inbox
from yigongti.exchange.models import KnownEntry, KnownPerson, Message, Sender
from yigongti.kernel.files.models import StoredFile
from yigongti.organisations import queries as organisations
from yigongti.record.attached import Attachment
from yigongti.record.models import Encounter, Entry, Observation
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db
CARRIED = ("control_id", "kind", "body", "mended", "received_at", "state", "reason", "rule", "field")
CARD = id_card("14078119721105017")


@pytest.fixture
def county():
    made = make_county()
    resident(made.village, name="赵老四", sex="1", id_card=CARD, born=date(1972, 11, 5))
    return made


def mixed(county, tmp_path):
    """What a month brings: results and their corrections, a stay, an allergy, a vaccination, a merge, controls, images,
    a recording, resources; repeats, mended and refused messages, and some that wait."""
    steward = actor("data_steward", county.group)
    sent(message("ORU^R01", *result("6.1", "P"), card=CARD))
    sent(message("ORU^R01", *result("7.4", "C"), control="2", card=""))
    sent(message("ORU^R01", *result("7.4", "C"), control="2", card=""))  # a repeat
    sent(message("ORU^R01", *result("9.9"), control="2", card=""))  # other bytes under its number
    sent(message("ORU^R01", *loinc("1558-6", "126", "mg/dL", number="L5"), control="5", card=""))
    sent(message("ADT^A01", VISIT, "DG1|1||J44.100^慢性阻塞性肺病^ICD10", "AL1|1|DA|^青霉素|SV|休克", control="6"))
    sent(message("ADT^A03", VISIT + "|20260315100000", control="7"))
    sent(message("ORU^R01", *result(number="L8"), control="8", card="", name="钱五").replace(b"P100", b"P200"))
    sent(message("ADT^A40", "MRG|P050^^^HIS^PI", control="9", card=""))
    sent(message("ORU^R01", *result(number="L10"), control="10", card="").replace(b"P100", b"P050"))
    sent(message("ORU^R01", *result(), control="11").replace(b"|P|2.4||||||", b"|P|2.4||||2||"))
    waits = sent(message("ORU^R01", *result(number="L12"), born="", card="", control="12").replace(b"P100", b"P300"))
    right = identity_lines.readable(bytes(waits.body)).replace("||赵老四||", "||孙六||19800101")
    actions.mend(by=steward, key=uuid.uuid4(), message_id=waits.pk, text=right, why="核对")
    refused = sent(message("BAR^P01", control="13"))
    actions.refuse(by=steward, key=uuid.uuid4(), message_id=refused.pk, why="发错了")
    sent(message("ORM^O01", "ORC|NW|1", "OBR|1|1||CT^胸部CT", control="14"))
    brought(tmp_path, image(), name="1.dcm")
    recorded(tmp_path, {"1.xml": aecg(LEADS)})
    sent_fhir(patient(), encounter(), observation(encounter={"reference": "Encounter/e1"}))


def record():
    """The record as it can be compared: no number of ours in it."""
    people = {one.pk: (one.master_id, one.name, one.sex, one.birth_date, one.id_card) for one in Resident.objects.all()}
    who = {pk: people[master][1:] for pk, (master, *_rest) in people.items()}
    entries = {one.pk: one for one in Entry.objects.select_related("institution")}
    return {
        "people": sorted(map(str, who.values())),
        "numbers": sorted(
            (one.sender.channel, one.sender.code, one.system, apart(one.value), one.how, str(who[one.resident_id]))
            for one in KnownPerson.objects.select_related("sender")
        ),
        "entries": sorted(map(str, (said(one, who, entries) for one in entries.values()))),
        "standing": sorted(
            (one.sender.code, one.kind, apart(one.value), said(entries[one.entry_id], who, entries))
            for one in KnownEntry.objects.select_related("sender")
        ),
        "measured": sorted(
            (str(who[one.resident_id]), one.series, str(one.value), str(one.second_value), one.unit, one.at.isoformat())
            for one in Observation.objects.all()
        ),
        "visits": sorted(
            (str(who[one.resident_id]), one.encounter_class, one.diagnosis_code, str(one.at), str(one.until))
            for one in Encounter.objects.all()
        ),
        "files": sorted(
            (said(entries[one.entry_id], who, entries), one.file_id, one.role, one.name, one.part)
            for one in Attachment.objects.all()
        ),
        "inbox": sorted(
            Message.objects.values_list("channel", "control_id", "state", "rule", "field", "hash"),
        ),
    }  # fmt: skip


def apart(text):
    """Without the ids that the FHIR store gives: the sender's number before the resource's own."""
    return re.sub(r"(/|')\d+-(?=[a-z]\d)", r"\1", text)


def said(one, who, entries):
    """Everything that an entry says; who replaced it by its content."""
    after = entries.get(one.replaced_by_id)
    detail = {name: {**part, "digest": ""} if name == "fhir" else part for name, part in one.detail.items()}
    return apart(str((
        who[one.resident_id], one.kind, one.title, one.at, one.until, one.text, one.system, one.code, one.author,
        one.source, one.sensitivity, one.version, one.withdrawn, one.institution.name, sorted(detail.items()),
        (after.version, after.text) if after else None, entries[one.encounter_id].title if one.encounter_id else "",
    )))  # fmt: skip


def carried():
    """The inbox as it is copied: every message as received, in its order, with what data staff have decided of it."""
    senders = {one.pk: (one.channel, one.code, one.title) for one in Sender.objects.all()}
    columns = (
        "channel",
        "control_id",
        "kind",
        "hash",
        "body",
        "mended",
        "received_at",
        "state",
        "reason",
        "rule",
        "field",
    )
    return [
        (senders[one.sender_id], {name: getattr(one, name) for name in columns})
        for one in Message.objects.order_by("pk")
    ]


def taken_in_again(messages):
    """Each under its sender, where it was applied as received anew; what waited from the start, or was refused or a
    repeat, stands as it stood."""
    for (channel, code, title), columns in messages:
        arrived = inbox.receive(
            channel=channel, sender=code, title=title, control_id=columns["control_id"], kind=columns["kind"],
            body=bytes(columns["body"]),
        )  # fmt: skip
        with connection.cursor() as cursor:  # in its own time, which no door could tell it
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(
                "UPDATE exchange_message SET received_at = %s, mended = %s WHERE id = %s",
                [columns["received_at"], columns["mended"], arrived.id],
            )
            cursor.execute("SET LOCAL session_replication_role = origin")
        if columns["state"] == "refused":
            Message.objects.filter(pk=arrived.id).update(
                state="refused", reason=columns["reason"], rule=columns["rule"], field=columns["field"]
            )
        inbox.take_in(arrived.id)


@pytest.mark.requirement("R161")
def test_the_whole_inbox_replayed_onto_a_copy_gives_the_same_record(county, tmp_path):
    before = transaction.savepoint()
    mixed(county, tmp_path)
    messages, told, files = carried(), record(), list(StoredFile.objects.all())
    transaction.savepoint_rollback(before)
    organisations.forget()
    assert not Entry.objects.exists() and not Message.objects.exists()
    assert Resident.objects.count() == 1  # the one registered by hand
    StoredFile.objects.bulk_create(files)  # what lies in the store is copied with the inbox
    taken_in_again(messages)
    again = record()
    for part, said_before in told.items():
        assert again[part] == said_before, part
    assert {state for _c, _n, state, *_rest in again["inbox"]} == {"applied", "waiting", "superseded", "refused"}
    assert len(again["entries"]) >= 14 and len(again["files"]) >= 4 and len(again["measured"]) >= 2
