// Where there is no network nothing is sent: the browser's own error page would take the place of what was typed.

const told = /** @type {HTMLElement | null} */ (document.querySelector("[data-offline]"));

function say() {
  if (told) told.hidden = navigator.onLine;
}

addEventListener("online", say);
addEventListener("offline", say);
addEventListener("pageshow", say);
document.addEventListener("submit", (event) => {
  if (navigator.onLine || !told) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  say();
}, true);
