// The session's clock: minutes in the side list, and in the last five minutes a strip that counts down and can renew it.

const LAST = 300;
const strip = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-session]"));
const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-session-words]"));
let ends = 0;

/** @param {number} seconds */
function start(seconds) {
  ends = Date.now() + seconds * 1000;
}

function tick() {
  const left = Math.max(0, Math.round((ends - Date.now()) / 1000));
  if (words) words.textContent = (words.dataset.sessionWords ?? "").replace("{n}", String(Math.floor(left / 60)));
  if (!strip) return;
  strip.hidden = left > LAST;
  const shown = strip.querySelector("[data-left]");
  if (shown && left <= LAST) shown.textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  // A strip that speaks every second would drown a screen reader: it speaks when it appears.
  strip.setAttribute("aria-live", left === LAST || left === 60 ? "polite" : "off");
}

if (strip) {
  start(Number(strip.dataset.session));
  setInterval(tick, 1000);
  tick();
  // Renewed in the background: what is half typed on this page stays.
  strip.addEventListener("submit", async (event) => {
    event.preventDefault();
    const asked = new FormData(strip);
    asked.set("next", "/roles"); // a light page of the same frame, which says how long the session now lasts
    const answer = await fetch(strip.action, { method: "POST", body: new URLSearchParams(/** @type {any} */ (asked)) }).catch(() => null);
    const left = answer?.ok ? /data-session="(\d+)"/.exec(await answer.text()) : null;
    if (left) start(Number(left[1]));
    else if (answer) location.reload(); // signed out meanwhile; what was typed is kept
    tick();
  });
  // Any answer from the server means that the session has been renewed by it.
  document.addEventListener("htmx:afterRequest", (event) => {
    const left = /** @type {CustomEvent} */ (event).detail.xhr?.getResponseHeader("X-Session-Seconds-Left");
    if (left) start(Number(left));
  });
}
