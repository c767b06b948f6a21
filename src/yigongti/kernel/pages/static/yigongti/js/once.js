// A form marked data-once is sent once: the second click is swallowed, and a retry carries the same key.

const FORGET_AFTER = 10 * 60 * 1000;
const SLOW_AFTER = 10 * 1000;
const STORE = "once:";
/** Forms on their way. @type {WeakSet<HTMLFormElement>} */
const sending = new WeakSet();

/** A random key; randomUUID exists only on https, a county's intranet may be plain http. @returns {string} */
function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

/** A fingerprint of what the form says; only this number is stored, never the words. @param {HTMLFormElement} form */
function fingerprint(form) {
  let hash = 0xcbf29ce484222325n;
  const take = (/** @type {string} */ text) => {
    for (const char of text) hash = BigInt.asUintN(64, (hash ^ BigInt(char.codePointAt(0) ?? 0)) * 0x100000001b3n);
  };
  take(location.pathname + form.action);
  for (const [name, value] of new FormData(form)) {
    if (name === "key" || name === "csrfmiddlewaretoken") continue;
    take(`${name}=${typeof value === "string" ? value : value.name + value.size}\n`);
  }
  return STORE + hash.toString(36);
}

/** The key of this very content: kept while its receipt has not been seen. @param {HTMLFormElement} form */
function keyFor(form) {
  const place = fingerprint(form);
  const [key, since] = (sessionStorage.getItem(place) ?? "").split(" ");
  if (key && Date.now() - Number(since) < FORGET_AFTER) return key;
  const fresh = newKey();
  sessionStorage.setItem(place, `${fresh} ${Date.now()}`);
  return fresh;
}

/** A receipt on the page says that what was sent has arrived. @param {ParentNode} scope */
function forgetIfReceipted(scope) {
  if (!scope.querySelector("[data-receipt]")) return;
  for (const place of Object.keys(sessionStorage)) if (place.startsWith(STORE)) sessionStorage.removeItem(place);
}

/** @param {HTMLFormElement} form @param {boolean} busy */
function show(form, busy) {
  for (const button of form.querySelectorAll("button:not([type=button])")) {
    busy ? button.setAttribute("aria-busy", "true") : button.removeAttribute("aria-busy");
  }
  busy ? sending.add(form) : sending.delete(form);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-once]")) return;
  if (sending.has(form)) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  let input = /** @type {HTMLInputElement | null} */ (form.querySelector("input[name=key]"));
  if (!input) {
    input = document.createElement("input");
    [input.type, input.name] = ["hidden", "key"];
    form.append(input);
  }
  input.value = keyFor(form);
  show(form, true);
  // After ten seconds the way is free again: the same key makes a second try harmless.
  setTimeout(() => show(form, false), SLOW_AFTER);
}, true);

/** @param {Event} event */
function release(event) {
  const source = /** @type {CustomEvent} */ (event).detail.elt;
  const form = source.closest?.("form[data-once]");
  if (form) show(form, false);
  forgetIfReceipted(document);
}

document.addEventListener("htmx:afterRequest", release);
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-once]")) show(/** @type {HTMLFormElement} */ (form), false);
  forgetIfReceipted(document);
});

for (const name of ["htmx:beforeRequest", "htmx:afterRequest"]) {
  document.addEventListener(name, (event) => {
    const source = /** @type {CustomEvent} */ (event).detail.elt;
    if (source.matches?.("[data-busy]")) source.setAttribute("aria-busy", String(name.endsWith("beforeRequest")));
  });
}
