"""HL7 v2 messages from outside become people and their record; what cannot be taken waits with its reason."""

from pathlib import Path

import pytest

from tests.factories import county as make_county
from yigongti.exchange import inbox
from yigongti.exchange.models import Message


pytestmark = pytest.mark.django_db
DATA = Path(__file__).parents[3] / "shared" / "data" / "hl7v2"


@pytest.fixture
def county():
    return make_county()


def test_everything(county):
    from collections import Counter
    counts = Counter()
    for path in sorted(DATA.glob("*/*.hl7")):
        body = path.read_bytes()
        got = inbox.receive(channel="hl7v2", sender=path.parent.name, control_id="", kind="x", body=body)
        state = inbox.take_in(got.id) or got.state
        m = Message.objects.get(pk=got.id)
        counts[(path.parent.name, state, m.rule)] += 1
        print(path.name[:60], state, m.reason[:150], m.done[:4], m.persons)
    for k, v in sorted(counts.items()):
        print(k, v)
