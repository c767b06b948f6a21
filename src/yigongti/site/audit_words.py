"""How an entry of the trail is read: its basis by title, what it was about in words, with a link where there is one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.bases import all_bases
from yigongti.kernel.audit.models import Entry
from yigongti.kernel.language import say
from yigongti.kernel.pages.register import registers
from yigongti.kernel.parameters.words import defaults
from yigongti.kernel.workflow import rooms
from yigongti.kernel.workflow.models import Case
from yigongti.kernel.workflow.sight import visible
from yigongti.residents.queries.numbering import record_numbers


WITHOUT_OPENING = {
    "amend": "更正登记", "bed": "床位管理", "case": "办理单", "form": "填单", "household": "同户家庭",
    "likely": "核对疑似重复", "masked": "遮名列表", "review": "事后复核", "search": "查找居民",
}  # fmt: skip
"""Why a person was shown where no relation to the record was asked for."""

THINGS = {
    "access.Account": "账号", "access.Opening": "查阅登记", "capacity.Bed": "床位", "record.Entry": "档案记录",
    "residents.Merge": "合并", "residents.Suspicion": "疑似重复", "residents.Transfer": "档案转管",
}  # fmt: skip
"""What has no register and no number of its own."""

CASE, RESIDENT, PARAMETER = "workflow.Case", "residents.Resident", "parameters"


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry with its basis and its subject in words; `href` where the reader may follow."""

    entry: Entry
    basis: str
    subject: str
    href: str


def shown(entries: Sequence[Entry], *, for_: Actor) -> list[Shown]:
    """The entries as they are read; two questions for their cases and one for their files, however many there are."""
    cases = Case.objects.in_bulk(_keys(entries, CASE))
    open_ones = set(visible(for_=for_).filter(pk__in=cases).values_list("pk", flat=True)) if cases else set()
    files = record_numbers(for_=for_, ids=_keys(entries, RESIDENT))
    return [Shown(one, _basis(one.basis), *_subject(one.subject, cases, open_ones, files, for_)) for one in entries]


def _keys(entries: Iterable[Entry], label: str) -> set[int]:
    parted = (one.subject.partition(":") for one in entries)
    return {int(key) for kind, _, key in parted if kind == label and key.isascii() and key.isdecimal()}


def _basis(code: str) -> str:
    known = all_bases().get(code)
    return say(known.title) if known else say(WITHOUT_OPENING.get(code, code))


def _subject(
    subject: str, cases: dict[int, Case], open_ones: set[int], files: dict[int, str], actor: Actor
) -> tuple[str, str]:
    """Words and link; a subject that no longer stands is said as it was written."""
    label, _, key = subject.partition(":")
    number = int(key) if key.isascii() and key.isdecimal() else None
    if label == CASE and number in cases:
        case = cases[number]
        words = f"{say(rooms.of(case).page.title)} {case.number}" if case.workflow in rooms.kept else case.number
        return words, f"/cases/{case.number}" if number in open_ones else ""
    if label == RESIDENT and number in files:
        return say("居民档案 {number}", number=files[number]), ""
    if label == PARAMETER and key in defaults():
        return say("参数：{title}", title=say(defaults()[key].title)), f"/parameters#{key}"
    return _thing(label, key, actor) or (subject, "")


def _thing(label: str, key: str, actor: Actor) -> tuple[str, str] | None:
    """A row of a register leads to its page; of what has no register, its kind and its number."""
    if not key:
        return None
    made = next((one for one in registers.values() if one.model._meta.label == label), None)
    if made is None:
        return (f"{say(THINGS[label])} {key}", "") if label in THINGS else None
    if not key.isdecimal():
        return say("批量导入：{title}", title=say(made.title)), f"/{made.route}" if actor.may(made.may_read) else ""
    return f"{say(made.title)} {key}", f"/{made.route}/{key}" if actor.may(made.may_read) else ""
