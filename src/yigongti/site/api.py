"""The JSON door: the same actions and worklists as the screens, derived from the same definitions, under one gate.

A program signs in as a person does (session and CSRF token); tokens for other systems come with the exchange chapter.
Every write takes the header `Idempotency-Key`; a retry has one effect and the same receipt.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from ninja import Field, NinjaAPI, Router, Schema
from ninja.security import APIKeyCookie

from yigongti.kernel.audit import trail
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.posting import key_of
from yigongti.kernel.refusal import NotFound, Refusal, Refusals
from yigongti.kernel.workflow import casepage, engine, rooms, worklists
from yigongti.kernel.workflow.words import BIRTH, Workflow


class Recorded(Schema):
    """What a step records, by the fields of its page; `version` guards against a stale view."""

    given: dict[str, Any] = Field(default_factory=dict)
    version: int | None = None


class SignedIn(APIKeyCookie):
    """The actor of the session; none is a 401. A write must bring the CSRF token too, as every form does."""

    param_name = settings.SESSION_COOKIE_NAME

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """Who the session says it is."""
        return getattr(request, "actor", None)


api = NinjaAPI(title="yigongti", version="0.1", auth=SignedIn(), docs_url=None, openapi_url="/openapi.json")
router = Router(tags=["cases"])


@api.exception_handler(Refusal)
def refused(request: Request, refusal: Refusal) -> HttpResponse:
    """A refusal in data: its code and sentence, and every single one where there are several."""
    each = refusal.all if isinstance(refusal, Refusals) else (refusal,)
    told = [{"code": r.code, "field": r.field, "sentence": r.sentence} for r in each]
    return api.create_response(request, {"refused": told}, status=refusal.status)


@router.get("/workflows")
def workflows(request: Request) -> list[dict[str, Any]]:
    """The kinds of cases that this actor sees: states, steps and what each must record."""
    return [_described(m.page) for code, m in rooms.kept.items() if request.actor.may(f"{code}.follow")]


def _described(page: Workflow) -> dict[str, Any]:
    steps = [
        {"code": s.code, "title": s.title, "from": s.frm, "to": s.to, "must": s.must_record, "may": s.may_record,
         "begins": BIRTH in s.frm}
        for s in page.steps
    ]  # fmt: skip
    states = [{"code": s.code, "title": s.title, "ends": s.code in page.ends} for s in page.states]
    return {"code": page.code, "title": page.title, "states": states, "steps": steps}


@router.get("/worklist")
def worklist(request: Request, workflow: str = "", state: str = "", after: str = "") -> dict[str, Any]:
    """What waits for this actor, most urgent first; `next` leads on until it is empty."""
    lines = worklists.waiting(for_=request.actor, workflow=workflow, state=state, after=_cursor(after), limit=50)
    persons = [line.row.person_id for line in lines if line.row.person_id]
    trail.saw(by=request.actor, page="api.worklist", sentence="查看今日工作", persons=persons, basis="case")
    return {"lines": [_line(line) for line in lines], "next": lines[-1].cursor if len(lines) == 50 else ""}


def _cursor(text: str) -> worklists.Cursor | None:
    try:
        return worklists.read_cursor(text)
    except ValueError:
        raise NotFound from None


def _line(line: worklists.Line) -> dict[str, Any]:
    case, row = line.case, line.row
    return {
        "number": case.number, "workflow": case.workflow, "state": case.state, "urgent": case.urgent,
        "due_at": case.due_at, "version": case.version, "person": row.name, "sex": row.sex, "age": row.age,
        "what": row.what, "from": row.frm, "to": row.to, "step": line.primary.code if line.primary else "",
    }  # fmt: skip


@router.get("/cases/{number}")
def case(request: Request, number: str) -> dict[str, Any]:
    """A case: its state, whose turn, its acts, and the steps that this actor may take."""
    view = casepage.case_view(for_=request.actor, number=number)
    persons = [view.case.person_id] if view.case.person_id else []
    trail.saw(by=request.actor, page="api.case", sentence=f"查看{number}", persons=persons, basis="case")
    acts = [{"step": a.step, "from": a.frm, "to": a.to, "at": a.at, "by": a.actor} for a, _title in view.acts]
    return {
        "number": number, "workflow": view.page.code, "state": view.case.state, "version": view.case.version,
        "due_at": view.case.due_at, "turn": view.turn, "acts": acts, "steps": [s.code for s in view.steps],
    }  # fmt: skip


@router.post("/workflows/{workflow}/{step}")
def begin(request: Request, workflow: str, step: str, recorded: Recorded) -> dict[str, Any]:
    """Begin a case by a birth step; the receipt."""
    return engine.begin(
        by=request.actor, workflow=workflow, step=step, given=recorded.given, key=key_of(request)
    ).shown()


@router.post("/cases/{number}/{step}")
def take(request: Request, number: str, step: str, recorded: Recorded) -> dict[str, Any]:
    """Take a step of a case; the receipt."""
    return engine.take(
        by=request.actor, number=number, step=step, given=recorded.given, key=key_of(request),
        version=recorded.version,
    ).shown()  # fmt: skip


api.add_router("", router)
