// What is typed into a form marked data-keep stays in this browser until it has arrived: a session that ends, a bad
// line or a closed window loses nothing. Kept by account, for four hours, never on the pages of sign-in; gone at sign-out.

const STORE = "draft:";
const SENT = "draft-sent";
const KEPT = 4 * 60 * 60 * 1000;
const UNKEPT = ["csrfmiddlewaretoken", "key", "version", "step"];
const account = document.body.dataset.account ?? "";

/** What is older than its limit goes, and all that may not stay. @param {(place: string) => boolean} stays */
function sweep(stays) {
  for (const place of Object.keys(localStorage).filter((name) => name.startsWith(STORE))) {
    const { at = 0 } = JSON.parse(localStorage.getItem(place) ?? "{}");
    if (!stays(place) || Date.now() - at > KEPT) localStorage.removeItem(place);
  }
}

/** Whether a place is an account's; nobody's is none. @param {string | undefined} whose @returns {(place: string) => boolean} */
const ofAccount = (whose) => (place) => Boolean(whose) && place.startsWith(`${STORE}${whose}:`);

/** @param {HTMLFormElement} form */
const placeOf = (form) => `${STORE}${account}:${form.dataset.keep}`;

/** The fields whose words are kept. @param {HTMLFormElement} form @returns {HTMLInputElement[]} */
const fieldsOf = (form) =>
  /** @type {HTMLInputElement[]} */ ([...form.elements]).filter(
    (field) => field.name && !UNKEPT.includes(field.name) && !["password", "file", "submit", "button"].includes(field.type) && (field.type !== "hidden" || field.matches("[data-picked]")),
  );

/** @param {HTMLInputElement} field */
const ticked = (field) => field.type === "checkbox" || field.type === "radio";

/** @param {HTMLFormElement} form @returns {[string, string][]} */
const saidIn = (form) => fieldsOf(form).filter((field) => !ticked(field) || field.checked).map((field) => [field.name, field.value]);

/** @param {HTMLFormElement} form */
function keep(form) {
  localStorage.setItem(placeOf(form), JSON.stringify({ at: Date.now(), said: saidIn(form) }));
}

/** @param {HTMLFormElement} form @param {[string, string][]} said */
function fill(form, said) {
  for (const field of fieldsOf(form)) {
    const own = said.filter(([name]) => name === field.name).map(([, value]) => value);
    if (ticked(field)) field.checked = own.includes(field.value);
    else field.value = own[0] ?? "";
  }
}

/** Put back what was kept, and say so. @param {HTMLFormElement} form */
function restore(form) {
  const kept = JSON.parse(localStorage.getItem(placeOf(form)) ?? "null");
  // After a refusal the server has filled in what was typed; a page may also be opened for the faults it already has.
  if (!kept || document.querySelector("[data-errors=POST]") || JSON.stringify(kept.said) === JSON.stringify(saidIn(form))) return;
  fill(form, kept.said);
  const told = /** @type {HTMLElement | null} */ (form.querySelector("[data-kept]"));
  const at = told?.querySelector("[data-kept-at]");
  if (at) at.textContent = new Date(kept.at).toTimeString().slice(0, 5);
  if (told) told.hidden = false;
}

/** @param {HTMLFormElement} form */
function watch(form) {
  let waiting = 0;
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => keep(form), 300);
  });
  form.addEventListener("change", () => keep(form));
  form.addEventListener("submit", () => {
    clearTimeout(waiting);
    keep(form);
    sessionStorage.setItem(SENT, placeOf(form));
  });
  form.querySelector("[data-kept] button")?.addEventListener("click", () => {
    localStorage.removeItem(placeOf(form));
    location.replace(location.href); // as the server fills it in
  });
  restore(form);
}

/** A receipt says that what was sent has arrived; a page that has not carried it out sends it again by a click. */
function forgetIfReceipted() {
  if (document.querySelector("[data-unsent]")) return;
  const sent = sessionStorage.getItem(SENT);
  if (sent && document.querySelector("[data-receipt]")) localStorage.removeItem(sent);
  if (sent) sessionStorage.removeItem(SENT);
}

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.getAttribute("action") === "/sign-out") sweep(ofAccount(form.dataset.keeps));
});

if (account) {
  // Of who opened a page and sent it while somebody else was signed in, the words stay on the page that says so.
  const opener = /** @type {HTMLElement | null} */ (document.querySelector("[data-opened-by]"))?.dataset.openedBy;
  const [own, theirs] = [ofAccount(account), ofAccount(opener)];
  sweep((place) => own(place) || theirs(place));
  forgetIfReceipted();
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll("form[data-keep]"))) watch(form);
} else {
  // At the door: of a session that ended, what is fresh stays for whoever comes back; who signed out leaves nothing.
  sweep(() => !document.querySelector("[data-left]"));
}
