"""A county with a township that orders, a laboratory system that takes orders, and both taking results."""

from types import SimpleNamespace

import pytest

from tests.exchange.test_taking_hl7v2 import message, result, sent
from tests.factories import county as make_county
from yigongti.exchange.models import Destination, Sender
from yigongti.kernel import clock


CARD = "140781197211050171"
WHEN = f"{clock.now():%Y%m%d%H%M%S}"
"""Orders come within the days of their basis; all at one time, so that a repeat says nothing new."""


def destination(institution, **more):
    """A system of the institution that takes what `more` says."""
    given = {"title": f"{institution.short_name}{len(more)}", "application": "LIS", "facility": "检验中心",
             "host": "127.0.0.1", "port": 1, **more}  # fmt: skip
    return Destination.objects.create(institution=institution, **given)


def announced(code, institution):
    """A sender whom data staff have confirmed: it speaks for an institution of ours."""
    now = clock.now()
    return Sender.objects.create(channel="hl7v2", code=code, title=code, institution=institution, first_seen=now,
                                 last_seen=now, confirmed_at=now)  # fmt: skip


@pytest.fixture
def town():
    """城关卫生院 asks (HIS|城关卫生院); the laboratory is 县人民医院's (LIS|检验中心)."""
    return made_town()


def made_town():
    """The same, for tests that run in several transactions."""
    county = make_county()
    announced("HIS|城关卫生院", county.township)
    announced("LIS|检验中心", county.hospital)
    return SimpleNamespace(
        county=county,
        lab=destination(county.hospital, title="县检验系统", orders=True),
        his=destination(
            county.township, title="城关卫生院 HIS", application="HIS", facility="城关卫生院", results=True
        ),
    )


def ordered(control="1", code="NW", number="P1", item="GLU^空腹血糖", **more):
    """The township orders; the message is meant for the laboratory system."""
    body = message("ORM^O01", f"ORC|{code}|{number}|||||||{WHEN}|||D9^张医师", f"OBR|1|{number}||{item}",
                   control=control, facility="城关卫生院", **{"card": CARD, **more})  # fmt: skip
    found = sent(body.replace("YIGONGTI|集团".encode(), "LIS|检验中心".encode()))
    assert found.state == "applied", found.reason
    return found


def reported(control="9", number="P1", status="F", value="6.10", item="GLU^空腹血糖", facility="检验中心", **more):
    """The laboratory reports."""
    obr = f"OBR|1|{number}|F7|{item}|||20260310080000||||||||||||||||||{status}"
    body = message("ORU^R01", obr, result(value, status)[1], control=control, facility=facility,
                   **{"card": CARD, **more})  # fmt: skip
    found = sent(body.replace(b"|HIS|", b"|LIS|", 1))
    assert found.state == "applied", found.reason
    return found
