"""Counties that earlier releases made: restored and migrated by the present code, nothing is lost and work goes on."""

import io
import json
import os
import subprocess
import sys
import tarfile
import time
from pathlib import Path

import psycopg
import pytest

from tests.site import release
from tests.site.service import Service, free_port, refused, start
from yigongti.kernel import server


RELEASES = sorted((Path(__file__).parent / "releases").glob("*.tar.xz"))


def told(archive):
    return json.loads(archive.with_name(archive.name.replace(".tar.xz", ".json")).read_text(encoding="utf-8"))


def run(*arguments, folder):
    said = folder / "said.txt"
    code = start(*arguments, to=said).wait(180)
    assert code == 0, said.read_text(encoding="utf-8")


@pytest.fixture(scope="module", params=RELEASES, ids=[path.name for path in RELEASES])
def upgraded(request, tmp_path_factory):
    """The folder, what the release told of it, what the tables tell now, and what a reader and a desk find."""
    folder = tmp_path_factory.mktemp("upgrade")
    run("restore", str(request.param), "--data", str(folder / "data"), folder=folder)
    running = server.start(folder=folder / "data" / "postgres", log=folder / "data" / "log" / "again.log")
    try:
        settings = {
            **os.environ, "DJANGO_SETTINGS_MODULE": "yigongti.site.settings", "YIGONGTI_SECRET_KEY": "x" * 50,
            "YIGONGTI_DATA": str(folder / "data"), "YIGONGTI_DATABASE_URL": running.dsn(),
            "YIGONGTI_ALLOWED_HOSTS": "127.0.0.1",
        }  # fmt: skip
        process(settings, "yigongti.site", "prepare")
        now = release.facts(running.dsn())
        found = json.loads(process(settings, "tests.site.upgraded_county"))
    finally:
        running.stop()
    return folder, told(request.param), now, found


def process(settings, *module):
    done = subprocess.run([sys.executable, "-m", *module], env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_there_is_a_county_of_every_release():
    assert "0.1.0.tar.xz" in [path.name for path in RELEASES]
    assert all(path.stat().st_size < 1_500_000 for path in RELEASES)


def test_no_row_no_person_and_no_case_is_lost(upgraded):
    _folder, before, now, _found = upgraded
    assert sum(before["rows"].values()) > 10_000
    assert {name: now["rows"].get(name) for name in before["rows"]} == before["rows"]
    assert (now["persons"], now["cases"]) == (before["persons"], before["cases"])


def test_the_chain_goes_on_from_the_head_of_the_release(upgraded):
    _folder, before, _now, found = upgraded
    assert found["chain"]["faults"] == []
    hashes = found["chain"]["hashes"]
    assert before["head"] in hashes[:-1]  # what was done since is sealed after it


def test_people_sign_in_with_their_passwords_and_find_their_pages(upgraded):
    *_, found = upgraded
    assert {code for codes in found["answers"].values() for code in codes[1:]} == {200}, found["answers"]
    assert {codes[0] for codes in found["answers"].values()} == {303}
    assert found["record"] == 200


def test_a_case_of_the_release_goes_a_step_on(upgraded):
    *_, found = upgraded
    assert (found["step"]["status"], found["step"]["state"]) == (200, "accepted"), found["step"]


def test_an_older_folder_is_taken_over_by_a_demo_without_a_word(upgraded):
    folder, before, *_ = upgraded
    county = Service(folder, verb="demo", more=("--no-browser",)).wait_until_up()
    deadline = time.monotonic() + 10
    while "xiantai" not in county.said():
        assert time.monotonic() < deadline, county.said()
        time.sleep(0.1)
    county.end()
    now = release.facts_of(county.data)
    assert (now["persons"], now["rows"]["record_entry"]) == (before["persons"], before["rows"]["record_entry"])


def test_data_that_a_newer_version_migrated_are_not_opened(upgraded, open_folder):
    folder, *_ = upgraded
    data = folder / "data"
    running = server.start(folder=data / "postgres", log=data / "log" / "again.log")
    with psycopg.connect(running.dsn()) as session:
        session.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('record', '9999_later', now())")
    running.stop()
    said = refused("demo", "--no-browser", "--port", str(free_port()), "--data", str(data), folder=open_folder)
    assert "record.9999_later" in said
    assert len(said.splitlines()) == 1


def rewritten(archive, into, *, version):
    """The same archive, but as if that version had made it."""
    with tarfile.open(archive) as old, tarfile.open(into, "w") as new:
        for member in old:
            content = old.extractfile(member).read()
            if member.name == "manifest.json":
                told = json.loads(content)
                told["about"]["version"] = version
                content = json.dumps(told).encode()
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return into


def test_an_archive_of_a_newer_version_is_not_taken_for_one_of_ours(open_folder):
    newer = rewritten(RELEASES[0], open_folder / "newer.tar", version="99.0.1")
    said = refused("restore", str(newer), "--data", str(open_folder / "restored"), folder=open_folder)
    assert "更新的版本" in said
    assert not (open_folder / "restored").exists()
