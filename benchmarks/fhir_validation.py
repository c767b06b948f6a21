"""Reading, checking, indexing and writing FHIR, against JSON parsing alone and fhir.resources in the same run.

    .venv/bin/python -m benchmarks.fhir_validation

On one bundle of Synthea's where ../shared/data lies beside the project, else on samples of the tests. CPU time of one
thread, the median of many rounds. fhir.resources is measured where it is installed (it is no dependency): its R4B
models check structure alone, no code lists, no rules, no references.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from tests.exchange.fhir_r4 import samples

from yigongti.exchange.fhir_r4.definitions import search_parameters
from yigongti.exchange.fhir_r4.reading import read
from yigongti.exchange.fhir_r4.searching import values_of
from yigongti.exchange.fhir_r4.validator import check
from yigongti.exchange.fhir_r4.writing import write


SYNTHEA = Path(__file__).resolve().parents[2] / "shared" / "data" / "fhir" / "synthea"
RESOURCES = 21
SECONDS = 2.0
LIMITS = {"Patient": 1.0, "Observation": 1.0, "Bundle": 15.0}


def main() -> None:
    slow = [resource["resourceType"] for resource in chosen() if measured(resource) > LIMITS[resource["resourceType"]]]
    sys.exit(", ".join(slow) or None)


def measured(resource: dict[str, Any]) -> float:
    """Print what one resource costs; milliseconds of its check."""
    kind, text = resource["resourceType"], write(resource)
    if found := check(resource):
        raise SystemExit(f"a benchmark of refusals would be worthless: {found[0]}")
    parsing, checking = took(lambda: json.loads(text)), took(lambda: check(resource))
    tell(kind + (f" of {len(resource['entry'])}" if kind == "Bundle" else "") + f", {len(text):,} bytes")
    tell(f"    json.loads alone {parsing:8.3f} ms")
    tell(f"    read             {took(lambda: read(text)):8.3f} ms")
    tell(
        f"    check            {checking:8.3f} ms   {checking / parsing:.1f} times json.loads, limit {LIMITS[kind]:.0f}"
    )
    tell(f"    index            {took(lambda: index(resource)):8.3f} ms   every search parameter")
    tell(f"    write            {took(lambda: write(resource)):8.3f} ms")
    tell(f"    {rival(kind, json.loads(text), checking)}")
    return checking


def chosen() -> list[dict[str, Any]]:
    """A patient, an observation, and a bundle of 21."""
    if not SYNTHEA.is_dir():
        return [samples.patient(), samples.observation(), samples.transaction()]
    bundle = read(next(iter(sorted(SYNTHEA.glob("*.json")))).read_bytes())
    bundle["entry"] = bundle["entry"][:RESOURCES]
    first = {entry["resource"]["resourceType"]: entry["resource"] for entry in reversed(bundle["entry"])}
    return [first["Patient"], first.get("Observation", samples.observation()), bundle]


def index(resource: dict[str, Any]) -> None:
    """What a store would do to find it again: every value of every parameter."""
    for one in [entry["resource"] for entry in resource.get("entry", ()) if "resource" in entry] or [resource]:
        for code, parameter in search_parameters(one["resourceType"]).items():
            if parameter.type not in ("composite", "special"):
                values_of(one, code)


def rival(kind: str, plain: dict[str, Any], ours: float) -> str:
    """The ratio to fhir.resources, if it is here."""
    try:
        models = import_module("fhir.resources.R4B")
    except ImportError:
        return "fhir.resources is not installed: no ratio to it"
    model = models.get_fhir_model_class(kind)
    theirs = took(lambda: model.model_validate(plain))
    return f"fhir.resources   {theirs:8.3f} ms   ratio of check to it {ours / theirs:.2f}"


def took(call: Callable[[], object]) -> float:
    """Milliseconds of CPU a call, the median of rounds."""
    call()
    rounds, until = [], time.perf_counter() + SECONDS
    while time.perf_counter() < until:
        began = time.thread_time()
        for _again in range(5):
            call()
        rounds.append((time.thread_time() - began) * 200)
    return statistics.median(rounds)


def tell(line: str) -> None:
    sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
