"""State a basis and open: from a masked hit, or from a page that says there is no basis yet."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel import clock
from yigongti.kernel.access import bases
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request
from yigongti.kernel.pages.parts import Option
from yigongti.kernel.pages.posting import done, errors_of, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.refusal import NotFound, Refusal
from yigongti.residents.actions.moving import ask_transfer
from yigongti.residents.actions.openings import close_opening, open_with_basis
from yigongti.residents.bases import DUTIES
from yigongti.residents.pages import drawn


STATED = ("present", "emergency", "duty")


def choices(actor: Actor) -> list[Option]:
    """The bases that this role may state by itself."""
    own = [b for b in bases.bases_of(for_=actor) if b.code in STATED and actor.may("residents.open_with_basis")]
    return [option for b in own for option in _options(b)]


def _options(basis: bases.Basis) -> list[Option]:
    """A duty is stated by its kind; each other basis as it is."""
    if basis.code != "duty":
        return [Option(value=basis.code, label=say(basis.title), help=say(basis.says))]
    kinds = DUTIES.on(clock.today())
    return [Option(value=f"duty.{kind.code}", label=say(kind.label), help=say(basis.title)) for kind in kinds]


@page(
    "residents.open",
    "residents/<int:resident_id>/open",
    title="说明依据打开档案",
    permission="residents.open_with_basis",
    writes=True,
)
def open_record(request: Request, resident_id: int) -> HttpResponse:
    """Opens with a basis and a reason; what is wrong with them is said beside the form."""
    actor = request.actor
    typed = {name: request.POST.get(name, "") for name in ("basis", "reason", "proof", "subject")}
    context: dict[str, Any] = {"resident_id": resident_id, "bases": choices(actor), "typed": typed, "errors": []}
    _require_post(request)
    try:
        return done(request, open_with_basis(by=actor, key=key_of(request), resident=resident_id, **typed))
    except Refusal as refusal:
        errors = errors_of(refusal)
        return render(request, "residents/open.html", {**context, "errors": drawn.above(errors)}, status=refusal.status)


@page(
    "residents.close",
    "residents/<int:resident_id>/close",
    title="提前关闭档案",
    permission="residents.open_with_basis",
    writes=True,
)
def close(request: Request, resident_id: int) -> HttpResponse:
    """Ends one's own opening before its time."""
    actor = request.actor
    _require_post(request)
    return done(request, close_opening(by=actor, key=key_of(request), resident=resident_id))


@page(
    "residents.ask_transfer",
    "residents/<int:resident_id>/ask-transfer",
    title="申请转入",
    permission="residents.register",
    writes=True,
)
def ask(request: Request, resident_id: int) -> HttpResponse:
    """Puts the wish before data staff."""
    actor = request.actor
    _require_post(request)
    proof, why = request.POST.get("proof", ""), request.POST.get("why", "")
    return done(request, ask_transfer(by=actor, key=key_of(request), resident=resident_id, proof=proof, why=why))


def _require_post(request: Request) -> None:
    """An act has no page of its own to look at: one comes here from a masked hit."""
    if request.method != "POST":
        raise NotFound
