"""Claims as the insurance bureau would send them, and somebody who is told of them."""

from __future__ import annotations

from datetime import date
from itertools import count

from yigongti.exchange.senders import the_inbox
from yigongti.fund.actions import take_in_claims
from yigongti.fund.told import ToldClaim


_numbers = count(1)


def told(**changes) -> ToldClaim:
    """An inpatient stay of a resident of the county in a hospital of the city."""
    given = {
        "number": f"140781S{next(_numbers):08d}", "insurer": "140781", "insured_kind": "resident",
        "visit_kind": "inpatient", "institution_name": "晋中市第一人民医院", "institution_division": "140702",
        "level": "tertiary", "admitted_on": date(2026, 9, 1), "discharged_on": date(2026, 9, 9),
        "settled_on": date(2026, 9, 9), "diagnosis_code": "J18.900", "diagnosis_name": "肺炎", "name": "张桂兰",
        "total": 1_000_000, "in_scope": 900_000, "paid_basic": 500_000, "paid_serious": 50_000, "account": 30_000,
        "self_paid": 420_000, "deductible": 50_000,
    }  # fmt: skip
    return ToldClaim(**{**given, **changes})


def here(**changes) -> ToldClaim:
    """The same in the county's own hospital."""
    return told(**{"institution_name": "县人民医院", "institution_division": "140781", "level": "secondary", **changes})


def taken(*claims: ToldClaim, source: str = "table:1") -> list[dict]:
    """What becomes of these claims."""
    return take_in_claims(by=the_inbox(), claims=claims, source=source).data["claims"]
