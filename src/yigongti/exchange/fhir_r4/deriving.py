"""Derives data/r4.json.gz, the facts of R4 that the checker needs, from HL7's own packages; see README.md beside it.

    python -m yigongti.exchange.fhir_r4.deriving DEFINITIONS EXPANSIONS

Both are folders of JSON files: the unpacked packages hl7.fhir.r4.examples (which holds every definition of the
standard, too) and hl7.fhir.r4.expansions, 4.0.1 each. Names, numbers and codes are carried over, texts are not.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any


TARGET = Path(__file__).parent / "data" / "r4.json.gz"
VERSION = "4.0.1"
PROFILE = "http://hl7.org/fhir/StructureDefinition/"
FHIR_TYPE = PROFILE + "structuredefinition-fhir-type"
REGEX = PROFILE + "regex"
TOO_COSTLY = "http://hl7.org/fhir/StructureDefinition/valueset-toocostly"

# Constraints on a data type that stands for another with less: its elements are that type's, its rules its own.
ALIASES = ("SimpleQuantity", "MoneyQuantity")
# R4 publishes the logical id as a string; its text, and every server, say `id`.
RESOURCE_ID = "id"
# Checked by code of ours on every element, resource or narrative; see checkers.py, contained.py, narrative.py.
NATIVE = frozenset({"ele-1", "ext-1", "dom-2", "dom-3", "dom-4", "dom-5", "ref-1", "txt-1", "txt-2"})
# As published these are neither true nor false where nothing is said; HL7 has corrected them so since.
AMENDED = {
    "bdl-8": "fullUrl.exists() implies fullUrl.contains('/_history/').not()",
    "ras-2": "probability.empty() or ((probability is decimal) implies ((probability as decimal) <= 100))",
}

Json = dict[str, Any]


def main() -> None:
    """Write the data file and say how large it became."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("definitions", type=Path)
    parser.add_argument("expansions", type=Path)
    asked = parser.parse_args()
    facts = derive(asked.definitions, asked.expansions)
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    # Without a time in its head, the same facts give the same bytes.
    TARGET.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    counted = {name: len(part) for name, part in facts.items() if isinstance(part, dict)}
    sys.stdout.write(f"{TARGET.stat().st_size:,} bytes: {counted}\n")


def derive(definitions: Path, expansions: Path) -> Json:
    """All facts of the standard, as plain JSON."""
    structures = [one for one in _files(definitions, "StructureDefinition") if one.get("fhirVersion") == VERSION]
    types = [one for one in structures if _is_type(one)]
    wanted: set[str] = set()
    shapes: Json = {}
    rules: Json = {}
    for one in types:
        shapes.update(_shapes(one, wanted))
        rules.update(_rules(one))
    return {
        "version": VERSION,
        "types": {one["name"]: [one["kind"], _base(one), bool(one.get("abstract"))] for one in types},
        "regexes": {one["name"]: found for one in types if (found := _regex(one))},
        "shapes": shapes,
        "rules": rules,
        "codes": _codes(expansions, wanted),
        "extensions": dict(_extension(one) for one in structures if _is_extension(one)),
        "search": _search(definitions),
        "compartments": {
            one["code"]: _members(one)
            for one in _files(definitions, "CompartmentDefinition")
            if not one.get("experimental") or "example" not in one["id"]
        },
    }


def _files(folder: Path, kind: str) -> Iterator[Json]:
    for path in sorted(folder.rglob(f"{kind}-*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        if found.get("resourceType") == kind:
            yield found


def _is_type(one: Json) -> bool:
    """Definitions of the standard's own types, without profiles on them."""
    own = one["url"] == PROFILE + one["name"]
    return own and (one.get("derivation") == "specialization" or one["name"] in (*ALIASES, "Element", "Resource"))


def _base(one: Json) -> str:
    return str(one.get("baseDefinition", "")).removeprefix(PROFILE)


def _regex(one: Json) -> str:
    if one["kind"] != "primitive-type":
        return ""
    for element in one["snapshot"]["element"]:
        if element["path"] == one["name"] + ".value":
            return next((e["valueString"] for e in _extensions(element) if e["url"] == REGEX), "")
    return ""


def _extensions(element: Json) -> list[Json]:
    return [extension for each in element.get("type", ()) for extension in each.get("extension", ())]


# --- elements


def _shapes(one: Json, wanted: set[str]) -> Json:
    """For the type and each part of it that has parts: name → [min, max, types, value set]."""
    if one["kind"] == "primitive-type":
        return {}
    root = one["snapshot"]["element"][0]["path"]
    found: Json = {one["name"]: {}}
    for element in one["snapshot"]["element"][1:]:
        path = element["path"]
        holder, name = path.rsplit(".", 1)
        holder = one["name"] if holder == root else holder
        # What an alias forbids, a rule of its own says, in better words than an unknown element.
        most = -1 if element["max"] == "*" else max(1, int(element["max"]))
        bound = _bound(element)
        wanted.update(filter(None, [bound]))
        found.setdefault(holder, {})[name] = [element["min"], most, _types(element, one), bound]
    return found


def _types(element: Json, one: Json) -> list[str]:
    if "contentReference" in element:
        return [element["contentReference"]]
    if one["kind"] == "resource" and element["path"].count(".") == 1 and element["path"].endswith(".id"):
        return [RESOURCE_ID]
    found = [_type(each) for each in element.get("type", ())]
    return ["#" + element["path"]] if found in (["BackboneElement"], ["Element"]) else found


def _type(each: Json) -> str:
    """`string`, `Reference:Patient|Group`, `Quantity:SimpleQuantity`."""
    code = next((e["valueUrl"] for e in each.get("extension", ()) if e["url"] == FHIR_TYPE), each["code"])
    targets = [url.removeprefix(PROFILE) for url in each.get("targetProfile", ())]
    profiles = [url.removeprefix(PROFILE) for url in each.get("profile", ())]
    more = targets or [name for name in profiles if name in ALIASES]
    return f"{code}:{'|'.join(more)}" if more else str(code)


def _bound(element: Json) -> str:
    binding = element.get("binding") or {}
    return str(binding.get("valueSet", "")).split("|")[0] if binding.get("strength") == "required" else ""


def _rules(one: Json) -> Json:
    """Path → [[key, expression]], errors only, each where it was first said."""
    root = one["snapshot"]["element"][0]
    found: Json = {}
    for element in one["snapshot"]["element"]:
        path = one["name"] + element["path"].removeprefix(root["path"])
        own = [
            [rule["key"], AMENDED.get(rule["key"], rule["expression"])]
            for rule in element.get("constraint", ())
            if rule["severity"] == "error" and rule["key"] not in NATIVE and rule.get("expression")
            and _said_here(rule, one, element)
        ]  # fmt: skip
        if own:
            found[path] = own
    return found


def _said_here(rule: Json, one: Json, element: Json) -> bool:
    """Not carried down from the element's own type, whose shape has the rule already."""
    source = str(rule.get("source", "")).removeprefix(PROFILE)
    types = {each["code"] for each in element.get("type", ())}
    return "." not in element["path"] or (source in ("", one["name"]) and source not in types)


# --- codes


def _codes(expansions: Path, wanted: set[str]) -> Json:
    """Value set → system → codes, of those that stand in full in their expansion."""
    found: Json = {}
    for one in _files(expansions, "ValueSet"):
        expansion = one.get("expansion") or {}
        if one["url"] in wanted and _is_full(expansion):
            found[one["url"]] = _flat(expansion.get("contains", ()))
    return {url: codes for url, codes in found.items() if codes}


def _is_full(expansion: Json) -> bool:
    return not any(e["url"] == TOO_COSTLY for e in expansion.get("extension", ()))


def _flat(contains: Any) -> Json:
    found: dict[str, list[str]] = {}
    pending = list(contains)
    while pending:
        entry = pending.pop(0)
        pending += entry.get("contains", ())
        if "code" in entry and not entry.get("abstract"):
            found.setdefault(entry.get("system", ""), []).append(entry["code"])
    return {system: sorted(set(codes)) for system, codes in found.items()}


# --- extensions


def _is_extension(one: Json) -> bool:
    return bool(one.get("type") == "Extension" and one["name"] != "Extension" and one["url"].startswith(PROFILE))


def _extension(one: Json) -> tuple[str, list[str]]:
    """Address → types of its value; none where it is made of other extensions."""
    for element in one["snapshot"]["element"]:
        if re.fullmatch(r"Extension\.value(\[x\]|[A-Z]\w*)", element["path"]) and element["max"] != "0":
            return one["url"], sorted({_type(each).split(":")[0] for each in element.get("type", ())})
    return one["url"], []


# --- search


def _search(definitions: Path) -> Json:
    """Resource → parameter → [type, expression, targets]."""
    found: dict[str, Json] = {}
    for one in _files(definitions, "SearchParameter"):
        if not _is_standard(one) or not one.get("expression"):
            continue
        for kind in one["base"]:
            own = _own_part(one["expression"], kind)
            found.setdefault(kind, {})[one["code"]] = [one["type"], own, sorted(one.get("target", ()))]
    return found


def _members(one: Json) -> Json:
    """Resource → the parameters by which it belongs; what belongs by itself (`{def}`) is nobody's parameter."""
    found = {each["code"]: [name for name in each.get("param", ()) if name != "{def}"] for each in one["resource"]}
    return {kind: sorted(names) for kind, names in found.items() if names}


def _is_standard(one: Json) -> bool:
    place = "http://hl7.org/fhir/SearchParameter/"
    return one["url"].startswith(place) and not one["url"].startswith(place + "example")


def _own_part(expression: str, kind: str) -> str:
    """Of `A.x | B.y | (C.z as date)` the parts that begin at this kind."""
    parts = [part.strip() for part in expression.split(" | ")]
    own = [part for part in parts if re.match(rf"\(*{kind}\b", part)]
    return " | ".join(own) or expression


if __name__ == "__main__":
    main()
