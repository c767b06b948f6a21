"""By what a resource is found: its values for every parameter of its type, as rows of the store's tables."""

from __future__ import annotations

import hashlib
import unicodedata
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from yigongti.exchange.fhir_r4.definitions import search_parameters
from yigongti.exchange.fhir_r4.search_values import Amount, Link, Number, Span, Token
from yigongti.exchange.fhir_r4.searching import values_of


LONGEST = 200
"""Letters of a text that are compared; longer codes and addresses stand by their hash."""
TYPES = frozenset({"token", "string", "date", "reference", "number", "quantity", "uri"})
OF_THE_STORE = frozenset({"_id", "_lastUpdated"})
"""Asked of the resource's own row."""
FIRST, LAST = "-infinity", "infinity"

ADD = """
WITH a AS (INSERT INTO exchange_resource_token (param, code, system, key)
           SELECT * FROM unnest(%(token_0)s::int[], %(token_1)s::text[], %(token_2)s::text[], %(token_3)s::bigint[])),
b AS (INSERT INTO exchange_resource_text (param, value, said, key)
      SELECT * FROM unnest(%(text_0)s::int[], %(text_1)s::text[], %(text_2)s::text[], %(text_3)s::bigint[])),
c AS (INSERT INTO exchange_resource_link (param, target, key)
      SELECT * FROM unnest(%(link_0)s::int[], %(link_1)s::text[], %(link_2)s::bigint[])),
d AS (INSERT INTO exchange_resource_span (param, low, high, key)
      SELECT * FROM unnest(%(span_0)s::int[], %(span_1)s::timestamptz[], %(span_2)s::timestamptz[],
                           %(span_3)s::bigint[]))
INSERT INTO exchange_resource_amount (param, value, low, high, system, code, unit, key)
SELECT * FROM unnest(%(amount_0)s::int[], %(amount_1)s::numeric[], %(amount_2)s::numeric[], %(amount_3)s::numeric[],
                     %(amount_4)s::text[], %(amount_5)s::text[], %(amount_6)s::text[], %(amount_7)s::bigint[])
"""
FORGET = """
WITH a AS (DELETE FROM exchange_resource_token WHERE key = ANY(%(keys)s)),
b AS (DELETE FROM exchange_resource_text WHERE key = ANY(%(keys)s)),
c AS (DELETE FROM exchange_resource_link WHERE key = ANY(%(keys)s)),
d AS (DELETE FROM exchange_resource_span WHERE key = ANY(%(keys)s))
DELETE FROM exchange_resource_amount WHERE key = ANY(%(keys)s)
"""
COLUMNS = {"token": 4, "text": 4, "link": 3, "span": 4, "amount": 8}


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
def _indexed(kind: str) -> tuple[tuple[str, int, str], ...]:
    return tuple((code, number_of(kind, code), type_) for code, type_ in parameters(kind).items()
                 if code not in OF_THE_STORE)  # fmt: skip


@dataclass(slots=True)
class Rows:
    """Rows of the index, by table."""

    token: list[tuple[Any, ...]] = field(default_factory=list)
    text: list[tuple[Any, ...]] = field(default_factory=list)
    link: list[tuple[Any, ...]] = field(default_factory=list)
    span: list[tuple[Any, ...]] = field(default_factory=list)
    amount: list[tuple[Any, ...]] = field(default_factory=list)

    def columns(self) -> dict[str, list[Any]]:
        """As the statement takes them: a list for each column."""
        made: dict[str, list[Any]] = {}
        for table, width in COLUMNS.items():
            rows = getattr(self, table)
            for place, column in enumerate(zip(*rows, strict=True) if rows else ((),) * width):
                made[f"{table}_{place}"] = list(column)
        return made


def add(rows: Rows, *, key: int, resource: dict[str, Any], base: str) -> list[Link]:
    """Enter every value of a resource; the links among them."""
    links: list[Link] = []
    for code, param, type_ in _indexed(resource["resourceType"]):
        for value in values_of(resource, code):
            if isinstance(value, Token):
                _add_token(rows, param, value, key)
            elif isinstance(value, Link):
                links.append(value)
                if (target := target_of(value, base)) is not None:
                    rows.link.append((param, target, key))
            elif isinstance(value, Span):
                rows.span.append((param, _said(value.low, FIRST), _said(value.high, LAST), key))
            elif isinstance(value, Number | Amount):
                rows.amount.append((param, *_amount(value), key))
            elif type_ == "uri":
                rows.token.append((param, short(value), None, key))
            else:
                rows.text.append((param, plain(value)[:LONGEST], _as_said(value), key))
    return links


def _add_token(rows: Rows, param: int, value: Token, key: int) -> None:
    if value.code is not None or value.system is not None:
        code = None if value.code is None else short(value.code)
        rows.token.append((param, code, value.system, key))


def _said(moment: datetime | None, otherwise: str) -> str:
    """As text: a column that holds moments and the ends of time is of one type to the driver."""
    return moment.isoformat() if moment else otherwise


def _amount(value: Number | Amount) -> tuple[Any, ...]:
    if isinstance(value, Number):
        return (value.value, value.low, value.high, None, None, None)
    number = value.number
    return (number.value, number.low, number.high, value.system, value.code, value.unit)


def _as_said(value: str) -> str | None:
    return None if plain(value) == value and len(value) <= LONGEST else value


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
