"""./run serve from start to end: first day, deaths of its parts, refusals in one sentence, nothing left behind."""

import gzip
import http.client
import re
import signal
import socket
import time

import psutil
import pytest

from tests.site.service import Service, free_port, gone, refused


@pytest.fixture
def service(open_folder):
    """One of its own, to be stopped and killed."""
    running = Service(open_folder, prepared=True)
    yield running.wait_until_up()
    running.end()


@pytest.fixture(scope="module")
def quiet_service(tmp_path_factory):
    """One that nobody hurts."""
    folder = tmp_path_factory.mktemp("service")
    running = Service(folder)
    yield running.wait_until_up()
    running.end()


def part(service, verb):
    return next(child for child in service.descendants() if verb in child.cmdline())


def knock(service):
    """As a page does that opens rows: the reader is there a moment later."""
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(part(service, "web").environ()["YIGONGTI_READER"])
    until(lambda: any("reader" in child.cmdline() for child in service.descendants()))


def postmaster(service):
    return psutil.Process(int((service.data / "postgres" / "postmaster.pid").read_text().split()[0]))


def until(condition, patience=30):
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_a_stop_leaves_no_process_and_the_data_are_kept(service):
    assert not any("reader" in child.cmdline() for child in service.descendants())  # nobody has opened a figure
    knock(service)
    started = [psutil.Process(service.process.pid), *service.descendants()]
    assert len(started) >= 6  # supervisor, database, web and its worker, jobs, reader
    assert re.search("[a-z0-9]{5}(-[a-z0-9]{5}){3}", service.said())  # the first administrator's code
    service.process.send_signal(signal.SIGTERM)
    assert service.process.wait(15) == 0
    assert gone(started, 5) == []
    assert (service.data / "postgres" / "PG_VERSION").exists()
    assert not (service.data / "postgres" / "postmaster.pid").exists()


def test_a_killed_supervisor_leaves_no_process_and_is_recovered_without_a_word(service, open_folder):
    knock(service)
    started = service.descendants()
    service.process.kill()
    service.process.wait()
    assert gone(started, 15) == []
    service.process = Service(open_folder).process
    until(lambda: "已就绪" in service.said() or service.process.poll() is not None, 60)
    assert service.process.poll() is None, service.said()
    assert "启动" not in service.said()  # nothing about what was mended


def test_every_part_that_is_killed_comes_back(service):
    knock(service)
    for victim in (part(service, "web"), part(service, "worker"), part(service, "reader"), postmaster(service)):
        victim.kill()
        until(lambda victim=victim: gone([victim], 0) == [])
    until(lambda: service.said().count("重新启动") >= 3 and "reader 进程意外退出" in service.said())
    until(lambda: service.health()[0] == 200)
    knock(service)
    assert all(name in service.said() for name in ("数据库意外退出", "web 进程意外退出", "worker 进程意外退出"))


def test_the_web_server_has_nothing_to_warn_of(quiet_service):
    said = (quiet_service.data / "log" / "web.log").read_text(encoding="utf-8")
    assert "WARNING" not in said + quiet_service.said()


def test_a_second_run_on_the_same_folder_is_told_who_holds_it(quiet_service, open_folder):
    said = refused("serve", "--port", str(free_port()), "--data", str(quiet_service.data), folder=open_folder)
    assert "正被另一个运行使用" in said
    assert f"pid {quiet_service.process.pid}" in said
    assert len(said.splitlines()) == 1


def test_a_taken_port_is_one_sentence(quiet_service, open_folder):
    port = quiet_service.port
    said = refused("serve", "--port", str(port), "--data", str(open_folder / "other"), folder=open_folder)
    assert said.startswith(f"端口 {port} 已被占用")
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("secret", ["", "changeme", "x" * 80])
def test_a_missing_or_lazy_secret_is_refused(open_folder, secret):
    said = refused("serve", "--data", str(open_folder / "data"), folder=open_folder, YIGONGTI_SECRET_KEY=secret)
    assert "YIGONGTI_SECRET_KEY" in said
    assert len(said.splitlines()) == 1


@pytest.mark.parametrize("hosts", ["", "*"])
def test_a_service_must_know_its_own_names(open_folder, hosts):
    said = refused("serve", "--data", str(open_folder / "data"), folder=open_folder, YIGONGTI_ALLOWED_HOSTS=hosts)
    assert "YIGONGTI_ALLOWED_HOSTS" in said


def test_a_folder_that_cannot_be_made_is_one_sentence(open_folder):
    (open_folder / "file").write_text("not a folder")
    said = refused("demo", "--data", str(open_folder / "file" / "data"), folder=open_folder)
    assert len(said.splitlines()) == 1


def test_a_demo_does_not_touch_the_data_of_a_service(service, open_folder):
    service.end()
    said = refused("demo", "--fresh", "--data", str(service.data), folder=open_folder)
    assert "不是演示县" in said
    assert (service.data / "postgres" / "PG_VERSION").exists()


def asked(service, address):
    """The bytes that travel for one address when the browser takes compressed answers, and how they were packed."""
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=10)
    try:
        connection.request("GET", address, headers={"Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        return answer.getheader("Content-Encoding"), answer.read()
    finally:
        connection.close()


def test_a_first_page_with_its_style_and_scripts_is_light_on_a_slow_line(quiet_service):
    packed, body = asked(quiet_service, "/sign-in")
    assert packed == "gzip"
    parts = set(re.findall(r'(?:src|href)="(/static/[^"#]+\.(?:css|js))"', gzip.decompress(body).decode()))
    answers = {address: asked(quiet_service, address) for address in parts}
    assert len(parts) >= 5
    assert {packed for packed, content in answers.values() if len(content) > 1000} == {"gzip"}
    weights = {address: len(content) for address, (_packed, content) in answers.items()}
    assert len(body) + sum(weights.values()) < 60_000, weights
