"""Judged figures: proven by files, confirmed by who did not judge, and then nobody changes them."""

from __future__ import annotations

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction

from tests import factories
from tests.access.conftest import signed_in
from yigongti.indicators.actions import attach_evidence, confirm_judgement
from yigongti.indicators.models import Evidence, Judgement
from yigongti.indicators.refusals import ConfirmedAlready, NoEvidence, OwnJudgement
from yigongti.kernel import clock
from yigongti.kernel.files import store


@pytest.fixture
def county(db, settings, tmp_path):
    settings.DATA_FOLDER = tmp_path
    with clock.stands_at(factories.at("2026-11-20 09:00")):
        made = factories.county()
        made.quality = factories.actor("quality_officer", made.group)
        made.bureau = factories.actor("bureau", made.root)
        yield made


def judged(county, who, *, answer="partly", question="staff"):
    typed = {"key": str(uuid.uuid4()), "question": question, "answer": answer, "evidence": "介人社发 3 号"}
    address = f"/figures/unified_resources/judge?place={county.group.pk}&period=2025"
    assert signed_in(who).post(address, typed).status_code == 303
    return Judgement.objects.latest("pk").pk


def attached(who, pk, *, name="纪要.pdf", content=b"%PDF-1.4 minutes", kind="application/pdf"):
    file = SimpleUploadedFile(name, content, content_type=kind)
    return signed_in(who).post(f"/indicators/judgements/{pk}/files", {"key": str(uuid.uuid4()), "file": file})


def confirmed(who, pk):
    return signed_in(who).post(f"/indicators/judgements/{pk}/confirm", {"key": str(uuid.uuid4())})


def sheet(who, county):
    return signed_in(who).get(f"/indicators/judged?place={county.group.pk}&period=2025").content.decode()


@pytest.mark.requirement("R22")
def test_a_judgement_is_proven_confirmed_by_another_and_then_stays(county):
    pk = judged(county, county.quality)
    with pytest.raises(NoEvidence):
        confirm_judgement(by=county.bureau, judgement=pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Judgement.objects.filter(pk=pk).update(confirmed_at=clock.now(), confirmed_by_id=county.bureau.post_id)
    assert attached(county.quality, pk).status_code == 303
    assert "待确认" in sheet(county.bureau, county)
    assert confirmed(county.quality, pk).status_code == 403
    assert confirmed(county.bureau, pk).status_code == 303
    with pytest.raises(ConfirmedAlready):
        confirm_judgement(by=county.bureau, judgement=pk)
    told = sheet(county.quality, county)
    assert "已确认" in told
    assert "纪要.pdf" in told
    assert "还没有评定" in told
    assert attached(county.quality, pk, content=b"%PDF- more").status_code == 409
    for change in (
        lambda: Judgement.objects.filter(pk=pk).update(answer="yes"),
        lambda: Judgement.objects.filter(pk=pk).delete(),
        lambda: Evidence.objects.filter(judgement_id=pk).update(name="别的"),
        lambda: Evidence.objects.create(judgement_id=pk, file_id=Evidence.objects.get().file_id, name="x",
                                        at=clock.now(), by_id=county.quality.post_id),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_nobody_confirms_what_they_judged_and_a_newer_one_waits_beside_the_confirmed(county):
    own = judged(county, county.bureau)
    attached(county.bureau, own)
    with pytest.raises(OwnJudgement):
        confirm_judgement(by=county.bureau, judgement=own)
    first = judged(county, county.quality)
    attached(county.quality, first)
    confirmed(county.bureau, first)
    newer = judged(county, county.quality, answer="yes")
    page = signed_in(county.bureau).get(f"/figures/unified_resources?place={county.group.pk}&period=2025")
    assert page.content.decode().index("部分做到") < page.content.decode().index("做到了")
    assert f"/indicators/judgements/{newer}" in page.content.decode()
    assert "部分做到" in sheet(county.bureau, county)
    assert ">做到了<" not in sheet(county.bureau, county), "until it is confirmed the other stands"


def test_files_are_limited_and_open_for_those_who_may(county, monkeypatch):
    pk = judged(county, county.quality)
    refused = attached(county.quality, pk, name="a.exe", content=b"MZ", kind="application/x-msdownload")
    assert refused.status_code == 422
    assert "不接收" in refused.content.decode()
    assert "是空的" in attached(county.quality, pk, content=b"").content.decode()
    attached(county.quality, pk)
    assert "已经附上了" in attached(county.quality, pk).content.decode()
    one = Evidence.objects.get()
    address = f"/indicators/judgements/{pk}/files/{one.pk}"
    for who in (county.quality, county.bureau, factories.actor("president", county.group)):
        answer = signed_in(who).get(address)
        assert b"".join(answer.streaming_content) == b"%PDF-1.4 minutes"
        assert answer["Content-Disposition"].startswith("attachment")
    assert signed_in(factories.actor("township_head", county.township)).get(address).status_code == 403
    assert signed_in(factories.actor("president", county.foreign_group)).get(address).status_code == 404
    monkeypatch.setattr("yigongti.kernel.parameters.values.number", lambda code: 1)
    more = store.keep(by=county.quality, name="b.txt", media_type="text/plain", chunks=[b"more"], megabytes=1)
    with pytest.raises(Exception, match="最多附 1 个"):
        attach_evidence(by=county.quality, judgement=pk, digest=more.digest, name="b.txt")
    dropped = signed_in(county.quality).post(f"{address}/drop", {"key": str(uuid.uuid4())})
    assert dropped.status_code == 303
    assert not Evidence.objects.exists()
