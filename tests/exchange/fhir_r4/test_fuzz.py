"""Whatever is sent, every part of the reader answers or refuses, soon, and never falls."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from tests.exchange.fhir_r4 import samples
from tests.exchange.waveforms.fuzzing import broken, try_all
from yigongti.exchange.fhir_r4.definitions import keys, resource_kinds, search_parameters
from yigongti.exchange.fhir_r4.faults import MOST
from yigongti.exchange.fhir_r4.patching import patched
from yigongti.exchange.fhir_r4.reading import read
from yigongti.exchange.fhir_r4.relinking import relinked
from yigongti.exchange.fhir_r4.searching import values_of
from yigongti.exchange.fhir_r4.validator import check
from yigongti.exchange.fhir_r4.writing import write


GOOD = [samples.patient(), samples.observation(), samples.transaction(), samples.medication_request()]
WORDS = sorted({
    "resourceType", "reference", "url", "contained", "fullUrl", "div", "coding", "code", "system", "value", "id",
    *(json for name in ("Patient", "Observation", "Bundle.entry", "Extension", "Timing.repeat", "ElementDefinition")
      for known in keys(name).values() for json, _kind in known),
})  # fmt: skip
TEXTS = st.sampled_from([
    "#", "#m", "", " ", "Patient", "Bundle", "Patient/1", "urn:uuid:1", "2026-02-30", "9999-12-31", "0001", "true",
    "<div/>",
    "<div xmlns='http://www.w3.org/1999/xhtml'>x</div>", "\n", "\x07", "transaction", "searchset", "final", "http://x/y",
]) | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=5)  # fmt: skip
NUMBERS = st.integers(-(2**40), 2**40) | st.sampled_from([Decimal("1.10"), Decimal("1E+400"), Decimal("-0")])
PLAIN = st.none() | st.booleans() | NUMBERS | TEXTS
NAMES = st.sampled_from(WORDS) | st.sampled_from(WORDS).map("_{}".format)
JSON = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
KINDS = st.sampled_from(sorted(resource_kinds()))


@st.composite
def spoilt(draw):
    """A right resource with up to four of its values replaced, doubled or renamed."""
    made = read(write(draw(st.sampled_from(GOOD))))
    for _change in range(draw(st.integers(1, 4))):
        place = made
        while True:
            steps = [one for one in (place if isinstance(place, dict) else range(len(place)))]
            if not steps:
                break
            step = draw(st.sampled_from(steps))
            if not isinstance(place[step], dict | list) or draw(st.integers(0, 3)) == 0:
                place[step] = draw(JSON | st.just(place[step]).map(lambda value: [value, value]))
                break
            place = place[step]
        if isinstance(place, dict) and draw(st.booleans()):
            place[draw(NAMES)] = draw(JSON)
    return made


def looked_at(resource):
    """All that is done with what arrives."""
    issues = check(resource)
    assert len(issues) <= MOST + 1 and all(issue.words and issue.expression for issue in issues)
    assert read(write(resource)) == resource
    relinked(resource, {"urn:uuid:1": "Patient/1"})
    kind = resource.get("resourceType")
    if isinstance(kind, str) and kind in resource_kinds():
        for code, parameter in search_parameters(kind).items():
            if parameter.type not in ("composite", "special"):
                values_of(resource, code)


def test_any_json_is_checked(pytestconfig):
    try_all(lambda found: check(found), JSON, pytestconfig)
    whole = st.builds(lambda kind, fields: {**fields, "resourceType": kind}, KINDS, st.dictionaries(NAMES, JSON))
    try_all(looked_at, whole, pytestconfig)


def test_any_spoilt_resource_is_checked_and_searched(pytestconfig):
    try_all(looked_at, spoilt(), pytestconfig)


def test_any_bytes_are_read_or_refused(pytestconfig):
    try_all(lambda data: looked_at(read(data)), broken([write(one) for one in GOOD]), pytestconfig)


POINTERS = st.lists(st.sampled_from(["name", "0", "1", "-", "given", "", "~0", "id", "entry"]), max_size=4).map(
    lambda steps: "".join(f"/{step}" for step in steps)
)
OPERATIONS = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace", "move", "copy", "test", "x"]), "path": POINTERS},
    optional={"value": JSON, "from": POINTERS},
)


def test_any_patch_is_applied_or_refused(pytestconfig):
    def applied(drawn):
        resource, patch = drawn
        write(patched(resource, patch))

    try_all(applied, st.tuples(st.sampled_from(GOOD), st.lists(OPERATIONS | JSON, max_size=6)), pytestconfig)
