"""What was found or refused, as the OperationOutcome that a client reads, in the language of who asks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from yigongti.exchange.fhir_r4.faults import ERROR, INFORMATION, Issue
from yigongti.kernel.language import phrase, say
from yigongti.kernel.refusal import Refusal


def outcome(issues: Iterable[Issue]) -> dict[str, Any]:
    """All issues; where there is none it says that nothing was found, since an outcome cannot be empty."""
    told = [_told(one.severity, one.code, say(one.words)) | {"expression": [one.expression]} for one in issues]
    return _outcome(told or [_told(INFORMATION, "informational", say(phrase("没有发现问题。")))])


def refused(refusal: Refusal, *, code: str = "invalid") -> dict[str, Any]:
    """A refusal of the house; `code` is of the value set issue-type."""
    return _outcome([_told(ERROR, code, refusal.sentence)])


def _told(severity: str, code: str, words: str) -> dict[str, Any]:
    return {"severity": severity, "code": code, "diagnostics": words}


def _outcome(told: list[dict[str, Any]]) -> dict[str, Any]:
    return {"resourceType": "OperationOutcome", "issue": told}
