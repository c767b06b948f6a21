"""Many residents at once, as a county brings its register: one COPY a table, and an undo for whom nobody has used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection

from yigongti.kernel import clock
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.action.gate import Receipt, action
from yigongti.kernel.language import phrase
from yigongti.kernel.referring import referred
from yigongti.kernel.refusal import BadValue, Refusal, Refusals
from yigongti.organisations.queries import open_institutions
from yigongti.residents import codes
from yigongti.residents.actions.numbers import next_temporary_nos, reserved_serials
from yigongti.residents.labels import CHRONIC, ETHNICITY, HOUSEHOLD_ROLE, PAPER, PHONE_OWNER, SEX
from yigongti.residents.models import Household, Identifier, Resident, Suspicion
from yigongti.residents.particulars import Particulars, read
from yigongti.residents.queries.alike import Alike


GOES_WITH = ("residents.Identifier.resident", "residents.Suspicion.one", "residents.Suspicion.other")
"""What is taken away together with a registration that is undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """Somebody to be registered: clean particulars, papers as (system, value), who manages the record."""

    person: Particulars
    managing_id: int
    papers: Sequence[tuple[str, str]] = ()
    household_no: str = ""
    household_role: str = ""
    chronic: Sequence[str] = ()
    died_on: date | None = None
    alike: Sequence[Alike] = field(default_factory=list)


CODES = {"sex": SEX, "phone_owner": PHONE_OWNER, "ethnicity": ETHNICITY, "household_role": HOUSEHOLD_ROLE,
         "chronic": {code: label for code, label in CHRONIC.items() if code != "chd"}}  # fmt: skip
"""The code lists of registration: code → label. Coronary disease under one code; the other stands for older rows."""


def told_person(typed: Mapping[str, str]) -> tuple[Particulars | None, Sequence[Refusal]]:
    """A person as a form or a sheet tells of them: clean, or everything that registration would refuse."""
    try:
        return read(typed), ()
    except Refusals as many:
        return None, many.all
    except Refusal as one:
        return None, (one,)


def told_paper(system: str, number: str) -> str:
    """The number of a card or paper in its one form. Raises BadValue."""
    try:
        return codes.paper(number)
    except codes.Unfit as unfit:
        problem = phrase(unfit.rule, **unfit.facts)
        raise BadValue(field=system, label=PAPER[system], value=number[:40], problem=problem) from None


def card_fault(number: str) -> str:
    """What is wrong with an ID card number, in words; '' for a good one and for none."""
    try:
        codes.id_card(number, today=clock.today()) if number else None
    except codes.Unfit as unfit:
        return str(phrase(unfit.rule, **unfit.facts))
    return ""


@action("residents.register_many")
def register_many(*, by: Actor, newcomers: Sequence[Newcomer]) -> Receipt:
    """成批登记居民。"""
    places = dict(open_institutions().values_list("pk", "division"))
    homes = [one.person.lives_division or places[one.managing_id] for one in newcomers]
    ids, numbers = _ids(len(newcomers)), _record_numbers(homes)
    households = _households(newcomers, homes)
    now = clock.now()
    rows = (
        (
            pk, pk, number, *_columns(one.person, home), households.get(one.household_no), one.household_role,
            one.managing_id, list(one.chronic), [], one.died_on, now, by.post_id, 1,
        )
        for pk, number, home, one in zip(ids, numbers, homes, newcomers, strict=True)
    )  # fmt: skip
    _copy(Resident, COLUMNS, rows)
    _copy(Identifier, ("resident_id", "system", "value"), _papers(ids, newcomers, homes))
    _suspect(by, ids, newcomers)
    return Receipt(
        number=f"{numbers[0]}+{len(ids)}", done=phrase("{n} 人", n=len(ids)), persons=tuple(ids),
        subject="residents.Resident:many", data={"residents": ids},
    )  # fmt: skip


PERSON = ("name", "pinyin", "initials", "sex", "birth_date", "birth_estimated", "id_card", "phone", "phone_owner",
          "ethnicity", "lives_division", "lives_address", "insured_division", "register_division")  # fmt: skip
COLUMNS = ("id", "master_id", "record_no", *PERSON, "household_id", "household_role", "managing_id", "chronic",
           "sensitive", "died_on", "registered_at", "registered_by_id", "version")  # fmt: skip


def _columns(person: Particulars, home: str) -> tuple[Any, ...]:
    held = {**person.columns(), "lives_division": home}
    return tuple(held[name] for name in PERSON)


def _copy(model: Any, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    statement = f"COPY {model._meta.db_table} ({', '.join(columns)}) FROM STDIN"
    with connection.wrap_database_errors, connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('residents_resident', 'id')) FROM generate_series(1, %s)", [count]
        )
        return [row[0] for row in cursor.fetchall()]


def _record_numbers(homes: Sequence[str]) -> list[str]:
    """The next numbers of each village, in the order of the sheet."""
    prefixes = [codes.record_prefix(home) for home in homes]
    serials = {prefix: iter(reserved_serials(prefix, count)) for prefix, count in sorted(Counter(prefixes).items())}
    return [codes.record_no(prefix, next(serials[prefix])) for prefix in prefixes]


def _households(newcomers: Sequence[Newcomer], homes: Sequence[str]) -> dict[str, int]:
    """The household of each number that the sheet gives, made where it is new, at its first member's address."""
    first: dict[str, tuple[Newcomer, str]] = {}
    for one, home in zip(newcomers, homes, strict=True):
        if one.household_no:
            first.setdefault(one.household_no, (one, home))
    Household.objects.bulk_create(
        (
            Household(number=number, address=one.person.lives_address, division=home, managing_id=one.managing_id)
            for number, (one, home) in sorted(first.items())
        ),
        ignore_conflicts=True,
    )
    return dict(Household.objects.filter(number__in=first).values_list("number", "pk"))


def _papers(ids: Sequence[int], newcomers: Sequence[Newcomer], homes: Sequence[str]) -> list[tuple[int, str, str]]:
    """Every paper told of; a temporary number for whom has none at all."""
    kept = [(pk, *paper) for pk, one in zip(ids, newcomers, strict=True) for paper in one.papers]
    bare = [(pk, home) for pk, home, one in zip(ids, homes, newcomers, strict=True) if not _named(one)]
    numbers = next_temporary_nos([home for _, home in bare])
    return kept + [(pk, "temporary", number) for (pk, _), number in zip(bare, numbers, strict=True)]


def _named(one: Newcomer) -> bool:
    return bool(one.person.id_card or one.papers)


def _suspect(by: Actor, ids: Sequence[int], newcomers: Sequence[Newcomer]) -> None:
    now = clock.now()
    Suspicion.objects.bulk_create(
        (
            Suspicion(one_id=min(pk, other.resident), other_id=max(pk, other.resident), why=other.why[:200],
                      score=other.score, weight=other.weight, first=other.first, raised_at=now,
                      raised_by_id=by.post_id)
            for pk, one in zip(ids, newcomers, strict=True) for other in one.alike
        ),
        ignore_conflicts=True,
    )  # fmt: skip


@action("residents.unregister_many")
def unregister_many(*, by: Actor, residents: Sequence[int], but: Sequence[str] = ()) -> Receipt:
    """撤销成批登记中还没有用过的居民。

    `but` are relations of the caller's own, as `app.Model.field`, whose rows it takes away with those who are gone.
    """
    held = set(Resident.objects.select_for_update().filter(pk__in=residents, version=1).values_list("pk", flat=True))
    gone = sorted(held - referred(Resident, held, but=(*GOES_WITH, *but)))
    Suspicion.objects.filter(one__in=gone).delete()
    Suspicion.objects.filter(other__in=gone).delete()
    Identifier.objects.filter(resident__in=gone).delete()
    Resident.objects.filter(pk__in=gone)._raw_delete(using=connection.alias)
    return Receipt(
        number=f"-{len(gone)}", done=phrase("{n} 人", n=len(gone)), persons=tuple(gone),
        subject="residents.Resident:many", data={"gone": gone},
    )  # fmt: skip
