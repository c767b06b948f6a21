"""The interactions of FHIR R4 with one type or one resource: what an address and a method ask, answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import urlencode

from yigongti.exchange.fhir import answers, reading
from yigongti.exchange.fhir.answers import Answer
from yigongti.exchange.fhir.asking import RESULT, USUAL, asked, pairs_of
from yigongti.exchange.fhir.calls import FORM, ID, PATCH, Call, kind_of, resource_in
from yigongti.exchange.fhir.exporting import asking as exporting
from yigongti.exchange.fhir.keeping import Repeated, Sent, kept
from yigongti.exchange.fhir.outcomes import (
    BadContent,
    BadParameter,
    NotThisWay,
    OursToChange,
    OutOfScope,
    UnknownAddress,
    Unsupported,
)  # fmt: skip
from yigongti.exchange.fhir.own import merging
from yigongti.exchange.fhir.own import reading as own
from yigongti.exchange.fhir.own.naming import is_own
from yigongti.exchange.fhir.searching import END, Row, persons_in
from yigongti.exchange.fhir.straight import BASIS
from yigongti.exchange.fhir.wishes import Done, Resource, Wish
from yigongti.exchange.fhir.writing import Written, carried_out
from yigongti.exchange.fhir_r4 import outcomes as r4
from yigongti.exchange.fhir_r4.reading import Unreadable, read
from yigongti.exchange.fhir_r4.validator import check
from yigongti.kernel.audit import trail
from yigongti.kernel.language import phrase
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import Refusal


Interaction = Callable[[Call], Answer]


def answered(call: Call) -> Answer:
    """The answer to one request below the base. Raises every refusal."""
    match call.method, call.path:
        case "GET" | "DELETE", (place, *more) if place.startswith("$export"):
            return _export(call, place, more)
        case "GET", ("Patient", "$export"):
            return exporting.begin(call, of_patients=True)
        case "GET", (kind,):
            return search(call, kind, call.pairs)
        case "POST", (kind, "_search"):
            return search(call, kind, [*call.pairs, *_form(call)])
        case "POST", (kind,):
            return write(call, Wish(method="POST", kind=kind_of(kind)))
        case "PUT" | "PATCH" | "DELETE", (kind,):
            return write(call, Wish(method=call.method, kind=kind_of(kind), criteria=_criteria(call)))
        case "GET", (kind, "_history"):
            return history(call, kind, "")
        case "POST", (kind, "$validate") | (kind, _, "$validate"):
            return validate(call, kind)
        case "GET", (kind, name):
            return read_one(call, kind, name)
        case "PUT" | "PATCH" | "DELETE", (kind, name):
            return write(call, Wish(method=call.method, kind=kind_of(kind), id=_id(name)))
        case "GET", (kind, name, "_history"):
            return history(call, kind, name)
        case "GET", (kind, name, "_history", number):
            row = own.version(kind, name, number, for_=call.caller) if is_own(kind, name) else None
            return _shown(call, row or reading.version(kind_of(kind), name, number, for_=call.caller))
        case "GET" | "POST", ("Patient", name, "$everything"):
            return everything(call, name)
    raise _nowhere(call)


def _export(call: Call, place: str, more: list[str]) -> Answer:
    """Bulk export: begun, asked for its progress, stopped, fetched."""
    match call.method, place, more:
        case "GET", "$export", []:
            return exporting.begin(call, of_patients=False)
        case "GET", "$export-status", [name]:
            return exporting.status(call, name)
        case "DELETE", "$export-status", [name]:
            return exporting.cancel(call, name)
        case "GET", "$export-file", [name, number]:
            return exporting.file(call, name, number)
    raise UnknownAddress(address="/".join(call.path)[:120])


def _nowhere(call: Call) -> NotThisWay | UnknownAddress:
    known = len(call.path) in (1, 2) or (len(call.path) in (3, 4) and call.path[2] in ("_history", "$everything"))
    return NotThisWay(method=call.method) if known else UnknownAddress(address="/".join(call.path)[:120])


def _id(name: str) -> str:
    if not ID.fullmatch(name):
        raise BadContent(rule="fhir.id", problem=phrase("编号“{value}”不合规定。", value=name[:70]))
    return name


def _criteria(call: Call) -> str:
    asking = _asking(call)
    if not asking:
        raise NotThisWay(method=call.method)
    return asking


def _asking(call: Call) -> str:
    """The query without what shapes the answer."""
    return urlencode([(name, value) for name, value in call.pairs if name not in ("_format", "_pretty")])


# --- reads


def read_one(call: Call, kind: str, name: str) -> Answer:
    """The current version; nothing but the headers where the client has it already."""
    row = own.one(kind, name, for_=call.caller) if is_own(kind, name) else None
    return _shown(call, row or reading.one(kind_of(kind), name, for_=call.caller))


def _shown(call: Call, row: Row) -> Answer:
    headers = answers.versioned(row.version, row.at)
    if call.headers.get("If-None-Match", "").strip() == headers["ETag"]:
        return Answer(status=304, headers=headers)
    _saw(call, "fhir.read", f"FHIR 读取{row.address}", [row], subject=row.address)
    elements = tuple(filter(None, dict(call.pairs).get("_elements", "").split(",")))
    return Answer(text=answers.some_of(row.body, elements) if elements else row.body, headers=headers)


def _saw(call: Call, page: str, sentence: str, rows: list[Row], subject: str = "") -> None:
    trail.saw(by=call.caller.actor, page=page, sentence=sentence[:400], persons=persons_in(rows), basis=BASIS,
              subject=subject[:80])  # fmt: skip


def search(call: Call, kind: str, pairs: list[tuple[str, str]]) -> Answer:
    """A page of a search."""
    kind_of(kind)
    if not call.caller.scopes.allow(kind, "s"):
        raise OutOfScope(kind=kind, what="s")
    question = asked(kind, pairs, for_=call.caller)
    page = merging.found(question, for_=call.caller)
    shown = [*page.matches, *page.included]
    _saw(call, "fhir.search", f"FHIR 查询{kind}，{len(shown)} 条", shown)
    return Answer(text=answers.searchset(page, base=call.base, here=question.query(), path=kind,
                                         remark=question.remark, elements=question.elements))  # fmt: skip


def _form(call: Call) -> list[tuple[str, str]]:
    if call.content not in (FORM, ""):
        raise Unsupported(format=call.content[:60])
    return pairs_of(call.body.decode("utf-8", "replace"))


def _paging(call: Call, *known: str) -> dict[str, str]:
    given = dict(call.pairs)
    unknown = sorted(given.keys() - {*known, *RESULT})
    if unknown:
        raise BadParameter(parameter=unknown[0][:60], problem=phrase("这里不能用。"))
    count = given.get("_count", str(USUAL))
    if not (count.isascii() and count.isdigit() and 0 < int(count[:9])):
        raise BadParameter(parameter="_count", problem=phrase("“{value}”不是整数。", value=count[:40]))
    return given | {"_count": str(min(int(count[:9]), values.number("exchange.fhir_page_most")))}


def history(call: Call, kind: str, name: str) -> Answer:
    """Versions, newest first."""
    kind_of(kind)
    given = _paging(call, "_since", "_before")
    if is_own(kind, name):
        return _own_history(call, kind, name)
    past = reading.history(kind, name, count=int(given["_count"]), since=given.get("_since", ""),
                           before=given.get("_before", ""), for_=call.caller)  # fmt: skip
    path = f"{kind}/{name}/_history" if name else f"{kind}/_history"
    links = [("self", f"{call.base}/{path}")]
    if past.before:
        since = f"&_since={_quoted(given['_since'])}" if "_since" in given else ""
        links.append(("next", f"{call.base}/{path}?_count={given['_count']}{since}&_before={_quoted(past.before)}"))
    _saw(call, "fhir.history", f"FHIR 查看{path}", [one.row for one in past.versions])
    entries = [_past_entry(one, call.base) for one in past.versions]
    return Answer(text=answers.bundle("history", entries, links=links))


def _own_history(call: Call, kind: str, name: str) -> Answer:
    """All versions of one of the platform's own: few, so on one page."""
    past = own.history(kind, name, for_=call.caller)
    _saw(call, "fhir.history", f"FHIR 查看{kind}/{name}/_history", [one.row for one in past])
    entries = [_past_entry(one, call.base) for one in past]
    return Answer(text=answers.bundle("history", entries, links=[("self", f"{call.base}/{kind}/{name}/_history")]))


def _quoted(text: str) -> str:
    return text.replace("+", "%2B").replace(",", "%2C").replace(":", "%3A")


def _past_entry(one: reading.Version, base: str) -> str:
    row = one.row
    url = row.type if one.method == "POST" else row.address
    status = {"POST": "201", "DELETE": "204"}.get(one.method, "200")
    response = {"status": status, "etag": f'W/"{row.version}"'}
    if row.at:
        response["lastModified"] = row.at.isoformat()
    said = answers.dumped({"request": {"method": one.method, "url": url}, "response": response})[1:]
    body = "" if one.deleted else f'"resource":{row.body},'
    return f'{{"fullUrl":"{base}/{row.address}",{body}{said}'


def everything(call: Call, name: str) -> Answer:
    """$everything of a patient, page by page."""
    given = _paging(call, "_type", "_since")
    patient = own.one("Patient", name, for_=call.caller) if is_own("Patient", name) else None
    patient = patient or reading.one("Patient", name, for_=call.caller)
    kinds = [kind_of(kind) for kind in given.get("_type", "").split(",") if kind]
    said, since = given.get("_after", "0"), given.get("_since", "")
    after = int(said[:18]) if said.isascii() and said.isdigit() else 0
    page = reading.everything(patient, count=int(given["_count"]), after=after, until=END, kinds=kinds, since=since,
                              for_=call.caller)  # fmt: skip
    own.go_on(page, patient, count=int(given["_count"]), after=after, kinds=kinds, since=since, for_=call.caller)
    path = f"Patient/{name}/$everything"
    if page.next:
        kept_ = "".join(f"&{one}={_quoted(given[one])}" for one in ("_type", "_since") if one in given)
        page.next = f"_count={given['_count']}{kept_}&_after={page.next}"
    _saw(call, "fhir.everything", f"FHIR 查看{path}", [patient, *page.matches, *page.included], subject=patient.address)
    return Answer(text=answers.searchset(page, base=call.base, here=call.query, path=path))


def validate(call: Call, kind: str) -> Answer:
    """What R4 says of a resource; nothing is kept. Types that are not stored are validated all the same."""
    resource = resource_in(call)
    if resource.get("resourceType") == "Parameters":
        found = [one.get("resource") for one in _listed(resource.get("parameter")) if isinstance(one, dict)
                 and one.get("name") == "resource"]  # fmt: skip
        resource = next((one for one in found if isinstance(one, dict)), {})
    return Answer(text=answers.dumped(r4.outcome(check(resource, kind=kind))))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []


# --- writes


def write(call: Call, wish: Wish) -> Answer:
    """One write, by itself."""
    require_not_own(wish)
    resource, patch = _content(call, wish)
    sent = Sent(kind=f"{wish.kind}.{NAMES[wish.method]}", body=call.body,
                key=call.headers.get("Idempotency-Key", "").strip())  # fmt: skip
    if wish.method == "POST":
        # fhirpy writes the condition of a create into the address.
        wish.criteria = call.headers.get("If-None-Exist", "").strip().lstrip("?") or _asking(call) or None
    if wish.method == "PUT" and wish.id and resource is not None and resource.get("id") != wish.id:
        raise BadContent(rule="fhir.id", problem=phrase("资源里的编号应与网址里的“{name}”相同。", name=wish.id))

    def work() -> Written:
        fresh = Wish(method=wish.method, kind=wish.kind, id=wish.id, resource=resource, patch=patch,
                     criteria=wish.criteria, if_match=call.if_match)  # fmt: skip
        return carried_out([fresh], by=call.caller, base=call.base)

    try:
        (done,) = kept(sent, work, by=call.caller).done
    except Repeated as again:
        (done,) = repeated(again, call)
    return answers.of_write(done, base=call.base, prefer=call.prefer)


def require_not_own(wish: Wish) -> None:
    """What the platform itself holds is changed on its pages and by its workflows. Raises OursToChange."""
    if is_own(wish.kind, wish.id):
        raise OursToChange(field=wish.place, place=wish.address)


NAMES = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


def _content(call: Call, wish: Wish) -> tuple[Resource | None, object]:
    if wish.method == "DELETE":
        return None, None
    if wish.method == "PATCH":
        if call.content != PATCH:
            raise Unsupported(format=call.content[:60])
        return None, patch_in(call.body)
    return resource_in(call), None


def patch_in(body: bytes) -> object:
    """The operations of a JSON Patch, read as strictly as a resource."""
    if not body.lstrip().startswith(b"["):
        raise Unreadable(rule="fhir.patch", problem=phrase("补丁应是操作的数组。"))
    return read(b'{"patch":' + body + b"}")["patch"]


def repeated(again: Repeated, call: Call) -> list[Done]:
    """The first answer once more, with what stands now."""
    found = []
    for done in again.done:
        try:
            row = reading.version(done.kind, done.id, str(done.version), for_=call.caller) if done.version else None
        except Refusal:  # deleted since, or a deletion itself: there is nothing to show
            row = None
        found.append(replace(done, at=row.at if row else None, body=row.body if row else ""))
    return found
