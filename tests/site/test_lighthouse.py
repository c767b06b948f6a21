"""Lighthouse on a phone's screen and line: speed and accessibility of the pages that are opened all day.

It is looked for as `lighthouse` on the path, or where YIGONGTI_LIGHTHOUSE says; without it these are listed as not run.
"""

import http.client
import json
import os
import re
import subprocess
from urllib.parse import urlencode

import pytest

from tests.conftest import find_program
from tests.site.service import Service
from tests.site.test_upgrade import RELEASES, run
from tests.site.upgraded_county import PASSWORD


pytestmark = [pytest.mark.long, pytest.mark.needs("chromium"), pytest.mark.needs("lighthouse")]

LEAST = {"performance": 0.9, "accessibility": 0.95}
CHROME = "--headless=new --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"


class Visitor:
    """A browser's cookies, for Lighthouse to carry."""

    def __init__(self, port):
        self.port, self.cookies = port, {}

    def ask(self, method, address, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        headers = {"Cookie": self.said(), "Content-Type": "application/x-www-form-urlencoded"}
        connection.request(method, address, body, headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def said(self):
        return "; ".join(f"{name}={value}" for name, value in self.cookies.items())

    def enter(self, login):
        self.ask("GET", "/sign-in")
        form = {"login": login, "password": PASSWORD, "csrfmiddlewaretoken": self.cookies["csrf"]}
        assert self.ask("POST", "/sign-in", urlencode(form))[0] == 303
        return self


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """The newest release's county, served by the present code."""
    folder = tmp_path_factory.mktemp("lighthouse")
    run("restore", str(RELEASES[-1]), "--data", str(folder / "data"), folder=folder)
    service = Service(folder, verb="demo", more=("--no-browser",)).wait_until_up()
    yield service, folder
    service.end()


def first(pattern, text):
    return re.search(pattern, text).group(0)


@pytest.mark.parametrize("page", ["sign-in", "work", "record", "case"])
def test_a_page_is_quick_and_open_to_everybody(county, page):
    service, folder = county
    visitor = Visitor(service.port)
    address = "/sign-in"
    if page != "sign-in":
        visitor.enter("xiantai" if page == "case" else "cunyi")
        listed = visitor.ask("GET", "/residents" if page == "record" else "/")[1]
        pattern = r"/residents/\d+" if page == "record" else r"/cases/[A-Z]+[\d-]+"
        address = "/" if page == "work" else first(pattern, listed) + ("/record" if page == "record" else "")
        assert visitor.ask("GET", address)[0] == 200, address
    scores, told = lighthouse(f"http://127.0.0.1:{service.port}{address}", visitor.said(), folder / f"{page}.json")
    poor = {name: (score, told[name]) for name, score in scores.items() if score < LEAST[name]}
    assert poor == {}


def lighthouse(address, cookies, output):
    """Its score of each kind, and what it found wanting."""
    command = [
        find_program("lighthouse"), address, "--quiet", "--output=json", f"--output-path={output}",
        "--form-factor=mobile", "--throttling-method=simulate", f"--only-categories={','.join(LEAST)}",
        f"--chrome-flags={CHROME}", "--extra-headers", json.dumps({"Cookie": cookies} if cookies else {}),
    ]  # fmt: skip
    environment = {**os.environ, "CHROME_PATH": find_program("chromium")}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(output.read_text(encoding="utf-8"))
    assert told["finalDisplayedUrl"].rstrip("/") == address.rstrip("/"), told["finalDisplayedUrl"]
    audits = told["audits"]
    wanting = {
        name: [audits[one["id"]]["title"] for one in kind["auditRefs"]
               if one["weight"] and (audits[one["id"]]["score"] or 0) < 0.9]
        for name, kind in told["categories"].items()
    }  # fmt: skip
    return {name: kind["score"] for name, kind in told["categories"].items()}, wanting
