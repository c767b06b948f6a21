"""The server's door: addresses below /fhir, tokens, what a request says, and every refusal as an OperationOutcome."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from yigongti.exchange.fhir import answers, bundles, capability, interactions
from yigongti.exchange.fhir.answers import Answer
from yigongti.exchange.fhir.calls import FORMATS, Call
from yigongti.exchange.fhir.clients import NoToken, caller_of, token_for
from yigongti.exchange.fhir.outcomes import NotThisWay, outcome_of
from yigongti.exchange.policy.fhir_client_role import READ
from yigongti.kernel.audit import trail
from yigongti.kernel.language import spoken
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import Refusal


FHIR = "application/fhir+json; charset=utf-8"
BASE = "/fhir/R4"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class TooLarge(Refusal):
    """内容超过 {most} MB 的上限。"""

    status = 413


class NotAcceptable(Refusal):
    """这里只用 JSON 回答，不用“{format}”。"""

    status = 406


@csrf_exempt
def serve(request: HttpRequest, rest: str = "") -> HttpResponse:
    """One request below the base."""
    with spoken("en" if request.headers.get("Accept-Language", "").lower().startswith("en") else "zh-hans"):
        try:
            answer = _answer(request, rest)
        except Refusal as refusal:
            answer = Answer(status=refusal.status, text=answers.dumped(outcome_of(refusal)))
            if refusal.status == NoToken.status:
                answer.headers["WWW-Authenticate"] = 'Bearer realm="fhir"'
        return _sent(request, answer)


def _answer(request: HttpRequest, rest: str) -> Answer:
    if not rest.startswith("$export"):
        _require_json(request)
    base = request.build_absolute_uri(BASE)
    if request.method not in METHODS:
        raise NotThisWay(method=str(request.method))
    if rest == "metadata" and request.method == "GET":
        return Answer(text=capability.statement(base))
    if rest == ".well-known/smart-configuration" and request.method == "GET":
        return Answer(text=capability.smart_configuration(base))
    caller = caller_of(request.headers.get("Authorization", ""))
    caller.actor.require(READ)
    call = Call(
        caller=caller, method=str(request.method), path=tuple(part for part in rest.split("/") if part), base=base,
        query=request.META.get("QUERY_STRING", ""), body=_body(request), headers=request.headers,
    )  # fmt: skip
    try:
        if not call.path:
            if call.method != "POST":
                raise NotThisWay(method=call.method)
            return bundles.taken(call)
        return interactions.answered(call)
    except Refusal as refusal:
        if refusal.status == 403 and not refusal.recorded:
            trail.refused(by=caller.actor, action="fhir", sentence=str(refusal)[:400])
        raise


def _require_json(request: HttpRequest) -> None:
    named = request.GET.get("_format", "").replace(" ", "+").partition(";")[0].strip().lower()
    accepted = [one.partition(";")[0].strip().lower() for one in request.headers.get("Accept", "").split(",")]
    wrong = named if named not in FORMATS else "" if FORMATS & {*accepted, named} - {""} else ",".join(accepted)
    if wrong:
        raise NotAcceptable(format=wrong[:60])


def _body(request: HttpRequest) -> bytes:
    """Read with our own limit: a bundle may be larger than any form."""
    most = values.number("exchange.largest_message_megabytes")
    body: bytes = request.read(most * 1024 * 1024 + 1)
    if len(body) > most * 1024 * 1024:
        raise TooLarge(most=most)
    return body


def _sent(request: HttpRequest, answer: Answer) -> HttpResponse:
    text = answer.text
    if text and request.GET.get("_pretty") == "true":
        text = answers.pretty(text)
    response = HttpResponse(text.encode(), status=answer.status, content_type=FHIR)
    for name, value in answer.headers.items():
        response[name] = value
    return response


# --- tokens


@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    """OAuth2 client credentials: the secret in the header or in the form."""
    if request.method != "POST":
        return _told({"error": "invalid_request"}, 405)
    if request.POST.get("grant_type") != "client_credentials":
        return _told({"error": "unsupported_grant_type"}, 400)
    code, secret = _credentials(request)
    try:
        given = token_for(code=code, secret=secret, scopes=request.POST.get("scope", ""))
    except Refusal as refusal:
        error = "invalid_client" if refusal.status == 401 else "invalid_scope"
        return _told({"error": error, "error_description": refusal.sentence}, 401 if refusal.status == 401 else 400)
    return _told({"access_token": given.token, "token_type": "Bearer", "expires_in": given.seconds,
                  "scope": given.scopes}, 200)  # fmt: skip


def _credentials(request: HttpRequest) -> tuple[str, str]:
    kind, _, said = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return request.POST.get("client_id", ""), request.POST.get("client_secret", "")
    try:
        code, _, secret = base64.b64decode(said.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return code, secret


def _told(said: dict[str, Any], status: int) -> HttpResponse:
    response = HttpResponse(answers.dumped(said).encode(), status=status, content_type="application/json")
    response["Cache-Control"] = "no-store"
    if status == 401:
        response["WWW-Authenticate"] = 'Basic realm="fhir"'
    return response


def addresses() -> list[URLPattern]:
    """Where the server stands."""
    return [
        path("fhir/token", token),
        path("fhir/R4", serve),
        path("fhir/R4/", serve),
        path("fhir/R4/<path:rest>", serve),
    ]
