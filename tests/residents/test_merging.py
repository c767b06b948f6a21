"""Merge and un-merge: nothing is moved, everything comes back, one of two wins."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.residents.people import card, person
from yigongti.kernel.refusal import AlreadyDone, Missing, NotAllowed, NotFound
from yigongti.residents.actions.merging import call_different, merge, unmerge
from yigongti.residents.models import Merge, Resident, Suspicion
from yigongti.residents.queries.search import find
from yigongti.residents.refusals import PaperTaken, SamePerson


def masters():
    return dict(Resident.objects.values_list("pk", "master_id"))


def test_a_merge_points_and_its_undoing_gives_everything_back(county, steward):
    a, b, c = (person(county.village, name=name) for name in ("张桂兰", "张贵兰", "张桂蓝"))
    before = masters()
    first = merge(by=steward, kept=b.pk, absorbed=c.pk, reason="同一身份证")
    between = masters()
    merge(by=steward, kept=a.pk, absorbed=b.pk, reason="同一人")
    assert set(masters().values()) == {a.pk}
    unmerge(by=steward, merge=Merge.objects.get(absorbed=b).pk, reason="核错")
    assert masters() == between
    unmerge(by=steward, merge=int(first.number[2:]), reason="核错")
    assert masters() == before


def test_an_inner_merge_undone_first_is_not_undone_twice(county, steward):
    a, b, c = (person(county.village, name=name) for name in ("张桂兰", "张贵兰", "张桂蓝"))
    inner = merge(by=steward, kept=b.pk, absorbed=c.pk, reason="同一人")
    outer = merge(by=steward, kept=a.pk, absorbed=b.pk, reason="同一人")
    unmerge(by=steward, merge=int(inner.number[2:]), reason="核错")
    assert masters() == {a.pk: a.pk, b.pk: a.pk, c.pk: c.pk}
    merge(by=steward, kept=a.pk, absorbed=c.pk, reason="就是同一人")
    unmerge(by=steward, merge=int(outer.number[2:]), reason="核错")
    assert masters() == {a.pk: a.pk, b.pk: b.pk, c.pk: a.pk}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_merges_undone_backwards_give_every_state_back(county, steward, data):
    people = [person(county.village, name=f"张{c}").pk for c in "一二三四五"]
    standing, states, done = list(people), [], []
    for _ in range(data.draw(st.integers(1, 4))):
        kept, absorbed = data.draw(st.permutations(standing))[:2]
        states.append(Resident.objects.filter(pk__in=people).in_bulk())
        done.append(int(merge(by=steward, kept=kept, absorbed=absorbed, reason="同一人").number[2:]))
        standing.remove(absorbed)
    while done:
        unmerge(by=steward, merge=done.pop(), reason="核错")
        earlier = {pk: row.master_id for pk, row in states.pop().items()}
        assert {pk: row.master_id for pk, row in Resident.objects.filter(pk__in=people).in_bulk().items()} == earlier


def test_who_was_merged_away_is_found_as_whom_they_belong_to(county, steward, village_doctor):
    kept, absorbed = person(county.village, name="张桂兰"), person(county.village, name="章贵岚", phone="13911112222")
    merge(by=steward, kept=kept.pk, absorbed=absorbed.pk, reason="同一人")
    for text in ("章贵岚", "13911112222", absorbed.record_no):
        assert [row.pk for row in find(for_=village_doctor, text=text).rows] == [kept.pk], text
    assert [row.pk for row in find(for_=village_doctor, text="zgl").rows] == [kept.pk]


def test_the_id_card_of_who_was_merged_away_comes_back_unless_it_is_taken(county, steward):
    kept, absorbed = person(county.village), person(county.village, id_card=card())
    done = merge(by=steward, kept=kept.pk, absorbed=absorbed.pk, reason="同一人")
    Resident.objects.filter(pk=kept.pk).update(id_card=card())
    with pytest.raises(PaperTaken, match=card()):
        unmerge(by=steward, merge=int(done.number[2:]), reason="核错")
    Resident.objects.filter(pk=kept.pk).update(id_card="")
    assert unmerge(by=steward, merge=int(done.number[2:]), reason="核错")


def test_a_merge_needs_two_a_reason_and_data_staff(county, steward, township_doctor):
    a, b = person(county.village), person(county.village)
    with pytest.raises(Missing):
        merge(by=steward, kept=a.pk, absorbed=b.pk, reason=" ")
    with pytest.raises(SamePerson):
        merge(by=steward, kept=a.pk, absorbed=a.pk, reason="同一人")
    with pytest.raises(NotAllowed):
        merge(by=township_doctor, kept=a.pk, absorbed=b.pk, reason="同一人")


def test_data_staff_of_another_group_merge_nobody_here(county):
    a, b = person(county.village), person(county.village)
    foreign = factories.actor("data_steward", county.foreign_group)
    with pytest.raises(NotFound):
        merge(by=foreign, kept=a.pk, absorbed=b.pk, reason="同一人")


def test_a_merge_answers_the_suspicion_and_its_undoing_asks_again(county, steward):
    from yigongti.kernel import clock

    a, b = person(county.village), person(county.village)
    raised = Suspicion.objects.create(one=a, other=b, why="同名同生日", score=85, raised_at=clock.now())
    done = merge(by=steward, kept=b.pk, absorbed=a.pk, reason="同一人")
    raised.refresh_from_db()
    assert raised.verdict == "same"
    unmerge(by=steward, merge=int(done.number[2:]), reason="核错")
    call_different(by=steward, suspicion=raised.pk, note="双胞胎")
    with pytest.raises(AlreadyDone, match="侯宏明"):
        call_different(by=steward, suspicion=raised.pk, note="双胞胎")


@pytest.mark.django_db(transaction=True)
def test_of_merges_of_one_person_raced_exactly_one_wins_and_the_others_are_told():
    county = factories.county()
    people = [person(county.village, name=name) for name in ("张桂兰", "张贵兰", "张桂蓝", "章桂兰", "张桂岚")]
    absorbed = people[0].pk
    racers = [(factories.actor("data_steward", county.group), other.pk) for other in people[1:]]

    def attempt(racer):
        steward, kept = racer
        try:
            return merge(by=steward, kept=kept, absorbed=absorbed, reason="同一人").number
        except AlreadyDone as told:
            return told
        finally:
            connection.close()

    with ThreadPoolExecutor(len(racers)) as pool:
        answers = list(pool.map(attempt, racers))
    won = [answer for answer in answers if isinstance(answer, str)]
    assert len(won) == 1
    assert Merge.objects.get(undone_at=None).absorbed_id == absorbed
    assert Resident.objects.exclude(master_id=absorbed).filter(pk=absorbed).exists()


@pytest.mark.django_db(transaction=True)
def test_two_merged_into_each_other_at_once_end_as_one_merge():
    county = factories.county()
    a, b = (person(county.village, name=name) for name in ("张桂兰", "张贵兰"))
    racers = [(factories.actor("data_steward", county.group), a.pk, b.pk) for _ in range(2)]
    racers += [(factories.actor("data_steward", county.group), b.pk, a.pk) for _ in range(2)]

    def attempt(racer):
        steward, kept, absorbed = racer
        try:
            return merge(by=steward, kept=kept, absorbed=absorbed, reason="同一人").number
        except AlreadyDone as told:
            return told
        finally:
            connection.close()

    with ThreadPoolExecutor(len(racers)) as pool:
        answers = list(pool.map(attempt, racers))
    assert sum(isinstance(answer, str) for answer in answers) == 1
    assert len(set(masters().values())) == 1
