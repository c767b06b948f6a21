"""Clients of the FHIR server: made for an institution by the operator, given tokens for their secret, recognised."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import time
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction

from yigongti.exchange.fhir.models import AccessToken, Client
from yigongti.exchange.fhir.scopes import Scopes, narrowed, scopes_of
from yigongti.exchange.models import Sender
from yigongti.exchange.policy.fhir_client_role import fhir_client
from yigongti.exchange.senders import the_inbox
from yigongti.kernel import clock, prepared
from yigongti.kernel.access import sign_in
from yigongti.kernel.access.actor import Actor
from yigongti.kernel.access.models import Account, Post
from yigongti.kernel.audit import trail
from yigongti.kernel.parameters import values
from yigongti.kernel.refusal import BadValue, Missing, Refusal
from yigongti.organisations.actions import system_actor
from yigongti.organisations.queries import open_institutions


BEARER = re.compile(r"Bearer +([A-Za-z0-9_\-]{20,200})", re.IGNORECASE)


class NoToken(Refusal):
    """请先取得令牌，在 Authorization 里用 Bearer 出示；令牌过期或已收回时也是这句话。"""

    status = 401


class WrongClient(Refusal):
    """客户端或密钥不对，或已停用。"""

    status = 401


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who speaks: an account of one institution, as whose sender it writes, and what its token grants."""

    client: int
    actor: Actor
    sender: int
    scopes: Scopes


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A new client; its secret is shown once."""

    code: str
    secret: str
    institution: str
    scopes: str


def make_client(*, institution: str, title: str = "", scopes: str) -> Made:
    """A client for the open institution of this name. Raises BadValue where none or several bear it."""
    granted = scopes_of(scopes)
    place = _institution(institution)
    secret, code = secrets.token_urlsafe(32), f"fhir-{secrets.token_hex(4)}"
    name = (title or f"{place.short_name} FHIR 客户端")[:60]
    with transaction.atomic():
        now = clock.now()
        account = Account(login=code, person_name=name, must_change_password=False, made_at=now)
        account.set_unusable_password()
        account.save(force_insert=True)
        post = Post.objects.create(account=account, unit=place.unit, role=fhir_client.code, begins=clock.today())
        sender = Sender.objects.create(channel="fhir", code=code, title=name, institution=place, first_seen=now,
                                       last_seen=now, confirmed_at=now)  # fmt: skip
        made = Client.objects.create(code=code, title=name, account=account, post=post, sender=sender,
                                     secret_hash=_hash(secret), scopes=str(granted), made_at=now)  # fmt: skip
        trail.wrote(
            by=system_actor(), action="exchange.make_client", sentence=f"开通 FHIR 客户端{code}（{place.name}）",
            subject=f"exchange.Client:{made.pk}", facts={"scopes": str(granted)},
        )  # fmt: skip
    return Made(code=code, secret=secret, institution=place.name, scopes=str(granted))


def _institution(name: str) -> Any:
    found = list(open_institutions().filter(name=name)[:2]) or list(open_institutions().filter(short_name=name)[:2])
    if not name:
        raise Missing(field="institution", label="机构")
    if len(found) != 1:
        problem = "不止一家机构叫这个名字" if found else "没有这家机构"
        raise BadValue(field="institution", label="机构", value=name[:60], problem=problem)
    return found[0]


def end_client(*, code: str) -> None:
    """Close a client: its tokens are worth nothing from now on."""
    with transaction.atomic():
        client = Client.objects.select_for_update().filter(code=code, ended_at=None).first()
        if client is None:
            raise BadValue(field="client", label="客户端", value=code[:60], problem="没有，或已停用")
        client.ended_at = clock.now()
        client.save(update_fields=["ended_at"])
        AccessToken.objects.filter(client=client).delete()
        Account.objects.filter(pk=client.account_id).update(status="suspended")
        trail.wrote(by=system_actor(), action="exchange.end_client", sentence=f"停用 FHIR 客户端{code}",
                    subject=f"exchange.Client:{client.pk}")  # fmt: skip


def _hash(text: str) -> str:
    """Secrets and tokens are long and random: a plain hash can't be guessed back."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A token, as its answer tells it."""

    token: str
    seconds: int
    scopes: str


def token_for(*, code: str, secret: str, scopes: str = "") -> Given:
    """A token for a client's secret. Raises WrongClient, and BadValue for scopes that are not its own."""
    client = Client.objects.filter(code=code[:60].replace("\x00", " "), ended_at=None).first()
    known = client.secret_hash if client else _hash("")
    if not hmac.compare_digest(known, _hash(secret)) or client is None:
        trail.session(by=None, action="fhir.token_refused", sentence="FHIR 令牌被拒：客户端或密钥不对",
                      account_id=client.account_id if client else None)  # fmt: skip
        raise WrongClient
    granted = scopes_of(client.scopes)
    kept = narrowed(granted, scopes_of(scopes)) if scopes.strip() else granted
    if kept is None:
        raise BadValue(field="scope", label="范围", value=scopes[:60], problem="不在开通的范围内")
    token, seconds = secrets.token_urlsafe(32), values.number("exchange.token_minutes") * 60
    now = clock.now()
    AccessToken.objects.filter(client=client, expires_at__lt=now).delete()
    AccessToken.objects.create(hash=_hash(token), client=client, scopes=str(kept),
                               expires_at=now + timedelta(seconds=seconds))  # fmt: skip
    trail.session(by=_actor(client.post_id), action="fhir.token", sentence="FHIR 令牌已发放",
                  account_id=client.account_id)  # fmt: skip
    return Given(token=token, seconds=seconds, scopes=str(kept))


FIND = """
SELECT c.id, c.sender_id, c.post_id, t.scopes FROM exchange_accesstoken t
JOIN exchange_client c ON c.id = t.client_id JOIN access_account a ON a.id = c.account_id
WHERE t.hash = %(hash)s AND t.expires_at > %(now)s AND c.ended_at IS NULL AND a.status = 'active'
"""
HOLDS = """
SELECT FROM exchange_accesstoken t JOIN exchange_client c ON c.id = t.client_id
JOIN access_account a ON a.id = c.account_id
WHERE t.hash = %(w_hash)s AND t.expires_at > %(w_now)s AND c.ended_at IS NULL AND a.status = 'active'
 AND c.id = %(w_client)s AND c.sender_id = %(w_sender)s AND c.post_id = %(w_post)s
"""
FRESH_SECONDS = 5.0
MOST_KEPT = 1000

_actors: dict[int, tuple[float, Actor | None]] = {}
_voices: dict[int, tuple[float, Voice]] = {}
_lately: dict[str, tuple[float, Caller]] = {}


def caller_of(header: str) -> Caller:
    """Who stands behind an Authorization header. Raises NoToken."""
    said = BEARER.fullmatch(header.strip())
    if said is None:
        raise NoToken
    hashed = _hash(said[1])
    rows = prepared.fetched_first(FIND, {"hash": hashed, "now": clock.now()})
    found = rows[0] if rows else None
    actor = _known_actor(found[2]) if found else None
    if found is None or actor is None:
        raise NoToken
    caller = Caller(client=found[0], sender=found[1], actor=actor, scopes=_known_scopes(found[3]))
    if len(_lately) > MOST_KEPT:
        _lately.clear()
    _lately[hashed] = (_actors[found[2]][0], caller)
    return caller


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """Who bore this token a moment ago. A statement that contains HOLDS finds nothing where it is no longer true."""

    caller: Caller
    hashed: str

    @property
    def given(self) -> dict[str, Any]:
        """The values of HOLDS."""
        caller = self.caller
        return {"w_hash": self.hashed, "w_now": clock.now(), "w_client": caller.client, "w_sender": caller.sender,
                "w_post": caller.actor.post_id}  # fmt: skip


def claimed(header: str) -> Claimed | None:
    """As whom the bearer was recognised within the last seconds; to be proven by the statement that answers."""
    said = BEARER.fullmatch(header.strip())
    hashed = _hash(said[1]) if said else ""
    kept = _lately.get(hashed)
    if kept is None or time.monotonic() - kept[0] > FRESH_SECONDS:
        return None
    return Claimed(caller=kept[1], hashed=hashed)


def client_by_key(key: int, *, scopes: str) -> Caller | None:
    """As whom work goes on that a client began; None once it is closed."""
    client = Client.objects.filter(pk=key, ended_at=None).first()
    actor = _actor(client.post_id) if client else None
    if client is None or actor is None:
        return None
    return Caller(client=client.pk, sender=client.sender_id, actor=actor, scopes=scopes_of(scopes))


@lru_cache(maxsize=1000)
def _known_scopes(text: str) -> Scopes:
    """As many as there are ways to grant."""
    return scopes_of(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """As whom a write goes on: the sender with its institution, and the house's own account for the record."""

    sender: Sender
    inbox: Actor


def voice_of(caller: Caller) -> Voice:
    """Kept for a few seconds: that data staff put a sender's institution right is seldom."""
    kept = _voices.get(caller.sender)
    if kept is None or time.monotonic() - kept[0] > FRESH_SECONDS:
        sender = Sender.objects.select_related("institution").get(pk=caller.sender)
        if len(_voices) > MOST_KEPT:
            _voices.clear()
        kept = _voices[caller.sender] = (time.monotonic(), Voice(sender=sender, inbox=the_inbox()))
    return kept[1]


def _known_actor(post_id: int) -> Actor | None:
    """Kept for a few seconds: posts end with a day, institutions seldom; tokens and accounts are asked each time."""
    kept = _actors.get(post_id)
    if kept is None or time.monotonic() - kept[0] > FRESH_SECONDS:
        kept = _actors[post_id] = (time.monotonic(), _actor(post_id))
    return kept[1]


def _actor(post_id: int) -> Actor | None:
    """As whom the client acts, while its account is in use and its institution open."""
    post = next((one for one in sign_in.posts_beside(post_id) if one.pk == post_id), None)
    return sign_in.actor_of(post) if post is not None and post.account.is_active else None
