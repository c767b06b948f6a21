"""下转"""

import pytest

from yigongti.kernel.refusal import NotAllowed, NotFound
from yigongti.kernel.workflow.refusals import NotFromHere


title = "下转"
pytestmark = pytest.mark.requirement("R47")


def test_the_village_takes_over_the_follow_up(case):
    """基层接收、患者到诊，随访任务随即生成。"""
    case.refer_down().expect(state="待基层接收", turn="基层医生")
    case.take("accept", by="村医").take("arrive", by="村医").expect(state="已到诊，待随访")
    case.of_follow_up().expect(state="待随访")


@pytest.mark.requirement("R54")
def test_it_is_closed_by_the_first_follow_up_and_by_nobody_else(case):
    """首次随访办完以前不办结，谁也不能提前办结；办完即由系统办结。"""
    case.refer_down().take("accept", by="村医").take("arrive", by="村医").expect(state="已到诊，待随访", turn="系统")
    with pytest.raises(NotAllowed):
        case.take("close", by="村医")
    duty = case.of_follow_up()
    duty.take(
        "record", by="村医", way="clinic", medicines_taken="regular", result="satisfied", systolic=128, diastolic=80
    )
    case.expect(state="已办结")


def test_unanswered_the_home_doctor_is_reminded(case):
    """基层逾期没有接收：再次提请基层医生。"""
    case.refer_down().clock("2026-12-20 09:00")
    assert "基层医生" in case.told()


def test_another_township_does_not_see_it(case):
    """邻乡的医生看不到这一单。"""
    case.refer_down()
    assert case.sees("村医")
    assert not case.sees("邻乡医生")
    with pytest.raises(NotFound):
        case.take("accept", by="邻乡医生")


def test_declined_it_is_over(case):
    """退回须写明原因，退回后不能再接收。"""
    case.refer_down().take("decline", by="村医", decline_reason="beyond_us").expect(state="已退回")
    with pytest.raises((NotFromHere, NotFound)):
        case.take("accept", by="村医")
