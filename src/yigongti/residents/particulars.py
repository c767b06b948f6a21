"""What somebody filled in about a person, read field by field: the true values, and every error at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from yigongti.kernel import clock
from yigongti.kernel.language import say
from yigongti.kernel.refusal import BadValue, Missing, Refusal, raise_all
from yigongti.residents import codes, labels, pinyin
from yigongti.residents.refusals import NoPaper


ADDRESS_LENGTH = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """A person as registered: clean values only."""

    name: str
    sex: str
    birth_date: date
    birth_estimated: bool
    id_card: str
    phone: str
    phone_owner: str
    ethnicity: str
    lives_division: str
    lives_address: str
    insured_division: str
    register_division: str

    def columns(self) -> dict[str, Any]:
        """The resident's columns, with the spelling that goes with the name."""
        spelled, initials = pinyin.spell(self.name)
        told = {name: getattr(self, name) for name in COLUMNS}
        return {**told, "pinyin": spelled, "initials": initials}


COLUMNS = tuple(one.name for one in fields(Particulars))


def read(typed: Mapping[str, str]) -> Particulars:
    """Read a filled-in form. Raises every refusal at once, each naming its field, the value and the rule."""
    reader = _Reader(typed)
    particulars = reader.read()
    raise_all(reader.refusals)
    return particulars


class _Reader:
    """Reads one form; refusals gather here, and what could not be read is left out."""

    def __init__(self, typed: Mapping[str, str]) -> None:
        self.typed = typed
        self.refusals: list[Refusal] = []

    def read(self) -> Particulars:
        card = self._card()
        return Particulars(
            name=self._text("name", codes.person_name, required=True),
            sex=self._sex(card),
            birth_date=self._birth(card),
            birth_estimated=bool(self.typed.get("birth_estimated")) and card is None,
            id_card=card.number if card else "",
            phone=self._phone(),
            phone_owner=self._phone_owner(),
            ethnicity=self._code("ethnicity", labels.ETHNICITY, "01"),
            lives_division=self._text("lives_division", codes.division),
            lives_address=self._text("lives_address", _address),
            insured_division=self._text("insured_division", codes.division),
            register_division=self._text("register_division", codes.division) or (card.division if card else ""),
        )

    def _given(self, field: str) -> str:
        return str(self.typed.get(field, "")).strip()

    def _bad(self, field: str, value: str, problem: str, **facts: object) -> None:
        shown = value if len(value) <= 40 else f"{value[:20]}…"
        label, problem = say(labels.FIELD[field]), say(problem, **facts)
        self.refusals.append(BadValue(field=field, label=label, value=shown, problem=problem))

    def _text(self, field: str, read_: Callable[[str], str], *, required: bool = False) -> str:
        given = self._given(field)
        if not given:
            if required:
                self.refusals.append(Missing(field=field, label=say(labels.FIELD[field])))
            return ""
        try:
            return read_(given)
        except codes.Unfit as unfit:
            self._bad(field, given, unfit.rule, **unfit.facts)
            return ""

    def _code(self, field: str, known: Mapping[str, str], default: str) -> str:
        given = self._given(field) or default
        if given not in known:
            self._bad(field, given, "不在可选范围内")
        return given

    def _card(self) -> codes.IdCard | None:
        given = self._given("id_card")
        if not given:
            if not self.typed.get("no_papers"):
                self.refusals.append(NoPaper(field="id_card"))
            return None
        try:
            return codes.id_card(given, today=clock.today())
        except codes.Unfit as unfit:
            self._bad("id_card", given, unfit.rule, **unfit.facts)
            return None

    def _sex(self, card: codes.IdCard | None) -> str:
        given = self._given("sex") or (card.sex if card else "")
        if not given and self._given("id_card") and card is None:
            return ""  # the card will say it, once it is put right
        if not given:
            self.refusals.append(Missing(field="sex", label=say(labels.FIELD["sex"])))
        elif given not in labels.SEX:
            self._bad("sex", given, "不在可选范围内")
        elif card and given != card.sex:
            self._bad(
                "sex", say(labels.SEX[given]), "与身份证号不一致，第 17 位表示{sex}", sex=say(labels.SEX[card.sex])
            )
        return given

    def _birth(self, card: codes.IdCard | None) -> date:
        given = self._given("birth_date")
        if not given:
            if card is None and not self._given("id_card"):
                self.refusals.append(Missing(field="birth_date", label=say(labels.FIELD["birth_date"])))
            return card.birth_date if card else codes.EARLIEST
        try:
            born = codes.birth_date(given, today=clock.today())
        except codes.Unfit as unfit:
            self._bad("birth_date", given, unfit.rule, **unfit.facts)
            return codes.EARLIEST
        if card and born != card.birth_date:
            self._bad("birth_date", given, "与身份证号中的出生日期 {born} 不一致", born=card.birth_date)
        return born

    def _phone(self) -> str:
        return self._text("phone", codes.phone)

    def _phone_owner(self) -> str:
        if not self._given("phone"):
            return "none"
        owner = self._code("phone_owner", labels.PHONE_OWNER, "self")
        if owner == "none":
            self._bad("phone_owner", say(labels.PHONE_OWNER[owner]), "已填电话，请说明是谁的")
        return owner


def _address(text: str) -> str:
    address = " ".join(text.split())
    if len(address) > ADDRESS_LENGTH:
        raise codes.Unfit(codes.TOO_LONG, most=ADDRESS_LENGTH, count=len(address))
    if not address.isprintable():
        raise codes.Unfit("含有不能显示的字符")
    return address
