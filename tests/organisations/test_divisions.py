"""Division codes are read as places: counties as shipped, streets and villages as the county keeps them."""

import pytest

from tests.access.conftest import signed_in
from tests.factories import actor
from tests.factories import county as make_county
from tests.residents.people import card, person
from yigongti.kernel import clock
from yigongti.organisations import divisions, queries
from yigongti.organisations.models import Division
from yigongti.residents.models import Suspicion

from .factories import browser, key


LIST = "/organisations/registers/divisions"


@pytest.fixture
def named(place):
    """A county with a township and a village by name."""
    own = queries.the_county().division
    Division.objects.create(code=f"{own}101", name="宋古乡")
    Division.objects.create(code=f"{own}101201", name="洪相村村民委员会")
    Division.objects.create(code=f"{own}101202", name="兴地村民委员会")
    Division.objects.create(code=f"{own}101001", name="北大街社区居民委员会")
    divisions.forget()
    yield own
    divisions.forget()


def test_a_code_is_said_as_far_as_every_part_of_it_is_known(named):
    county = queries.the_county().name
    assert queries.said_division(named) == county
    assert queries.said_division(f"{named}101") == f"{county}宋古乡"
    assert queries.said_division(f"{named}101201") == f"{county}宋古乡洪相村"
    assert queries.said_division(f"{named}101202") == f"{county}宋古乡兴地村"
    assert queries.said_division(f"{named}101001") == f"{county}宋古乡北大街社区"
    for unknown in (f"{named}101999", f"{named}999201", "999999", ""):
        assert queries.said_division(unknown) == unknown
    assert queries.said_division("140728") == "晋中市平遥县"
    assert queries.said_division("110101") == "北京市东城区"


def test_the_county_keeps_its_own_and_what_it_saves_holds_at_once(place, django_capture_on_commit_callbacks):
    own = queries.the_county().division
    assert queries.said_division(f"{own}105") == f"{own}105"
    client = browser(place.administrator(place.county))
    wrong = client.post(f"{LIST}/new", {"code": "14078110", "name": "乡", "key": key()})
    assert wrong.status_code == 422 and "区划代码是 9 位" in wrong.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"{LIST}/new", {"code": f"{own}105", "name": "连福镇", "key": key()}).status_code == 303
    assert queries.said_division(f"{own}105").endswith("连福镇")
    assert "连福镇" in client.get(f"{LIST}?q={own}1").content.decode()
    divisions.forget()


def test_registration_and_comparison_say_the_place_beside_or_instead_of_the_code(db):
    queries.forget()
    county = make_county()
    own = queries.the_county().division
    Division.objects.create(code=f"{own}101", name="宋古乡")
    row = person(county.village, id_card=card(), lives_division=f"{own}101", insured_division="140728")
    divisions.forget()
    steward, doctor = actor("data_steward", county.group), actor("village_doctor", county.village)
    other = person(county.village, name="张桂兰", register_division="110101")
    body = signed_in(doctor).get(f"/residents/{row.pk}").content.decode()
    assert "介休市宋古乡" in body and "晋中市平遥县" in body and "140728" not in body
    form = signed_in(doctor).get(f"/residents/{row.pk}/amend").content.decode()
    assert 'value="140728"' in form and "晋中市平遥县" in form
    raised = Suspicion.objects.create(one=row, other=other, why="姓名和出生日期相同", score=85, raised_at=clock.now())
    compared = signed_in(steward).get(f"/identity/duplicates/{raised.pk}").content.decode()
    assert "北京市东城区" in compared and "110101" not in compared
    queries.forget()
