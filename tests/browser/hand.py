"""A person at the page: what they touch and type is counted by the page itself."""

from __future__ import annotations


COUNTING = """
for (const [kind, what] of [["pointerdown", "touches"], ["keydown", "keys"]])
  document.addEventListener(kind, (event) => {
    if (event.isTrusted) sessionStorage.setItem(what, Number(sessionStorage.getItem(what) ?? 0) + 1);
  }, true);
"""


class Hand:
    """Drives a page with touches and keys, and knows how many it took since `begin()`."""

    def __init__(self, page) -> None:
        self.page = page
        page.add_init_script(COUNTING)

    def begin(self) -> None:
        self.page.evaluate("sessionStorage.setItem('touches', 0); sessionStorage.setItem('keys', 0)")

    @property
    def touches(self) -> int:
        return self._read("touches")

    @property
    def keys(self) -> int:
        return self._read("keys")

    def _read(self, what: str) -> int:
        return int(self.page.evaluate("what => sessionStorage.getItem(what) ?? 0", what))

    def sign_in(self, login: str, password: str) -> None:
        self.page.goto("/sign-in")
        self.page.fill("[name=login]", login)
        self.page.fill("[name=password]", password)
        self.go("button.primary")

    def go(self, what: str) -> None:
        """Press something that leads to another page."""
        with self.page.expect_navigation():
            self.page.locator(what).first.click()

    def choose(self, name: str, value: str) -> None:
        """One of few."""
        self.page.locator(f"label.card-choice:has(input[name={name}][value='{value}'])").click()

    def tick(self, name: str) -> None:
        self.page.locator(f"label.check:has(input[name={name}])").click()

    def keep(self, step: str) -> None:
        """Press the button of a step."""
        self.go(f"button[name=step][value={step}]")
