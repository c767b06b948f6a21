// Search as you type with the keyboard all the way: the one search (options are links) and pickers (options are values).
// htmx fetches the options; this module opens, moves, chooses and closes.

let numbered = 0;

/** @param {Element} box */
function parts(box) {
  const input = /** @type {HTMLInputElement} */ (box.querySelector("[role=combobox]"));
  const list = /** @type {HTMLElement} */ (box.querySelector("[role=listbox]"));
  return { input, list, options: [...list.querySelectorAll("[role=option]:not([aria-disabled])")] };
}

/** @param {Element} box @param {boolean} open */
function show(box, open) {
  const { input, list } = parts(box);
  list.hidden = !open;
  input.setAttribute("aria-expanded", String(open));
  if (!open) mark(box, null);
}

/** @param {Element} box @param {Element | null} chosen */
function mark(box, chosen) {
  const { input, options } = parts(box);
  for (const option of options) option.setAttribute("aria-selected", String(option === chosen));
  if (chosen) {
    chosen.id ||= `option-${++numbered}`;
    input.setAttribute("aria-activedescendant", chosen.id);
    chosen.scrollIntoView({ block: "nearest" });
  } else input.removeAttribute("aria-activedescendant");
}

/** @param {Element} box @param {Element} option */
function choose(box, option) {
  if (option instanceof HTMLAnchorElement) {
    location.assign(option.href);
    return;
  }
  const { input } = parts(box);
  const { value = "", text = "" } = /** @type {HTMLElement} */ (option).dataset;
  const picked = /** @type {HTMLInputElement | null} */ (box.querySelector("[data-picked]"));
  input.value = text;
  if (picked) {
    picked.value = value;
    picked.dispatchEvent(new Event("change", { bubbles: true }));
  }
  show(box, false);
}

/** @param {Element} box @param {number} step */
function move(box, step) {
  const { options } = parts(box);
  if (!options.length) return;
  show(box, true);
  const now = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  mark(box, options[now < 0 && step < 0 ? options.length - 1 : (now + step + options.length) % options.length]);
}

/** The keys of a combobox. @param {Element} box @param {KeyboardEvent} event @returns {boolean} handled */
function press(box, event) {
  const { input, list, options } = parts(box);
  const chosen = options.find((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown") move(box, 1);
  else if (event.key === "ArrowUp") move(box, -1);
  else if (event.key === "Enter" && chosen && !list.hidden) choose(box, chosen);
  else if (event.key === "Enter" && box.matches("[data-picker]")) return true; // never sends a half-picked form
  else if (event.key === "Escape") {
    if (list.hidden) input.blur();
    show(box, false);
  } else {
    if (event.key === "Tab") show(box, false);
    return false;
  }
  return true;
}

/** @param {Event} event */
const boxOf = (event) => /** @type {Element} */ (event.target).closest?.("[data-combobox]");

document.addEventListener("keydown", (event) => {
  const box = boxOf(event);
  // While an input method composes pinyin, Enter and arrows belong to it.
  if (box && !event.isComposing && /** @type {Element} */ (event.target).matches("[role=combobox]") && press(box, event)) event.preventDefault();
});

document.addEventListener("input", (event) => {
  const box = boxOf(event);
  const picked = /** @type {HTMLInputElement | null | undefined} */ (box?.querySelector("[data-picked]"));
  if (picked) picked.value = "";
  // What the list shows was asked for other words: nothing of it may be chosen by Enter any more.
  if (box) mark(box, null);
  if (box && !parts(box).input.value.trim()) show(box, false);
});

document.addEventListener("mousedown", (event) => {
  const option = /** @type {Element} */ (event.target).closest("[role=option]");
  const box = boxOf(event);
  if (option && box && event.button === 0 && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    choose(box, option);
  }
  for (const other of document.querySelectorAll("[data-combobox]")) if (other !== box) show(other, false);
});

document.addEventListener("htmx:afterSwap", (event) => {
  const list = /** @type {CustomEvent} */ (event).detail.target;
  const box = list.closest?.("[data-combobox]");
  if (!box || !list.matches("[role=listbox]")) return;
  const { input, options } = parts(box);
  const asked = /** @type {CustomEvent} */ (event).detail.requestConfig?.parameters?.q ?? "";
  if (asked !== input.value) return; // an answer to earlier words
  const typed = input.value.trim() !== "";
  // A picker that is still empty shows its first choices on focus; one that has been filled stays quiet.
  const empty = !typed && box.matches("[data-picker]");
  const filled = Boolean(/** @type {HTMLInputElement | null} */ (box.querySelector("[data-picked]"))?.value);
  show(box, document.activeElement === input && (typed || empty) && !filled && list.childElementCount > 0);
  if (!list.hidden && typed && options.length) mark(box, options[0]);
});

// A picker asks its address for ?q=; its own field name is for the form it stands in.
document.addEventListener("htmx:configRequest", (event) => {
  const { elt, parameters } = /** @type {CustomEvent} */ (event).detail;
  if (!elt.closest("[data-picker]")) return;
  delete parameters[elt.name];
  parameters.q = elt.value;
});
