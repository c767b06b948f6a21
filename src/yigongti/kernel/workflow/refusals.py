"""What the engine says no to."""

from __future__ import annotations

from yigongti.kernel.refusal import Refusal


class NotYourTurn(Refusal):
    """“{step}”由{part}办理，您的岗位不能办这一步。"""

    status = 403


class NotFromHere(Refusal):
    """此单现在是“{state}”，不能“{step}”：{who}已于{when}办了“{did}”。"""


class Stale(Refusal):
    """您看到的页面已不是最新：{who}已于{when}办了“{did}”。请看最新情况后再办。"""


class SameHand(Refusal):
    """“{step}”须由他人办理：您已办了“{did}”，同一人不能两步都办。"""

    status = 403


class OtherPerson(Refusal):
    """此单是为另一人开的，不能换人：请删去这份草稿，为此人另办一单。"""

    status = 422


class AlreadyOpen(Refusal):
    """此人已有一张在办的{title}：{number}，请跟踪那一张。"""

    @property
    def href(self) -> str:
        """Where the open one can be followed."""
        return f"/cases/{self.facts['number']}"
