// Deadlines that go on counting on an open page: the words of the server, each half minute anew, by the server's clock.

const said = /** @type {HTMLElement | null} */ (document.querySelector("[data-spans]"));
const ahead = said ? Date.parse(said.dataset.now ?? "") - Date.now() : 0;

/** @param {string} name @param {Record<string, string | number>} facts */
const word = (name, facts) => Object.entries(facts).reduce((text, [key, value]) => text.replace(`{${key}}`, String(value)), said?.dataset[name] ?? "");

/** As `said.said_span`. @param {number} seconds */
function span(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return word("seconds", { n: Math.floor(seconds) });
  if (minutes < 60) return word("minutes", { n: minutes });
  const [hours, rest] = [Math.floor(minutes / 60), minutes % 60];
  if (hours < 24) return rest ? word("hoursMinutes", { n: hours, m: rest }) : word("hours", { n: hours });
  const [days, left] = [Math.floor(hours / 24), hours % 24];
  return left && days < 7 ? word("daysHours", { n: days, m: left }) : word("days", { n: days });
}

function tick() {
  for (const shown of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-due]"))) {
    const left = (Date.parse(shown.dataset.due ?? "") - Date.now() - ahead) / 1000;
    shown.textContent = word(left < 0 ? "over" : "left", { span: span(Math.abs(left)) });
    if (left < 0) shown.closest(".clock")?.classList.replace("is-waiting", "is-overdue") || shown.closest(".clock")?.classList.replace("is-soon", "is-overdue");
  }
}

if (said) setInterval(tick, 30_000);
if (said) document.addEventListener("visibilitychange", () => document.hidden || tick());
