"""A village doctor submits a referral and the county desk accepts it: the pair, by the pages' forms and by JSON.

python -m benchmarks.referral_step       # on the demo's county; YIGONGTI_DATA names another folder

Each client has a doctor, patients and a receiving department of its own. Between two pairs, untimed, the doctor
cancels, so that the bed is free again: cancelled referrals are left behind, so run it on a demonstration only. The
rival is the statements of one pair, sent in a transaction that is rolled back: it never waits for the disk, the pair
does.
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from benchmarks.measuring import (
    CLIENTS,
    Client,
    Door,
    Inside,
    Make,
    Served,
    compare,
    link,
    post_of,
    run,
    signed_in,
    sql_of,
    tell,
)  # fmt: skip


PATIENTS = 40
SENT = {
    "urgency": "routine", "admission": "ward", "reason": "", "diagnosis": "I10 特发性（原发性）高血压",
    "consent": "yes", "summary": "血压控制不佳，头晕三天。", "transport": "self",
}  # fmt: skip


@dataclass(frozen=True)
class Party:
    """Who takes part in one client's referrals."""

    doctor: str
    desk: str
    department: int
    patients: tuple[int, ...]


def parties(number: int) -> list[Party]:
    """As many as there are clients, with nothing in common but the county."""
    found = list(_parties(number))
    if len(found) < number:
        raise SystemExit(f"only {len(found)} departments with free beds and a desk: make a larger county")
    return found


def _parties(number: int) -> Iterator[Party]:
    from yigongti.kernel.access import sign_in
    from yigongti.kernel.access.models import Post

    doctors = Post.objects.filter(role="village_doctor", ends=None).select_related("account", "unit", "covering")
    for post in doctors.order_by("pk")[::7]:
        patients = _patients(post.unit_id)
        rooms = _rooms(sign_in.actor_of(post))
        if number and len(patients) == PATIENTS and len(rooms) >= number:
            department, desk = rooms[number - 1]
            yield Party(signed_in(post.pk), signed_in(desk), department, patients)
            number -= 1


def _patients(unit_id: int) -> tuple[int, ...]:
    from yigongti.kernel.workflow.models import Case
    from yigongti.residents.models import Resident

    referred = Case.objects.filter(ended_at=None, workflow__startswith="referral.").values("person_id")
    free = Resident.objects.filter(managing_id=unit_id, stands=True, died_on=None).exclude(pk__in=referred)
    return tuple(free.order_by("pk").values_list("pk", flat=True)[:PATIENTS])


def _rooms(actor: Any) -> list[tuple[int, int]]:
    """Departments with free beds for either sex, and a post at a desk that reaches them."""
    from yigongti.capacity import queries
    from yigongti.kernel.access.models import Unit

    found = []
    for room in queries.receiving_rooms(for_=actor, sex="1", limit=60):
        path = Unit.objects.get(pk=room.department_id).path
        desk = post_of("referral_desk", unit__path__in=_above(path))
        if desk and room.free_beds >= 2:
            found.append((room.department_id, desk))
    return found


def _above(path: str) -> list[str]:
    steps = path.strip("/").split("/")
    return ["/" + "/".join(steps[: n + 1]) + "/" for n in range(len(steps))]


# --- the pair


@dataclass
class Pair:
    """One client's pairs by one of the doors; `last` is the referral that stands."""

    party: Party
    by_json: bool
    carried: type[Door] = Inside

    def __post_init__(self) -> None:
        self.doctor, self.desk = self.carried(self.party.doctor), self.carried(self.party.desk)
        self.patients = cycle(self.party.patients)
        self.last = ""

    def call(self) -> None:
        """Submit, accept."""
        given = {**SENT, "reason": REASON[0], "resident": str(next(self.patients)),
                 "to_department": str(self.party.department)}  # fmt: skip
        if self.by_json:
            answer = json.loads(self.doctor.send("/api/workflows/referral.upward/submit", {"given": given}, key()))
            self.last = answer["number"]
            self.desk.send(f"/api/cases/{self.last}/accept", {}, key())
            return
        place = self.doctor.post("/new/referral.upward", {**given, "step": "submit", "key": key()})
        self.last = place.rpartition("/")[2]
        self.desk.post(f"/cases/{self.last}/accept", {"step": "accept", "key": key()})

    def leave(self) -> None:
        """Both go."""
        self.doctor.close()
        self.desk.close()

    def undo(self) -> None:
        """Cancel: the bed is free again."""
        given = {"cancel_reason": REASON[1]}
        if self.by_json:
            self.doctor.send(f"/api/cases/{self.last}/cancel", {"given": given}, key())
        else:
            self.doctor.post(f"/cases/{self.last}/cancel", {**given, "step": "cancel", "key": key()})


REASON: list[str] = []


def key() -> str:
    return str(uuid.uuid4())


def pairs(all_parties: list[Party], *, by_json: bool, carried: type[Door]) -> Make:
    """Every client takes a party of its own."""
    following = cycle(all_parties)

    def make() -> Client:
        pair = Pair(next(following), by_json, carried)
        return Client(pair.call, pair.undo, pair.leave)

    return make


# --- the rival: the same statements, with the rows that they make told apart


@dataclass(frozen=True)
class Sent:
    """The statements of one pair, and the id of the row that each of these tables got."""

    statements: list[str]
    made: dict[str, int]


def captured(party: Party, *, by_json: bool) -> Sent:
    """One pair done and taken back: nothing of it stands, so its statements can be sent again."""
    from django.db import transaction

    from yigongti.referral.models import Referral

    pair = Pair(party, by_json)
    pair.call()
    pair.undo()
    with connection_kept(), transaction.atomic():
        statements = sql_of(pair.call)
        row = Referral.objects.get(case__number=pair.last)
        transaction.set_rollback(True)
    return Sent(statements, {"workflow_case": row.case_id, "capacity_stay": row.stay_id})


@contextmanager
def connection_kept() -> Iterator[None]:
    """A request ends by dropping a connection that stands in a transaction; not while ours does."""
    from django.core.signals import request_finished, request_started
    from django.db import close_old_connections

    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def rivals(sent: list[Sent]) -> Make:
    """Every client sends the statements of a party of its own, and takes them back."""
    following = cycle(sent)

    def make() -> Client:
        bare, one = link(), next(following)
        steps = [(statement, _table_of(statement, one.made)) for statement in one.statements]
        places = re.compile("|".join(rf"\b{made}\b" for made in one.made.values()))
        names = {str(made): table for table, made in one.made.items()}

        def call() -> None:
            now = {table: str(made) for table, made in one.made.items()}
            bare.execute("BEGIN")
            for statement, makes in steps:
                cursor = bare.execute(places.sub(lambda found: now[names[found[0]]], statement))
                rows = cursor.fetchall() if cursor.description else []
                if makes:
                    now[makes] = str(rows[0][0])
            bare.execute("ROLLBACK")

        return Client(call, close=bare.close)

    return make


def _table_of(statement: str, made: dict[str, int]) -> str:
    """Which of these tables the statement puts a row into, if any."""
    return next((table for table in made if statement.startswith(f'INSERT INTO "{table}"')), "")


def main() -> None:
    """Print the figures and their ratios, door by door."""
    from yigongti.kernel.parameters.codes import code_lists

    REASON[:] = [code_lists[name].entries[0].code for name in ("referral.up_reason", "referral.cancel_reason")]
    found = parties(max(CLIENTS))
    doors: list[tuple[str, bool]] = [("forms", False), ("JSON", True)]
    for title, by_json in doors:
        sent = [captured(party, by_json=by_json) for party in found]
        tell(f"submit and accept by {title}: {len(sent[0].statements)} statements a pair")
        asked = [pairs(found, by_json=by_json, carried=how) for how in (Inside, Served)]
        compare(f"by {title}", rivals(sent), *asked)


if __name__ == "__main__":
    run(main)
