// Log lines: the newest line stays in view. After scrolling up, nothing is updated until the end is reached again.
const NEAR = 40; // pixels from the end that count as the end
const button = () => document.getElementById("log-follow");

function follow() {
  for (const lines of document.querySelectorAll("[data-follow]:not([data-paused])")) lines.scrollTop = lines.scrollHeight;
}

document.addEventListener(
  "scroll",
  ({ target }) => {
    if (!(target instanceof Element) || !target.matches("[data-follow]")) return;
    const atEnd = target.scrollHeight - target.scrollTop - target.clientHeight < NEAR;
    target.toggleAttribute("data-paused", !atEnd);
    if (button()) button().hidden = atEnd || !target.closest("[hx-trigger]");
  },
  true,
);

document.addEventListener("click", ({ target }) => {
  if (!target.closest("#log-follow")) return;
  for (const lines of document.querySelectorAll("[data-paused]")) lines.removeAttribute("data-paused");
  follow();
});

document.addEventListener("htmx:after:settle", follow);
follow();
