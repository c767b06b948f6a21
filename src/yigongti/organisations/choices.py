"""What forms of every chapter pick from: institutions, departments, staff, groups, units."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from yigongti.kernel import clock
from yigongti.kernel.access.accounts import roles_for_unit
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Account, Post, Unit
from yigongti.kernel.access.words import Role, registry
from yigongti.kernel.finders import Choice, Hit, finder, picker
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import row_number
from yigongti.kernel.refusal import BadValue
from yigongti.organisations import queries
from yigongti.organisations.labels import KINDS, UNIT_KINDS, label
from yigongti.organisations.models import Department, Institution, Staff


def _one(rows: QuerySet[Any], value: str) -> Any:
    found = rows.filter(pk=row_number(value)).first()
    if found is None:
        raise BadValue(value=value, problem=say("没有这一项，请从名单中选择"))
    return found


def _institution(row: Institution) -> Choice:
    return Choice(value=str(row.pk), label=row.name, detail=say(label(KINDS, row.kind)))


def _department(row: Department) -> Choice:
    return Choice(
        value=str(row.pk),
        label=f"{row.institution.short_name} {row.name}",
        detail=row.treats[:60],
    )


def _staff(row: Staff) -> Choice:
    return Choice(
        value=str(row.pk),
        label=row.name,
        detail=f"{row.works_at.name} {row.title}".strip(),
    )


def _unit(row: Unit) -> Choice:
    return Choice(value=str(row.pk), label=row.name, detail=say(label(UNIT_KINDS, row.kind)))


# --- institutions: by name everywhere (names are public, R18), or within reach for those who administer


def _find_institutions(*, for_: Actor, text: str, limit: int, given: dict[str, str] | None = None) -> list[Choice]:
    rows = queries.open_institutions().filter(queries.named(text)).order_by("level", "pinyin", "pk")
    return [_institution(row) for row in rows[:limit]]


def _find_own_institutions(*, for_: Actor, text: str, limit: int, given: dict[str, str] | None = None) -> list[Choice]:
    rows = queries.institutions_within(for_=for_).filter(queries.named(text)).order_by("level", "pinyin", "pk")
    return [_institution(row) for row in rows[:limit]]


picker(
    "institution",
    find=_find_institutions,
    resolve=lambda *, for_, value, given=None: _one(queries.open_institutions(), value),
    label=lambda row: row.name,
)
picker(
    "own_institution",
    find=_find_own_institutions,
    resolve=lambda *, for_, value, given=None: _one(queries.institutions_within(for_=for_), value),
    label=lambda row: row.name,
)


# --- departments: of the institution given in the form, if one is; capacity adds those that receive referrals


def _departments(given: dict[str, str] | None) -> QuerySet[Department]:
    rows = Department.objects.select_related("institution", "unit").filter(closed_on__isnull=True)
    institution = row_number((given or {}).get("institution", ""))
    if institution:
        rows = rows.filter(institution_id=institution)
    return rows


def _find_departments(*, for_: Actor, text: str, limit: int, given: dict[str, str] | None = None) -> list[Choice]:
    hits = queries.spelled_like(text) | Q(treats__contains=text) | Q(institution__short_name__contains=text)
    rows = _departments(given).filter(hits)
    return [_department(row) for row in rows.order_by("institution__level", "pinyin", "pk")[:limit]]


picker(
    "department",
    find=_find_departments,
    resolve=lambda *, for_, value, given=None: _one(_departments(given), value),
    label=lambda row: f"{row.institution.short_name} {row.name}",
)


# --- staff, groups, units


def _find_staff(*, for_: Actor, text: str, limit: int, given: dict[str, str] | None = None) -> list[Choice]:
    rows = queries.staff_seen(for_=for_).filter(queries.spelled_like(text), left_on__isnull=True)
    return [_staff(row) for row in rows.order_by("initials", "pk")[:limit]]


def _units(for_: Actor) -> QuerySet[Unit]:
    return Unit.objects.filter(for_.reach(), closed_on__isnull=True)


def _find_units(*, for_: Actor, text: str, limit: int, given: dict[str, str] | None = None) -> list[Choice]:
    described = Institution.objects.filter(queries.named(text)).values("unit_id")
    rows = _units(for_).filter(Q(name__contains=text) | Q(pk__in=described)).order_by("path")
    return [_unit(row) for row in rows[:limit]]


def _find_groups(*, for_: Actor, text: str, limit: int, given: dict[str, str] | None = None) -> list[Choice]:
    rows = queries.groups_seen(for_=for_).filter(name__contains=text).order_by("pk")
    return [Choice(value=str(row.pk), label=row.name) for row in rows[:limit]]


picker(
    "staff",
    find=_find_staff,
    resolve=lambda *, for_, value, given=None: _one(queries.staff_seen(for_=for_), value),
    label=lambda row: row.name,
)
picker(
    "unit",
    find=_find_units,
    resolve=lambda *, for_, value, given=None: _one(_units(for_), value),
    label=lambda row: row.name,
)
picker(
    "group",
    find=_find_groups,
    resolve=lambda *, for_, value, given=None: _one(queries.groups_seen(for_=for_), value),
    label=lambda row: row.name,
)


# --- accounts and roles, for posts and rosters


def _accounts(for_: Actor) -> QuerySet[Account]:
    own = queries.institution_of(for_=for_)
    near = for_.reach("unit__") | (Q(unit__path__startswith=own.unit.path) if own else Q(pk__in=()))
    posts = Post.objects.filter(near, holds_today(), account_id=OuterRef("pk"))
    return Account.objects.filter(Exists(posts), status="active")


def holds_today() -> Q:
    """Posts that are held today."""
    return Q(begins__lte=clock.today()) & (Q(ends__isnull=True) | Q(ends__gte=clock.today()))


def _find_accounts(*, for_: Actor, text: str, limit: int, given: dict[str, str] | None = None) -> list[Choice]:
    spelled = Staff.objects.filter(queries.spelled_like(text), account__isnull=False).values("account_id")
    hits = Q(person_name__contains=text) | Q(login__startswith=queries.typed(text)) | Q(pk__in=spelled)
    held = Prefetch("posts", Post.objects.filter(holds_today()).select_related("unit"), to_attr="held")
    rows = _accounts(for_).filter(hits).order_by("person_name", "pk").prefetch_related(held)
    return [Choice(value=str(row.pk), label=row.person_name, detail=_held(row)) for row in rows[:limit]]


def _held(row: Any) -> str:
    return "、".join(f"{post.unit.name} {say(role_title(post.role))}" for post in row.held[:2])


def role_title(code: str) -> str:
    """The title of a role; an unknown one shows its code."""
    role = registry.roles.get(code)
    return role.title if role else code


def _roles(given: dict[str, str] | None) -> list[Role]:
    unit = Unit.objects.filter(pk=row_number((given or {}).get("unit", ""))).first()
    return roles_for_unit(unit) if unit else list(registry.roles.values())


def _find_roles(*, for_: Actor, text: str, limit: int, given: dict[str, str] | None = None) -> list[Choice]:
    found = [role for role in _roles(given) if text in role.title or text in say(role.title)]
    return [Choice(value=role.code, label=say(role.title), detail=say(role.does)) for role in found[:limit]]


def _resolve_role(*, for_: Actor, value: str, given: dict[str, str] | None = None) -> Role:
    if value not in registry.roles:
        raise BadValue(value=value, problem=say("没有这个岗位"))
    return registry.roles[value]


picker(
    "account",
    find=_find_accounts,
    resolve=lambda *, for_, value, given=None: _one(_accounts(for_), value),
    label=lambda row: row.person_name,
)
picker("role", find=_find_roles, resolve=_resolve_role, label=lambda role: say(role.title))


@finder("organisations", title="机构")
def find_institutions(*, for_: Actor, text: str, limit: int) -> list[Hit]:
    """Institutions on the actor's ground, by name, pinyin or initials."""
    rows = queries.open_institutions().filter(queries.on_ground("unit__", for_=for_), queries.named(text))
    return [
        Hit(
            title=row.name,
            detail=say(label(KINDS, row.kind)),
            href=f"/organisations/institutions/{row.pk}",
            kind="institution",
        )
        for row in rows.order_by("level", "pinyin", "pk")[:limit]
    ]
