"""The pages as stored: each by the hash of its JSON, so that an old case can be read with the rule of its time."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from functools import cache

from yigongti.kernel import clock
from yigongti.kernel.finders import pickers
from yigongti.kernel.parameters.codes import code_lists
from yigongti.kernel.workflow import checks, rooms
from yigongti.kernel.workflow.models import Case, Page
from yigongti.kernel.workflow.words import Workflow


def as_json(page: Workflow) -> str:
    """The whole page as canonical JSON."""
    return json.dumps(dataclasses.asdict(page), ensure_ascii=False, sort_keys=True)


@cache
def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


_stored: dict[str, str] = {}


def current_hash(page: Workflow) -> str:
    """The hash of the page as it stands; stores the page when it is new here."""
    text = as_json(page) if page.code not in _hashes else ""
    digest = _hashes.setdefault(page.code, _hash(text) if text else "")
    if _stored.get(page.code) != digest or not Page.objects.filter(hash=digest).exists():
        Page.objects.get_or_create(
            hash=digest,
            defaults={"workflow": page.code, "page": json.loads(as_json(page)), "first_seen": clock.now()},
        )
        _stored[page.code] = digest
    return digest


_hashes: dict[str, str] = {}


def boot_faults() -> list[str]:
    """What stops the boot: broken pages, words that no engine carries, names that nothing answers to."""
    found = [fault for page in rooms.known.values() for fault in checks.faults(page)]
    for code, made in rooms.kept.items():
        page = made.page
        found += [f"{code} uses the word “{w}”, which the engine does not carry"
                  for w in sorted(checks.words_used(page) - rooms.CARRIED)]  # fmt: skip
        found += [f"{code} names the guard {n}, which nobody brings"
                  for s in page.steps for n in s.guards if n not in rooms.guards]  # fmt: skip
        found += [f"{code} names the effect {n}, which nobody brings"
                  for s in page.steps for n in s.does if n not in rooms.effects]  # fmt: skip
        columns = {f.name for f in made.facts._meta.get_fields()}
        found += [
            f"{code} records {f.code}, which its table does not keep" for f in page.fields if f.code not in columns
        ]
        found += [f"{code} picks {f.code} by {f.picker}, which nobody brings"
                  for f in page.fields if f.picker and f.picker not in pickers]  # fmt: skip
        found += [f"{code} chooses {f.code} from {f.options}, a list nobody brings"
                  for f in page.fields if f.options and f.options not in code_lists]  # fmt: skip
        found += [
            f"{code} records {f.code}, which may bear a special class, but not as clinical"
            for f in page.fields
            if (f.picker or f.options) in rooms.classifiers and not f.tells_of_illness
        ]
        found += [f"{code} hands over to {s.hand_over}, which is not carried"
                  for s in page.steps if s.hand_over and s.hand_over not in rooms.kept]  # fmt: skip
    return found


def homeless() -> list[str]:
    """Cases that stand in a state which their page no longer has: the page must name the move."""
    lost = []
    for code, made in rooms.kept.items():
        states = {s.code for s in made.page.states}
        for state in Case.objects.filter(workflow=code).values_list("state", flat=True).distinct():
            if state not in states:
                lost.append(f"{code}: cases stand in “{state}”, which the page no longer has")
    return lost
