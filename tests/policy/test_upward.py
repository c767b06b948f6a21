"""上转"""

import pytest

from tests import factories
from yigongti.capacity.refusals import NoBed
from yigongti.kernel.refusal import Missing, NotAllowed, NotFound, Refusal, Refusals
from yigongti.kernel.workflow.refusals import AlreadyOpen, NotFromHere
from yigongti.referral.refusals import FollowUpOutOfTime, NotOffered


title = "上转"
pytestmark = pytest.mark.requirement("R47")


def test_submitting_moves_the_turn_to_the_receiver(case):
    """提交以后，轮到接收台。"""
    case.refer_up(by="村医").expect(state="待接收", turn="接收台")


@pytest.mark.requirement("R48")
def test_submitting_holds_a_bed(case):
    """住院直通车：提交即为患者保留床位。"""
    assert case.free_beds() == 1
    case.refer_up(admission="ward")
    assert case.free_beds() == 0


@pytest.mark.requirement("R52")
def test_submitting_books_a_number_of_the_grassroots(case):
    """门诊转诊：提交即占用一个留给基层的号源，不占床位。"""
    before = case.free_slots()
    case.refer_up(admission="clinic")
    assert (case.free_slots(), case.free_beds()) == (before - 1, 1)


@pytest.mark.requirement("R48")
def test_without_a_bed_nothing_is_submitted(case):
    """没有空床，转诊不成立：当场说明，不留半件事。"""
    case.refer_up()
    neighbour = factories.resident(case.county.village, name="李秀英")
    with pytest.raises(NoBed):
        case.refer_up(resident=neighbour)
    assert case.done() == ["提交转诊"]


def test_one_open_referral_a_person(case):
    """同一患者已有未办结的上转：不再新办，引到那一单。"""
    first = case.refer_up(by="村医").number
    with pytest.raises(AlreadyOpen) as refusal:
        case.refer_up(by="卫生院医生")
    assert first in refusal.value.sentence


@pytest.mark.requirement("R133")
def test_only_what_the_sender_chose_and_may_see_travels(case):
    """随转资料由转出医生从看得到的档案里挑选；别人的记录、编造的编号，带不走。"""
    mine = case.has_entry("高血压")
    neighbour = factories.resident(case.county.village, name="李秀英")
    theirs = case.has_entry("糖尿病", resident=neighbour)
    with pytest.raises(NotOffered):
        case.refer_up(package=[mine, theirs])
    case.refer_up(package=[mine]).expect(state="待接收")
    assert "package" in case.panels("接收台")


def test_unanswered_it_climbs_the_ladder_by_working_time(case):
    """周五 16:30 提交，两个工作小时无人答复：周一 8:30 催接收台，再过一个工作小时报转诊中心主任。"""
    case.at("2026-11-20 16:30").refer_up()
    case.clock("2026-11-23 08:29")
    assert case.told() == []
    case.clock("2026-11-23 08:31")
    assert case.told() == ["接收台"]
    case.clock("2026-11-23 09:31").expect(state="待接收")
    assert case.told() == ["接收台", "转诊中心主任"]


def test_unanswered_for_three_days_it_expires_and_frees_the_bed(case):
    """三天无人答复：由系统作废，床位释放。"""
    case.at("2026-11-20 16:30").refer_up().clock("2026-11-23 16:31").expect(state="已过期")
    assert case.done() == ["提交转诊", "逾期未到，作废"]
    assert case.free_beds() == 1


def test_accepted_but_never_arrived_it_expires(case):
    """接收后三天未到院：由系统作废，床位释放。"""
    case.at("2026-11-20 16:30").refer_up().at("2026-11-20 17:00").take("accept", by="接收台")
    case.clock("2026-11-23 16:59").expect(state="已接收，待到院")
    case.clock("2026-11-23 17:01").expect(state="已过期")
    assert case.free_beds() == 1


def test_declining_needs_a_reason_and_frees_the_bed(case):
    """退回须写明原因；退回后床位释放。"""
    case.refer_up()
    with pytest.raises(Missing):
        case.take("decline", by="接收台")
    assert case.free_beds() == 0
    case.take("decline", by="接收台", decline_reason="treat_locally").expect(state="已退回", turn="")
    assert case.free_beds() == 1


def test_declined_the_receiver_sees_the_outcome_only(case):
    """退回以后，接收方只看得到结果，不再看得到病情和资料。"""
    case.refer_up()
    assert "request" in case.panels("接收台")
    case.take("decline", by="接收台", decline_reason="no_bed")
    assert case.panels("接收台") == ["outcome"]


def test_withdrawn_before_the_answer_it_is_a_draft_again(case):
    """接收前可以撤回：成为草稿，床位释放，改好可再提交。"""
    case.refer_up().take("withdraw", by="村医").expect(state="待提交", turn="转诊医生")
    assert case.free_beds() == 1


def test_cancelled_until_arrival_and_not_after(case):
    """到院前可以取消，到院后不可以。"""
    case.refer_up().take("accept", by="接收台").take("arrive", by="接收台")
    with pytest.raises(NotFromHere):
        case.take("cancel", by="村医", cancel_reason="patient_declines")
    case.expect(state="已到院")


def test_only_the_receiving_side_accepts(case):
    """只有接收方可以接收：转出方的村医不能替它接收，别处的接收台连这一单都看不到。"""
    case.refer_up(by="村医")
    with pytest.raises(NotAllowed):
        case.take("accept", by="村医")
    with pytest.raises(NotFound):
        case.take("accept", by="卫生院接收台")
    with pytest.raises(NotFound):
        case.take("accept", by="外县集团接收台")


def test_two_accept_the_second_is_told_who_was_first(case):
    """两人先后接收：只有一次有效，后一人被告知是谁、何时办的。"""
    case.refer_up().take("accept", by="接收台")
    with pytest.raises(NotFromHere) as refusal:
        case.take("accept", by="转诊中心主任")
    assert "接收台" in refusal.value.sentence


def test_admitted_the_patient_lies_in_the_held_bed(case):
    """收治即入住所留的床，不另办门诊手续；转回后床位空出。"""
    case.refer_up().take("accept", by="接收台").take("arrive", by="接收台").take("admit", by="接收台")
    assert case.free_beds() == 0
    case.hand_back().expect(state="已转回，待随访", turn="系统")
    assert case.free_beds() == 1


def test_a_return_needs_summary_plan_and_a_day(case):
    """转回须附小结、照护计划和首次随访日期；缺几样，一次说清。"""
    case.refer_up().take("accept", by="接收台").take("arrive", by="接收台")
    with pytest.raises(Refusals) as refusal:
        case.take("return", by="县医院医生")
    assert set(refusal.value.by_field()) == {"discharge_summary", "care_plan", "follow_up_on"}


@pytest.mark.requirement("R54")
def test_the_treating_doctor_returns_and_the_desk_does_not(case):
    """收治以后轮到接诊医生：小结和照护计划由其写，转回由其办；接收台和转诊中心不代办。"""
    case.refer_up().take("accept", by="接收台").take("arrive", by="接收台").take("admit", by="接收台")
    case.expect(state="诊治中", turn="接诊医生")
    given = {"discharge_summary": "血压平稳", "care_plan": "按时服药", "follow_up_on": "2026-11-27"}
    for who in ("接收台", "转诊中心主任", "卫生院医生"):
        with pytest.raises(Refusal):
            case.take("return", by=who, **given)
        case.expect(state="诊治中")
    case.take("return", by="县医院医生", **given).expect(state="已转回，待随访")


def test_the_first_follow_up_lies_within_two_weeks(case):
    """首次随访日期须在两周之内。"""
    case.refer_up().take("accept", by="接收台").take("arrive", by="接收台")
    with pytest.raises(FollowUpOutOfTime):
        case.hand_back(follow_up_on="2026-12-05")
    case.hand_back(follow_up_on="2026-12-04").expect(state="已转回，待随访")


@pytest.mark.requirement("R54")
def test_a_return_raises_the_follow_up_where_the_resident_is_managed(case):
    """转回即在管理机构生成随访任务；首次随访办完，转诊由系统办结。"""
    case.refer_up().take("accept", by="接收台").take("arrive", by="接收台").hand_back()
    duty = case.of_follow_up().expect(state="待随访", turn="随访医生")
    duty.take(
        "record", by="村医", way="home", medicines_taken="regular", result="satisfied", systolic=132, diastolic=82
    )
    duty.expect(state="已随访")
    case.expect(state="已办结")
    assert case.done()[-1] == "首次随访办完，办结"
