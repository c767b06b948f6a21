"""What the page on speaking FHIR tells its reader to type is answered."""

from __future__ import annotations

import re

from tests.architecture.source import ROOT
from tests.exchange.fhir import lives
from yigongti.exchange.fhir.own import sight as own_sight


PAGE = ROOT / "docs" / "howto" / "speak-fhir.md"
TYPED = re.compile(r'^ {4}(?: {3})?curl (.*)"http://127\.0\.0\.1:8000/fhir/R4(/[^"]+)"$', re.MULTILINE)


def test_every_address_on_the_page_is_answered_and_those_of_the_record_find_it(county, township):
    own_sight.forget()
    lives.lived(county)
    typed = TYPED.findall(PAGE.read_text(encoding="utf-8"))
    assert len(typed) >= 7
    empty = []
    for options, path in typed:
        answer = township.get(path, **({"Prefer": "respond-async"} if "respond-async" in options else {}))
        assert answer.status_code == (202 if "$export" in path else 200), path
        if "$export" not in path and not answer.json().get("entry"):
            empty.append(path)
    nobody = [path for _, path in typed if path.startswith(("/Observation?patient.identifier=M1", "/Task?"))]
    assert empty == nobody  # who has sent M1, and who is referred? Nobody here
