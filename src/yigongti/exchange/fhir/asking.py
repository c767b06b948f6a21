"""What a search asks, read from its parameters: conditions, order, page, what comes along; all faults at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from yigongti.exchange.fhir import reversing
from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.conditions import Asking, Given, condition, last_updated, split, unescaped
from yigongti.exchange.fhir.indexing import parameters
from yigongti.exchange.fhir.outcomes import BadParameter, OutOfScope
from yigongti.exchange.fhir.own import asking as own
from yigongti.exchange.fhir.own.tables import TABLES
from yigongti.exchange.fhir.sight import Sight, sight_of
from yigongti.exchange.fhir_r4.definitions import resource_kinds, search_parameters
from yigongti.kernel.language import phrase, say
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import Refusal, raise_all


Pairs = Sequence[tuple[str, str]]

RESULT = frozenset({"_sort", "_count", "_total", "_include", "_revinclude", "_elements", "_summary", "_format",
                    "_pretty", "_after", "_until", "_upto", "_found", "_place", "_totalMethod"})  # fmt: skip
"""What shapes the answer and asks nothing of a resource; five of them are ours, in links to further pages."""
PLACES = ("_after", "_until", "_upto", "_found", "_place")
HAS = re.compile(r"_has:([A-Z][A-Za-z]+):([A-Za-z\-]+):(.+)")
USUAL = 50
NAME = re.compile(r"([A-Za-z_][A-Za-z0-9\-_]*)(?::([A-Za-z\-]+))?(?:\.(.+))?")
TOTALS = ("none", "estimate", "accurate")

# The resources behind are asked for once and first: an array, so that the index of links is walked by their addresses.
CHAIN = """{{r}}.key IN (SELECT i.key FROM exchange_resource_link i
 WHERE i.param = {param} AND i.target = ANY(ARRAY({behind})))"""
BEHIND = """SELECT c.type || '/' || c.id FROM exchange_resource c
 WHERE c.type = {kind} AND NOT c.deleted AND {sight} AND {asked}"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Include:
    """Which references of the matches come along, to which type ('' for any)."""

    kind: str
    code: str
    to: str


@dataclass(slots=True, kw_only=True)
class Asked:
    """A search that can be run."""

    kind: str
    sight: Sight
    given: Given = field(default_factory=Given)
    wheres: list[str] = field(default_factory=list)
    sort: list[tuple[str, bool]] = field(default_factory=list)
    includes: list[Include] = field(default_factory=list)
    revincludes: list[Include] = field(default_factory=list)
    elements: tuple[str, ...] = ()
    ours: own.Ours | None = None
    count: int = USUAL
    total: bool = False
    counting: bool = False
    page: dict[str, str] = field(default_factory=dict)
    pairs: list[tuple[str, str]] = field(default_factory=list)

    @property
    def where(self) -> str:
        """All conditions on `r`."""
        return self.where_on("r")

    def where_on(self, alias: str) -> str:
        """All conditions on a kept resource of that alias."""
        return f"{self._asked_of(alias)} AND {self.sight.on(alias)}"

    @property
    def wish(self) -> str:
        """All conditions on `r` but whether the client may see it."""
        return self._asked_of("r")

    def _asked_of(self, alias: str) -> str:
        told = [f"{alias}.type = %(kind)s", f"NOT {alias}.deleted",
                *(one.replace("{r}", alias) for one in self.wheres)]  # fmt: skip
        return " AND ".join(told)

    @property
    def values(self) -> dict[str, Any]:
        """What the conditions ask."""
        return {**self.sight.given, **self.given.values, "kind": self.kind}

    @property
    def remark(self) -> str:
        """What was not looked through, said and not passed over."""
        unasked = self.ours.unasked if self.ours else ()
        if not unasked:
            return ""
        codes = "、".join(unasked)
        return say(phrase("本平台自己的记录不能按 {codes} 查询，这次没有查它们；客户端送来的都查了。", codes=codes))

    def query(self, **more: object) -> str:
        """The search as an address says it, with what leads to another page."""
        return urlencode([*self.pairs, *((name, str(value)) for name, value in more.items())])


def pairs_of(query: str) -> list[tuple[str, str]]:
    """Names and values of a query string."""
    return parse_qsl(query, keep_blank_values=True)


def asked(kind: str, pairs: Pairs, *, for_: Caller) -> Asked:
    """The search. Raises every refusal at once."""
    made = Asked(kind=kind, sight=sight_of(for_=for_), ours=own.Ours(kind=kind) if kind in TABLES else None)
    faults: list[Refusal] = []
    for name, value in pairs:
        try:
            _take(made, name, value, for_)
        except Refusal as refusal:
            faults.append(refusal)
    raise_all(faults)
    return made


def _take(made: Asked, name: str, value: str, for_: Caller) -> None:
    plain = name.partition(":")[0]
    if "\x00" in name or "\x00" in value:  # which nobody types, and no database takes
        raise BadParameter(parameter=plain.replace("\x00", " ")[:60], problem=phrase("文字里有空字符。"))
    if plain in RESULT:
        _shape(made, plain, name, value, for_)
    else:
        made.wheres.append(_condition(made.kind, name, value, made.given, for_))
        if made.ours is not None:
            _ask_ours(made.ours, name, value, made.given, for_)
    if plain not in PLACES:
        made.pairs.append((name, value))


# --- conditions


def _ask_ours(ours: own.Ours, name: str, value: str, given: Given, for_: Caller) -> None:
    """The same of the platform's own rows."""
    if has := HAS.fullmatch(name):
        reversing.ask_ours(ours, _has(ours.kind, has, value, given, for_))
        return
    own.add(ours, _term(ours.kind, name, value, given, for_))


def _term(kind: str, name: str, value: str, given: Given, for_: Caller) -> own.Term:
    read = NAME.fullmatch(name)
    code, modifier, chained = (read[1], read[2] or "", read[3] or "") if read else (name, "", "")
    return own.Term(code=code, modifier=modifier, chained=chained, value=value, given=given, for_=for_,
                    type=parameters(kind).get(code, "token"),
                    kept=lambda of, what, text: _condition(of, what, text, given, for_))  # fmt: skip


def _has(kind: str, read: re.Match[str], value: str, given: Given, for_: Caller) -> reversing.Has:
    """`_has:Observation:patient:code=…`. Raises BadParameter where no such reference leads here."""
    source, code, rest = read[1], read[2], read[3]
    known = search_parameters(source).get(code) if source in resource_kinds() else None
    if known is None or known.type != "reference" or kind not in known.targets:
        raise BadParameter(parameter=read[0][:60], problem=phrase("写作 _has:类型:引用参数:条件，引用要指向 {kind}。",
                                                                  kind=kind))  # fmt: skip
    if not for_.scopes.allow(source, "s"):
        raise OutOfScope(kind=source, what="s")
    inner = None if rest.startswith("_has:") else _term(source, rest, value, given, for_)
    return reversing.Has(kind=kind, source=source, code=code, inner=inner, for_=for_,
                         asked=_condition(source, rest, value, given, for_))  # fmt: skip


def _condition(kind: str, name: str, value: str, given: Given, for_: Caller) -> str:
    if has := HAS.fullmatch(name):
        return reversing.condition(_has(kind, has, value, given, for_))
    read = NAME.fullmatch(name)
    code, modifier, chained = (read[1], read[2] or "", read[3]) if read else (name, "", None)
    known = parameters(kind)
    if code not in known:
        raise _unknown(kind, code)
    asking = Asking(kind, code, modifier, given)
    if chained is not None:
        return _chained(asking, chained, value, for_)
    if code == "_id":
        asking.only()
        return f"{{r}}.id = ANY({given([unescaped(one) for one in split(value)])})"
    if code == "_lastUpdated":
        return last_updated(asking, split(value))
    return condition(asking, known[code], value)


def _unknown(kind: str, code: str) -> BadParameter:
    words = phrase("{kind} 没有这个参数，或这里还不支持。", kind=kind)
    return BadParameter(rule="fhir.unknown_parameter", parameter=code[:60], problem=words)


def _chained(asking: Asking, chained: str, value: str, for_: Caller) -> str:
    """Through a reference to what the resource behind it says; only resources that the client may see answer."""
    known = search_parameters(asking.kind)[asking.code]
    plain = chained.partition(":")[0]
    targets = [asking.modifier] if asking.modifier else [one for one in known.targets if one in resource_kinds()]
    able = [one for one in targets if one in resource_kinds() and plain in parameters(one)]
    if known.type != "reference" or "." in chained or not able:
        raise asking.bad(phrase("不能沿着它查“{chained}”；链式条件只到下一级。", chained=chained[:60]))
    seen = [one for one in able if for_.scopes.allow(one, "s")]
    if not seen:
        raise OutOfScope(kind=able[0], what="s")
    behind = " UNION ALL ".join(_behind(asking, one, chained, value, for_) for one in seen)
    return CHAIN.format(param=asking.param, behind=behind)


def _behind(asking: Asking, kind: str, chained: str, value: str, for_: Caller) -> str:
    inner = _condition(kind, chained, value, asking.given, for_).replace("{r}", "c")
    return BEHIND.format(kind=asking.given(kind), sight=sight_of(for_=for_).on("c"), asked=inner)


# --- shape of the answer


def _shape(made: Asked, plain: str, name: str, value: str, for_: Caller) -> None:
    match plain:
        case "_count":
            made.count = min(_whole(name, value), values.number("exchange.fhir_page_most"))
        case "_total":
            made.total = _one_of(name, value, TOTALS) != "none"
        case "_totalMethod":  # as fhirpy asks for a total
            made.total = True
        case "_summary":
            made.counting = _one_of(name, value, ("count", "false")) == "count"
        case "_sort":
            made.sort = [_order(made.kind, one) for one in value.split(",")]
        case "_include":
            made.includes.append(_include(made.kind, name, value, for_))
        case "_revinclude":
            made.revincludes.append(_revinclude(made.kind, name, value, for_))
        case "_elements":
            made.elements = tuple(one.strip() for one in value.split(",") if one.strip())
        case "_after" | "_until" | "_upto" | "_place":
            made.page[plain] = str(_whole(name, value))
        case "_found":
            made.page[plain] = value


def _whole(name: str, value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 19):
        raise BadParameter(parameter=name, problem=phrase("“{value}”不是整数。", value=value[:40]))
    return int(value)


def _one_of(name: str, value: str, allowed: Iterable[str]) -> str:
    if value not in allowed:
        raise BadParameter(parameter=name, problem=phrase("只能是 {values}。", values="、".join(allowed)))
    return value


def _order(kind: str, said: str) -> tuple[str, bool]:
    code, falling = said.removeprefix("-"), said.startswith("-")
    if code not in parameters(kind) or parameters(kind)[code] == "reference":
        raise BadParameter(parameter="_sort", problem=phrase("不能按“{code}”排序。", code=code[:60]))
    return code, falling


def _include(kind: str, name: str, value: str, for_: Caller) -> Include:
    source, _, rest = value.partition(":")
    code, _, to = rest.partition(":")
    if (
        name != "_include"
        or source != kind
        or parameters(kind).get(code) != "reference"
        or (to and to not in resource_kinds())
    ):
        raise BadParameter(parameter=name, problem=phrase("写作 {kind}:参数 或 {kind}:参数:类型。", kind=kind))
    if to and not for_.scopes.allow(to, "r"):
        raise OutOfScope(kind=to, what="r")
    return Include(kind=kind, code=code, to=to)


def _revinclude(kind: str, name: str, value: str, for_: Caller) -> Include:
    source, _, rest = value.partition(":")
    code, _, to = rest.partition(":")
    known = search_parameters(source).get(code) if source in resource_kinds() else None
    if (
        name != "_revinclude"
        or known is None
        or known.type != "reference"
        or kind not in known.targets
        or to not in ("", kind)
    ):
        raise BadParameter(parameter=name, problem=phrase("写作 类型:参数，参数要指向 {kind}。", kind=kind))
    if not for_.scopes.allow(source, "s"):
        raise OutOfScope(kind=source, what="s")
    return Include(kind=source, code=code, to="")
