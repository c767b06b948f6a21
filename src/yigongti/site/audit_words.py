"""How an entry of the trail is read: sentence and basis in words, subject by name, with a link where there is one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from yigongti.kernel.access.accounts import accounts_within
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.bases import all_bases
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.language import say
from yigongti.kernel.pages.asking import row_number
from yigongti.kernel.pages.register import registers
from yigongti.kernel.parameters.words import defaults
from yigongti.kernel.workflow import rooms
from yigongti.kernel.workflow.models import Case
from yigongti.kernel.workflow.sight import visible
from yigongti.residents.queries.numbering import record_numbers
from yigongti.site.audit_sentences import sentence_of


WITHOUT_OPENING = {
    "amend": "更正登记", "bed": "床位管理", "case": "办理单", "form": "填单", "household": "同户家庭",
    "institution": "所属机构的依据", "likely": "核对疑似重复", "masked": "遮名列表", "review": "事后复核",
    "search": "查找居民",
}  # fmt: skip
"""Why a person was shown where no relation to the record was asked for."""

THINGS = {
    "access.Opening": "查阅登记", "capacity.Bed": "床位", "record.Entry": "档案记录",
    "residents.Merge": "合并", "residents.Suspicion": "疑似重复", "residents.Transfer": "档案转管",
}  # fmt: skip
"""What has no register and no number of its own."""

CASE, RESIDENT, PARAMETER, ACCOUNT = "workflow.Case", "residents.Resident", "parameters", "access.Account"


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with sentence, basis and subject in words; `href` where the reader may follow."""

    entry: Entry
    sentence: str
    basis: str
    subject: str
    href: str


@dataclass(frozen=True, slots=True)
class Subjects:
    """What the entries of a page were about, by name."""

    cases: Mapping[int, Case]
    open_cases: frozenset[int]
    files: Mapping[int, str]
    named: Mapping[tuple[str, int], str]


def shown(entries: Sequence[Entry], *, for_: Actor) -> list[Shown]:
    """The entries as they are read; one question for what is named of each kind, however many there are."""
    cases = Case.objects.in_bulk(_keys(entries, CASE))
    open_ones = visible(for_=for_).filter(pk__in=cases).values_list("pk", flat=True) if cases else ()
    files = record_numbers(for_=for_, ids=_keys(entries, RESIDENT))
    about = Subjects(cases, frozenset(open_ones), files, _named(entries, for_))
    return [Shown(one, sentence_of(one), _basis(one.basis), *_subject(one.subject, about, for_)) for one in entries]


def _named(entries: Sequence[Entry], actor: Actor) -> dict[tuple[str, int], str]:
    """Accounts and rows of registers by name, those that the reader's scope covers."""
    labels = {one.subject.partition(":")[0] for one in entries}
    made = {one.model._meta.label: one for one in registers.values()}
    accounts = _keys(entries, ACCOUNT)
    within = accounts_within(for_=actor).filter(pk__in=accounts) if accounts else ()
    found = {(ACCOUNT, account.pk): account.person_name for account in within}
    for label in labels & set(made):
        keys = _keys(entries, label) if actor.may(made[label].may_read) else set()
        rows = made[label].rows(for_=actor).filter(pk__in=keys) if keys else ()
        found |= {(label, row.pk): str(row) for row in rows}
    return found


def _keys(entries: Iterable[Entry], label: str) -> set[int]:
    parted = (one.subject.partition(":") for one in entries)
    return {row_number(key) for kind, _, key in parted if kind == label}


def _basis(code: str) -> str:
    known = all_bases().get(code)
    return say(known.title) if known else say(WITHOUT_OPENING.get(code, code))


def _subject(subject: str, about: Subjects, actor: Actor) -> tuple[str, str]:
    """Words and link; a subject that no longer stands is said as it was written."""
    label, _, key = subject.partition(":")
    number = row_number(key)
    if label == CASE and number in about.cases:
        case = about.cases[number]
        words = f"{say(rooms.of(case).page.title)} {case.number}" if case.workflow in rooms.kept else case.number
        return words, f"/cases/{case.number}" if number in about.open_cases else ""
    if label == RESIDENT and number in about.files:
        return say("居民档案 {number}", number=about.files[number]), ""
    if label == PARAMETER and key in defaults():
        return say("参数：{title}", title=say(defaults()[key].title)), f"/parameters#{key}"
    return _thing(label, key, about.named.get((label, number)), actor) or (subject, "")


def _thing(label: str, key: str, name: str | None, actor: Actor) -> tuple[str, str] | None:
    """A row of a register leads to its page; of what has no register, its kind and its number."""
    if not key:
        return None
    if label == ACCOUNT:
        return f"{say('账号')} {name or key}", f"/accounts/{key}" if name and actor.may("accounts.cover") else ""
    made = next((one for one in registers.values() if one.model._meta.label == label), None)
    if made is None:
        return (f"{say(THINGS[label])} {key}", "") if label in THINGS else None
    may = actor.may(made.may_read)
    if not key.isdecimal():
        return say("批量导入：{title}", title=say(made.title)), f"/{made.route}" if may else ""
    return f"{say(made.title)} {name or key}", f"/{made.route}/{key}" if may else ""
