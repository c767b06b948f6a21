"""Shared documents: kept whole, matched by card or known number or waiting; one entry with versions and the file."""

from datetime import date, datetime

import pytest

from tests.access.conftest import signed_in
from tests.exchange.test_taking_hl7v2 import id_card
from tests.factories import actor, resident
from tests.factories import county as make_county
from yigongti.exchange import inbox
from yigongti.exchange.documents.arriving import document, keep
from yigongti.exchange.documents.attaching import NoDocumentWaits, OtherName, attach_document
from yigongti.exchange.documents.reading import is_document, moment, read
from yigongti.exchange.models import KnownPerson, Message, Sender
from yigongti.exchange.waveforms.refusing import Unreadable
from yigongti.kernel.clock import COUNTY_ZONE
from yigongti.kernel.files import store
from yigongti.record.attached import Attachment
from yigongti.record.models import Entry
from yigongti.residents.models import Resident


pytestmark = pytest.mark.django_db
CARD = id_card("14078119721105017")
OID = "2.16.156.10011.1.3"


@pytest.fixture
def county():
    return make_county()


def written(
    number="D1", *, card=CARD, own="P100", name="赵老四", more="", version="", text="咳嗽三天", title="门(急)诊病历"
):
    """A document as WS/T 500 has them, as short as it can be."""
    ids = f'<id root="{OID}" extension="{card}"/>' if card else ""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<ClinicalDocument xmlns="urn:hl7-org:v3"><realmCode code="CN"/>
<id root="2.16.156.10011.1.1" extension="{number}"/><code code="C0002" displayName="{title}"/><title>{title}</title>
<effectiveTime value="20260310093000"/>{version}
<recordTarget typeCode="RCT"><patientRole classCode="PAT"><id root="2.16.156.10011.1.11" extension="{own}"/>
<patient>{ids}<name>{name}</name><administrativeGenderCode code="1"/><birthTime value="19721105"/></patient>
</patientRole></recordTarget>
<author><assignedAuthor><assignedPerson><name>张医师</name></assignedPerson></assignedAuthor></author>
<custodian><assignedCustodian><representedCustodianOrganization><name>蒲县人民医院</name>
</representedCustodianOrganization></assignedCustodian></custodian>{more}
<component><structuredBody><component><section><title>主诉</title><text>{text}</text></section></component>
<component><section><code code="10160-0" displayName="用药史"/></section></component></structuredBody></component>
</ClinicalDocument>""".encode()


def sent(data):
    arrived = keep(data)
    inbox.take_in(arrived.id)
    return Message.objects.get(pk=arrived.id)


@pytest.mark.requirement("R159")
def test_a_document_is_an_entry_of_its_person_with_itself_attached(county):
    known = resident(county.village, name="赵老四", sex="1", id_card=CARD, born=date(1972, 11, 5))
    data = written()
    found = sent(data)
    assert (found.state, found.reason, found.persons) == ("applied", "", [known.pk])
    entry = Entry.objects.get()
    assert (entry.kind, entry.title, entry.author, entry.text) == ("document", "门(急)诊病历", "张医师", "主诉、用药史")
    assert entry.at == datetime(2026, 3, 10, 9, 30, tzinfo=COUNTY_ZONE)
    kept = Attachment.objects.get()
    assert (kept.role, store.read(kept.file_id)) == ("document", data)
    assert Sender.objects.get().title == "蒲县人民医院"


def test_who_is_not_registered_is_by_the_card_and_later_known_by_the_sender_s_number(county):
    first = sent(written())
    assert Resident.objects.get().id_card == CARD
    assert sent(written("D2", card="")).persons == first.persons


@pytest.mark.parametrize("card", ["", CARD[:-1] + ("1" if CARD[-1] != "1" else "2"), id_card("14078119721105018")])
def test_without_a_card_that_holds_and_agrees_it_waits_and_goes_in_once_the_number_is_known(county, card):
    waits = sent(written(card=card))
    assert (waits.state, waits.rule) == ("waiting", "NobodyNamed")
    assert not Entry.objects.exists() and not Resident.objects.exists()
    sent(written("D2"))
    Message.objects.filter(pk=waits.pk).update(state="received")
    assert inbox.take_in(waits.pk) == "applied"
    assert Resident.objects.count() == 1


def replaces(number):
    parent = f'<parentDocument><id root="2.16.156.10011.1.1" extension="{number}"/></parentDocument>'
    return f'<relatedDocument typeCode="RPLC">{parent}</relatedDocument>'


SET = '<setId root="1" extension="S"/><versionNumber value="2"/>'


@pytest.mark.parametrize(("second", "third"), [(SET, SET), (replaces("D1"), replaces("D2"))])
def test_what_replaces_a_document_is_its_next_version(county, second, third):
    sent(written(version=second if second == SET else ""))
    sent(written("D2", more=second))
    sent(written("D3", more=third))
    assert list(Entry.objects.order_by("pk").values_list("version", flat=True)) == [1, 2, 3]
    assert Entry.objects.filter(replaced_by=None).count() == 1


def test_the_same_again_has_no_effect_and_other_bytes_under_its_number_wait(county):
    states = [sent(written()).state, sent(written()).state, sent(written(text="另一句")).state]
    assert states == ["applied", "superseded", "waiting"]
    assert Entry.objects.count() == 1


@pytest.mark.parametrize(
    "data",
    [b"<ClinicalDocument>", b"<ClinicalDocument/>", b"<Other/>",
     b'<!DOCTYPE a [<!ENTITY b "c">]><ClinicalDocument>&b;</ClinicalDocument>', b"\xff\xfe\x00"],
)  # fmt: skip
def test_what_cannot_be_read_is_kept_and_waits_with_its_reason(county, data):
    found = sent(data)
    assert (found.state, bytes(found.body)) == ("waiting", data)
    assert found.reason


def test_a_document_in_gb18030_is_read(county):
    data = written().decode().replace('encoding="UTF-8"', 'encoding="GB18030"').encode("gb18030")
    assert read(data).name == "赵老四"


def test_only_documents_go_through_this_door(county, tmp_path):
    ours, other = tmp_path / "1.xml", tmp_path / "2.xml"
    ours.write_bytes(written())
    other.write_bytes(b"<AnnotatedECG/>")
    assert (document(ours), document(other)) == ([("applied", "")], [])
    assert is_document(b'<?xml version="1.0"?><cda:ClinicalDocument xmlns:cda="urn:hl7-org:v3">')


@pytest.mark.parametrize(
    ("text", "is_"), [("2026", None), ("20261345", None), ("99999999999999", None), ("20260310", (2026, 3, 10))]
)
def test_times_are_times_or_nothing(text, is_):
    found = moment(text)
    assert (found and (found.year, found.month, found.day)) == is_


def test_a_document_type_is_refused_before_anything_is_read():
    with pytest.raises(Unreadable):
        read(b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><ClinicalDocument/>')


def test_data_staff_say_whose_a_document_is_and_the_sender_s_number_means_them_from_then_on(county):
    known = resident(county.village, name="赵老四", sex="1", born=date(1972, 11, 5))
    steward = actor("data_steward", county.group)
    waits = sent(written(card=""))
    pages = signed_in(steward)
    text = pages.get(f"/inbox/{waits.pk}").content.decode()
    assert "对到一位居民" in text
    assert "赵老四" in text
    assert "咳嗽三天" not in text
    with pytest.raises(OtherName):
        other = resident(county.village, name="钱二", sex="1")
        attach_document(by=steward, message_id=waits.pk, resident_id=other.pk, why="看错")
    assert not KnownPerson.objects.exists()
    attach_document(by=steward, message_id=waits.pk, resident_id=known.pk, why="与来源方核对过")
    assert Entry.objects.get().resident_id == known.pk
    assert sent(written("D2", card="")).persons == [known.pk]
    with pytest.raises(NoDocumentWaits):
        attach_document(by=steward, message_id=waits.pk, resident_id=known.pk, why="再来")


def test_a_document_without_any_number_is_remembered_with_its_later_versions_only(county):
    known = resident(county.village, name="赵老四", sex="1", born=date(1972, 11, 5))
    first = sent(written(card="", own="", version='<setId root="1" extension="S1"/><versionNumber value="1"/>'))
    attach_document(by=actor("data_steward", county.group), message_id=first.pk, resident_id=known.pk, why="核对过")
    second = written("D2", card="", own="", version='<setId root="1" extension="S1"/><versionNumber value="2"/>')
    assert sent(second).persons == [known.pk]
    assert sent(written("D3", card="", own="")).state == "waiting"
