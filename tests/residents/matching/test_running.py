"""The whole index compared at once: what is raised, what is remembered, what comes back, and how right it is."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection

from tests import factories
from tests.access.conftest import signed_in
from tests.residents.people import card, person
from yigongti.kernel import clock
from yigongti.residents.actions.merging import call_different, merge
from yigongti.residents.matching import learning, running, whole
from yigongti.residents.matching.weights import in_force, shipped, written
from yigongti.residents.models import Identifier, MatchRun, MatchWeights, Resident, Suspicion


pytestmark = pytest.mark.requirement("R133")
BORN = date(1958, 3, 4)
PHONE = "13812345678"


@pytest.fixture
def pairs(county):
    """One human by ear and a wrong day, one by paper; two humans of one name and birth day; strangers."""
    for n, c in enumerate("一二三四五六七八九十"):
        person(county.village, name=f"王{c}", born=date(1940 + n, 5, 6), id_card=card(born=date(1940 + n, 5, 6)))
    ear = [person(county.village, name="张桂兰", born=BORN, phone=PHONE),
           person(county.village2, name="张贵兰", born=date(1958, 3, 5), phone=PHONE)]  # fmt: skip
    paper = [person(county.village, name=name, born=born)
             for name, born in (("赵刚", date(1980, 1, 2)), ("赵钢铁", date(1981, 1, 2)))]  # fmt: skip
    for one in paper:
        Identifier.objects.create(resident=one, system="health_card", value="A1B2C3D4")
    for sequence, division in ((4, "140781"), (88, "410782")):
        born = date(1970, 1, 2)
        person(county.village, name="李静", born=born, id_card=card(born=born, sequence=sequence, division=division))
    return {"ear": tuple(one.pk for one in ear), "paper": tuple(one.pk for one in paper)}


def raised():
    return {(row.one_id, row.other_id): row for row in Suspicion.objects.all()}


def test_likely_pairs_are_put_before_data_staff_and_two_papers_keep_two_people_apart(pairs):
    done = running.run()
    found = raised()
    assert set(found) == set(pairs.values())
    assert (done.rows, done.likely, done.raised, done.reopened) == (16, 2, 2, 0)
    ear, paper = found[pairs["ear"]], found[pairs["paper"]]
    assert "姓名读音相同" in ear.why
    assert (paper.score, paper.first) == (95, True)
    assert 50 <= ear.score < 95
    assert ear.weight > 0
    assert running.run().raised == 0


def test_nothing_of_it_stays_beside_the_register(pairs):
    running.run()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE relname = %s", [whole.ROWS])
        assert cursor.fetchone() == (0,)


def test_a_decision_stays_until_the_facts_change(pairs, steward):
    running.run()
    pair = raised()[pairs["ear"]]
    call_different(by=steward, suspicion=pair.pk, note="姐妹两人")
    assert running.run().reopened == 0
    assert raised()[pairs["ear"]].verdict == "different"
    Resident.objects.filter(pk=pairs["ear"][1]).update(name="张桂兰", birth_date=BORN)
    assert running.run().reopened == 1
    again = raised()[pairs["ear"]]
    assert (again.verdict, again.note) == ("open", "姐妹两人")
    assert again.why.startswith("此前判定不是同一人，之后登记有变；")


def test_who_was_decided_before_prints_were_kept_stays_decided(pairs, steward):
    running.run()
    decided = {"verdict": "different", "decided_at": clock.now(), "decided_by_id": steward.post_id}
    Suspicion.objects.filter(one_id=pairs["ear"][0]).update(**decided)
    Resident.objects.filter(pk=pairs["ear"][1]).update(name="张桂兰", birth_date=BORN)
    assert running.run().reopened == 0


def test_what_was_merged_is_one_and_is_not_raised(pairs, steward):
    kept, absorbed = pairs["ear"]
    merge(by=steward, kept=kept, absorbed=absorbed, reason="同一人")
    running.run()
    assert set(raised()) == {pairs["paper"]}


def test_the_surest_stand_first_on_the_list_of_data_staff(pairs, county):
    Suspicion.objects.create(
        one_id=min(pairs["ear"][0], pairs["paper"][0]), other_id=max(pairs["ear"][0], pairs["paper"][0]),
        why="姓名和出生日期相同", score=99, raised_at=clock.now(),
    )  # fmt: skip
    running.run()
    assert Suspicion.objects.order_by("-rank").values_list("score", "first").first() == (95, True)
    text = signed_in(factories.actor("data_steward", county.group)).get("/identity/duplicates").content.decode()
    assert text.index("证件或卡号相同") < text.index("姓名和出生日期相同")


def test_where_the_truth_is_known_data_staff_see_how_right_it_was(pairs, county, settings, tmp_path):
    settings.DATA_FOLDER = tmp_path
    one, again = pairs["ear"]
    truth = {"rows": {"residents_resident": 2_000_000}, "duplicates": [{"resident": one, "again": again}]}
    (tmp_path / "truth.json").write_text(json.dumps(truth))
    assert running.run().measured == {"likely": 2, "true": 1, "both": 1, "among": 2_000_000}
    client = signed_in(factories.actor("data_steward", county.group))
    for path in ("/identity/duplicates", "/identity/matching"):
        text = client.get(path).content.decode()
        assert "查准 50.0%" in text
        assert "找到 100.0%" in text


def test_outside_a_demonstration_no_figure_of_rightness_is_shown(pairs, county):
    assert running.run().measured == {}
    client = signed_in(factories.actor("data_steward", county.group))
    assert "查准" not in client.get("/identity/matching").content.decode()


def test_the_page_shows_each_level_with_its_worth_and_where_it_comes_from(county):
    text = signed_in(factories.actor("data_steward", county.group)).get("/identity/matching").content.decode()
    assert shipped().version in text
    assert "两个身份证号都合校验，相差不止一位" in text
    refused = signed_in(factories.actor("village_doctor", county.village)).get("/identity/matching")
    assert refused.status_code in (403, 404)


def test_a_houses_own_weights_stand_above_the_shipped_from_their_day_on(county):
    body = written(shipped()) | {"source": "本县登记", "pairs_per_thousand": 20.0}
    MatchWeights.objects.create(begins=clock.today(), body=body, source="本县登记", rows=1, learned_at=clock.now())
    assert in_force().pairs_per_thousand == 20.0
    assert in_force(on=date(2020, 1, 1)) == shipped()
    assert MatchRun.objects.count() == 0


@pytest.mark.skipif(not learning.is_possible(), reason="Splink is not installed: ./run match scores without it")
def test_splink_reads_every_condition_that_postgresql_scores():
    """One dialect for both, so that what is learned is what is scored."""
    import duckdb

    database = duckdb.connect()
    from yigongti.residents.matching import levels

    types = {"day": "INTEGER", "holds": "BOOLEAN"}
    columns = ", ".join(f"{c}_{s} {types.get(c, 'VARCHAR')}" for c in levels.COLUMNS for s in "lr")
    database.execute(f"CREATE TABLE sides ({columns})")
    for one in learning.model()["comparisons"]:
        database.execute(f"SELECT {levels.chosen(one['output_column_name'])} FROM sides")


def test_the_clockwork_weighs_the_whole_index_once_a_week(pairs):
    from yigongti.residents.actions import sweeping

    sweeping.match()
    assert MatchRun.objects.get().raised == 2
    assert set(raised()) == set(pairs.values())
