"""The forms that write a record: what they ask, and what they hand to the actions. Rules live in the drafts."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse

from yigongti.kernel.action.gate import Receipt
from yigongti.kernel.files import store
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.parts import Option
from yigongti.kernel.pages.posting import key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import Missing, NotFound
from yigongti.record import actions, queries
from yigongti.record.pages.answering import Form, answer, under
from yigongti.record.pages.fields import (
    as_typed,
    changes,
    correction_fields,
    encounter_fields,
    entry_fields,
    file_fields,
    observing,
)
from yigongti.record.policy.kinds import KINDS, WRITTEN
from yigongti.record.policy.series import SERIES
from yigongti.record.queries import Opened


@page(
    "record.observe", "residents/<int:resident_id>/record/observe", title="记测量", permission="record.add", writes=True
)
def observe(request: Request, resident_id: int) -> HttpResponse:
    """One measurement."""
    opened = _opened(request, resident_id)
    code = request.POST.get("series") or request.GET.get("series") or "blood_pressure"
    if code not in SERIES:
        raise NotFound
    here = f"/residents/{opened.resident.pk}/record/observe"
    form = Form(
        code="record.observe", title=say("记测量"),
        fields=lambda ask: observing(ask, SERIES[code]),
        tabs=_tabs(here, "series", {one: known.title for one, known in SERIES.items()}, code, request),
        write=lambda posted: actions.observe(
            by=request.actor, key=key_of(request), resident_id=opened.resident.pk, series=code, value=_pair(posted),
            at=posted.get("at", ""), note=posted.get("note", ""), encounter_id=under(posted),
        ),
    )  # fmt: skip
    return answer(request, opened, form, hidden={"series": code})


def _pair(posted: Mapping[str, str]) -> str:
    """Two boxes on the form are one measurement; the pair may also be typed into the first."""
    first, second = posted.get("value", ""), posted.get("second", "").strip()
    return f"{first}/{second}" if second else first


@page(
    "record.encounter",
    "residents/<int:resident_id>/record/encounter",
    title="记就诊",
    permission="record.add",
    writes=True,
)
def encounter(request: Request, resident_id: int) -> HttpResponse:
    """One visit or stay."""
    opened = _opened(request, resident_id)
    asked = ("encounter_class", "title", "at", "until", "code", "text", "sensitivity")
    form = Form(
        code="record.encounter", title=say("记就诊"), diagnosed="encounter",
        fields=encounter_fields,
        write=lambda posted: actions.add_encounter(
            by=request.actor, key=key_of(request), resident_id=opened.resident.pk,
            **{name: posted.get(name, "") for name in asked},
        ),
    )  # fmt: skip
    return answer(request, opened, form)


@page("record.add", "residents/<int:resident_id>/record/add", title="加一条", permission="record.add", writes=True)
def add(request: Request, resident_id: int) -> HttpResponse:
    """A diagnosis, medicine, allergy, report, procedure or immunisation."""
    opened = _opened(request, resident_id)
    code = request.POST.get("kind") or request.GET.get("kind") or WRITTEN[0]
    if code not in WRITTEN:
        raise NotFound
    kind = KINDS[code]
    form = Form(
        code="record.add", title=say("加一条"), diagnosed=code if code == "condition" else "",
        fields=lambda ask: entry_fields(ask, kind),
        tabs=_tabs(
            f"/residents/{opened.resident.pk}/record/add", "kind", {one: KINDS[one].title for one in WRITTEN}, code,
            request,
        ),
        write=lambda posted: actions.add_entry(
            by=request.actor, key=key_of(request), resident_id=opened.resident.pk, kind=code,
            detail={part.name: posted.get(part.name, "") for part in kind.parts}, encounter_id=under(posted),
            **{name: posted.get(name, "") for name in ("title", "at", "until", "code", "text", "sensitivity")},
        ),
    )  # fmt: skip
    return answer(request, opened, form, hidden={"kind": code})


@page(
    "record.attach", "residents/<int:resident_id>/record/attach", title="附文书", permission="record.add", writes=True
)
def attach(request: Request, resident_id: int) -> HttpResponse:
    """A scanned or photographed document."""
    opened = _opened(request, resident_id)

    def write(posted: Mapping[str, str]) -> Receipt:
        given = request.FILES.get("file")
        if given is None:
            raise Missing(field="file", label="文件")
        key = key_of(request)
        kept = store.keep(
            by=request.actor, name=given.name or "", media_type=given.content_type or "", chunks=given.chunks()
        )
        return actions.attach(
            by=request.actor, key=key, resident_id=opened.resident.pk, digest=kept.digest, name=given.name or "",
            encounter_id=under(posted),
            **{name: posted.get(name, "") for name in ("title", "at", "text", "sensitivity")},
        )  # fmt: skip

    form = Form(code="record.attach", title=say("附文书"), fields=file_fields, write=write, multipart=True)
    return answer(request, opened, form)


@page(
    "record.correct",
    "record/entries/<int:entry_id>/correct",
    title="更正记录",
    permission="record.correct",
    writes=True,
)
def correct(request: Request, entry_id: int) -> HttpResponse:
    """A new version of an entry."""
    opened, row = queries.entry(for_=request.actor, entry_id=entry_id)
    form = Form(
        code="record.correct", title=say("更正：{what}", what=row.title),
        diagnosed=row.kind if row.kind in ("condition", "encounter") else "",
        fields=lambda ask: correction_fields(ask, row),
        typed=as_typed(row),
        write=lambda posted: actions.correct(
            by=request.actor, key=key_of(request), entry_id=entry_id, reason=posted.get("reason", ""),
            changes=changes(row, posted),
        ),
        word="更正，另立新版本",
    )  # fmt: skip
    return answer(request, opened, form, subject=f"record.Entry:{entry_id}")


@page(
    "record.withdraw",
    "record/entries/<int:entry_id>/withdraw",
    title="撤销记录",
    permission="record.correct",
    writes=True,
)
def withdraw(request: Request, entry_id: int) -> HttpResponse:
    """What was entered in error: the wrong person, or it never happened."""
    opened, row = queries.entry(for_=request.actor, entry_id=entry_id)
    form = Form(
        code="record.withdraw",
        title=say("撤销：{what}", what=row.title),
        fields=lambda ask: [
            ask.area("reason", "撤销原因", help_="例如：记到了别人名下。撤销后仅本机构可查，各版本保留。")
        ],
        write=lambda posted: actions.withdraw(
            by=request.actor, key=key_of(request), entry_id=entry_id, reason=posted.get("reason", "")
        ),
        danger=True,
        word="撤销这一条",
    )
    return answer(request, opened, form, subject=f"record.Entry:{entry_id}")


def _opened(request: Request, resident_id: int) -> Opened:
    return queries.open_record(for_=request.actor, resident_id=resident_id)


def _tabs(here: str, name: str, choices: Mapping[str, str], now: str, request: Request) -> list[Option]:
    under = request.POST.get("encounter") or request.GET.get("encounter", "")
    tail = f"&encounter={under}" if under.isascii() and under.isdigit() else ""
    return [
        Option(value=code, label=say(title), href=f"{here}?{name}={code}{tail}", current=code == now)
        for code, title in choices.items()
    ]
