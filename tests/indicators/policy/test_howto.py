"""The page of the how-to is sound, and counts on the county that is counted by hand."""

import re
from pathlib import Path

from tests.indicators.policy.hand_county import COUNTY
from tests.indicators.policy.test_by_hand import figures
from yigongti.indicators.policy.needs import NEEDS
from yigongti.kernel.measures.checks import faults
from yigongti.kernel.measures.reference import Key


HOWTO = Path(__file__).resolve().parents[3] / "docs" / "howto" / "add-an-indicator.md"


def test_the_example_of_the_howto_loads_and_counts():
    (snippet,) = re.findall(r"^ *```python\n(.*?)^ *```", HOWTO.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    page = {}
    exec(re.sub(r"^   ", "", snippet, flags=re.MULTILINE), page)  # noqa: S102
    made = page["diastolic_control"]
    assert faults({made.code: made}, needs=NEEDS) == []
    # In care for hypertension 1, 2, 3 and 9; measured last 89, 85 and 95, of 3 nothing.
    found = figures(made, COUNTY)[Key(1)]
    assert (found.numerator, found.denominator) == (2, 4)
