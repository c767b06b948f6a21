"""A county's first day: a one-time code makes the first administrator at the root, and then never again."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction

from yigongti.kernel import clock
from yigongti.kernel.access.accounts import give_post, make_account
from yigongti.kernel.access.models import Account, Post, Unit
from yigongti.kernel.access.units import lock_tree, make_unit
from yigongti.kernel.refusal import BadValue, Refusal


HOURS = 24
ROLE = "administrator"
_LETTERS = "23456789abcdefghjkmnpqrstuvwxyz"


class FirstDayOver(Refusal):
    """第一位管理员已经有了，请直接登录。"""


def is_first_day() -> bool:
    """Whether nobody has an account yet."""
    return not Account.objects.exists()


def make_code() -> str:
    """A new one-time code, valid for a day; only its hash is kept, outside the database. Refused once anybody is in."""
    if not is_first_day():
        raise FirstDayOver
    code = "-".join("".join(secrets.choice(_LETTERS) for _ in range(5)) for _ in range(4))
    _keep({"hash": _hashed(code), "until": (clock.now() + timedelta(hours=HOURS)).isoformat()})
    return code


def use_code(code: str, *, login: str, name: str, password: str) -> Post:
    """Make the first administrator, at the root of the tree. Two at once: one becomes it, the other is told."""
    with transaction.atomic():
        lock_tree()
        if not is_first_day():
            raise FirstDayOver
        _require_valid(code)
        root = Unit.objects.filter(parent__isnull=True).order_by("id").first()
        root = root or make_unit(parent=None, kind="county", name="（未命名的县）")
        account = make_account(login=login, person_name=name, password=password, must_change_password=False)
        post = give_post(by=None, account=account, unit=root, role=ROLE, begins=clock.today(), reason="第一位管理员")
    _place().unlink(missing_ok=True)
    return post


def _require_valid(code: str) -> None:
    kept = _kept()
    right = hmac.compare_digest(_hashed(code), kept.get("hash", ""))
    if not right:
        raise BadValue(field="code", label="一次性口令", value="******", problem="不对；请看服务启动时打印的那一行")
    if clock.now() > datetime.fromisoformat(kept["until"]):
        raise BadValue(field="code", label="一次性口令", value="******", problem="已过期；重新启动服务会打印新的")


def _hashed(code: str) -> str:
    plain = "".join(code.lower().split()).replace("-", "")
    return hashlib.sha256(b"first day " + plain.encode()).hexdigest()


def _place() -> Path:
    return Path(settings.DATA_FOLDER) / "first_day.json"


def _keep(facts: dict[str, str]) -> None:
    """Readable by the owner alone from the first byte."""
    place = _place()
    place.parent.mkdir(parents=True, exist_ok=True)
    place.unlink(missing_ok=True)
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump(facts, out)


def _kept() -> dict[str, str]:
    try:
        return dict(json.loads(_place().read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError):
        return {}
