"""Judgements with their evidence: one to look at, prove and confirm; all of a place and year as a sheet to print."""

from __future__ import annotations

from typing import cast
from urllib.parse import urlencode

from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header

from yigongti.indicators import catalogue, drawn
from yigongti.indicators.actions import attach_evidence, confirm_judgement, drop_evidence
from yigongti.indicators.models import Evidence, Judgement
from yigongti.indicators.pages.asked import Looked, looked
from yigongti.indicators.pages.cockpit import FIGURE, frame
from yigongti.indicators.queries.cells import SEE
from yigongti.indicators.queries.judgements import CONFIRM, JUDGE, READ, evidence, judgements, of_reader, unconfirmed
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.files import store
from yigongti.kernel.language import say
from yigongti.kernel.measures.periods import Period
from yigongti.kernel.measures.words import Indicator, Judged, Question
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.blocks import Block, block
from yigongti.kernel.pages.parts import Act, Cell, Column, Field, Option, Row, State
from yigongti.kernel.pages.posting import done, errors_of, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.said import exact_date
from yigongti.kernel.parameters import values
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.refusal import Missing, NotFound, Refusal


SHEET = "/indicators/judged"
ONE = "/indicators/judgements"
JUDGED = ("评定的问题", "评定结果", "证据", "谁评定、谁确认")
LINES = 3
IN_PLACE = frozenset({"image/png", "image/jpeg"})


def answer_words(made: Judgement) -> str:
    """做到了, 部分做到, 没有做到."""
    return say(code_lists["indicators.answer"].label(made.answer))


def state_of(made: Judgement | None) -> State:
    """Nobody has judged, nobody has confirmed, or somebody has."""
    if made is None:
        return State(word=say("还没有评定"), kind="closed")
    if made.confirmed_at:
        return State(word=say("已确认"), kind="done")
    return State(word=say("待确认"), kind="active")


# --- the sheet


@page("indicators.judged", "indicators/judged", title="定性指标评定表", permission=SEE)
def sheet(request: Request) -> HttpResponse:
    """Every question of every judged indicator for a place and year, with its proof."""
    look = looked(request)
    first = catalogue.judged()[0][0]
    look = look.at(first)
    context = {
        **frame(look, SHEET, first), "title": say("定性指标评定表"), "printable": True, "wheres": _wheres(look, first),
        "columns": [Column(label=say(word)) for word in JUDGED], "groups": _groups(look),
    }  # fmt: skip
    return render(request, "indicators/judged.html", context)


def _wheres(look: Looked, first: Indicator) -> list[Option]:
    """The county and its groups: whom such questions are asked of."""
    asked = [(one, level) for level in reversed(first.levels) for one in look.places.at(level)]
    return [
        Option(value=str(one.id), label=one.name, current=one.id == look.place.id,
               href=look.address(SHEET, place=str(one.id), level=level))
        for one, level in asked
    ]  # fmt: skip


def _groups(look: Looked) -> list[tuple[str, list[Row]]]:
    groups = []
    for one, figure in catalogue.judged():
        told = judgements(for_=look.actor, indicator=one.code, place=look.place, period=look.period)
        groups.append((say(one.title), [row_of(question, told.get(question.code)) for question in figure.questions]))
    return groups


def row_of(question: Question, made: Judgement | None) -> Row:
    """One question with what was answered, by whom, on what proof."""
    if made is None:
        return Row(cells=[question.text, Cell(text="", state=state_of(None)), "", ""])
    proof = [made.evidence, *(each.name for each in made.files.all())]
    hands = [f"{made.by.account} {exact_date(made.at)}"]
    if made.confirmed_by and made.confirmed_at:
        hands.append(say("{who} {at} 确认", who=str(made.confirmed_by.account), at=exact_date(made.confirmed_at)))
    return Row(cells=[
        Cell(text=question.text, href=f"{ONE}/{made.pk}"), Cell(text=answer_words(made), state=state_of(made)),
        "；".join(proof), "；".join(hands),
    ])  # fmt: skip


@block(permission=CONFIRM, order=15)
def unconfirmed_block(*, for_: Actor) -> Block | None:
    """Judgements with their proof that wait for somebody else's eyes."""
    found = unconfirmed(for_=for_)
    if not found:
        return None
    lines = [(f"{one.place.name} · {_question(one)}", f"{ONE}/{one.pk}") for one in found[:LINES]]
    return Block(title=say("评定待确认"), count=len(found), lines=lines, href=SHEET, word=say("评定表"))


# --- one of them


@page("indicators.judgement", "indicators/judgements/<int:pk>", title="评定", permission=SEE)
def one_judgement(request: Request, pk: int) -> HttpResponse:
    """What was answered, on what proof; for those who may: more proof, less, or the confirmation."""
    return _shown(request, pk)


def _shown(request: Request, pk: int, refusal: Refusal | None = None) -> HttpResponse:
    actor, made = request.actor, of_reader(for_=request.actor, pk=pk)
    errors = errors_of(refusal) if refusal else {}
    open_ = made.confirmed_at is None and actor.reaches_path(made.place.path)
    files = list(made.files.select_related("file", "by__account").order_by("pk"))
    look = urlencode({"place": made.place_id, "period": made.period})
    context = {
        "made": made, "title": _question(made), "state": state_of(made), "printable": True, "pairs": _pairs(made),
        "acts": [Act(word=say("评定表"), href=f"{SHEET}?{look}", kind="quiet")],
        "columns": [Column(label=say("证据文件")), Column(label=say("大小"), numeric=True), Column(label=say("谁附上")),
                    Column(label="SHA-256")],
        "rows": [_file(actor, one) for one in files], "fields": [_field(errors)] if open_ and actor.may(JUDGE) else [],
        "dropped": [(one.pk, one.name) for one in files] if open_ and actor.may(JUDGE) else [],
        "confirms": open_ and actor.may(CONFIRM) and made.by.account_id != actor.account_id,
        "errors": [("", sentence) for sentence in errors.get("", ())],
        "back": f"{FIGURE}/{made.indicator}?{look}",
    }  # fmt: skip
    return render(request, "indicators/judgement.html", context, status=refusal.status if refusal else 200)


def _question(made: Judgement) -> str:
    one = catalogue.named(made.indicator)
    asked = one.figure.questions if one and isinstance(one.figure, Judged) else ()
    return next((question.text for question in asked if question.code == made.question), made.question)


def _pairs(made: Judgement) -> list[tuple[str, str]]:
    one = catalogue.named(made.indicator)
    by, at = made.confirmed_by, made.confirmed_at
    return [
        (say("指标"), say(one.title) if one else made.indicator), (say("地方"), made.place.name),
        (say("时期"), drawn.said_period(Period.read(made.period))), (say("评定结果"), answer_words(made)),
        (say("证据"), made.evidence), (say("谁评定"), f"{made.by.account} {exact_date(made.at)}"),
        (say("谁确认"), f"{by.account} {exact_date(at)}" if by and at else say("还没有确认")),
    ]  # fmt: skip


def _file(actor: Actor, one: Evidence) -> Row:
    href = f"{ONE}/{one.judgement_id}/files/{one.pk}" if actor.may(READ) else ""
    return Row(cells=[Cell(text=one.name, href=href), size_words(one.file.size),
                      f"{one.by.account} {exact_date(one.at)}", one.file_id[:12]])  # fmt: skip


def size_words(size: int) -> str:
    """As people say it."""
    return f"{size / 1048576:.1f} MB" if size >= 1048576 else f"{max(size / 1024, 1):.0f} kB"


def _field(errors: dict[str, list[str]]) -> Field:
    most, megabytes = values.number("indicators.evidence_files"), values.number("indicators.evidence_megabytes")
    accepted = values.value("files.accepted_types")
    return Field(
        name="file", label=say("证据文件"), kind="file", error=" ".join(errors.get("file", ())),
        accept=",".join(accepted) if isinstance(accepted, tuple) else str(accepted),
        help=say("PDF、图片或表格，每个不超过 {mb} MB，最多 {n} 个", mb=megabytes, n=most),
    )  # fmt: skip


# --- what is done to it


@page("indicators.attach_evidence", "indicators/judgements/<int:pk>/files", title="附证据", permission=JUDGE,
      writes=True)  # fmt: skip
def attach(request: Request, pk: int) -> HttpResponse:
    """One more file; a refusal keeps the page and says why beside the field."""
    if request.method != "POST":
        raise NotFound
    try:
        given = request.FILES.get("file")
        if given is None:
            raise Missing(field="file", label="证据文件")
        key = key_of(request)
        kept = store.keep(
            by=request.actor, name=given.name or "", media_type=given.content_type or "", chunks=given.chunks(),
            megabytes=values.number("indicators.evidence_megabytes"),
        )  # fmt: skip
        receipt = attach_evidence(by=request.actor, key=key, judgement=pk, digest=kept.digest, name=given.name or "")
    except NotFound:
        raise
    except Refusal as refusal:
        return _shown(request, pk, refusal)
    return done(request, receipt)


@page("indicators.drop_evidence", "indicators/judgements/<int:pk>/files/<int:file>/drop", title="撤下证据",
      permission=JUDGE, writes=True)  # fmt: skip
def drop(request: Request, pk: int, file: int) -> HttpResponse:
    """A file that was a mistake, as long as nobody has confirmed on it."""
    if request.method != "POST":
        raise NotFound
    return done(request, drop_evidence(by=request.actor, key=key_of(request), judgement=pk, evidence=file))


@page("indicators.confirm_judgement", "indicators/judgements/<int:pk>/confirm", title="确认评定", permission=CONFIRM,
      writes=True)  # fmt: skip
def confirm(request: Request, pk: int) -> HttpResponse:
    """By who did not judge."""
    if request.method != "POST":
        raise NotFound
    return done(request, confirm_judgement(by=request.actor, key=key_of(request), judgement=pk))


@page("indicators.evidence", "indicators/judgements/<int:pk>/files/<int:file>", title="证据文件", permission=READ)
def opened(request: Request, pk: int, file: int) -> HttpResponse:
    """A picture in its place, anything else to be taken away."""
    found = evidence(for_=request.actor, judgement=pk, pk=file)
    kind, in_place = found.file.media_type, found.file.media_type in IN_PLACE
    response = FileResponse(
        store.whole(found.file_id).open("rb"), content_type=kind if in_place else "application/octet-stream"
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    response["Content-Disposition"] = content_disposition_header(not in_place, found.name) or "attachment"
    return cast(HttpResponse, response)
