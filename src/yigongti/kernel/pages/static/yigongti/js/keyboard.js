// The keys of a page: / and Ctrl/⌘ K search, j k move, ↵ open, a act, ? help; and menus, dialogs and print buttons.

/** @param {EventTarget | null} target */
const typing = (target) => target instanceof Element && target.matches("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");

/** @param {number} step */
function moveRow(step) {
  const rows = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-row]")].filter((row) => row.getClientRects().length));
  const now = rows.findIndex((row) => row.contains(document.activeElement));
  const next = rows[now < 0 ? 0 : Math.min(Math.max(now + step, 0), rows.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
}

/** @param {string} what */
function clickInRow(what) {
  const target = document.activeElement?.closest("[data-row]")?.querySelector(what) ?? (what === "[data-primary]" ? document.querySelector(".steps-bar [data-primary]") : null);
  if (target instanceof HTMLElement) target.click();
}

function focusSearch() {
  const find = /** @type {HTMLInputElement | null} */ (document.getElementById("find"));
  find?.focus();
  find?.select();
}

/** @param {string} id */
function openDialog(id) {
  const dialog = document.getElementById(id);
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

/** @type {Record<string, () => void>} */
const KEYS = {
  "/": focusSearch,
  j: () => moveRow(1),
  k: () => moveRow(-1),
  a: () => clickInRow("[data-primary]"),
  "?": () => openDialog("keys"),
};

/** @param {Element | null} [except] */
function closeMenus(except) {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (menu !== except) menu.removeAttribute("open");
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    event.preventDefault();
    focusSearch();
  } else if (event.key === "Escape") {
    const menu = document.activeElement?.closest("details.menu[open]");
    closeMenus();
    /** @type {HTMLElement | null | undefined} */ (menu?.querySelector("summary"))?.focus();
  } else if (event.key === "Enter" && document.activeElement?.matches("[data-row]")) clickInRow("[data-open]");
  else if (KEYS[event.key] && !typing(event.target) && !event.ctrlKey && !event.metaKey && !event.altKey && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    KEYS[event.key]();
  }
});

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  closeMenus(target.closest("details.menu"));
  if (target.closest("[data-print]")) print();
  const opener = target.closest("[data-opens]");
  if (opener) {
    event.preventDefault();
    openDialog(opener.getAttribute("data-opens") ?? "");
  }
});

for (const button of document.querySelectorAll("[data-print]")) button.removeAttribute("hidden");
if (!/Mac|iP(hone|ad)/.test(navigator.platform)) for (const hint of document.querySelectorAll(".find kbd")) hint.textContent = "Ctrl K";
/** @type {HTMLElement | null} */ (document.querySelector("[data-errors]"))?.focus();
