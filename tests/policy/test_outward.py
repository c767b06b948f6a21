"""外转"""

import pytest

from yigongti.kernel.refusal import NotAllowed


title = "外转"
pytestmark = pytest.mark.requirement("R47")


def test_leaving_the_county_needs_the_referral_centre(case):
    """转往县外须经转诊中心同意；结果登记后办结。"""
    case.refer_out(by="卫生院医生").expect(state="待转诊中心审核", turn="转诊中心主任")
    case.take("approve", by="转诊中心主任").expect(state="已同意，县外诊治中", turn="转出医生")
    case.take("close", by="卫生院医生", discharge_summary="术后恢复良好").expect(state="已办结")


def test_a_village_doctor_does_not_refer_out_of_the_county(case):
    """村医不直接转往县外：先上转。"""
    with pytest.raises(NotAllowed):
        case.refer_out(by="村医")


def test_whoever_asked_is_reminded_of_the_outcome(case):
    """县外结果逾期没有登记：提醒转出医生。"""
    case.refer_out().take("approve", by="转诊中心主任").clock("2027-03-01 09:00")
    assert "转出医生" in case.told()
