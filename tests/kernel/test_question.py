"""Questions written once: what never changes stands in the SQL, what is given goes into its slot."""

import pytest
from django.db.models import Q, Value
from django.db.models.functions import Concat

from tests import factories
from yigongti.kernel.access.models import Unit
from yigongti.kernel.question import Among, Question, Slot


@pytest.fixture
def units(db):
    names = ("100%", "it's", "%s", "a\\b", "心电")
    root = factories.county().root
    for place, name in enumerate(names):
        Unit.objects.create(name=name, code=f"q{place}", kind="group", parent=root, path=f"/q/{place}/")
    return names


def asked(condition, **given):
    rows = Question(lambda: Unit.objects.filter(path__startswith="/q/").filter(condition).order_by("path")
                    .values_list("name")).asked(**given)  # fmt: skip
    return [name for (name,) in rows]


@pytest.mark.parametrize("name", ["100%", "it's", "%s", "a\\b", "心电"])
def test_a_constant_is_itself_whatever_it_holds(units, name):
    assert asked(Q(name=name)) == [name]
    assert asked(Q(name=name, kind=Slot("kind")), kind="group") == [name]
    assert asked(Q(name=name, kind=Slot("kind")), kind="%s' OR true --") == []


def test_slots_are_filled_in_their_order_between_constants(units):
    mixed = Q(name=Slot("first")) | Q(name__in=["it's", "%s"], kind="group") | Q(name=Slot("second"))
    assert asked(mixed, first="心电", second="100%") == ["100%", "it's", "%s", "心电"]
    assert asked(Among("name", Slot("names")) & Q(kind="group"), names=["心电", "%s"]) == ["%s", "心电"]
    with pytest.raises(KeyError):
        asked(mixed, first="心电")


def test_only_what_is_given_is_sent_apart(units):
    question = Question(
        lambda: (
            Unit.objects.filter(kind__in=["group", "county"], path__startswith="/q/", name=Slot("name"))
            .annotate(said=Concat("name", Value("%")))
            .values_list("said")
        )
    )
    assert question.asked(name="it's") == [("it's%",)]
    assert question._written[1] == ("name",)
    assert question._written[0].count("%s") == 1


def test_a_question_without_a_possible_answer_is_not_asked(units, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert Question(lambda: Unit.objects.filter(name__in=[]).values_list("name")).asked() == []
