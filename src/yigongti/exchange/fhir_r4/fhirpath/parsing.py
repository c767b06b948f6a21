"""FHIRPath text becomes a tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache


class BadPath(Exception):
    """An expression that is not of the part of FHIRPath that we speak."""


@dataclass(frozen=True, slots=True)
class Literal:
    """A value written out."""

    value: object
    type: str


@dataclass(frozen=True, slots=True)
class Name:
    """A step to an element, or the type that an expression begins with."""

    name: str


@dataclass(frozen=True, slots=True)
class Variable:
    """`%resource`, or `$this`."""

    name: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function of what stands before it."""

    name: str
    arguments: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """`left.right`."""

    left: Tree
    right: Tree


@dataclass(frozen=True, slots=True)
class Typed:
    """`left is Type` or `left as Type`."""

    operator: str
    left: Tree
    type: str


@dataclass(frozen=True, slots=True)
class Operation:
    """`left operator right`."""

    operator: str
    left: Tree
    right: Tree


Tree = Literal | Name | Variable | Call | Chain | Typed | Operation

TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)|(?P<text>'(?:[^'\\]|\\.)*')|(?P<quoted>`[^`]+`)|(?P<name>[%$]?[A-Za-z_]\w*)"
    r"|(?P<sign><=|>=|!=|!~|[-+*/|&=~<>().,{}\[\]]))",
    re.DOTALL,
)
# From the loosest to the tightest.
LEVELS: tuple[frozenset[str], ...] = tuple(map(frozenset, (
    ("implies",), ("or", "xor"), ("and",), ("in", "contains"), ("=", "!="), ("<", "<=", ">", ">="), ("|",),
    ("is", "as"), ("+", "-", "&"),
)))  # fmt: skip
ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}
# What these calls take is the name of a type, not an expression.
OF_TYPE = frozenset({"is", "as", "ofType"})


@cache
def parse(expression: str) -> Tree:
    """The tree of an expression."""
    parser = _Parser(_tokens(expression))
    tree = parser.level(0)
    if parser.ahead != ("end", ""):
        raise BadPath(f"{expression}: {parser.ahead[1]}")
    return tree


def _tokens(expression: str) -> list[tuple[str, str]]:
    found, place, end = [], 0, len(expression.rstrip())
    while place < end:
        match = TOKEN.match(expression, place)
        if match is None:
            raise BadPath(f"{expression}: {expression[place : place + 10]}")
        found.append((str(match.lastgroup), match[str(match.lastgroup)]))
        place = match.end()
    return [*found, ("end", "")]


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.place = 0

    @property
    def ahead(self) -> tuple[str, str]:
        return self.tokens[self.place]

    def take(self) -> tuple[str, str]:
        taken = self.tokens[self.place]
        self.place += 1
        return taken

    def comes(self, sign: str) -> bool:
        """Whether this sign stands next; if so it is taken."""
        if self.ahead[0] in ("sign", "name") and self.ahead[1] == sign:
            self.place += 1
            return True
        return False

    def must(self, sign: str) -> None:
        if not self.comes(sign):
            raise BadPath(f"{sign} is missing before {self.ahead[1]}")

    def level(self, number: int) -> Tree:
        """Operators of this tightness, from left to right."""
        if number == len(LEVELS):
            return self.chain()
        left = self.level(number + 1)
        while self.ahead[0] in ("sign", "name") and self.ahead[1] in LEVELS[number]:
            operator = self.take()[1]
            if operator in ("is", "as"):
                left = Typed(operator, left, self.type())
            else:
                left = Operation(operator, left, self.level(number + 1))
        return left

    def type(self) -> str:
        kind, said = self.take()
        while self.comes("."):
            kind, said = self.take()
        if kind not in ("name", "quoted"):
            raise BadPath(f"{said} is no type")
        return said.strip("`")

    def chain(self) -> Tree:
        left = self.term()
        while True:
            if self.comes("."):
                left = Chain(left, self.step())
            elif self.comes("["):
                left = Chain(left, Call("at", (self.level(0),)))
                self.must("]")
            else:
                return left

    def term(self) -> Tree:
        kind, said = self.ahead
        if kind in ("number", "text"):
            self.take()
            return _literal(kind, said)
        if self.comes("("):
            inner = self.level(0)
            self.must(")")
            return inner
        if said in ("true", "false"):
            self.take()
            return Literal(said == "true", "boolean")
        return self.step()

    def step(self) -> Tree:
        kind, said = self.take()
        if kind == "quoted":
            return Name(said.strip("`"))
        if kind != "name":
            raise BadPath(f"a name is missing before {said}")
        if said[0] in "%$":
            return Variable(said)
        return Call(said, self.arguments(said)) if self.comes("(") else Name(said)

    def arguments(self, function: str) -> tuple[Tree, ...]:
        if self.comes(")"):
            return ()
        found: list[Tree] = []
        while True:
            found.append(Name(self.type()) if function in OF_TYPE else self.level(0))
            if not self.comes(","):
                break
        self.must(")")
        return tuple(found)


def _literal(kind: str, said: str) -> Literal:
    if kind == "text":
        return Literal(re.sub(r"\\(.)", lambda found: ESCAPES.get(found[1], found[1]), said[1:-1]), "string")
    return Literal(Decimal(said), "decimal") if "." in said else Literal(int(said), "integer")
