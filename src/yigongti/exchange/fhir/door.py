"""The server's door: addresses below /fhir, tokens, what a request says, and every refusal as an OperationOutcome."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.request import HttpHeaders
from django.urls import URLPattern, path
from django.views.decorators.csrf import csrf_exempt

from yigongti.exchange.fhir import answers, bundles, capability, interactions, proving, straight
from yigongti.exchange.fhir.answers import Answer
from yigongti.exchange.fhir.calls import FORMATS, Call
from yigongti.exchange.fhir.clients import NoToken, caller_of, claimed, token_for
from yigongti.exchange.fhir.outcomes import NotThisWay, outcome_of
from yigongti.exchange.policy.fhir_client_role import READ
from yigongti.kernel.audit import trail
from yigongti.kernel.language import spoken
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import Refusal


FHIR = "application/fhir+json; charset=utf-8"
BASE = "/fhir/R4"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ADDRESSED = ("HTTP_HOST", "SERVER_NAME", "SERVER_PORT")
"""What a request says of where it was sent."""

_bases: dict[tuple[str, ...], str] = {}


class TooLarge(Refusal):
    """内容超过 {most} MB 的上限。"""

    status = 413


class NotAcceptable(Refusal):
    """这里只用 JSON 回答，不用“{format}”。"""

    status = 406


@csrf_exempt
def serve(request: HttpRequest, rest: str = "") -> HttpResponse:
    """One request below the base."""
    language = "en" if request.META.get("HTTP_ACCEPT_LANGUAGE", "").lower().startswith("en") else "zh-hans"
    with spoken(language):
        try:
            answer = _answer(request, rest)
        except Refusal as refusal:
            answer = Answer(status=refusal.status, text=answers.dumped(outcome_of(refusal)))
            if refusal.status == NoToken.status:
                answer.headers["WWW-Authenticate"] = 'Bearer realm="fhir"'
        response = _sent(request, answer)
    response.headers["Content-Language"] = language
    return response


class Headers(Mapping[str, str]):
    """What a request says in its headers; most are never asked for."""

    __slots__ = ("_meta",)

    def __init__(self, meta: dict[str, Any]) -> None:
        self._meta = meta

    def __getitem__(self, name: str) -> str:
        return str(self._meta[_place(name)])

    def __iter__(self) -> Iterator[str]:
        return iter(HttpHeaders(self._meta))

    def __len__(self) -> int:
        return len(HttpHeaders(self._meta))


@cache
def _place(name: str) -> str:
    """Where the environment keeps a header."""
    place = name.upper().replace("-", "_")
    return place if place in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{place}"


def _answer(request: HttpRequest, rest: str) -> Answer:
    query = str(request.META.get("QUERY_STRING", ""))
    if not rest.startswith("$export"):
        named = request.GET.get("_format", "") if "_format" in query else ""
        _require_json(named, request.META.get("HTTP_ACCEPT", ""))
    base, method = _base(request), str(request.method)
    if method not in METHODS:
        raise NotThisWay(method=method)
    if rest == "metadata" and method == "GET":
        return Answer(text=capability.statement(base))
    if rest == ".well-known/smart-configuration" and method == "GET":
        return Answer(text=capability.smart_configuration(base))
    told, path = str(request.META.get("HTTP_AUTHORIZATION", "")), tuple(part for part in rest.split("/") if part)
    headers = Headers(request.META)
    claim = claimed(told) if method == "GET" or _only_writes(method, path) else None
    if claim is not None and method != "GET" and claim.caller.actor.may(READ):
        with proving.taken_at_their_word(claim):
            return _done(Call(caller=claim.caller, method=method, path=path, base=base, query=query,
                              body=_body(request), headers=headers))  # fmt: skip
    if claim is not None and method == "GET":
        call = Call(caller=claim.caller, method=method, path=path, base=base, query=query, headers=headers)
        answer = straight.answered(call, claim)
        if answer is not None:
            return answer
    caller = caller_of(told)
    caller.actor.require(READ)
    return _done(Call(caller=caller, method=method, path=path, base=base, query=query, body=_body(request),
                      headers=headers))  # fmt: skip


def _only_writes(method: str, path: tuple[str, ...]) -> bool:
    """A bundle, a create, an update by id: what begins by asking what is there, and reads nothing before."""
    return (method == "POST" and len(path) < 2) or (method == "PUT" and len(path) == 2)


def _done(call: Call) -> Answer:
    try:
        if not call.path:
            if call.method != "POST":
                raise NotThisWay(method=call.method)
            return bundles.taken(call)
        return interactions.answered(call)
    except Refusal as refusal:
        proving.prove()
        if refusal.status == 403 and not refusal.recorded:
            trail.refused(by=call.caller.actor, action="fhir", sentence=str(refusal)[:400])
        raise


def _base(request: HttpRequest) -> str:
    """Of a host that is ours; it is checked once for each way in which it is written."""
    place = (str(request.scheme), *(str(request.META.get(name, "")) for name in ADDRESSED))
    known = _bases.get(place)
    if known is None:
        if len(_bases) > 100:
            _bases.clear()
        known = _bases[place] = request.build_absolute_uri(BASE)
    return known


@lru_cache(maxsize=200)
def _require_json(named: str, accept: str) -> None:
    named = named.replace(" ", "+").partition(";")[0].strip().lower()
    accepted = [one.partition(";")[0].strip().lower() for one in accept.split(",")]
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
    if text and "_pretty" in request.META.get("QUERY_STRING", "") and request.GET.get("_pretty") == "true":
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
