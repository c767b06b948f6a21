"""By what a resource is found: its values for every parameter of its type, as rows of the store's tables."""

from __future__ import annotations

import hashlib
import unicodedata
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

from yigongti.exchange.fhir_r4.definitions import search_parameters
from yigongti.exchange.fhir_r4.search_values import Amount, Link, Number, Span, Token, Value
from yigongti.exchange.fhir_r4.searching import all_values_of


LONGEST = 200
"""Letters of a text that are compared; longer codes and addresses stand by their hash."""
TYPES = frozenset({"token", "string", "date", "reference", "number", "quantity", "uri"})
OF_THE_STORE = frozenset({"_id", "_lastUpdated"})
"""Asked of the resource's own row."""
FIRST, LAST = "-infinity", "infinity"

COLUMNS = {
    "token": {"param": "int", "code": "text", "system": "text"},
    "text": {"param": "int", "value": "text", "said": "text"},
    "link": {"param": "int", "target": "text"},
    "span": {"param": "int", "low": "timestamptz", "high": "timestamptz"},
    "amount": {"param": "int", "value": "numeric", "low": "numeric", "high": "numeric", "system": "text",
               "code": "text", "unit": "text"},
}  # fmt: skip
"""Table → columns besides the resource's key, and their types."""


@cache
def adding(table: str) -> str:
    """The statement that adds rows to one of these tables."""
    names, typed = ", ".join(COLUMNS[table]), ", ".join(f"{name} {kind}" for name, kind in COLUMNS[table].items())
    return (
        f"INSERT INTO exchange_resource_{table} (key, {names}) SELECT key, {names}"  # noqa: S608 - the names are ours
        f" FROM json_to_recordset(%(rows)s) t(key bigint, {typed})"
    )


FORGET = [f"DELETE FROM exchange_resource_{table} WHERE key = ANY(%(keys)s::bigint[])" for table in COLUMNS]  # noqa: S608


@cache
def number_of(kind: str, parameter: str) -> int:
    """The number of a type's parameter in the index; a test shows that no two have the same."""
    made = zlib.crc32(f"{kind}.{parameter}".encode())
    return made - (1 << 32) if made >= 1 << 31 else made


@cache
def parameters(kind: str) -> dict[str, str]:
    """The parameters that the server answers for a type, with the type of each."""
    found = search_parameters(kind)
    return {code: one.type for code, one in found.items() if one.type in TYPES}


@cache
def _indexed(kind: str) -> tuple[str, ...]:
    return tuple(code for code in parameters(kind) if code not in OF_THE_STORE)


@dataclass(slots=True)
class Rows:
    """Rows of the index by table, each in the order of COLUMNS; the first is the resource that they are of."""

    token: list[tuple[Any, ...]] = field(default_factory=list)
    text: list[tuple[Any, ...]] = field(default_factory=list)
    link: list[tuple[Any, ...]] = field(default_factory=list)
    span: list[tuple[Any, ...]] = field(default_factory=list)
    amount: list[tuple[Any, ...]] = field(default_factory=list)

    def numbered(self, keys: Sequence[int]) -> Rows:
        """The same with the key of each resource in place of its number."""
        return Rows(*([(keys[row[0]], *row[1:]) for row in getattr(self, table)] for table in COLUMNS))

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """The tables that get any rows, with them by the names of their columns."""
        return {
            table: [dict(zip(("key", *columns), row, strict=True)) for row in rows]
            for table, columns in COLUMNS.items()
            if (rows := getattr(self, table))
        }


def add(rows: Rows, *, key: int, resource: dict[str, Any], base: str) -> list[tuple[str, Link]]:
    """Enter every value of a resource; the links among them, each by the parameter that found it."""
    kind = resource["resourceType"]
    links: list[tuple[str, Link]] = []
    known = _numbered(kind)
    for code, values in all_values_of(resource, _indexed(kind)):
        param, type_ = known[code]
        if type_ == "reference":
            found = [value for value in values if isinstance(value, Link)]
            links += [(code, value) for value in found]
            rows.link += [(key, param, target) for value in found if (target := target_of(value, base)) is not None]
        elif type_ == "uri":
            rows.token += [(key, param, short(str(value)), None) for value in values]
        else:
            for value in values:
                _add(rows, key, param, value)
    return links


@cache
def _numbered(kind: str) -> dict[str, tuple[int, str]]:
    """The number and the type of each parameter."""
    return {code: (number_of(kind, code), type_) for code, type_ in parameters(kind).items()}


def _add(rows: Rows, key: int, param: int, value: Value) -> None:
    if isinstance(value, Token):
        if value.code is not None or value.system is not None:
            rows.token.append((key, param, None if value.code is None else short(value.code), value.system))
    elif isinstance(value, Span):
        rows.span.append((key, param, value.low or FIRST, value.high or LAST))
    elif isinstance(value, str):
        rows.text.append((key, param, plain(value)[:LONGEST], _as_said(value)))
    elif isinstance(value, Number | Amount):
        rows.amount.append((key, param, *_amount(value)))


def _amount(value: Number | Amount) -> tuple[Any, ...]:
    if isinstance(value, Number):
        return (value.value, value.low, value.high, None, None, None)
    number = value.number
    return (number.value, number.low, number.high, value.system, value.code, value.unit)


def _as_said(value: str) -> str | None:
    return None if plain(value) == value and len(value) <= LONGEST else value


@lru_cache(maxsize=2000)
def plain(text: str) -> str:
    """As texts are compared: without case, accents, wide letters and doubled spaces."""
    apart = unicodedata.normalize("NFKD", text).casefold()
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return " ".join(unicodedata.normalize("NFC", bare).split())


def short(text: str) -> str:
    """A code or an address; a long one by its hash, so that an index can hold it."""
    return text if len(text) <= LONGEST else f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def target_of(link: Link, base: str) -> str | None:
    """How the index names what is referred to: ours by type and id, another server's by its address."""
    address = link.address
    if link.kind and link.id and address and (not address.startswith(("http:", "https:")) or address.startswith(base)):
        return f"{link.kind}/{link.id}"
    return short(address) if address else None
