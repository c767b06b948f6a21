"""Bundles of requests: a transaction is carried out whole or not at all, a batch entry by entry."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from yigongti.exchange.fhir import answers, proving
from yigongti.exchange.fhir.answers import Answer
from yigongti.exchange.fhir.calls import ID, Call, kind_of, resource_in, version_in
from yigongti.exchange.fhir.interactions import answered, patch_in, repeated, require_not_own
from yigongti.exchange.fhir.keeping import Repeated, Sent, kept
from yigongti.exchange.fhir.outcomes import BadContent, NotThisWay, Unfit, outcome_of
from yigongti.exchange.fhir.wishes import Done, Resource, Wish
from yigongti.exchange.fhir.writing import Written, carried_out
from yigongti.exchange.fhir_r4.validator import check, is_refused
from yigongti.exchange.fhir_r4.writing import write
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import Refusal, raise_all


ORDER = {"DELETE": 0, "POST": 1, "PUT": 2, "PATCH": 2, "GET": 3}
MOST = 5000
"""So many entries of one bundle."""
ADDRESS = re.compile(r"/?([A-Za-z]+)(?:/([^/?]+))?(?:\?(.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request of a bundle: its place, method and address, with the resource it brings."""

    number: int
    method: str
    url: str
    request: Resource
    resource: Resource | None
    full_url: str

    @property
    def place(self) -> str:
        """As an OperationOutcome names it."""
        return f"Bundle.entry[{self.number}]"


def taken(call: Call) -> Answer:
    """What a bundle posted to the base is answered with."""
    found = resource_in(call)
    if found.get("resourceType") != "Bundle" or found.get("type") not in ("transaction", "batch"):
        raise BadContent(rule="fhir.bundle", problem=phrase("这里只收 transaction 或 batch 类型的 Bundle。"))
    if found["type"] == "batch":
        return _batch(call, found)
    return _transaction(call, found)


def entries_of(bundle: Resource, base: str) -> list[Entry]:
    """The requests. Raises every fault of their form at once."""
    listed = bundle.get("entry", [])
    if not isinstance(listed, list):
        raise BadContent(field="Bundle.entry", rule="fhir.bundle", problem=phrase("entry 应是数组。"))
    if len(listed) > MOST:
        raise BadContent(rule="fhir.too_many", problem=phrase("一个 Bundle 最多 {most} 条。", most=MOST))
    made, faults = [], list[Refusal]()
    for number, one in enumerate(listed):
        try:
            made.append(_entry(number, one, base))
        except Refusal as refusal:
            faults.append(refusal)
    raise_all(faults)
    return made


def _entry(number: int, one: Any, base: str) -> Entry:
    request = one.get("request") if isinstance(one, dict) else None
    method, url = (request.get("method"), request.get("url")) if isinstance(request, dict) else (None, None)
    if not isinstance(request, dict) or not isinstance(method, str) or not isinstance(url, str) or method not in ORDER:
        words = phrase("每一条都要有 request 的 method 和 url（GET、POST、PUT、PATCH、DELETE）。")
        raise BadContent(field=f"Bundle.entry[{number}].request", rule="fhir.request", problem=words)
    full, resource = one.get("fullUrl"), one.get("resource")
    return Entry(number=number, method=method, url=url.removeprefix(base), request=request,
                 resource=resource if isinstance(resource, dict) else None,
                 full_url=full if isinstance(full, str) else "")  # fmt: skip


def wish_of(entry: Entry) -> Wish:
    """What an entry asks to be written."""
    read = ADDRESS.fullmatch(entry.url)
    if read is None:
        raise _bad(entry)
    kind, name, query = kind_of(read[1]), unquote(read[2] or ""), read[3]
    if (entry.method == "POST" and (name or query)) or (name and (query or not ID.fullmatch(name))):
        raise _bad(entry)
    if entry.method != "POST" and not name and not query:
        raise _bad(entry)
    wish = Wish(method=entry.method, kind=kind, id=name, full_url=entry.full_url, place=entry.place,
                criteria=query or None, resource=entry.resource)  # fmt: skip
    if entry.method == "POST":
        wish.criteria = str(entry.request.get("ifNoneExist") or "").lstrip("?") or None
    if entry.request.get("ifMatch"):
        wish.if_match = version_in(str(entry.request["ifMatch"]))
    require_not_own(wish)
    return _with_content(wish, entry)


def _with_content(wish: Wish, entry: Entry) -> Wish:
    if wish.method == "DELETE":
        wish.resource = None
    elif wish.method == "PATCH":
        wish.patch, wish.resource = _patch_of(entry), None
    elif wish.resource is None or wish.resource.get("resourceType") != wish.kind:
        words = phrase("这一条要带 {kind} 资源。", kind=wish.kind)
        raise BadContent(field=f"{entry.place}.resource", rule="fhir.request", problem=words)
    elif wish.method == "PUT" and wish.id and wish.resource.get("id") not in (None, wish.id):
        words = phrase("资源里的编号应与网址里的“{name}”相同。", name=wish.id)
        raise BadContent(field=f"{entry.place}.resource.id", rule="fhir.id", problem=words)
    return wish


def _patch_of(entry: Entry) -> object:
    """In a bundle a JSON Patch comes inside a Binary."""
    binary = entry.resource or {}
    try:
        return patch_in(base64.b64decode(str(binary.get("data", "")), validate=True))
    except ValueError:
        words = phrase("补丁要放在 Binary 里，用 base64。")
        raise BadContent(field=f"{entry.place}.resource", rule="fhir.patch", problem=words) from None


def _bad(entry: Entry) -> NotThisWay | BadContent:
    words = phrase("“{url}”不是 {method} 的网址。", url=entry.url[:120], method=entry.method)
    return BadContent(field=f"{entry.place}.request.url", rule="fhir.request", problem=words)


def require_fit(bundle: Resource) -> None:
    """Raises Unfit with all that R4 forbids in the bundle and in every resource of it."""
    issues = check(bundle, kind="Bundle")
    if is_refused(issues):
        raise Unfit(issues)


# --- transaction


def _transaction(call: Call, bundle: Resource) -> Answer:
    key = call.headers.get("Idempotency-Key", "").strip()
    writes: list[Entry] = []
    entries: list[Entry] = []

    def work() -> Written:
        require_fit(bundle)
        entries[:] = entries_of(bundle, call.base)
        writes[:] = in_turn(entries)
        return carried_out(wishes_of(writes), by=call.caller, base=call.base, checked=True)

    try:
        done = kept(Sent(kind="transaction", body=call.body, key=key), work, by=call.caller).done
    except Repeated as again:
        entries[:] = entries_of(bundle, call.base)
        writes[:] = in_turn(entries)
        done = repeated(again, call)
    said = {one.number: _told(call, each) for one, each in zip(writes, done, strict=True)}
    said |= {one.number: _got(call, one) for one in entries if one.method == "GET"}
    listed = [answers.response_entry(said[number]) for number in sorted(said)]
    return Answer(text=answers.bundle("transaction-response", listed))


def in_turn(entries: Sequence[Entry]) -> list[Entry]:
    """The writes, in the order in which R4 has them done."""
    return sorted((one for one in entries if one.method != "GET"), key=lambda one: ORDER[one.method])


def wishes_of(writes: Sequence[Entry]) -> list[Wish]:
    """All of them. Raises every fault of their form at once."""
    made, faults = [], list[Refusal]()
    for one in writes:
        try:
            made.append(wish_of(one))
        except Refusal as refusal:
            faults.append(refusal)
    raise_all(faults)
    return made


def _told(call: Call, done: Done) -> Answer:
    """Who does not ask for resources in the answer to a bundle gets their addresses alone."""
    return answers.of_write(done, base=call.base, prefer=call.prefer if "Prefer" in call.headers else "minimal")


def _got(call: Call, entry: Entry) -> Answer:
    path, _, query = entry.url.lstrip("/").partition("?")
    parts = tuple(unquote(part) for part in path.split("/") if part)
    return answered(Call(caller=call.caller, method="GET", path=parts, query=query, base=call.base))


# --- batch


def _batch(call: Call, bundle: Resource) -> Answer:
    """Every entry by itself: what one is refused hinders no other."""
    proving.prove()
    entries = entries_of(bundle, call.base)
    said = {one.number: _alone(call, one) for one in sorted(entries, key=lambda one: ORDER[one.method])}
    return Answer(text=answers.bundle("batch-response", [said[one.number] for one in entries]))


def _alone(call: Call, entry: Entry) -> str:
    try:
        return answers.response_entry(_got(call, entry) if entry.method == "GET" else _written(call, entry))
    except Refusal as refusal:
        return answers.response_entry(Answer(status=refusal.status), outcome=answers.dumped(outcome_of(refusal)))


def _written(call: Call, entry: Entry) -> Answer:
    body = write(entry.resource) if entry.resource is not None else b""
    key = call.headers.get("Idempotency-Key", "").strip()
    sent = Sent(kind=f"batch {entry.method} {entry.url}", body=body, key=f"{key}#{entry.number}" if key else "")

    def work() -> Written:
        return carried_out([wish_of(entry)], by=call.caller, base=call.base)

    try:
        (done,) = kept(sent, work, by=call.caller).done
    except Repeated as again:
        (done,) = repeated(again, call)
    return _told(call, done)
