"""Kick-off, progress, files and end of an export, as the Bulk Data specification has them."""

from __future__ import annotations

import re
import uuid
from datetime import datetime

from django.db import IntegrityError, transaction

from yigongti.exchange.fhir.answers import Answer, dumped
from yigongti.exchange.fhir.calls import Call, kind_of
from yigongti.exchange.fhir.exporting import files, working
from yigongti.exchange.fhir.exporting.models import Export
from yigongti.exchange.fhir.outcomes import BadParameter, NotThere, OutOfScope
from yigongti.exchange.fhir.planning import said
from yigongti.exchange.fhir_r4.definitions import compartment, resource_kinds
from yigongti.exchange.fhir_r4.spans import span_of
from yigongti.kernel import clock
from yigongti.kernel.audit import trail
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import Refusal


NDJSON = "application/fhir+ndjson"
FORMATS = (NDJSON, "application/ndjson", "ndjson")
KNOWN = ("_type", "_since", "_outputFormat", "_format")
AGAIN_AFTER = "5"
"""Seconds after which it is worth asking again."""
BASIS = "institution"


class NotAtOnce(Refusal):
    """导出在后台进行：请带上 Prefer: respond-async。"""

    status = 400


class OneAtATime(Refusal):
    """这个客户端已有一次导出在进行：{place}。请等它结束，或先取消。"""

    status = 429


def begin(call: Call, *, of_patients: bool) -> Answer:
    """Take the wish; it is worked on in the background. Raises NotAtOnce, OneAtATime, BadParameter, OutOfScope."""
    if "respond-async" not in call.headers.get("Prefer", ""):
        raise NotAtOnce(rule="fhir.export_async")
    given = _given(call)
    span = _since(given.get("_since", ""))
    made = Export(
        id=uuid.uuid4(), client_id=call.caller.client, scopes=str(call.caller.scopes), of_patients=of_patients,
        request=f"{call.base}/{'/'.join(call.path)}?{call.query}"[:2000], since=span, asked_at=clock.now(),
        kinds=_kinds(call, given.get("_type", ""), of_patients), until=working.now_highest(),
    )  # fmt: skip
    try:
        with transaction.atomic():
            made.save(force_insert=True)
            _enter(call, made, f"FHIR 导出开始：{'、'.join(made.kinds)}"[:400])
    except IntegrityError:
        running = Export.objects.get(client_id=call.caller.client, state="running")
        raise OneAtATime(place=_status(call, running)) from None
    return Answer(status=202, headers={"Content-Location": _status(call, made)})


def _enter(call: Call, export: Export, sentence: str) -> None:
    """Whom it shows stands in the trail with each file that is written."""
    trail.saw(by=call.caller.actor, page="fhir.export", sentence=sentence, persons=(), basis=BASIS,
              subject=f"exchange.Export:{export.pk}", nobody=True)  # fmt: skip


def _given(call: Call) -> dict[str, str]:
    given = dict(call.pairs)
    unknown = sorted(given.keys() - set(KNOWN))
    if unknown:
        raise BadParameter(parameter=unknown[0][:60], problem=phrase("导出不支持它。"))
    wanted = given.get("_outputFormat", NDJSON).replace(" ", "+")
    if wanted not in FORMATS:
        raise BadParameter(parameter="_outputFormat", problem=phrase("只能是 {values}。", values="、".join(FORMATS)))
    return given


def _since(text: str) -> datetime | None:
    span = span_of(text.replace(" ", "+")) if text else None
    if text and span is None:
        raise BadParameter(parameter="_since", problem=phrase("“{value}”不是日期或时间。", value=text[:40]))
    return span.low if span else None


def _kinds(call: Call, named: str, of_patients: bool) -> list[str]:
    """The types that are asked for and granted. Raises OutOfScope for one that is asked for and not granted."""
    whole = set(compartment("Patient")) | {"Patient"} if of_patients else set(resource_kinds())
    wanted = [kind_of(one.strip()) for one in named.split(",") if one.strip()]
    for kind in wanted:
        if not call.caller.scopes.allow(kind, "r"):
            raise OutOfScope(kind=kind, what="r")
    granted = [kind for kind in sorted(whole & set(wanted or whole)) if call.caller.scopes.allow(kind, "r")]
    if not granted:
        raise OutOfScope(kind="*", what="r")
    return granted


# --- afterwards


def status(call: Call, name: str) -> Answer:
    """202 while it runs, with its progress; then the list of its files. Raises NotThere, and what stopped it."""
    export = _own(call, name)
    if export.state == "running":
        told = f"{export.place}/{len(export.kinds)} types, {export.count} resources"
        return Answer(status=202, headers={"X-Progress": told, "Retry-After": AGAIN_AFTER})
    if export.state == "failed":
        raise Stopped(trouble=export.trouble)
    listed = [{"type": kind, "url": f"{call.base}/$export-file/{export.pk}/{number}", "count": count}
              for number, (kind, count) in enumerate(export.files)]  # fmt: skip
    manifest = {
        "transactionTime": said(export.asked_at), "request": export.request, "requiresAccessToken": True,
        "output": listed, "deleted": [], "error": [],
    }  # fmt: skip
    return Answer(text=dumped(manifest), headers={"Content-Type": "application/json"})


class Stopped(Refusal):
    """导出没能做完：{trouble}。请重新开始。"""

    status = 410


def file(call: Call, name: str, number: str) -> Answer:
    """One file. Raises NotThere."""
    export = _own(call, name)
    if export.state != "done" or not re.fullmatch(r"\d{1,5}", number) or int(number) >= len(export.files):
        raise NotThere(place=f"$export-file/{name}/{number}"[:120])
    _enter(call, export, f"FHIR 取走导出文件第 {int(number) + 1} 个")
    return Answer(text=files.read(export, int(number)), headers={"Content-Type": NDJSON})


def cancel(call: Call, name: str) -> Answer:
    """Stop it, and let its files go. Raises NotThere."""
    with transaction.atomic():
        export = _own(call, name, lock=True)
        export.state, export.ended_at = "cancelled", clock.now()
        export.save(update_fields=["state", "ended_at"])
    files.forget(export)
    return Answer(status=202)


def _own(call: Call, name: str, *, lock: bool = False) -> Export:
    """The client's own export, while it or its files are there."""
    rows = Export.objects.select_for_update() if lock else Export.objects.all()
    try:
        found = rows.filter(pk=uuid.UUID(name), client_id=call.caller.client).first()
    except ValueError:
        found = None
    if found is None or found.state in ("cancelled", "expired"):
        raise NotThere(place=f"$export-status/{name}"[:120])
    return found


def _status(call: Call, export: Export) -> str:
    return f"{call.base}/$export-status/{export.pk}"
