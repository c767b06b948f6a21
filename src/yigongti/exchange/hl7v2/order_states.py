"""What has become of an order: from its control code (ORC-1, table 0119) and its status (ORC-5, table 0038)."""

from __future__ import annotations


PLACED, IN_PROGRESS, RESULTED, CANCELLED = "placed", "in_progress", "resulted", "cancelled"
UNCHANGED = ""
"""The order is as it was: what was asked for was not done, or the message only says that it was heard."""

_BY_CONTROL = {
    **dict.fromkeys(("NW", "RO", "XO", "XX", "XR", "PA", "CH", "OK", "NA", "SN", "RL", "OE", "OR"), PLACED),
    **dict.fromkeys(("HD", "OH", "HR"), PLACED),
    **dict.fromkeys(("CA", "OC", "CR", "DC", "OD", "DR", "UA", "RP", "RQ", "RU"), CANCELLED),
    **dict.fromkeys(("UC", "UD", "UH", "UM", "UN", "UR", "UX", "DE", "DF", "LI", "UF"), UNCHANGED),
    **dict.fromkeys(("SC", "SR", "SS", "RE"), IN_PROGRESS),
}  # fmt: skip
_BY_STATUS = {
    "A": IN_PROGRESS, "IP": IN_PROGRESS, "SC": IN_PROGRESS, "CM": RESULTED, "CA": CANCELLED, "DC": CANCELLED,
    "RP": CANCELLED,
}  # fmt: skip
OF_THE_FILLER = frozenset({
    "OK", "UA", "CR", "UC", "OC", "DR", "UD", "OD", "HR", "UH", "OH", "OR", "UR", "OE", "RQ", "UM", "RU", "XR", "UX",
    "XX", "SC", "SR", "SN", "RE", "DE", "UF", "FU",
})  # fmt: skip
"""What the one that carries an order out says of it (table 0119, column originator); the others are the placer's."""
NEW = frozenset({"NW", "RO", "PA", "CH", ""})
"""An order under a number that another item bears already is another order."""

_RANK = (PLACED, IN_PROGRESS, RESULTED)


def state_of(control: str, status: str) -> str | None:
    """The state that a message tells; "" where it leaves the order as it is, None for codes that nobody knows.

    What takes an order back does so whatever its status says; otherwise the status says more than the code.
    """
    told = _BY_CONTROL.get(control or "NW")
    return told if told in (None, CANCELLED, UNCHANGED) else _BY_STATUS.get(status, told)


def state_of_report(status: str) -> str:
    """The order's state by the status of its report (OBR-25, table 0123)."""
    return {"": RESULTED, "F": RESULTED, "C": RESULTED, "M": RESULTED, "X": CANCELLED}.get(status, IN_PROGRESS)


def after(before: str, told: str, *, new: bool = False) -> str:
    """The state that holds: nothing steps back by a message that was late, a result cannot be taken back by a
    cancellation; an order placed anew (`new`) after it was cancelled stands again."""
    if not before or not told:
        return told or before
    if before == CANCELLED:
        return told if told in (IN_PROGRESS, RESULTED) or new else CANCELLED
    if told == CANCELLED:
        return before if before == RESULTED else CANCELLED
    return max(before, told, key=_RANK.index)
