"""What each wish comes to: whether the client may, which version it makes, or that nothing would change."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from yigongti.exchange.fhir import criteria, storing
from yigongti.exchange.fhir.addresses import link
from yigongti.exchange.fhir.clients import Caller
from yigongti.exchange.fhir.outcomes import BadContent, NotThere, NotYours, OtherVersion, OutOfScope, Unfit
from yigongti.exchange.fhir.sight import Sight
from yigongti.exchange.fhir.storing import Fresh, Place, Stored
from yigongti.exchange.fhir.wishes import LETTERS, Done, Resource, Wish
from yigongti.exchange.fhir_r4.patching import patched
from yigongti.exchange.fhir_r4.reading import read
from yigongti.exchange.fhir_r4.validator import check, is_refused
from yigongti.exchange.fhir_r4.writing import write
from yigongti.kernel import clock
from yigongti.kernel.language import phrase
from yigongti.kernel.refusal import Refusal, raise_all


@dataclass(slots=True, kw_only=True)
class Plan:
    """A version to be written; no resource is a deletion."""

    wish: Wish
    stored: Stored | None
    resource: Resource | None
    version: int
    at: datetime
    key: int = 0
    body: str = ""
    classes: set[str] = field(default_factory=set)
    person: int | None = None
    also: Sequence[int] = ()
    patients: list[str] = field(default_factory=list)
    targets: set[Place] = field(default_factory=set)

    @property
    def place(self) -> Place:
        """Type and id."""
        return self.wish.kind, self.wish.id

    def done(self) -> Done:
        """What it became."""
        created = self.stored is None or self.stored.deleted
        status = 204 if self.resource is None else 201 if created else 200
        return Done(status=status, kind=self.wish.kind, id=self.wish.id, version=self.version, at=self.at,
                    body=self.body, person=self.person)  # fmt: skip

    def fresh(self) -> Fresh:
        """As the store takes it."""
        return Fresh(key=self.key, type=self.wish.kind, id=self.wish.id, version=self.version, method=self.wish.method,
                     person=self.person, also=self.also, classes=sorted(self.classes), body=self.body)  # fmt: skip


def planned(wishes: Sequence[Wish], *, by: Caller, sight: Sight, at: datetime, checked: bool) -> list[Plan | Done]:
    """What each comes to, in order. Raises all that hinders them."""
    _require_scopes(wishes, by)
    if not checked:
        require_fit([(wish.kind, wish.resource) for wish in wishes if wish.resource is not None])
    settled = _conditions(wishes, by)
    open_ = [wish for number, wish in enumerate(wishes) if number not in settled]
    _name(open_)
    link(wishes, settled, by=by)
    standing = storing.stored([one.target for one in open_ if one.method != "POST"], sight=sight)
    return [settled.get(n) or _plan(wish, standing.get(wish.target), by, sight, at) for n, wish in enumerate(wishes)]


def _require_scopes(wishes: Sequence[Wish], by: Caller) -> None:
    faults: list[Refusal] = []
    for wish in wishes:
        for letter in LETTERS[wish.method] + ("s" if wish.criteria is not None else ""):
            if not by.scopes.allow(wish.kind, letter):
                faults.append(OutOfScope(field=wish.place, kind=wish.kind, what=letter))
    raise_all(faults)


def require_fit(resources: Sequence[tuple[str, Resource]]) -> None:
    """Raises Unfit with everything that R4 forbids in any of them."""
    issues = [issue for kind, resource in resources for issue in check(resource, kind=kind)]
    if is_refused(issues):
        raise Unfit(issues)


# --- conditions


def _conditions(wishes: Sequence[Wish], by: Caller) -> dict[int, Done]:
    """Conditions are answered before anything is written; what they find gives a wish its id, or settles it."""
    asked = [(n, wish, wish.criteria) for n, wish in enumerate(wishes) if wish.criteria is not None]
    criteria.hold((wish.kind, said) for _, wish, said in asked)
    settled: dict[int, Done] = {}
    for number, wish, said in asked:
        found = criteria.meant(wish.kind, said, for_=by)
        if found is None and wish.method in ("DELETE", "PATCH"):
            settled[number] = _nothing(wish, said)
        elif found is not None and wish.method == "POST":
            settled[number] = Done(status=200, kind=wish.kind, id=found.id, version=found.version, at=found.at,
                                   body=found.body, changed=False, person=found.person)  # fmt: skip
        elif found is not None:
            _require_same_id(wish, found.id)
            wish.id = found.id
    return settled


def _nothing(wish: Wish, said: str) -> Done:
    if wish.method == "PATCH":
        raise NotThere(field=wish.place, place=f"{wish.kind}?{said}"[:200])
    return Done(status=204, kind=wish.kind, changed=False)


def _require_same_id(wish: Wish, name: str) -> None:
    told = (wish.resource or {}).get("id")
    if wish.method == "PUT" and told not in (None, name):
        words = phrase("资源里的编号“{told}”与条件找到的“{name}”不同。", told=told, name=name)
        raise BadContent(field=wish.place, problem=words)


def _name(wishes: Sequence[Wish]) -> None:
    """Ids are ours, or the client's where it puts; no resource may be wished two things at once."""
    for wish in wishes:
        if wish.method == "POST":
            wish.id = str(uuid.uuid4())
        elif not wish.id:
            wish.id = (wish.resource or {}).get("id") or str(uuid.uuid4())
    twice = sorted(address for address, count in Counter(wish.address for wish in wishes).items() if count > 1)
    if twice:
        words = phrase("同一次提交里对 {place} 有两个请求。", place="、".join(twice[:5]))
        raise BadContent(rule="fhir.twice", problem=words)


# --- one wish


def _plan(wish: Wish, stored: Stored | None, by: Caller, sight: Sight, at: datetime) -> Plan | Done:
    if stored is not None:
        _require_right(wish, stored, sight)
    _require_version(wish, stored)
    if wish.method == "DELETE":
        return _deletion(wish, stored, at)
    if stored is None and wish.method == "PUT" and not by.scopes.allow(wish.kind, "c"):
        raise OutOfScope(field=wish.place, kind=wish.kind, what="c")
    resource = _patched(wish, stored) if wish.method == "PATCH" else wish.resource or {}
    if stored is not None and not stored.deleted and _is_same(resource, stored):
        return Done(status=200, kind=wish.kind, id=wish.id, version=stored.version, at=stored.at, body=stored.body,
                    changed=False, person=stored.person)  # fmt: skip
    version = stored.version + 1 if stored else 1
    body = body_of(resource, wish.id, version, said(at))
    return Plan(wish=wish, stored=stored, resource={**resource, "id": wish.id}, version=version, at=at, body=body,
                classes=set(stored.classes) if stored else set())  # fmt: skip


def _deletion(wish: Wish, stored: Stored | None, at: datetime) -> Plan | Done:
    if stored is None or stored.deleted:
        return Done(status=204, kind=wish.kind, id=wish.id, changed=False)
    return Plan(wish=wish, stored=stored, resource=None, version=stored.version + 1, at=at,
                classes=set(stored.classes), person=stored.person, also=stored.also or ())  # fmt: skip


def _require_right(wish: Wish, stored: Stored, sight: Sight) -> None:
    """What the client may not see is not there; what another institution sent is its own to change."""
    if not stored.visible:
        raise NotThere(field=wish.place, place=wish.address)
    if stored.sender not in sight.given["s_own"]:
        raise NotYours(field=wish.place, place=wish.address)


def _require_version(wish: Wish, stored: Stored | None) -> None:
    version = 0 if stored is None or stored.deleted else stored.version
    if wish.if_match is not None and wish.if_match != version:
        raise OtherVersion(field=wish.place, place=wish.address, version=version, told=wish.if_match)


def _patched(wish: Wish, stored: Stored | None) -> Resource:
    if stored is None or stored.deleted:
        raise NotThere(field=wish.place, place=wish.address)
    resource: Resource = patched(read(stored.body.encode()), wish.patch)
    if not isinstance(resource, dict) or resource.get("id") != wish.id:
        raise BadContent(field=wish.place, problem=phrase("补丁不能改资源的编号。"))
    require_fit([(wish.kind, resource)])
    return resource


def _is_same(resource: Resource, stored: Stored) -> bool:
    """Whether nothing would change but our own meta: the same is no new version."""
    now = read(stored.body.encode())
    return body_of(resource, stored.id, stored.version, now["meta"]["lastUpdated"]) == stored.body


def said(at: datetime) -> str:
    """A moment as it stands in a resource."""
    return at.astimezone(clock.COUNTY_ZONE).isoformat(timespec="milliseconds")


def body_of(resource: Mapping[str, object], name: str, version: int, at: str) -> str:
    """As it is kept and given back: with our id, version and time, all else as it was sent."""
    own = resource.get("meta")
    meta = {**(own if isinstance(own, dict) else {}), "versionId": str(version), "lastUpdated": at}
    rest = {key: value for key, value in resource.items() if key not in ("resourceType", "id", "meta")}
    return write({"resourceType": resource["resourceType"], "id": name, "meta": meta, **rest}).decode()
