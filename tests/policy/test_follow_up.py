"""随访"""

from datetime import date

import pytest

from yigongti.chronic.refusals import NothingMeasured
from yigongti.kernel.refusal import BadValue
from yigongti.residents.actions.deaths import DeathDay, record_deaths


title = "随访"
pytestmark = pytest.mark.requirement("R54")


@pytest.fixture
def duty(case):
    case.refer_up().take("accept", by="接收台").take("arrive", by="接收台").hand_back(follow_up_on="2026-11-27")
    return case.of_follow_up()


def test_overdue_it_climbs_to_the_head_of_the_centre(duty):
    """应随访当日为限；逾期先催随访医生，三天后报卫生院院长。"""
    assert duty.clock("2026-11-27 23:58").told() == []
    assert duty.clock("2026-11-28 00:01").told() == ["随访医生"]
    assert duty.clock("2026-12-02 00:01").told() == ["随访医生", "卫生院院长"]


def test_a_visit_measures_something(duty):
    """面对面随访须有测量；电话联系可以没有。"""
    with pytest.raises(NothingMeasured):
        duty.take("record", by="村医", way="home", medicines_taken="regular", result="satisfied")
    duty.take("record", by="村医", way="phone", medicines_taken="regular", result="satisfied").expect(state="已随访")


def test_impossible_numbers_are_refused(duty):
    """活人不会有的数值不收。"""
    with pytest.raises(BadValue):
        duty.take("record", by="村医", way="home", medicines_taken="regular", result="satisfied", systolic=420,
                  diastolic=80)  # fmt: skip
    duty.expect(state="待随访")


def test_one_who_could_not_be_followed_up_is_named_with_a_reason(duty):
    """未能随访的，登记原因；失访按未控制统计。"""
    duty.take("miss", by="村医", missed_reason="lost").expect(state="未能随访")


def test_who_has_died_is_followed_up_no_more_and_the_referral_ends_with_it(duty):
    """居民登记去世的，随访随之结束，不再催办；所属转诊同时办结。"""
    died(duty.resident)
    duty.expect(state="已去世，不再随访")
    assert duty.clock("2026-12-02 00:01").told() == []


def died(resident):
    """What a death certificate that contradicts nothing does."""
    from yigongti.exchange.senders import the_inbox

    record_deaths(by=the_inbox(), deaths=[DeathDay(resident_id=resident.pk, died_on=date(2026, 11, 20))])
