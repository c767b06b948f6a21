"""Answers: bodies as they lie in the store, bundles put together from them as text, headers of versions and times."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from yigongti.exchange.fhir.outcomes import all_well
from yigongti.exchange.fhir.searching import Page, Row
from yigongti.exchange.fhir.wishes import Done
from yigongti.exchange.fhir_r4.definitions import shape
from yigongti.exchange.fhir_r4.reading import read
from yigongti.exchange.fhir_r4.writing import write
from yigongti.kernel.language import phrase, say


SUBSETTED = {"system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED"}


@dataclass(slots=True, kw_only=True)
class Answer:
    """Status, JSON text, headers."""

    status: int = 200
    text: str = ""
    headers: dict[str, str] = field(default_factory=dict)


def versioned(version: int, at: datetime | None) -> dict[str, str]:
    """ETag, and Last-Modified where that is known."""
    changed = {"Last-Modified": format_datetime(at.astimezone(UTC), usegmt=True)} if at else {}
    return {"ETag": f'W/"{version}"'} | changed


def of_write(done: Done, *, base: str, prefer: str) -> Answer:
    """What a write is answered with, as the client prefers."""
    headers = versioned(done.version, done.at) if done.at else {}
    if done.status == 201 or (done.version and done.status == 200):
        headers["Location"] = f"{base}/{done.address}/_history/{done.version}"
    if prefer == "OperationOutcome" or done.status == 204:
        text = dumped(all_well(said_of(done))) if prefer == "OperationOutcome" else ""
        return Answer(status=200 if text and done.status == 204 else done.status, text=text, headers=headers)
    return Answer(status=done.status, text="" if prefer == "minimal" else done.body, headers=headers)


def said_of(done: Done) -> str:
    """In words."""
    if not done.changed:
        return say(phrase("{place} 已是这样，没有改动。", place=done.address))
    return say(phrase("{place} 已写入第 {version} 版。", place=done.address, version=done.version))


def dumped(value: Any) -> str:
    """JSON text of what the server itself says."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def pretty(text: str) -> str:
    """The same JSON, indented; numbers stay as they are written."""
    said: list[str] = []
    depth, inside, place = 0, False, 0
    while place < len(text):
        letter = text[place]
        if inside:
            if letter == "\\":
                letter = text[place : place + 2]
            inside = letter != '"'
        elif letter == '"':
            inside = True
        elif letter in "{[" and text[place + 1 : place + 2] not in ("}", "]"):
            depth += 1
            said.append(letter + "\n" + "  " * depth)
            place += 1
            continue
        elif letter in "}]" and text[place - 1] not in "{[":
            depth -= 1
            said.append("\n" + "  " * depth)
        elif letter == ",":
            letter = ",\n" + "  " * depth
        elif letter == ":":
            letter = ": "
        said.append(letter)
        place += 1 if len(letter) != 2 or letter[0] != "\\" else 2
    return "".join(said)


# --- bundles


def bundle(
    kind: str, entries: Iterable[str], *, links: Sequence[tuple[str, str]] = (), total: int | None = None
) -> str:
    """A Bundle around entries that are text already."""
    parts = ['"resourceType":"Bundle"', f'"type":"{kind}"']
    if total is not None:
        parts.append(f'"total":{total}')
    if links:
        parts.append('"link":' + dumped([{"relation": name, "url": url} for name, url in links]))
    listed = ",".join(entries)
    if listed:
        parts.append(f'"entry":[{listed}]')
    return "{" + ",".join(parts) + "}"


def entry(row: Row, *, base: str, mode: str) -> str:
    """One resource of a search."""
    return f'{{"fullUrl":"{base}/{row.address}","resource":{row.body},"search":{{"mode":"{mode}"}}}}'


def searchset(page: Page, *, base: str, here: str, path: str, remark: str = "", elements: Sequence[str] = ()) -> str:
    """A page of a search; `remark` is what the reader must know of it, `elements` all that is asked of its matches."""
    links = [("self", f"{base}/{path}?{here}" if here else f"{base}/{path}")]
    if page.next:
        links.append(("next", f"{base}/{path}?{page.next}"))
    matches = [replace(row, body=some_of(row.body, elements)) if elements else row for row in page.matches]
    entries = [*(entry(row, base=base, mode="match") for row in matches),
               *(entry(row, base=base, mode="include") for row in page.included)]  # fmt: skip
    if remark:
        entries.append(f'{{"resource":{dumped(all_well(remark))},"search":{{"mode":"outcome"}}}}')
    return bundle("searchset", entries, links=links, total=page.total)


def some_of(body: str, elements: Sequence[str]) -> str:
    """A resource cut down to these elements and those that it must have, marked as cut."""
    resource = read(body.encode())
    must = {one.name for one in shape(resource["resourceType"]).values() if one.least}
    wanted = {"resourceType", "id", "meta", *must, *(one.rpartition(".")[2] for one in elements)}
    kept = {name: part for name, part in resource.items() if _plain(name, wanted)}
    meta = kept.get("meta") or {}
    kept["meta"] = {**meta, "tag": [*meta.get("tag", ()), SUBSETTED]}
    return write(kept).decode()


def _plain(name: str, wanted: set[str]) -> bool:
    """`_birthDate` goes with birthDate, `valueQuantity` with value."""
    bare = name.removeprefix("_")
    return bare in wanted or any(bare.startswith(one) and bare[len(one) : len(one) + 1].isupper() for one in wanted)


def response_entry(answer: Answer, *, outcome: str = "") -> str:
    """What became of one entry of a batch or transaction."""
    said: dict[str, str] = {"status": str(answer.status)}
    for header, name in (("Location", "location"), ("ETag", "etag")):
        if header in answer.headers:
            said[name] = answer.headers[header]
    response = dumped(said)
    if outcome:
        response = f'{response[:-1]},"outcome":{outcome}}}'
    body = f'"resource":{answer.text},' if answer.text and not outcome else ""
    return f'{{{body}"response":{response}}}'
