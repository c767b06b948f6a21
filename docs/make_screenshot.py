# ruff: noqa: INP001 - a script beside the picture that it makes, no package
"""The picture of the READMEs, from a running demo: signs in as a referral desk and photographs today's work.

    ./run demo --no-browser &
    .venv/bin/python docs/make_screenshot.py http://127.0.0.1:8000 LOGIN PASSWORD

The address, login and password are those that the demo printed. The machine's own Chromium is used.
"""

import sys
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright


PICTURE = Path(__file__).with_name("screenshot.png")
CHROMIUM = "/usr/bin/chromium"
SIZE = {"width": 1280, "height": 800}
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")


def take(*, address: str, login: str, password: str) -> None:
    """Sign in and write docs/screenshot.png."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            _photograph(browser, address, login, password)
        finally:
            browser.close()


def _photograph(browser: Browser, address: str, login: str, password: str) -> None:
    page = browser.new_page(viewport=SIZE, locale="zh-CN")
    page.goto(f"{address}/sign-in")
    page.fill("[name=login]", login)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")
    page.wait_for_url(f"{address}/")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=PICTURE)


if __name__ == "__main__":
    take(address=sys.argv[1].rstrip("/"), login=sys.argv[2], password=sys.argv[3])
