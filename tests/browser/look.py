"""What every page must be: quiet, accessible on both screens, no wider than a telephone, in large type too."""

from __future__ import annotations

from http import HTTPStatus

from axe_playwright_python.base import AXE_SCRIPT


GREAT = ("serious", "critical")
NARROW = 320
TELEPHONE = 390
UNASKED = (HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.UNPROCESSABLE_ENTITY)
AXE = {"resultTypes": ["violations"], "iframes": False}
FOUND = """options => axe.run(document, options).then(
    found => found.violations.map(one => [one.id, one.impact, one.nodes[0].html.slice(0, 160)]))"""


class Look:
    """One window that walks from page to page and notes the faults of each."""

    def __init__(self, page) -> None:
        self.page = page
        self.faults: list[str] = []
        self.seen: list[str] = []
        self._said: list[str] = []
        page.on("console", lambda m: self._said.append(m.text[:200]) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self._said.append(str(error)[:200]))

    def at(self, address: str, *, form_only: bool = False, axe: bool = True) -> None:
        """Visit; `form_only` pages may say that they only take a posted form."""
        self._said.clear()
        self.page.set_viewport_size({"width": 1440, "height": 900})
        answer = self.page.goto(address)
        if form_only and answer.status in UNASKED:
            return
        if answer.status != HTTPStatus.OK:
            self.faults.append(f"{address}: answered {answer.status}")
            return
        self.faults += [f"{address}: {words}" for words in self._said]
        self.faults += [f"{address}: {found}" for found in (self._axe() if axe else ())]
        self._fits(address, NARROW)
        self._fits(address, TELEPHONE)
        self.faults += [f"{address} on the telephone: {found}" for found in (self._axe() if axe else ())]
        self.page.evaluate("document.documentElement.classList.add('large-type')")
        self._fits(f"{address} in large type", TELEPHONE)
        self.seen.append(address)

    def _fits(self, what: str, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": 844})
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            self.faults.append(f"{what}: {wide} px wide at {width}, {self._widest(width)}")

    def _axe(self) -> list[str]:
        if not self.page.evaluate("Boolean(window.axe)"):  # once a page: reading its half a megabyte takes longest
            self.page.evaluate(AXE_SCRIPT)
        return [f"{name} {html}" for name, impact, html in self.page.evaluate(FOUND, AXE) if impact in GREAT]

    def _widest(self, width: int) -> str:
        return self.page.evaluate(
            """limit => [...document.querySelectorAll("main *, .top *, .bar *")]
              .filter((e) => e.getBoundingClientRect().right > limit && !e.closest(".tabs, .chips, .bar .panel"))
              .slice(0, 3).map((e) => e.outerHTML.slice(0, 90)).join(" ")""",
            width,
        )
