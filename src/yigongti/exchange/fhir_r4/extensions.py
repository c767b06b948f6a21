"""Extensions: a value or parts, never both; those of the standard with the type that the standard gives them."""

from __future__ import annotations

from typing import Any

from yigongti.exchange.fhir_r4.definitions import extension_kinds, shape
from yigongti.exchange.fhir_r4.faults import Faults, shown
from yigongti.exchange.fhir_r4.references import is_absolute
from yigongti.exchange.fhir_r4.visits import Check, Resource, Visit
from yigongti.kernel.language import phrase


def check_extension(value: Resource, holder: Resource, visit: Visit, faults: Faults) -> None:
    """One extension, beyond what its own elements say."""
    valued = _value_of(value)
    if (valued is None) is ("extension" not in value):
        words = phrase("扩展“{url}”要么有值，要么有下级扩展，二者必居其一。", url=shown(value.get("url")))
        faults.add("invariant", "ext-1", words)
        return
    url = value.get("url")
    kinds = extension_kinds(url) if type(url) is str else None
    if kinds and valued is not None and valued not in kinds:
        words = phrase(
            "扩展“{url}”的值应是 {kinds}，不是 {kind}。", url=shown(url), kinds=", ".join(kinds), kind=valued
        )
        faults.add("structure", "r4.extension", words)


def addressed(check: Check) -> Check:
    """The check of an extension that stands by itself: only parts of another may have a short name for address."""

    def checked(value: Any, holder: Resource, visit: Visit, faults: Faults) -> None:
        check(value, holder, visit, faults)
        url = value.get("url") if type(value) is dict else None
        if type(url) is str and url and not is_absolute(url):
            faults.add(
                "value",
                "r4.extension_url",
                phrase("扩展的 url 应是完整的地址，不能是“{value}”。", value=shown(url)),
                "url",
            )

    return checked


def _value_of(value: Resource) -> str | None:
    """The type of its value, by the name that the value stands under."""
    for name in value:
        if name.startswith(("value", "_value")):
            return _value_names().get(name.removeprefix("_"))
    return None


def _value_names() -> dict[str, str]:
    if not _NAMES:
        element = shape("Extension")["value"]
        _NAMES.update({element.key(kind): kind.code for kind in element.kinds})
    return _NAMES


_NAMES: dict[str, str] = {}
