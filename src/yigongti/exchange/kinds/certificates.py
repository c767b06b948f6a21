"""Rows that another chapter keeps as facts of its own, by versions: claims, births, deaths. One call a step takes them.

The dry run asks the chapter's own checks, each as far as its cells can be read, so that all faults of a row are said at
once. What they leave is that very call, taken back: so the sheet refuses what the chapter refuses, in its own words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, field, fields
from typing import Any

from django.db import transaction

from yigongti.exchange.batches.kinds import Outcome, Row
from yigongti.exchange.senders import the_inbox
from yigongti.exchange.tables.sheet import NEEDED, Sheet
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.refusal import Missing, Refusal
from yigongti.residents.queries.registered import hold


STATES = {"new": "applied", "corrected": "applied", "contradicts": "applied", "same": "known", "refused": "wrong"}
UNDONE = "撤销整张表"
PERSONS = ("resident_id", "mother_id", "newborn_id")


class Unread(Exception):
    """A check asked for a cell that cannot be read: it says nothing of this row."""


class Partly:
    """A row as far as it can be read, to be asked like the whole fact."""

    def __init__(self, said: Mapping[str, Any]) -> None:
        self._said = said

    def __getattr__(self, name: str) -> Any:
        try:
            return self._said[name]
        except KeyError:
            raise Unread(name) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A chapter's facts as a sheet brings them: how a row is told, who takes it, how it is withdrawn.

    `prepare` finds persons and places for many rows; `told` is the fact, `more` what of it stands in no single column;
    `checks` are what the chapter asks of one; their faults stand beside the column of their name, or that which `at`
    gives. `take` gives the chapter's outcomes in the order told. What `withdraw` could not take back with a fact, it
    says by the fact's id in `data["left"]`.
    """

    sheet: Sheet
    label: str
    prepare: Callable[[Actor, Sequence[Row]], None]
    told: type[Any]
    checks: Callable[[], Sequence[Callable[[Any], Iterable[Refusal]]]]
    take: Callable[[list[Any]], Sequence[Mapping[str, Any]]]
    withdraw: Callable[[list[int], str], Receipt | None]
    more: Callable[[Mapping[str, Any]], Mapping[str, Any]] = lambda _said: {}
    at: Mapping[str, str] = field(default_factory=dict)

    def tell(self, row: Row) -> Any:
        """The fact that a sound row is."""
        return self.told(**self._named({**row.values, **self.more(row.values)}))

    def _named(self, said: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in said.items() if name in self.told.__dataclass_fields__}

    def _ask(self, row: Row, checks: Sequence[Callable[[Any], Iterable[Refusal]]]) -> None:
        """Note what the chapter's checks find, each as far as its cells can be read."""
        partly = Partly(self._readable(row))
        for check in checks:
            try:
                found = list(check(partly))
            except Unread:
                continue
            for refusal in found:
                rule = NEEDED if isinstance(refusal, Missing) else refusal.facts.get("problem") or refusal
                row.wrong(self.sheet, self._column(refusal.field), _plain(str(rule)))

    def _readable(self, row: Row) -> dict[str, Any]:
        """What can be read; what no column says is as the chapter takes it unsaid."""
        columns, unread = {one.field for one in self.sheet.columns}, row.unread
        said = {name: value for name, value in row.values.items() if name not in unread}
        silent = {one.name: _default(one) for one in fields(self.told) if one.name not in columns}
        return {**silent, **said, **self.more(said)}

    def _column(self, name: str) -> str:
        """The column that a refusal is about; the first where it is about the whole."""
        name = self.at.get(name, name)
        return name if any(one.field == name for one in self.sheet.columns) else self.sheet.columns[0].field

    def check(self, by: Actor, rows: Sequence[Row]) -> None:
        """Ask every row; take the sound ones for a moment: what is refused is a problem, what is there is known."""
        self.prepare(by, rows)
        checks = self.checks()
        for row in rows:
            self._ask(row, checks)
        sound = [row for row in rows if not row.problems]
        with transaction.atomic():
            outcomes = self.take([self.tell(row) for row in sound]) if sound else ()
            transaction.set_rollback(True)
        for row, outcome in zip(sound, outcomes, strict=True):
            self._note(row, outcome)

    def _note(self, row: Row, outcome: Mapping[str, Any]) -> None:
        if outcome["what"] == "refused":
            row.wrong(self.sheet, self._column(outcome.get("field", "")), _plain(outcome["why"]))
        elif outcome["what"] == "same":
            row.known = f"{self.label}:{outcome['id']}"

    def take_in(self, by: Actor, rows: Sequence[Row]) -> list[Outcome]:
        """Take them in; a row that the chapter refuses by now says why. Whom they name is held until the end."""
        self.prepare(by, rows)
        named = {row.values[name] for row in rows for name in PERSONS if row.values.get(name)}
        if named - hold(for_=the_inbox(), ids=named):  # somebody was taken back in this moment
            self.prepare(by, rows)
        sound = [row for row in rows if not row.problems]
        said = dict(
            zip(
                [row.number for row in sound],
                self.take([self.tell(row) for row in sound]) if sound else (),
                strict=True,
            )
        )
        return [self._outcome(row, said.get(row.number)) for row in rows]

    def _outcome(self, row: Row, said: Mapping[str, Any] | None) -> Outcome:
        if said is None:
            return Outcome(state="wrong", note="；".join(one.says for one in row.problems))
        made = f"{self.label}:{said['id']}" if said.get("id") else ""
        return Outcome(state=STATES[said["what"]], made=made, note=str(said.get("why", "")))

    def undo(self, by: Actor, rows: Sequence[Row]) -> list[Outcome]:
        """Withdraw what they became; an earlier version counts again."""
        made = {row.number: int(row.made.rsplit(":", 1)[1]) for row in rows}
        receipt = self.withdraw(list(made.values()), UNDONE)
        left = receipt.data.get("left", {}) if receipt else {}
        return [Outcome(state="undone", made=row.made, note=str(left.get(made[row.number], ""))) for row in rows]


def _default(column: Field[Any]) -> Any:
    return column.default if column.default_factory is MISSING else column.default_factory()


def _plain(words: str) -> str:
    """A sentence with its values filled in already, safe to be kept as a rule."""
    return words.replace("{", "（").replace("}", "）")


def entries_of(code: str) -> dict[str, str]:
    """The labels of a code list by code."""
    return {one.code: one.label for one in code_lists[code].entries}


def by_inbox(act: Callable[..., Any], name: str, **more: Any) -> Callable[[list[Any]], Sequence[Mapping[str, Any]]]:
    """A chapter's action, done by the house, as `Facts.take` wants it."""

    def take(told: list[Any]) -> Sequence[Mapping[str, Any]]:
        found: Sequence[Mapping[str, Any]] = act(by=the_inbox(), **{name: told}, **more).data[name]
        return found

    return take
