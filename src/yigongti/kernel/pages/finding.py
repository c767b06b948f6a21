"""What the box at the top finds beside people and institutions: cases by number or name, pages, what one may begin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from django.db.models import Q
from django.db.models.functions import Right
from pypinyin import Style, lazy_pinyin

from yigongti.kernel.access.actor import Actor
from yigongti.kernel.finders import Hit, finder
from yigongti.kernel.language import say
from yigongti.kernel.pages.registry import Page, menu_for, pages
from yigongti.kernel.workflow import rooms
from yigongti.kernel.workflow.models import Case
from yigongti.kernel.workflow.rooms import CaseRow
from yigongti.kernel.workflow.sight import visible
from yigongti.kernel.workflow.words import BIRTH


NUMBER = re.compile(r"([A-Z]{2})-?(\d{0,6})-?(\d*)")
LAST = re.compile(r"-?(\d{4,5})")
"""The running end of a number, as people read it to each other; fewer digits would mean too many."""
NOWHERE = {"work", "find", "pick", "post", "session", "organisations.first_day", "cases.list"}
"""Pages that lead nowhere by themselves, or stand on every screen."""

Named = Callable[[str], Q]

_named: list[Named] = []


def persons_named(function: Named) -> Named:
    """Let the chapter that knows people say whose cases a typed name means: a condition on cases."""
    _named[:] = [function]
    return function


@finder("cases", title="办理单")
def find_cases(*, for_: Actor, text: str, limit: int) -> list[Hit]:
    """Cases that the actor sees: by number, ended ones too; by the person's name, those that are open."""
    if not any(for_.may(f"{code}.follow") for code in rooms.kept):
        return []
    number = number_of(text)
    last = last_of(text)
    if number:
        meant = visible(for_=for_).filter(number__startswith=number)
    elif last:
        ending = visible(for_=for_).alias(end=Right("number", 4))
        meant = ending.filter(end=last[-4:], number__endswith=last)
    else:
        meant = visible(for_=for_).filter(_named[0](text) if _named else Q(pk__in=()), ended_at=None)
    found = list(meant.order_by("-pk")[:limit])
    rows: dict[int, CaseRow] = {}
    for code in {case.workflow for case in found}:
        rows.update(rooms.kept[code].rows([case.pk for case in found if case.workflow == code]))
    return [_hit(case, rows[case.pk]) for case in found]


def number_of(text: str) -> str:
    """A case number as it is stored, however it was typed: sz261122 73 is no number, sz26112200073 is."""
    typed = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()
    fits = NUMBER.fullmatch(typed)
    if fits is None or not fits[2] or (fits[3] and len(fits[2]) < 6):
        return ""
    return f"{fits[1]}{fits[2]}" + (f"-{fits[3]}" if fits[3] else "")


def last_of(text: str) -> str:
    """The last four or five digits of a case number; '' for what is none."""
    fits = LAST.fullmatch(re.sub(r"\s", "", unicodedata.normalize("NFKC", text)))
    return fits[1] if fits else ""


def _hit(case: Case, row: CaseRow) -> Hit:
    page = rooms.of(case).page
    who = f"{row.name} · " if row.name else ""
    return Hit(title=f"{who}{say(page.title)} {case.number}", detail=say(page.state(case.state).title),
               href=f"/cases/{case.number}", kind="case", person_id=row.person_id)  # fmt: skip


@finder("pages", title="去办")
def find_pages(*, for_: Actor, text: str, limit: int) -> list[Hit]:
    """What the actor may begin, and pages that the menu does not hold; by words of the title or its initials."""
    titled = {say("新办{title}", title=say(title)): f"/new/{code}" for code, title in _begun(for_).items()}
    told = {page.code for page in menu_for(for_) if text in page.title or text in say(page.title)}
    titled |= {say(page.title): f"/{page.route}" for page in _plain(for_) if page.code not in told}
    found = [(title, href) for title, href in titled.items() if meant(title, text)]
    return [Hit(title=title, detail="", href=href, kind="page") for title, href in found[:limit]]


def _begun(for_: Actor) -> dict[str, str]:
    return {
        code: made.page.title
        for code, made in rooms.kept.items()
        if any(BIRTH in s.frm and s.weight == "primary" and for_.may(made.page.permission(s)) for s in made.page.steps)
    }


def _plain(for_: Actor) -> list[Page]:
    """Pages with an address of their own, that the actor may open."""
    return [
        page for page in pages.values()
        if "<" not in page.route and not page.writes and "." not in page.route and page.code not in NOWHERE
        and (not page.permission or for_.may(page.permission))
    ]  # fmt: skip


def meant(title: str, text: str) -> bool:
    """Whether the text is a part of the title, or the beginning of its initials or its pinyin."""
    typed = "".join(text.lower().split())
    spelled, initials = _spelled(title)
    return typed in title.lower() or (typed.isascii() and (initials.startswith(typed) or spelled.startswith(typed)))


@lru_cache(maxsize=512)
def _spelled(title: str) -> tuple[str, str]:
    return "".join(lazy_pinyin(title)), "".join(lazy_pinyin(title, style=Style.FIRST_LETTER))
