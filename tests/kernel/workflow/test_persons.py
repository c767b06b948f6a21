"""Whose case it is, and to whom that is told: a case stays its person's, and nobody learns of one without a basis."""

import pytest

from tests.factories import actor, resident, upward_given
from yigongti.kernel.finders import pickers
from yigongti.kernel.workflow import engine
from yigongti.kernel.workflow.models import Case
from yigongti.kernel.workflow.refusals import OtherPerson
from yigongti.referral.models import Referral


@pytest.mark.requirement("R47")
def test_a_draft_of_one_person_is_not_submitted_for_another(county):
    doctor = actor("village_doctor", county.village)
    one, other = resident(county.village, name="甲"), resident(county.village, name="乙")
    number = engine.begin(by=doctor, workflow="referral.upward", step="draft", given={"resident": str(one.pk)}).number
    with pytest.raises(OtherPerson):
        engine.take(by=doctor, number=number, step="submit", given=upward_given(other, county.cardiology))
    case = Case.objects.get(number=number)
    assert (case.state, case.person_id, Referral.objects.get(case=case).resident_id) == ("draft", one.pk, one.pk)
    engine.take(by=doctor, number=number, step="submit", given=upward_given(one, county.cardiology))


def test_where_a_person_is_managed_is_told_on_a_basis_only(county):
    asked = {"text": "", "limit": 8, "given": {"resident": str(resident(county.village).pk)}}
    find = pickers["grassroots_institution"].find
    assert [one.value for one in find(for_=actor("village_doctor", county.village), **asked)] == [
        str(county.village.pk)
    ]
    assert find(for_=actor("village_doctor", county.village2), **asked) == []
    assert find(for_=actor("hr_officer", county.group), **asked) == []
