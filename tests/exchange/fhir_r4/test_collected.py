"""Every collected case ends as HL7's own validator ended it; Synthea's bundles and HL7's own examples pass."""

from __future__ import annotations

import json
import re

import pytest

from tests.exchange.fhir_r4.wrong_examples import WRONG
from yigongti.exchange.fhir_r4.reading import Unreadable, read
from yigongti.exchange.fhir_r4.validator import check, is_refused
from yigongti.exchange.fhir_r4.writing import write


# Marked as right, but only because their list of HL7's 49 complaints ends after twelve: each of its 39 fullUrl is
# relative, which the same validator refuses in two other cases.
RELATIVE = "bundle-duplicate-ids-not.json"
COMMENT = re.compile(r"/\*.*?\*/")


def verdict(path):
    """The elements that are refused; the empty one where the file is no JSON."""
    try:
        issues = check(read(path.read_bytes()))
    except Unreadable:
        return [""]
    return [issue.expression for issue in issues if is_refused([issue])]


def test_every_case_is_refused_or_taken_as_by_the_validator_of_hl7(collected):
    cases = json.loads((collected / "validator_cases" / "manifest.json").read_text(encoding="utf-8"))
    assert len(cases) == 37
    found = {case["file"]: bool(verdict(collected / "validator_cases" / case["file"])) for case in cases}
    wanted = {case["file"]: case["core_error"] for case in cases}
    assert found == wanted | {RELATIVE: True}


def test_what_is_refused_is_named_where_hl7_named_it(collected):
    cases = json.loads((collected / "validator_cases" / "manifest.json").read_text(encoding="utf-8"))
    refused = [case for case in cases if case["core_error"]]
    assert len(refused) == 21
    for case in refused:
        named = [
            COMMENT.sub("", place) for level, _code, _words, place in case["issues"] if level in ("error", "fatal")
        ]
        ours = verdict(collected / "validator_cases" / case["file"])
        assert any(one == place or one.startswith(f"{place}.") for one in ours for place in named), (case["file"], ours)


def test_the_one_case_of_another_verdict_has_only_relative_addresses(collected):
    resource = read((collected / "validator_cases" / RELATIVE).read_bytes())
    assert {issue.rule for issue in check(resource)} == {"r4.full_url"}


def test_every_bundle_of_synthea_passes_and_comes_back_equal(collected):
    paths = sorted((collected / "synthea").glob("*.json"))
    assert len(paths) == 22
    for path in paths:
        bundle = read(path.read_bytes())
        assert check(bundle, kind="Bundle") == [] and read(write(bundle)) == bundle


@pytest.mark.long
@pytest.mark.needs("npm")
def test_the_official_examples_pass_but_for_those_that_are_wrong(fetched):
    """All 5,306 of the package, definitions among them; each comes back equal, and each disagreement has its reason."""
    refused, count = {}, 0
    for path in fetched("hl7.fhir.r4.examples").glob("*.json"):
        if path.name not in ("package.json", ".index.json"):
            resource = read(path.read_bytes(), largest=2**30)
            count += 1
            assert read(write(resource), largest=2**30) == resource
            rules = {issue.rule for issue in check(resource) if is_refused([issue])}
            if rules:
                refused[path.name] = rules
    assert count == 5306
    assert refused == {name: rules for name, (rules, _reason) in WRONG.items()}
