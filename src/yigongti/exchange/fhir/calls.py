"""One request to the server as it is understood: who asks, for what, with which body and preferences."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from yigongti.exchange.fhir.asking import pairs_of
from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.outcomes import BadContent, UnknownType, Unsupported
from yigongti.exchange.fhir.wishes import Resource
from yigongti.exchange.fhir_r4.definitions import resource_kinds
from yigongti.exchange.fhir_r4.reading import read
from yigongti.kernel.language import phrase


JSON = frozenset({"application/fhir+json", "application/json", "text/json", "application/json+fhir"})
PATCH = "application/json-patch+json"
FORM = "application/x-www-form-urlencoded"
FORMATS = JSON | {"json", "*/*", "application/*", ""}
NOT_STORED = frozenset({"Parameters", "OperationOutcome"})
"""Answers and questions, not things that are."""
ETAG = re.compile(r'(?:W/)?"?([0-9]{1,9})"?')
ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """`path` is what follows the base, by its parts; `prefer` is what a write is answered with."""

    caller: Caller
    method: str
    path: tuple[str, ...]
    query: str
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    base: str = ""

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The query's names and values."""
        return pairs_of(self.query)

    @property
    def prefer(self) -> str:
        """minimal, representation or OperationOutcome."""
        said = re.search(r"return=(minimal|representation|OperationOutcome)", self.headers.get("Prefer", ""))
        return said[1] if said else "representation"

    @property
    def content(self) -> str:
        """The type of the body, without parameters."""
        return self.headers.get("Content-Type", "").partition(";")[0].strip().lower()

    @property
    def if_match(self) -> int | None:
        """The version that the client knows. Raises BadContent for what is no version."""
        said = self.headers.get("If-Match", "").strip()
        return version_in(said) if said else None


def version_in(said: str) -> int:
    """The version that an ETag names."""
    found = ETAG.fullmatch(said)
    if found is None:
        raise BadContent(
            rule="fhir.etag", problem=phrase('If-Match 应写作 W/"版本"，收到的是“{value}”。', value=said[:40])
        )
    return int(found[1])


def kind_of(part: str) -> str:
    """A type that is stored. Raises UnknownType."""
    if part not in resource_kinds() or part in NOT_STORED:
        raise UnknownType(rule="fhir.unknown_type", kind=part[:60])
    return part


def resource_in(call: Call) -> Resource:
    """The resource in the body. Raises Unreadable, Unsupported."""
    if call.content and call.content not in JSON:
        raise Unsupported(format=call.content[:60])
    return read(call.body)
