"""Forms that enter and amend: register, newborn, correction. What was typed stays; likely duplicates are shown."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.audit import trail
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import Request, row_number
from yigongti.kernel.pages.parts import Field, Option
from yigongti.kernel.pages.posting import done, errors_of, key_of
from yigongti.kernel.pages.registry import page
from yigongti.kernel.pages.unsent import OWN
from yigongti.kernel.refusal import Refusal
from yigongti.organisations.queries import institution_of, open_institutions
from yigongti.residents.actions.registration import amend, reachable, register, register_newborn
from yigongti.residents.bases import managing_ids
from yigongti.residents.pages import drawn
from yigongti.residents.pages.opening import choices
from yigongti.residents.particulars import read
from yigongti.residents.queries import persons
from yigongti.residents.queries.likeness import Likely, likely_duplicates
from yigongti.residents.refusals import AlreadyRegistered, LikelyDuplicate, RegisteredElsewhere


NEWBORN_FORM = ("name", "sex", "birth_date", "phone", "phone_owner", "lives_address")


@page("residents.register", "residents/new", title="登记居民", permission="residents.register", writes=True)
def new(request: Request) -> HttpResponse:
    """A form for one person, one primary act."""
    actor = request.actor
    typed = _typed(request) or {"phone_owner": "self", "ethnicity": "01", **_from_search(request)}
    if request.method != "POST":
        return _form(request, typed, {})
    try:
        managing = typed.get("managing", "")
        receipt = register(
            by=actor,
            key=key_of(request),
            typed=typed,
            managing=row_number(managing) or None,
            not_same=bool(typed.get("not_same")),
        )
    except Refusal as refusal:
        return _form(request, typed, errors_of(refusal), refusal)
    return done(request, receipt)


def _typed(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items() if name not in OWN}


def _from_search(request: Request) -> dict[str, str]:
    """What was searched for in vain need not be typed again."""
    text = request.GET.get("q", "").strip()[:100]
    if not text:
        return {}
    return {"id_card": text} if sum(c.isdigit() for c in text) >= 14 else {"name": text}


def _form(
    request: Request, typed: Mapping[str, str], errors: Mapping[str, list[str]], refusal: Refusal | None = None
) -> HttpResponse:
    actor = request.actor
    likely = _alike(actor, typed, refusal)
    context = {
        "title": say("登记居民"),
        "fields": [*drawn.fields(drawn.SHORT_FORM, typed, errors), *_managing(actor, typed, errors)],
        "more_fields": drawn.fields(drawn.LONG_FORM, typed, errors),
        "more_open": any(name in errors for name in drawn.LONG_FORM),
        "errors": drawn.above(errors),
        "likely": likely,
        "confirm": isinstance(refusal, LikelyDuplicate),
        "not_same": typed.get("not_same", ""),
        "bases": choices(actor),
        "back": "/residents",
        "word": say("登记"),
    }
    return render(request, "residents/enter.html", context, status=refusal.status if refusal else 200)


def _alike(actor: Actor, typed: Mapping[str, str], refusal: Refusal | None) -> list[Likely]:
    """Who this may be, shown beside the refusal that says so; each is noted as seen."""
    if not isinstance(refusal, LikelyDuplicate | AlreadyRegistered | RegisteredElsewhere):
        return []
    found = likely_duplicates(for_=actor, of=read(typed))
    ids = [one.person.pk for one in found]
    trail.saw(by=actor, page="residents.register", sentence="登记前核对疑似重复", persons=ids, basis="likely")
    return found


def _managing(actor: Actor, typed: Mapping[str, str], errors: Mapping[str, list[str]]) -> list[Field]:
    """Whoever manages more than one institution chooses which."""
    rows = open_institutions().filter(pk__in=managing_ids(actor)).order_by("level", "pinyin", "pk")
    options = [Option(value=str(row.pk), label=row.name) for row in rows]
    if len(options) < 2:
        return []
    own = institution_of(for_=actor)
    value = typed.get("managing") or (str(own.pk) if own else "")
    words = " ".join(errors.get("managing", ()))
    return [Field(name="managing", label=say("管理机构"), kind="select", value=value, options=options, error=words)]


@page(
    "residents.amend", "residents/<int:resident_id>/amend", title="更正登记", permission="residents.amend", writes=True
)
def correct(request: Request, resident_id: int) -> HttpResponse:
    """The registration as it is, to be put right; a change by somebody else meanwhile is said, not overwritten."""
    actor = request.actor
    row = persons.person(for_=actor, resident=resident_id).person
    typed = _typed(request) or drawn.typed_of(row)
    errors: Mapping[str, list[str]] = {}
    status = 200
    if request.method == "POST":
        version = typed.get("version", "")
        try:
            receipt = amend(
                by=actor,
                key=key_of(request),
                resident=row.pk,
                version=row_number(version),
                typed=typed,
            )
            return done(request, receipt)
        except Refusal as refusal:
            errors, status = errors_of(refusal), refusal.status
    _note(actor, row.pk, "residents.amend", "更正登记前查看")
    context = {
        "title": say("更正登记"),
        "line": row.name,
        "fields": drawn.fields(drawn.SHORT_FORM, typed, errors),
        "more_fields": drawn.fields(drawn.LONG_FORM, typed, errors),
        "more_open": any(name in errors for name in drawn.LONG_FORM),
        "errors": drawn.above(errors),
        "version": row.version,
        "now": drawn.facts(row, full=True) if errors else [],
        "back": f"/residents/{row.pk}",
        "word": say("更正"),
    }
    return render(request, "residents/enter.html", context, status=status)


@page(
    "residents.newborn",
    "residents/<int:resident_id>/newborn",
    title="登记新生儿",
    permission="residents.newborn",
    writes=True,
)
def newborn(request: Request, resident_id: int) -> HttpResponse:
    """A child in its mother's household, with a birth certificate or a temporary number."""
    actor = request.actor
    mother = reachable(actor, resident_id)
    typed = _typed(request) or {"name": f"{mother.name}之子", "phone": mother.phone, "phone_owner": "family",
                                 **_from_certificate(request)}  # fmt: skip
    errors: Mapping[str, list[str]] = {}
    refused: Refusal | None = None
    if request.method == "POST":
        try:
            receipt = register_newborn(
                by=actor, key=key_of(request), mother=mother.pk, typed={**typed, "no_papers": "1"},
                birth_certificate=typed.get("birth_certificate", ""), not_same=bool(typed.get("not_same")),
            )  # fmt: skip
            return done(request, receipt)
        except Refusal as refusal:
            errors, refused = errors_of(refusal), refusal
    _note(actor, mother.pk, "residents.newborn", "登记新生儿前查看母亲")
    certificate = Field(
        name="birth_certificate", label=say("出生医学证明编号"), required=False,
        value=typed.get("birth_certificate", ""), error=" ".join(errors.get("birth_certificate", ())),
    )  # fmt: skip
    context = {
        "title": say("登记新生儿"),
        "line": say("母亲：{name}", name=mother.name),
        "fields": [*drawn.fields(NEWBORN_FORM, typed, errors), certificate],
        "more_fields": [],
        "errors": drawn.above(errors),
        "likely": _alike(actor, {**typed, "no_papers": "1"}, refused),
        "confirm": isinstance(refused, LikelyDuplicate),
        "bases": choices(actor),
        "back": f"/residents/{mother.pk}",
        "word": say("登记"),
    }
    return render(request, "residents/enter.html", context, status=refused.status if refused else 200)


def _from_certificate(request: Request) -> dict[str, str]:
    """What a birth certificate has told already need not be typed again."""
    known = ("name", "sex", "birth_date", "birth_certificate")
    return {name: request.GET[name][:100] for name in known if request.GET.get(name)}


def _note(actor: Actor, pk: int, code: str, sentence: str) -> None:
    trail.saw(by=actor, page=code, sentence=sentence, persons=[pk], basis="amend", subject=f"residents.Resident:{pk}")
