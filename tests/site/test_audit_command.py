"""./run audit on a county's database: whole, changed by its owner, cut off, and held against a head kept outside."""

import json

import psycopg
import pytest

from tests.site.service import start
from tests.site.test_upgrade import RELEASES, run, told
from yigongti.kernel import server


TABLES = (
    "SELECT 'audit_entry' UNION SELECT 'audit_seal' UNION"
    " SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'audit_entry'::regclass"
)


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """The newest release's county at rest: its folder, and its database that stays up."""
    folder = tmp_path_factory.mktemp("audited")
    run("restore", str(RELEASES[-1]), "--data", str(folder / "data"), folder=folder)
    running = server.start(folder=folder / "data" / "postgres", log=folder / "data" / "log" / "again.log")
    yield folder, running.dsn()
    running.stop()


def command(county, *arguments):
    folder, dsn = county
    said = folder / "said.txt"
    settings = {"YIGONGTI_DATABASE_URL": dsn, "YIGONGTI_DATA": str(folder / "data"), "DJANGO_SETTINGS_MODULE": ""}
    code = start("audit", *arguments, to=said, **settings).wait(60)
    return code, said.read_text(encoding="utf-8")


class Changed:
    """What the owner of the machine can do to the trail, and take back again."""

    def __init__(self, dsn, there, back):
        self.dsn, self.there, self.back = dsn, there, back

    def __enter__(self):
        self.do(self.there)

    def __exit__(self, *_exception):
        self.do(self.back)

    def do(self, statements):
        with psycopg.connect(self.dsn) as session:
            tables = [name for (name,) in session.execute(TABLES)]
            for each in (*(f"ALTER TABLE {t} DISABLE TRIGGER USER" for t in tables), *statements,
                         *(f"ALTER TABLE {t} ENABLE TRIGGER USER" for t in tables)):  # fmt: skip
                session.execute(each)


@pytest.mark.requirement("R162")
def test_a_whole_chain_says_how_many_entries_the_first_and_the_last(county):
    before = told(RELEASES[-1])
    code, said = command(county, "verify")
    assert code == 0, said
    with psycopg.connect(county[1]) as session:
        first, last = session.execute("SELECT min(id), max(id) FROM audit_entry").fetchone()
    assert f"已封存 {before['sealed']:,} 条" in said
    assert f"第一条 first {first}（" in said and f"最后一条 last {last}（" in said
    assert "整条链完好" in said


def test_the_head_is_one_line_that_a_later_verification_takes(county):
    code, said = command(county, "head")
    assert code == 0 and len(said.splitlines()) == 1
    head = json.loads(said)
    assert head["hash"] == told(RELEASES[-1])["head"]
    assert head["entries"] == told(RELEASES[-1])["sealed"]
    kept = county[0] / "head.json"
    kept.write_text(said)
    code, said = command(county, "verify", "--head", str(kept))
    assert code == 0 and "在链中" in said


@pytest.mark.requirement("R162")
def test_a_changed_entry_is_named_by_the_rows_it_lies_among(county):
    change = Changed(
        county[1],
        ["UPDATE audit_entry SET actor = actor || '!' WHERE id = (SELECT min(id) FROM audit_entry)"],
        ["UPDATE audit_entry SET actor = rtrim(actor, '!') WHERE id = (SELECT min(id) FROM audit_entry)"],
    )
    with change:
        code, said = command(county, "verify")
    assert code == 1
    assert "整条链完好" not in said
    assert "内的记录被改动" in said.split("第一处", 1)[1].splitlines()[1]
    assert "（第 1 至 " in said
    assert command(county, "verify")[0] == 0


def test_a_chain_that_was_cut_off_is_found_by_the_head_alone(county):
    kept = county[0] / "lost.json"
    kept.write_text(json.dumps({"hash": "ab" * 32}))
    assert command(county, "verify")[0] == 0
    code, said = command(county, "verify", "--head", str(kept))
    assert code == 1 and "链被截断或重做" in said


@pytest.mark.parametrize("content", ["", "not a head", "[1]", '{"head": 1}'])
def test_a_file_that_holds_no_head_is_one_sentence(county, content):
    kept = county[0] / "none.json"
    kept.write_text(content)
    code, said = command(county, "verify", "--head", str(kept))
    assert code == 1 and "没有链头" in said and len(said.splitlines()) == 1


def test_a_long_verification_shows_how_far_it_is_and_a_short_one_is_silent(capsys, monkeypatch):
    from yigongti.site import audit

    moments = iter((0.0, 1.0, 3.0))
    monkeypatch.setattr(audit.time, "monotonic", lambda: next(moments))
    passed = audit._patient(audit.Progress())
    passed(1, 4)
    assert capsys.readouterr().out == ""
    passed(2, 4)
    assert "50% 2/4" in capsys.readouterr().out
